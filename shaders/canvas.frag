#version 330 core
// SPDX-License-Identifier: Apache-2.0
// Layers, mask views, comparison and checkerboard in one pass. Textures hold sRGB values; layers are mixed in linear
// light, as core/composite does.
//
// The program is made in variants: ui/canvas/shader_variant.cpp puts definitions in the place of VARIANT, so that
// software renderers, which take both sides of every branch, do only what is seen.
// PICTURE, MASK, GROUND, COMPOSITE, ORIGINAL: how the layer is sampled, or NONE where it is not seen
// LAYERED: 1 person over ground, 0 the picture alone
// MASK_VIEW: 0 off, 1 overlay, 2 on black, 3 on white, 4 black and white, 5 onion
#define NONE -1
#define REDUCED 0  // more pixels than the screen shows
#define SMOOTH 1   // enlarged
#define SQUARES 2  // enlarged, every pixel a square
// VARIANT
in vec2 v_point; // document px
out vec4 o_colour;

uniform sampler2D u_picture, u_mask, u_ground, u_composite, u_original;
// Where the layers lie: x, y, width, height in document px.
uniform vec4 u_pictureArea, u_maskArea, u_groundArea, u_compositeArea, u_originalArea;
uniform bool u_isHatched;
uniform float u_wipe; // device px from the left: the original is left of it
uniform float u_pixelRatio;
uniform vec3 u_checkDark, u_checkLight;
uniform vec3 u_groundTint, u_edgeTint;

vec3 toLinear(vec3 c) {
    return mix(c / 12.92, pow((c + 0.055) / 1.055, vec3(2.4)), step(0.04045, c));
}

vec3 toSrgb(vec3 c) {
    return mix(c * 12.92, 1.055 * pow(max(c, vec3(0.0)), vec3(1.0 / 2.4)) - 0.055, step(0.0031308, c));
}

// Catmull-Rom from nine bilinear fetches: the two inner columns and rows of the 4 x 4 kernel share a fetch each.
vec4 enlarged(sampler2D image, vec2 uv) {
    vec2 size = vec2(textureSize(image, 0));
    vec2 position = uv * size - 0.5;
    vec2 base = floor(position);
    vec2 f = position - base;
    vec2 w0 = f * (-0.5 + f * (1.0 - 0.5 * f));
    vec2 w1 = 1.0 + f * f * (-2.5 + 1.5 * f);
    vec2 w2 = f * (0.5 + f * (2.0 - 1.5 * f));
    vec2 w3 = f * f * (-0.5 + 0.5 * f);
    vec2 w12 = w1 + w2;
    vec2 p0 = (base - 0.5) / size;
    vec2 p12 = (base + 0.5 + w2 / w12) / size;
    vec2 p3 = (base + 2.5) / size;
    vec4 sum = textureLod(image, p12, 0.0) * w12.x * w12.y;
    sum += textureLod(image, vec2(p0.x, p12.y), 0.0) * w0.x * w12.y;
    sum += textureLod(image, vec2(p3.x, p12.y), 0.0) * w3.x * w12.y;
    sum += textureLod(image, vec2(p12.x, p0.y), 0.0) * w12.x * w0.y;
    sum += textureLod(image, vec2(p12.x, p3.y), 0.0) * w12.x * w3.y;
    sum += textureLod(image, vec2(p0.x, p0.y), 0.0) * w0.x * w0.y;
    sum += textureLod(image, vec2(p3.x, p0.y), 0.0) * w3.x * w0.y;
    sum += textureLod(image, vec2(p0.x, p3.y), 0.0) * w0.x * w3.y;
    sum += textureLod(image, vec2(p3.x, p3.y), 0.0) * w3.x * w3.y;
    return clamp(sum, 0.0, 1.0);
}

// RGBA of a layer; transparent outside of it. `scaling` is constant, so that only one way is compiled.
vec4 sampled(sampler2D image, vec4 area, const int scaling) {
    if (scaling == NONE)
        return vec4(0.0);
    vec2 uv = (v_point - area.xy) / area.zw;
    vec4 colour;
    if (scaling == REDUCED)
        colour = texture(image, uv);
    else if (scaling == SMOOTH)
        colour = enlarged(image, uv);
    else {
        ivec2 size = textureSize(image, 0);
        colour = texelFetch(image, clamp(ivec2(floor(uv * vec2(size))), ivec2(0), size - 1), 0);
    }
    bool isInside = all(greaterThanEqual(uv, vec2(0.0))) && all(lessThanEqual(uv, vec2(1.0)));
    return isInside ? colour : vec4(0.0);
}

// Straight alpha, `over` in linear light.
vec4 over(vec4 top, vec4 bottom) {
    float alpha = top.a + bottom.a * (1.0 - top.a);
    if (alpha <= 0.0)
        return vec4(0.0);
    vec3 sum = toLinear(top.rgb) * top.a + toLinear(bottom.rgb) * bottom.a * (1.0 - top.a);
    return vec4(toSrgb(sum / alpha), alpha);
}

// What lies on the checks before the mask is shown.
vec4 layered(float person) {
    if (LAYERED == 1 && COMPOSITE != NONE)
        return sampled(u_composite, u_compositeArea, COMPOSITE);
    vec4 picture = sampled(u_picture, u_pictureArea, PICTURE);
    if (LAYERED == 0)
        return picture;
    vec4 top = vec4(picture.rgb, picture.a * (MASK == NONE ? 1.0 : person));
    return over(top, sampled(u_ground, u_groundArea, GROUND));
}

vec4 masked(vec4 base, float person, float slope) {
    if (MASK_VIEW == 2 || MASK_VIEW == 3) {
        vec3 behind = vec3(MASK_VIEW == 2 ? 0.0 : 1.0);
        return over(vec4(base.rgb, base.a * person), vec4(behind, 1.0));
    }
    if (MASK_VIEW == 4)
        return vec4(vec3(person), 1.0);
    if (MASK_VIEW == 5)
        return vec4(base.rgb, base.a * mix(0.2, 1.0, person));
    vec2 device = gl_FragCoord.xy / u_pixelRatio;
    float stripe = u_isHatched && mod(device.x + device.y, 10.0) < 2.5 ? 0.85 : 0.55;
    vec3 tinted = mix(base.rgb, u_groundTint, stripe * (1.0 - person));
    float fromEdge = abs(person - 0.5) / max(slope, 1e-4);
    float edge = 1.0 - smoothstep(0.6, 1.4, fromEdge / u_pixelRatio);
    return vec4(mix(tinted, u_edgeTint, edge), base.a);
}

void main() {
    float person = sampled(u_mask, u_maskArea, MASK).r;
    vec4 colour = layered(person);
    if (MASK_VIEW != 0 && MASK != NONE)
        colour = masked(colour, person, fwidth(person));
    if (ORIGINAL != NONE) {
        vec4 original = sampled(u_original, u_originalArea, ORIGINAL);
        colour = gl_FragCoord.x < u_wipe ? original : colour;
    }
    vec2 cell = floor(gl_FragCoord.xy / (8.0 * u_pixelRatio));
    vec3 checks = mod(cell.x + cell.y, 2.0) < 0.5 ? u_checkDark : u_checkLight;
    o_colour = vec4(mix(checks, colour.rgb, colour.a), 1.0);
}
