// SPDX-License-Identifier: Apache-2.0
// What can be said about a generator's samples beside pictures, without anything to download: sliced
// Wasserstein distance, Frechet distance, precision and recall, nearest pictures against memorisation, and
// faces found. Evaluation and training share it. Compute thread only.
#pragma once

#include "core/base/json.h"
#include "core/base/progress.h"
#include "core/net/generator.h"
#include "core/train/dataset.h"
#include "core/train/face_finder.h"
#include "core/train/feature_network.h"
#include "core/train/feature_statistics.h"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace cameo::train {

enum class Metric { Wasserstein, Frechet, PrecisionRecall, Nearest, Faces };
std::span<const Metric> allMetrics();
/// "wasserstein", "frechet", "precision-recall", "nearest", "faces".
const char* metricName(Metric metric);
/// Throws InvalidArgument naming the nearest one.
Metric metricFromName(const std::string& name);

/// How a measurement reports and ends. Throws Failure(Cancelled) between batches once a stop is requested.
struct MetricControl {
    std::function<void(const Progress&)> onProgress;
    std::function<void()> yieldPoint; // called between batches
    std::stop_token stop;
    void step(const char* stage, long done, long total) const;
};

/// Uncurated samples of `count` NumPy seeds from `seed` on, as an 8-bit file would hold them: [count, 3, R,
/// R] uint8 on the CPU.
struct SampleDraw {
    long count = 1000;
    double psi = 1;
    std::uint32_t seed = 0;
};
at::Tensor drawSamples(const net::Generator& generator, const SampleDraw& draw, const MetricControl& control);

/// Features of uint8 pictures [N, 3, R, R] -> [N, D] float64 on the CPU.
at::Tensor featuresOf(const FeatureNetwork& network, const at::Tensor& pictures,
                      const MetricControl& control);

/// Pictures to compare with, in an order that depends on the seed alone, and what is known about them.
struct Reference {
    at::Tensor pictures;                           // [N, 3, R, R] uint8 on the CPU
    std::vector<std::string> names;                // as the data set has them; may be empty
    std::shared_ptr<const FeatureNetwork> network; // null where there is none, for `reason`
    std::string reason;
    at::Tensor features; // [N, D] float64; undefined without a network
};
struct ReferenceRequest {
    std::filesystem::path network; // file; empty: none
    at::Device device = at::kCPU;  // of the network
    std::uint64_t seed = 0;        // of the order
    long largest =
        5000; // so many pictures at most, chosen by the seed: they are held in memory, 1 GB at 256 px
};
/// Throws what FeatureNetwork::open throws.
Reference makeReference(const PackedDataset& data, const ReferenceRequest& request,
                        const MetricControl& control);

/// A sample and the picture nearest to it.
struct NearestPair {
    long sample = 0;                                       // index
    std::string picture;                                   // name, or number
    double featureDistance = 0, pixelDistance = 0;         // as in MetricReport
    std::vector<std::uint8_t> samplePixels, picturePixels; // 3 x R x R each
};

struct MetricReport {
    /// Per measured metric, in the order of allMetrics(), an object of figures (see evaluate generator's
    /// help).
    Json metrics = Json::object();
    Json notMeasured = Json::array(); // {"metric", "reason"}
    std::vector<NearestPair> pairs;   // the closest first
};

struct MetricRequest {
    std::vector<Metric> metrics; // empty: all
    long pairs = 0;              // how many nearest pairs to hand out
    std::uint64_t seed = 0;      // of the random directions and patches
    FaceFinder faces;
};
/// samples [M, 3, R, R] uint8 of the pictures' size.
MetricReport measureSamples(const at::Tensor& samples, const Reference& reference,
                            const MetricRequest& request, const MetricControl& control);

} // namespace cameo::train
