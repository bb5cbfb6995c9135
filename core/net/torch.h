// SPDX-License-Identifier: Apache-2.0
// The only door to LibTorch, and the precompiled header of every target behind it. ivalue.h must come first:
// clang 14 rejects the other order.
#pragma once

// clang-format off
#include <ATen/core/ivalue.h>
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
// clang-format on
