// SPDX-License-Identifier: Apache-2.0
#include "core/base/npy.h"

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/text.h"

#include <cmath>
#include <cstring>
#include <string>

namespace cameo {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& why) {
    throw Failure(ErrorCode::Io, cat("'", path.string(), "' is not a usable .npy file: ", why));
}

std::string headerField(const std::string& header, const std::string& key,
                        const std::filesystem::path& path) {
    const auto at = header.find("'" + key + "':");
    if (at == std::string::npos)
        fail(path, "no field " + key);
    return header.substr(at + key.size() + 3);
}

double halfToDouble(std::uint16_t bits) {
    const int exponent = (bits >> 10) & 31, mantissa = bits & 1023;
    double value = 0;
    if (exponent == 0)
        value = std::ldexp(mantissa, -24);
    else if (exponent == 31)
        value = mantissa ? std::nan("") : INFINITY;
    else
        value = std::ldexp(1024 + mantissa, exponent - 25);
    return bits & 0x8000 ? -value : value;
}

template <typename T>
std::vector<double> widen(std::span<const std::byte> bytes, std::size_t count) {
    std::vector<double> values(count);
    for (std::size_t i = 0; i < count; ++i) {
        T value;
        std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
        values[i] = static_cast<double>(value);
    }
    return values;
}

} // namespace

NpyArray readNpy(const std::filesystem::path& path) {
    const Bytes file = mapFile(path);
    const auto* data = reinterpret_cast<const unsigned char*>(file.view.data());
    if (file.size() < 10 || std::memcmp(data, "\x93NUMPY", 6) != 0 || data[6] != 1)
        fail(path, "unknown header");
    const std::size_t headerLength = data[8] + 256u * data[9];
    if (file.size() < 10 + headerLength)
        fail(path, "truncated header");
    const std::string header(reinterpret_cast<const char*>(data) + 10, headerLength);
    if (headerField(header, "fortran_order", path).find("False") > 2)
        fail(path, "Fortran order");
    NpyArray array;
    std::size_t count = 1;
    const std::string shape = headerField(header, "shape", path);
    for (std::size_t i = shape.find('(') + 1; i < shape.size() && shape[i] != ')';) {
        if (shape[i] < '0' || shape[i] > '9') {
            ++i;
            continue;
        }
        std::size_t used = 0;
        array.shape.push_back(std::stol(shape.substr(i, 18), &used));
        const auto side = static_cast<std::size_t>(array.shape.back());
        if (side > 0 && count > file.size() / side) // before the product can wrap
            fail(path, "truncated data");
        count *= side;
        i += used;
    }
    const std::string descr = headerField(header, "descr", path);
    const std::string type = descr.substr(descr.find('\'') + 1, 3);
    if (type.size() < 3)
        fail(path, "no number type");
    const std::size_t itemSize = static_cast<std::size_t>(type[2] - '0');
    const std::span<const std::byte> body = file.view.subspan(10 + headerLength);
    if (itemSize == 0 || itemSize > 8 || body.size() / itemSize < count)
        fail(path, "truncated data");
    if (type == "<f4")
        array.values = widen<float>(body, count);
    else if (type == "<f8")
        array.values = widen<double>(body, count);
    else if (type == "<i4")
        array.values = widen<std::int32_t>(body, count);
    else if (type == "<i8")
        array.values = widen<std::int64_t>(body, count);
    else if (type == "|u1" || type == "|b1")
        array.values = widen<std::uint8_t>(body, count);
    else if (type == "<f2") {
        array.values = widen<std::uint16_t>(body, count);
        for (double& value : array.values)
            value = halfToDouble(static_cast<std::uint16_t>(value));
    } else
        fail(path, "number type " + type);
    return array;
}

void writeNpy(const std::filesystem::path& path, std::span<const long> shape, std::span<const float> values) {
    std::string dims;
    std::size_t count = 1;
    for (const long side : shape) {
        dims += std::to_string(side) + ", ";
        count *= static_cast<std::size_t>(side);
    }
    if (count != values.size())
        throw Failure(ErrorCode::Internal,
                      cat("writeNpy: ", values.size(), " values for shape (", dims, ")"));
    if (shape.size() > 1)
        dims.resize(dims.size() - 2);
    std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + dims + "), }";
    header.append(64 - (10 + header.size() + 1) % 64, ' ');
    header += '\n';
    std::string head("\x93NUMPY\x01\x00", 8);
    head += static_cast<char>(header.size() & 255);
    head += static_cast<char>(header.size() >> 8);
    head += header;
    writeFileAtomically(path, [&](const auto& append) {
        append(std::as_bytes(std::span(head.data(), head.size())));
        append(std::as_bytes(values));
    });
}

} // namespace cameo
