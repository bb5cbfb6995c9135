// SPDX-License-Identifier: Apache-2.0
#include "core/interchange/flatten.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/image/convert.h"
#include "core/interchange/blend_modes.h"

#include <algorithm>
#include <array>

namespace cameo {
namespace {

using Pixel = std::array<float, 4>; // straight, 0..1
using Row = std::vector<Pixel>;

float fullOf(const Image& image) {
    return image.type() == PixelType::U16 ? 65535.0f : 255.0f;
}

float sampleAt(const Image& image, std::size_t index) {
    return static_cast<float>(image.type() == PixelType::U16 ? image.u16()[index] : image.u8()[index]);
}

Pixel pixelAt(const Image& image, int x, int y) {
    const int channels = image.channels();
    const std::size_t at = (static_cast<std::size_t>(y) * image.width() + x) * channels;
    const float scale = 1 / fullOf(image);
    const std::size_t green = channels >= 3 ? 1 : 0, blue = channels >= 3 ? 2 : 0;
    return {sampleAt(image, at) * scale, sampleAt(image, at + green) * scale,
            sampleAt(image, at + blue) * scale,
            image.hasAlpha() ? sampleAt(image, at + channels - 1) * scale : 1.0f};
}

float maskAt(const LayerMask& mask, int x, int y) {
    const std::int64_t column = std::int64_t{x} - mask.x, row = std::int64_t{y} - mask.y;
    if (column < 0 || row < 0 || column >= mask.image.width() || row >= mask.image.height())
        return 0;
    return sampleAt(mask.image, static_cast<std::size_t>(row) * mask.image.width() + column) /
           fullOf(mask.image);
}

/// Source-over with a blend function, for straight alpha: W3C, Compositing and Blending Level 1, section 5.
void blend(Pixel& below, const Pixel& above, float coverage, const BlendMode& mode) {
    const float alpha = above[3] * coverage, ground = below[3];
    if (alpha <= 0)
        return;
    const float sum = alpha + ground * (1 - alpha);
    for (int c = 0; c < 3; ++c)
        below[c] = (alpha * (1 - ground) * above[c] + alpha * ground * mode.mix(below[c], above[c]) +
                    (1 - alpha) * ground * below[c]) /
                   sum;
    below[3] = sum;
}

void mergeRow(const std::vector<Layer>& layers, int y, Row& row) {
    for (const Layer& layer : layers) {
        if (!layer.visible)
            continue;
        const BlendMode& mode = blendModeOf(layer.blendMode, layer.name);
        const auto opacity = static_cast<float>(layer.opacity);
        if (layer.isGroup) {
            Row inside(row.size(), Pixel{});
            mergeRow(layer.children, y, inside);
            for (std::size_t x = 0; x < row.size(); ++x)
                blend(row[x], inside[x], opacity, mode);
            continue;
        }
        const std::int64_t source = std::int64_t{y} - layer.y;
        if (source < 0 || source >= layer.image.height())
            continue;
        const std::int64_t first = std::max<std::int64_t>(0, layer.x);
        const std::int64_t end =
            std::min<std::int64_t>(std::ssize(row), std::int64_t{layer.x} + layer.image.width());
        for (std::int64_t x = first; x < end; ++x) {
            const float shown = layer.mask ? maskAt(*layer.mask, static_cast<int>(x), y) : 1.0f;
            blend(row[x], pixelAt(layer.image, static_cast<int>(x - layer.x), static_cast<int>(source)),
                  opacity * shown, mode);
        }
    }
}

template <typename T>
Image merge(const LayerStack& stack, float full) {
    std::vector<T> out(static_cast<std::size_t>(stack.width) * stack.height * 4);
    auto at = out.begin();
    for (int y = 0; y < stack.height; ++y) {
        Row row(static_cast<std::size_t>(stack.width), Pixel{});
        mergeRow(stack.layers, y, row);
        for (const Pixel& pixel : row)
            for (const float value : pixel)
                *at++ = static_cast<T>(std::clamp(value, 0.0f, 1.0f) * full + 0.5f);
    }
    return Image(stack.width, stack.height, 4, std::move(out)).withResolution(stack.resolution);
}

[[noreturn]] void failLayer(const Layer& layer, const std::string& what, const std::string& advice = {}) {
    throw Failure(ErrorCode::InvalidArgument,
                  cat("The layer '", printable(layer.id.empty() ? layer.name : layer.id), "' ", what),
                  advice);
}

bool isDeep(const Image& image) {
    return image.type() == PixelType::U16;
}

void checkPicture(const Layer& layer) {
    if (layer.image.isEmpty())
        failLayer(layer, "has no picture");
    if (layer.image.type() == PixelType::F32)
        failLayer(layer, "has floating point pixels", "Convert them to 8 or 16 bit");
    if (!layer.children.empty())
        failLayer(layer, "holds other layers and is no group");
    if (layer.mask && (layer.mask->image.isEmpty() || layer.mask->image.channels() != 1 ||
                       layer.mask->image.type() == PixelType::F32))
        failLayer(layer, "has a mask that is no grey picture of 8 or 16 bit");
}

void checkLayers(const std::vector<Layer>& layers, int depth) {
    constexpr int mostGroups = 10; // one within the other: Photoshop CS5 and later
    for (const Layer& layer : layers) {
        if (!(layer.opacity >= 0 && layer.opacity <= 1))
            failLayer(layer, cat("has the opacity ", layer.opacity, ", which is not within 0 and 1"));
        if (!isUtf8(layer.name))
            failLayer(layer, "has a name that is no UTF-8");
        if (!layer.isGroup)
            checkPicture(layer);
        else if (layer.mask || !layer.image.isEmpty())
            failLayer(layer, "is a group and cannot have a picture or mask of its own");
        else if (depth >= mostGroups)
            failLayer(layer, cat("lies deeper than ", mostGroups, " groups"));
        checkLayers(layer.children, depth + 1);
    }
}

bool anyDeep(const std::vector<Layer>& layers) {
    return std::any_of(layers.begin(), layers.end(), [](const Layer& layer) {
        return isDeep(layer.image) || (layer.mask && isDeep(layer.mask->image)) || anyDeep(layer.children);
    });
}

Image withType(const Image& image, PixelType type) {
    return image.isEmpty() ? image : type == PixelType::U16 ? toU16(image) : toU8(image);
}

void setDepth(std::vector<Layer>& layers, PixelType type) {
    for (Layer& layer : layers) {
        layer.image = withType(layer.image, type);
        if (layer.mask)
            layer.mask->image = withType(layer.mask->image, type);
        setDepth(layer.children, type);
    }
}

struct Inherited {
    double opacity = 1;
    bool visible = true;
};

void addPlain(const std::vector<Layer>& layers, const Inherited& group, std::vector<Layer>& out) {
    for (const Layer& layer : layers) {
        const Inherited here{group.opacity * layer.opacity, group.visible && layer.visible};
        if (layer.isGroup) {
            addPlain(layer.children, here, out);
            continue;
        }
        Layer plain = layer;
        plain.image = withMaskApplied(layer);
        plain.mask.reset();
        plain.opacity = here.opacity;
        plain.visible = here.visible;
        out.push_back(std::move(plain));
    }
}

template <typename T>
Image applyMask(const Layer& layer, float full) {
    const Image& from = layer.image;
    std::vector<T> out(static_cast<std::size_t>(from.width()) * from.height() * 4);
    auto at = out.begin();
    for (int y = 0; y < from.height(); ++y)
        for (int x = 0; x < from.width(); ++x) {
            Pixel pixel = pixelAt(from, x, y);
            pixel[3] *= maskAt(*layer.mask, layer.x + x, layer.y + y);
            for (const float value : pixel)
                *at++ = static_cast<T>(value * full + 0.5f);
        }
    return Image(from.width(), from.height(), 4, std::move(out)).withResolution(from.resolution());
}

/// Copies, so that colours under alpha 0 stay.
template <typename T>
Image placed(const Layer& layer, const LayerStack& stack, float full) {
    const Image& from = layer.image;
    std::vector<T> out(static_cast<std::size_t>(stack.width) * stack.height * 4);
    const std::int64_t left = std::max<std::int64_t>(0, layer.x), top = std::max<std::int64_t>(0, layer.y);
    const std::int64_t right = std::min<std::int64_t>(stack.width, std::int64_t{layer.x} + from.width());
    const std::int64_t bottom = std::min<std::int64_t>(stack.height, std::int64_t{layer.y} + from.height());
    for (std::int64_t y = top; y < bottom; ++y)
        for (std::int64_t x = left; x < right; ++x) {
            const Pixel pixel = pixelAt(from, static_cast<int>(x - layer.x), static_cast<int>(y - layer.y));
            for (std::size_t c = 0; c < 4; ++c)
                out[static_cast<std::size_t>(y * stack.width + x) * 4 + c] =
                    static_cast<T>(pixel[c] * full + 0.5f);
        }
    return Image(stack.width, stack.height, 4, std::move(out)).withResolution(stack.resolution);
}

} // namespace

void checkStack(const LayerStack& stack) {
    if (stack.width <= 0 || stack.height <= 0)
        throw Failure(ErrorCode::InvalidArgument,
                      cat("A canvas of ", stack.width, " x ", stack.height, " pixels cannot be exported"));
    checkLayers(stack.layers, 0);
}

PixelType depthOf(const LayerStack& stack) {
    return anyDeep(stack.layers) ? PixelType::U16 : PixelType::U8;
}

Image mergeLayers(const LayerStack& stack, PixelType type) {
    return type == PixelType::U16 ? merge<std::uint16_t>(stack, 65535.0f)
                                  : merge<std::uint8_t>(stack, 255.0f);
}

bool isOpaque(const Image& image) {
    if (!image.hasAlpha())
        return true;
    const std::size_t count = static_cast<std::size_t>(image.width()) * image.height();
    for (std::size_t i = 0; i < count; ++i)
        if (sampleAt(image, (i + 1) * image.channels() - 1) < fullOf(image))
            return false;
    return true;
}

Image withMaskApplied(const Layer& layer) {
    if (!layer.mask)
        return layer.image;
    return isDeep(layer.image) || isDeep(layer.mask->image) ? applyMask<std::uint16_t>(layer, 65535.0f)
                                                            : applyMask<std::uint8_t>(layer, 255.0f);
}

std::vector<Layer> plainLayers(const LayerStack& stack) {
    std::vector<Layer> out;
    addPlain(stack.layers, {}, out);
    return out;
}

Image onCanvas(const Layer& layer, const LayerStack& stack, PixelType type) {
    return type == PixelType::U16 ? placed<std::uint16_t>(layer, stack, 65535.0f)
                                  : placed<std::uint8_t>(layer, stack, 255.0f);
}

LayerStack withDepth(LayerStack stack, PixelType type) {
    setDepth(stack.layers, type);
    return stack;
}

} // namespace cameo
