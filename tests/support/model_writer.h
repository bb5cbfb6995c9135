// SPDX-License-Identifier: Apache-2.0
// Small model files in the published containers, made in memory: tests need no archive for them and fuzzing
// gets short seeds. Each returns the bytes of a file. Any thread.
#pragma once

#include "core/checkpoint/checkpoint.h"

#include <string>
#include <vector>

namespace cameo::test {

/// Every tensor that `spec` needs, filled with small numbers that differ from each other.
checkpoint::TensorMap filledTensors(const std::vector<checkpoint::TensorShape>& required);

/// 8 px, two channels, latents of four numbers.
checkpoint::GeneratorRecord tinyGenerator();
checkpoint::DiscriminatorRecord tinyDiscriminator();

/// G, D and G_ema as modules; `protocol` 3 or 4.
std::string nvidiaSnapshot(int protocol);
/// (G, D, Gs) with TensorFlow's names.
std::string tensorFlowSnapshot();

/// rosinality's {"g_ema", "d", "latent_avg"} in both containers of torch.save.
std::string torchLegacyFile();
std::string torchZipFile();

/// One storage as torch.storage._load_from_bytes reads it.
std::string storagePayload(const std::vector<float>& values);

struct ZipPart {
    std::string name;
    std::string content;
};
/// Stored entries; with zip64 the end record is torch's: zip64 record, locator, and a plain one of all ones.
std::string zipArchive(const std::vector<ZipPart>& parts, bool useZip64 = false);

} // namespace cameo::test
