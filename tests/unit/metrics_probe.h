// SPDX-License-Identifier: Apache-2.0
// Looks inside the metrics and the attribute network for the tests: LibTorch on one side, plain numbers on
// the other.
#pragma once

#include "core/base/json.h"
#include "core/train/attribute_trainer.h"

#include <filesystem>
#include <string>
#include <vector>

namespace cameo::test {

struct Normal {
    std::vector<double> mean;
    std::vector<double> covariance; // row by row
};
double frechetOf(const Normal& a, const Normal& b);

struct FrechetFacts {
    double ofItself = 0, forwards = 0, backwards = 0; // ten members in 32 dimensions
    double ofMany = 0, ofFew = 0;                     // of one kind: what is left is the bias
    double meanError = 0, covarianceError = 0;        // of momentsOf, against plain loops
};
FrechetFacts examineFrechet();

/// Points on a line.
struct Shares {
    double precision = 0, recall = 0;
};
Shares precisionRecallOf(const std::vector<double>& pictures, const std::vector<double>& samples,
                         long neighbours);

struct NearestFacts {
    long copyFoundAt = -1;     // where the planted copy was found
    double copyDistance = -1;  // exactly 0
    double otherDistance = 0;  // the smallest of the others
    double fellowDistance = 0; // of a set with one pair of near duplicates, against plain loops
    double fellowExpected = 0;
};
NearestFacts examineNearest();

/// Measures samples of which the first `copies` are pictures of the set; every second one has a "face".
Json measureWithCopies(const std::filesystem::path& data, long copies, long others);
/// How many pictures are compared with when there may be `largest`; -1 when they are not named.
long picturesWithin(const std::filesystem::path& data, long largest);
/// Without a network and without a face finder.
Json measureWithoutHelp(const std::filesystem::path& data);
/// "wasserstein mean, mean-floor, whole, whole-floor" of a generator file; throws what evaluateGenerator
/// throws.
Json evaluateFile(const std::filesystem::path& model, const std::filesystem::path& data, long samples,
                  bool isStopped);
void parseMetricName(const std::string& name);

/// A fresh attribute network, written.
void writeFreshNetwork(const std::filesystem::path& file, std::uint64_t seed);
struct NetworkFacts {
    std::string version, versionRead, versionOfOther;
    double difference = 0, size = 0; // of features before and after writing
    bool takesOtherSizes = false;    // 128 px of doubled pixels give the features of 64 px
};
NetworkFacts examineNetwork(const std::filesystem::path& folder);
void openNetwork(const std::filesystem::path& file);
enum class Damage { NoMetadata, WrongShape, NotFinite, MissingTensor, HugeSpec };
void writeDamagedNetwork(const std::filesystem::path& file, Damage damage);

} // namespace cameo::test
