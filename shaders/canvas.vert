#version 330 core
// SPDX-License-Identifier: Apache-2.0
// One rectangle of the document; the fragment shader decides what is seen there.
layout(location = 0) in vec2 a_corner; // 0..1
uniform mat3 u_view;                   // document px to clip space
uniform vec4 u_area;                   // x, y, width, height in document px
out vec2 v_point;                      // document px

void main() {
    v_point = u_area.xy + a_corner * u_area.zw;
    gl_Position = vec4((u_view * vec3(v_point, 1.0)).xy, 0.0, 1.0);
}
