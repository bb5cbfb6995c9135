// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/pickle_globals.h"

namespace cameo::checkpoint::pickle {
namespace {

constexpr AllowedGlobal allowed[] = {
    {"torch_utils.persistence", "_reconstruct_persistent_obj", Global::PersistentObject},
    {"collections", "OrderedDict", Global::OrderedDict},
    {"torch._utils", "_rebuild_parameter", Global::Parameter},
    {"torch._utils", "_rebuild_parameter_with_state", Global::Parameter},
    {"torch._utils", "_rebuild_tensor_v2", Global::Tensor},
    {"torch.storage", "_load_from_bytes", Global::LoadFromBytes},
    {"torch", "Size", Global::Size},
    {"torch", "device", Global::Device},
    {"numpy.core.multiarray", "scalar", Global::NumpyScalar},
    {"numpy._core.multiarray", "scalar", Global::NumpyScalar},
    {"numpy.core.multiarray", "_reconstruct", Global::NumpyReconstruct},
    {"numpy._core.multiarray", "_reconstruct", Global::NumpyReconstruct},
    {"numpy", "ndarray", Global::NumpyArray},
    {"numpy", "dtype", Global::NumpyDtype},
    {"dnnlib.util", "EasyDict", Global::EasyDict},
    {"builtins", "set", Global::PythonSet},
    {"__builtin__", "set", Global::PythonSet},
    {"argparse", "Namespace", Global::Namespace},
    {"dnnlib.tflib.network", "Network", Global::TensorFlowNetwork},
    {"torch", "DoubleStorage", Global::Storage, DType::F64},
    {"torch", "FloatStorage", Global::Storage, DType::F32},
    {"torch", "HalfStorage", Global::Storage, DType::F16},
    {"torch", "BFloat16Storage", Global::Storage, DType::BF16},
    {"torch", "LongStorage", Global::Storage, DType::I64},
    {"torch", "IntStorage", Global::Storage, DType::I32},
    {"torch", "ShortStorage", Global::Storage, DType::I16},
    {"torch", "CharStorage", Global::Storage, DType::I8},
    {"torch", "ByteStorage", Global::Storage, DType::U8},
    {"torch", "BoolStorage", Global::Storage, DType::Bool},
};

} // namespace

const AllowedGlobal* findGlobal(std::string_view module, std::string_view name) {
    for (const AllowedGlobal& candidate : allowed)
        if (candidate.module == module && candidate.name == name)
            return &candidate;
    return nullptr;
}

bool mayBeCalled(Global global) {
    return global != Global::NumpyArray && global != Global::EasyDict && global != Global::Namespace &&
           global != Global::Storage;
}

bool mayBeMade(Global global) {
    return global == Global::EasyDict || global == Global::Namespace || global == Global::TensorFlowNetwork;
}

bool mayHaveState(Global global) {
    return global == Global::OrderedDict || global == Global::EasyDict || global == Global::Namespace ||
           global == Global::TensorFlowNetwork || global == Global::NumpyDtype ||
           global == Global::NumpyReconstruct;
}

bool mayHaveEntries(Global global) {
    return global == Global::OrderedDict || global == Global::EasyDict;
}

} // namespace cameo::checkpoint::pickle
