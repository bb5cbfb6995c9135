// SPDX-License-Identifier: Apache-2.0
// The allow-list of names that a pickle may mention, by exact module and name. Internal to this folder. Any
// thread.
#pragma once

#include "core/checkpoint/pickle_value.h"

namespace cameo::checkpoint::pickle {

struct AllowedGlobal {
    std::string_view module;
    std::string_view name;
    Global global;
    DType dtype = DType::F32; // of a storage class
};

/// nullptr for every name that is not on the list.
const AllowedGlobal* findGlobal(std::string_view module, std::string_view name);

bool mayBeCalled(Global global);    // REDUCE
bool mayBeMade(Global global);      // NEWOBJ
bool mayHaveState(Global global);   // BUILD
bool mayHaveEntries(Global global); // SETITEM, SETITEMS

} // namespace cameo::checkpoint::pickle
