// SPDX-License-Identifier: Apache-2.0
// Which device computes, in which precision, and why.
#pragma once

#include "core/engine/engine.h"
#include "core/net/torch.h"

namespace cameo {

struct ChosenDevice {
    at::Device device = at::kCPU;
    at::ScalarType precision = at::kFloat;
    int threads = 1;
    DeviceInfo info;
};

/// Throws Failure(Device) that says what is missing.
ChosenDevice chooseDevice(const EngineOptions& options);

/// Bytes resident now, from the operating system.
unsigned long long residentBytes();

} // namespace cameo
