// SPDX-License-Identifier: Apache-2.0
#include "core/engine/tensor_image.h"

#include "core/image/convert.h"

#include <cstring>

namespace cameo {

Image imageFromTensor(const at::Tensor& picture) {
    at::Tensor bytes = (picture.detach()[0].to(at::kFloat) * 127.5 + 128).clamp(0, 255).to(at::kByte);
    if (bytes.size(0) == 1)
        bytes = bytes.expand({3, -1, -1});
    bytes = bytes.permute({1, 2, 0}).contiguous().to(at::kCPU);
    const auto* data = bytes.data_ptr<std::uint8_t>();
    return Image(static_cast<int>(bytes.size(1)), static_cast<int>(bytes.size(0)), 3,
                 std::vector<std::uint8_t>(data, data + bytes.numel()));
}

at::Tensor tensorFromImage(const Image& image, long channels) {
    const Image rgb = toF32(toRgb(image));
    const at::Tensor tensor = at::empty({rgb.height(), rgb.width(), 3}, at::kFloat);
    std::memcpy(tensor.data_ptr<float>(), rgb.f32().data(), rgb.f32().size_bytes());
    at::Tensor planar = tensor.permute({2, 0, 1}).unsqueeze(0) * 2 - 1;
    if (channels == 1)
        planar = planar.mean(1, true);
    return planar.contiguous();
}

net::Noise noiseOf(NoiseMode mode) {
    switch (mode) {
    case NoiseMode::Random:
        return net::Noise::Random;
    case NoiseMode::None:
        return net::Noise::None;
    default:
        return net::Noise::Const;
    }
}

} // namespace cameo
