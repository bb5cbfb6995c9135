// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/tensor_record.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/checkpoint/half.h"

#include <array>
#include <cmath>
#include <cstring>
#include <utility>

namespace cameo::checkpoint {
namespace {

constexpr std::size_t maxRank = 8;

template <typename T>
T load(const std::byte* at) {
    T value; // files need not align their data
    std::memcpy(&value, at, sizeof(T));
    return value;
}

float elementAsFloat(DType type, const std::byte* at) {
    switch (type) {
    case DType::F64:
        return static_cast<float>(load<double>(at));
    case DType::F32:
        return load<float>(at);
    case DType::F16:
        return floatFromHalf(load<std::uint16_t>(at));
    case DType::BF16:
        return floatFromBfloat16(load<std::uint16_t>(at));
    case DType::I64:
        return static_cast<float>(load<std::int64_t>(at));
    case DType::I32:
        return static_cast<float>(load<std::int32_t>(at));
    case DType::I16:
        return static_cast<float>(load<std::int16_t>(at));
    case DType::I8:
        return static_cast<float>(load<std::int8_t>(at));
    case DType::U8:
        return static_cast<float>(load<std::uint8_t>(at));
    case DType::Bool:
        return load<std::uint8_t>(at) ? 1.0F : 0.0F;
    }
    return 0;
}

bool isFinite(DType type, const std::byte* at) {
    switch (type) {
    case DType::F64:
        return std::isfinite(load<double>(at));
    case DType::F32:
        return (load<std::uint32_t>(at) & 0x7f800000U) != 0x7f800000U;
    case DType::F16:
        return (load<std::uint16_t>(at) & 0x7c00U) != 0x7c00U;
    case DType::BF16:
        return (load<std::uint16_t>(at) & 0x7f80U) != 0x7f80U;
    default:
        return true;
    }
}

struct Layout {
    std::size_t rank = 0;
    std::array<std::size_t, maxRank> shape{};
    std::array<std::size_t, maxRank> strides{};
};

/// The same elements in the same order with as few dimensions as possible: a contiguous tensor becomes one
/// row.
Layout mergedLayout(const TensorRecord& record) {
    Layout layout;
    for (std::size_t d = 0; d < record.shape.size(); ++d) {
        const auto size = static_cast<std::size_t>(record.shape[d]);
        const auto stride = static_cast<std::size_t>(record.strides[d]);
        if (size == 1)
            continue;
        const std::size_t last = layout.rank - 1;
        if (layout.rank > 0 && layout.strides[last] == stride * size) {
            layout.shape[last] *= size;
            layout.strides[last] = stride;
        } else {
            layout.shape[layout.rank] = size;
            layout.strides[layout.rank++] = stride;
        }
    }
    return layout;
}

/// Calls visit(first byte, bytes from one element to the next, count) for every run along the last dimension,
/// in row-major order, until it returns false.
template <typename Visit>
void forEachRow(const TensorRecord& record, Visit&& visit) {
    const std::size_t total = record.elementCount();
    const std::size_t item = itemSize(record.dtype);
    const Layout layout = mergedLayout(record);
    const std::size_t rowLength = layout.rank == 0 ? 1 : layout.shape[layout.rank - 1];
    const std::size_t step = layout.rank == 0 ? item : layout.strides[layout.rank - 1] * item;
    std::array<std::size_t, maxRank> index{};
    for (std::size_t done = 0; done < total; done += rowLength) {
        std::size_t at = record.offset;
        for (std::size_t d = 0; d + 1 < layout.rank; ++d)
            at += index[d] * layout.strides[d];
        if (!visit(record.storage.view.data() + at * item, step, rowLength))
            return;
        for (std::size_t d = layout.rank < 2 ? 0 : layout.rank - 1; d-- > 0;) {
            if (++index[d] < layout.shape[d])
                break;
            index[d] = 0;
        }
    }
}

} // namespace

std::size_t itemSize(DType type) {
    switch (type) {
    case DType::F64:
    case DType::I64:
        return 8;
    case DType::F32:
    case DType::I32:
        return 4;
    case DType::F16:
    case DType::BF16:
    case DType::I16:
        return 2;
    default:
        return 1;
    }
}

const char* dtypeName(DType type) {
    switch (type) {
    case DType::F64:
        return "float64";
    case DType::F32:
        return "float32";
    case DType::F16:
        return "float16";
    case DType::BF16:
        return "bfloat16";
    case DType::I64:
        return "int64";
    case DType::I32:
        return "int32";
    case DType::I16:
        return "int16";
    case DType::I8:
        return "int8";
    case DType::U8:
        return "uint8";
    case DType::Bool:
        return "bool";
    }
    return "unknown";
}

bool isFloating(DType type) {
    return type <= DType::BF16;
}

std::size_t TensorRecord::elementCount() const {
    std::size_t count = 1;
    for (const long side : shape)
        count *= static_cast<std::size_t>(side);
    return count;
}

std::vector<long> contiguousStrides(const std::vector<long>& shape) {
    std::vector<long> strides(shape.size());
    unsigned long step = 1; // may wrap on hostile shapes: invariantProblem refuses those
    for (std::size_t i = shape.size(); i-- > 0;) {
        strides[i] = static_cast<long>(step);
        step *= shape[i] > 0 ? static_cast<unsigned long>(shape[i]) : 1;
    }
    return strides;
}

std::string invariantProblem(const TensorRecord& record) {
    const std::size_t rank = record.shape.size();
    if (rank > maxRank)
        return cat("it has ", rank, " dimensions, more than ", maxRank);
    if (record.strides.size() != rank)
        return cat("it has ", rank, " sizes but ", record.strides.size(), " strides");
    const std::size_t available = record.storage.size() / itemSize(record.dtype);
    std::size_t count = 1;
    std::size_t last = record.offset;
    for (std::size_t d = 0; d < rank; ++d) {
        const long size = record.shape[d];
        const long stride = record.strides[d];
        if (size < 0 || stride < 0)
            return cat("its shape ", shapeText(record.shape), " or strides ", shapeText(record.strides),
                       " hold a negative number");
        std::size_t reach = 0;
        if (__builtin_mul_overflow(count, static_cast<std::size_t>(size), &count) ||
            __builtin_mul_overflow(static_cast<std::size_t>(size > 0 ? size - 1 : 0),
                                   static_cast<std::size_t>(stride), &reach) ||
            __builtin_add_overflow(last, reach, &last))
            return cat("its shape ", shapeText(record.shape), " is too large for any file");
    }
    if (count == 0)
        return {};
    if (last >= available)
        return cat("element ", last, " lies beyond its storage of ", available, " elements");
    if (count > available)
        return cat("shape ", shapeText(record.shape), " repeats a storage of only ", available, " elements");
    return {};
}

std::vector<float> toFloats(const TensorRecord& record) {
    std::vector<float> values(record.elementCount());
    float* out = values.data();
    const DType type = record.dtype;
    forEachRow(record, [&](const std::byte* at, std::size_t step, std::size_t count) {
        if (type == DType::F32 && step == sizeof(float)) {
            std::memcpy(out, at, count * sizeof(float));
            out += count;
            return true;
        }
        for (std::size_t i = 0; i < count; ++i, at += step)
            *out++ = elementAsFloat(type, at);
        return true;
    });
    return values;
}

std::optional<std::size_t> firstNonFinite(const TensorRecord& record) {
    if (!isFloating(record.dtype))
        return std::nullopt;
    std::optional<std::size_t> found;
    std::size_t done = 0;
    forEachRow(record, [&](const std::byte* at, std::size_t step, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i, at += step)
            if (!isFinite(record.dtype, at)) {
                found = done + i;
                return false;
            }
        done += count;
        return true;
    });
    return found;
}

TensorRecord fromFloats(std::vector<long> shape, std::vector<float> values) {
    TensorRecord record;
    record.strides = contiguousStrides(shape);
    record.shape = std::move(shape);
    auto owner = std::make_shared<const std::vector<float>>(std::move(values));
    record.storage = {owner, std::as_bytes(std::span(*owner))};
    if (record.elementCount() != owner->size())
        throw Failure(ErrorCode::Internal,
                      cat(owner->size(), " values for the shape ", shapeText(record.shape)));
    return record;
}

} // namespace cameo::checkpoint
