// SPDX-License-Identifier: Apache-2.0
// The largest memory that this process has held, for measurements. Any thread.
#pragma once

namespace cameo {

/// Bytes resident at most since the start or the last reset; 0 where the system does not tell (Linux does).
unsigned long long peakMemory();
/// Begins anew from what is resident now, where the system allows it.
void resetPeakMemory();

} // namespace cameo
