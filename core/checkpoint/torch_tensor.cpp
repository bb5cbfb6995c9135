// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/torch_tensor.h"

#include "core/checkpoint/network_source.h"
#include "core/checkpoint/python_values.h"
#include "core/checkpoint/refuse.h"

namespace cameo::checkpoint {

using pickle::Global;
using pickle::Kind;
using pickle::Value;

StorageReference storageReference(const Value& persistent, const std::string& file) {
    const Value id = persistent.arguments();
    const Value type = id.itemOrNone(1);
    const Value key = id.itemOrNone(2);
    const Value count = id.itemOrNone(4);
    if (persistent.kind() != Kind::Persistent || id.kind() != Kind::Tuple || id.size() < 5 || id.size() > 6 ||
        id.item(0).text() != "storage" || !type.isGlobal(Global::Storage) || !key.isText() ||
        key.text().empty() || key.text().size() > maxNameLength || !count.isInteger() || count.integer() < 0)
        refuse(file, "a tensor refers to a storage of an unknown form");
    return {type.storageType(), std::string(key.text()), static_cast<std::uint64_t>(count.integer()),
            id.itemOrNone(5)};
}

namespace {

/// _rebuild_parameter(tensor, requires_grad, hooks) -> the tensor.
Value unwrapped(const Value& value) {
    return value.isObject(Global::Parameter) ? value.arguments().itemOrNone(0) : value;
}

} // namespace

bool isTorchTensor(const Value& value) {
    return unwrapped(value).isObject(Global::Tensor);
}

TensorRecord torchTensor(const Value& value, const std::string& name, const std::string& file,
                         const std::function<TorchStorage(const Value&)>& storage) {
    const Value arguments = unwrapped(value).arguments();
    const Value offset = arguments.itemOrNone(1);
    const Value size = arguments.itemOrNone(2);
    const Value strides = arguments.itemOrNone(3);
    if (size.size() > 8 || strides.size() > 8)
        refuse(file, "the tensor '", printable(name), "' has ", std::max(size.size(), strides.size()),
               " dimensions, more than 8");
    const std::optional<std::vector<long>> shape =
        wholeNumbers(size.isObject(Global::Size) ? size.arguments().itemOrNone(0) : size);
    const std::optional<std::vector<long>> steps = wholeNumbers(strides);
    if (!shape || !steps || !offset.isInteger())
        refuse(file, "the tensor '", printable(name), "' has no proper shape");
    if (offset.integer() < 0)
        refuse(file, "the tensor '", printable(name), "' begins at element ", offset.integer(),
               " of its storage");
    const TorchStorage found = storage(arguments.itemOrNone(0));
    TensorRecord record{found.dtype, *shape, *steps, found.bytes, static_cast<std::size_t>(offset.integer())};
    if (const std::string problem = invariantProblem(record); !problem.empty())
        refuse(file, "the tensor '", printable(name), "': ", problem);
    return record;
}

} // namespace cameo::checkpoint
