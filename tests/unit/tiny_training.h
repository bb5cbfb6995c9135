// SPDX-License-Identifier: Apache-2.0
// A training of seconds, for tests: 24 discs of 16 x 16, eight images a step, small networks.
#pragma once

#include "core/train/generator_trainer.h"
#include "tests/support/temp_dir.h"

namespace cameo::test {

constexpr int kTinySide = 16;

/// Packs the discs as a data set of that split.
void packDiscs(const std::filesystem::path& output, const std::string& split);

/// `steps` steps into `folder`/`name`; packs the discs where that has not been done.
train::GeneratorTraining tinyTraining(const TempDir& folder, const std::string& name, int steps);

std::string bytesOf(const std::filesystem::path& file);

} // namespace cameo::test
