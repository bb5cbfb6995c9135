// SPDX-License-Identifier: Apache-2.0
// Sample sheets as PNG files without an image library: the machines that this program is for have none.
// Stored, not compressed (RFC 1951, section 3.2.4), which every reader takes. Any thread.
#pragma once

#include "core/train/generator_trainer.h"

namespace cameo::cli {

/// The sheet's images side by side, as square as it gets, into FOLDER/samplesNNNNNNNNN.png (images seen),
/// whole or not at all. Throws Io.
std::filesystem::path writeSheet(const std::filesystem::path& folder, const train::SampleSheet& sheet);

} // namespace cameo::cli
