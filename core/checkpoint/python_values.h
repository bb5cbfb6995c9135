// SPDX-License-Identifier: Apache-2.0
// Plain Python and NumPy values out of an inert pickle. Internal to this folder. Any thread.
#pragma once

#include "core/base/json.h"
#include "core/checkpoint/pickle_value.h"

namespace cameo::checkpoint {

/// A number, text, truth value, None, NumPy scalar or short list of these; nullopt for everything else.
std::optional<Json> plainJson(const pickle::Value& value);

/// Every entry of a dict with a text key and a plain value; at most `limit` of them.
Json plainEntries(const pickle::Value& dict, std::size_t limit = 200);

/// numpy.ndarray, C or Fortran order, as a view into the file. `name` is for messages.
TensorRecord numpyArray(const pickle::Value& value, const std::string& name, const std::string& file);
bool isNumpyArray(const pickle::Value& value);

/// A tuple or list of whole numbers, at most 16; nullopt for everything else.
std::optional<std::vector<long>> wholeNumbers(const pickle::Value& value);

} // namespace cameo::checkpoint
