// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/python_values.h"

#include "core/checkpoint/network_source.h"
#include "core/checkpoint/refuse.h"
#include "core/checkpoint/utf8.h"

#include <cstring>

namespace cameo::checkpoint {

using pickle::Global;
using pickle::Kind;
using pickle::Value;

namespace {

constexpr std::size_t maxPlainText = 200;
constexpr std::size_t maxPlainItems = 64;

std::optional<DType> numpyType(const Value& value) {
    if (!value.isObject(Global::NumpyDtype))
        return std::nullopt;
    // State: (version, byte order, ...). '|' means that the order does not matter.
    const std::string_view order = value.state().itemOrNone(1).text();
    if (!order.empty() && order != "<" && order != "|" && order != "=")
        return std::nullopt;
    constexpr std::pair<std::string_view, DType> names[] = {
        {"f8", DType::F64}, {"f4", DType::F32}, {"f2", DType::F16}, {"i8", DType::I64}, {"i4", DType::I32},
        {"i2", DType::I16}, {"i1", DType::I8},  {"u1", DType::U8},  {"b1", DType::Bool}};
    const std::string_view text = value.arguments().itemOrNone(0).text();
    for (const auto& [name, type] : names)
        if (name == text)
            return type;
    return std::nullopt;
}

std::optional<double> numpyScalar(const Value& value) {
    const std::optional<DType> type = numpyType(value.arguments().itemOrNone(0));
    TensorRecord record;
    record.storage = value.arguments().itemOrNone(1).data();
    if (!type || record.storage.size() != itemSize(*type))
        return std::nullopt;
    record.dtype = *type;
    if (record.dtype == DType::F64) { // gains need all their digits
        double number = 0;
        std::memcpy(&number, record.storage.view.data(), sizeof(number));
        return number;
    }
    return static_cast<double>(toFloats(record).front());
}

std::optional<Json> plainScalar(const Value& value) {
    switch (value.kind()) {
    case Kind::None:
        return Json();
    case Kind::Bool:
        return Json(value.boolean());
    case Kind::Integer:
        return Json(static_cast<long long>(value.integer()));
    case Kind::Real:
        return Json(value.real());
    case Kind::Text:
        return Json(utf8Prefix(value.text(), maxPlainText));
    default:
        break;
    }
    if (value.isObject(Global::NumpyScalar))
        if (const std::optional<double> number = numpyScalar(value))
            return Json(*number);
    return std::nullopt;
}

} // namespace

std::optional<Json> plainJson(const Value& value) {
    if (value.kind() != Kind::List && value.kind() != Kind::Tuple)
        return plainScalar(value);
    if (value.size() > maxPlainItems)
        return std::nullopt;
    Json list = Json::array();
    for (std::size_t i = 0; i < value.size(); ++i) {
        std::optional<Json> item = plainScalar(value.item(i));
        if (!item)
            return std::nullopt;
        list.append(std::move(*item));
    }
    return list;
}

Json plainEntries(const Value& dict, std::size_t limit) {
    Json entries = Json::object();
    for (std::size_t i = 0; i < dict.entryCount() && entries.asObject().size() < limit; ++i)
        if (const Value key = dict.key(i); key.isText() && key.text().size() <= maxNameLength)
            if (std::optional<Json> value = plainJson(dict.entry(i)))
                entries.set(std::string(key.text()), std::move(*value));
    return entries;
}

std::optional<std::vector<long>> wholeNumbers(const Value& value) {
    const bool isList = value.kind() == Kind::Tuple || value.kind() == Kind::List;
    if (!isList || value.size() > 16)
        return std::nullopt;
    std::vector<long> numbers;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (!value.item(i).isInteger())
            return std::nullopt;
        numbers.push_back(value.item(i).integer());
    }
    return numbers;
}

bool isNumpyArray(const Value& value) {
    return value.isObject(Global::NumpyReconstruct);
}

TensorRecord numpyArray(const Value& value, const std::string& name, const std::string& file) {
    // BUILD state of ndarray: (version, shape, dtype, is Fortran order, bytes).
    const Value state = value.state();
    const std::optional<std::vector<long>> shape = wholeNumbers(state.itemOrNone(1));
    const std::optional<DType> type = numpyType(state.itemOrNone(2));
    if (!isNumpyArray(value) || !shape || !type)
        refuse(file, "the array '", printable(name), "' is of an unknown type or form");
    TensorRecord record;
    record.dtype = *type;
    record.shape = *shape;
    record.storage = state.itemOrNone(4).data();
    const bool isFortran = state.itemOrNone(3).boolean();
    if (isFortran) {
        const std::vector<long> reversed = contiguousStrides({shape->rbegin(), shape->rend()});
        record.strides.assign(reversed.rbegin(), reversed.rend());
    } else {
        record.strides = contiguousStrides(*shape);
    }
    if (const std::string problem = invariantProblem(record); !problem.empty())
        refuse(file, "the array '", printable(name), "': ", problem);
    if (record.elementCount() * itemSize(record.dtype) != record.storage.size())
        refuse(file, "the array '", printable(name), "' of shape ", shapeText(record.shape), " has ",
               record.storage.size(), " bytes");
    return record;
}

} // namespace cameo::checkpoint
