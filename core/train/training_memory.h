// SPDX-License-Identifier: Apache-2.0
// Keeps the C library from giving every large tensor back to the system and asking for it again in each step:
// clearing those pages took 22 to 30 % of the time at 128 px. Any thread; one at a time.
#pragma once

namespace cameo::train {

/// While it lives, freed memory stays with the process; afterwards it goes back. Does nothing where the C
/// library is not glibc.
class KeptMemory {
  public:
    KeptMemory();
    ~KeptMemory();
    KeptMemory(const KeptMemory&) = delete;
    KeptMemory& operator=(const KeptMemory&) = delete;
};

} // namespace cameo::train
