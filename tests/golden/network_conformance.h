// SPDX-License-Identifier: Apache-2.0
// Runs a published model file and compares what it computes with what the reference code recorded. Plain C++,
// so that a Qt test can use it. One thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace cameo::test {

struct ArrayCheck {
    std::string array;
    double difference = 0; // largest
    double tolerance = 0;  // the array's own, from the manifest
};

struct ConformanceReport {
    std::vector<ArrayCheck> checks;
    std::vector<std::string> left; // recorded results that were compared with nothing
};

struct ConformanceRun {
    std::filesystem::path model;
    std::filesystem::path arrays; // folder with a manifest.json
    bool useTrainingForm = false;
};

/// Latents, images, features and scores of the generator and the discriminator, as far as the file has them.
ConformanceReport runNetworks(const ConformanceRun& run);
/// Foreground image and the first features of a Labels4Free set, whose mean latent is an array of its own.
ConformanceReport runLayeredGenerator(const ConformanceRun& run);
/// One recorded image (psi 1, const noise), for files that share the other arrays of another set.
ConformanceReport runImage(const ConformanceRun& run, const std::string& array);

/// Pictures of seeds 0, 1, 2 ... (const noise) against recorded ones [N, C, H, W].
struct PictureDifference {
    double largest = 0, mean = 0;
    double range = 0; // largest recorded value
};
PictureDifference comparePictures(const std::filesystem::path& model, const std::filesystem::path& pictures,
                                  double psi, bool useBFloat16);

} // namespace cameo::test
