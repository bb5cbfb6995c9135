// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/tensor_encoding.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/checkpoint/half.h"

#include <cmath>
#include <cstring>
#include <limits>

namespace cameo::checkpoint {
namespace {

template <typename T, typename Convert>
void appendAs(std::vector<std::byte>& out, const std::vector<float>& values, Convert convert) {
    out.resize(values.size() * sizeof(T));
    for (std::size_t i = 0; i < values.size(); ++i) {
        const T value = convert(values[i]);
        std::memcpy(out.data() + i * sizeof(T), &value, sizeof(T));
    }
}

} // namespace

std::vector<std::byte> encoded(const std::string& name, const TensorRecord& record, DType type) {
    const std::vector<float> values = toFloats(record);
    if (type == DType::F16 || type == DType::BF16) {
        const float limit = type == DType::F16 ? 65519.0F : std::numeric_limits<float>::max();
        for (const float value : values)
            if (std::isfinite(value) && std::abs(value) > limit)
                throw Failure(ErrorCode::InvalidArgument,
                              cat("Tensor '", name, "' holds ", value, ", too large for ", dtypeName(type)),
                              "Write it as float32");
    }
    std::vector<std::byte> bytes;
    if (type == DType::F32)
        appendAs<float>(bytes, values, [](float v) { return v; });
    else if (type == DType::F16)
        appendAs<std::uint16_t>(bytes, values, halfFromFloat);
    else
        appendAs<std::uint16_t>(bytes, values, bfloat16FromFloat);
    return bytes;
}

} // namespace cameo::checkpoint
