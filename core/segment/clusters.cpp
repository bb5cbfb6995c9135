// SPDX-License-Identifier: Apache-2.0
#include "core/segment/clusters.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/segment/guided_filter.h"
#include "core/segment/kmeans.h"
#include "core/segment/label_rules.h"
#include "core/segment/variants.h"

#include <algorithm>
#include <bit>

namespace cameo::segment {
namespace {

constexpr Parameter table[] = {
    {"variants", "Variants", 2, 256, 16, 0, "", "Pictures in other styles that are compared.",
     "starting value, to be measured"},
    {"crossover", "Styles from", 8, 1024, 16, 0, "px",
     "Blocks of this resolution and finer take the styles of the variants.",
     "starting value, to be measured"},
    {"size", "Working size", 16, 1024, 64, 0, "px", "Size at which pixels are clustered.",
     "starting value, to be measured"},
    {"clusters", "Clusters", 2, 32, 5, 0, "",
     "Groups of pixels, before they are merged into person and ground.", "starting value, to be measured"},
    {"feature", "Feature", 0, 1, 1, 0, "", "0: colours of all variants; 1: their correlation.",
     "starting value, to be measured"},
    {"restarts", "Restarts", 1, 50, 3, 0, "", "Clusterings from other starts, of which the tightest counts.",
     "starting value, to be measured"},
    {"iterations", "Iterations", 1, 500, 50, 0, "", "At most, for each clustering.",
     "starting value, to be measured"},
    {"donor-psi", "Variety", 0, 1.5, 1, 2, "", "Truncation of the styles: 0 gives none.",
     "starting value, to be measured"},
    {"side-reach", "Side border", 0, 1, 0.6, 2, "",
     "Share of the left and right border, from the top, that counts as ground.",
     "starting value, to be measured"},
    {"centre-weight", "Centre", 0, 2, 0.5, 2, "", "How much a place in the middle speaks for the person.",
     "starting value, to be measured"},
    {"edge", "Edge softness", 0, 2, 0.25, 2, "", "0: hard; larger: wider transitions.",
     "starting value, to be measured"},
    {"guide-radius", "Guide radius", 0, 32, 2, 0, "px",
     "Edges follow the picture within this many working pixels; 0: off.", "starting value, to be measured"},
    {"guide-epsilon", "Guide smoothing", 0.000001, 1, 0.001, 6, "",
     "Contrast of the picture below which edges are only smoothed.", "starting value, to be measured"},
    {"one-piece", "One piece", 0, 1, 1, 0, "", "1: keep the largest piece and fill its holes.",
     "starting value, to be measured"},
    {"seed", "Seed", 0, 4294967295.0, 0, 0, "", "Of styles and starts.", "starting value, to be measured"},
};

class ClusterSegmenter {
  public:
    ClusterSegmenter(const net::Generator& generator, const ClusterRequest& request);
    ClusterResult run();

  private:
    double value(const char* name) const { return parameterValue(table, m_request.parameters, name); }
    long whole(const char* name) const { return static_cast<long>(value(name)); }
    void checkStop() const;
    void report(const char* stage, double fraction) const;
    at::Tensor variants() const;
    at::Tensor softLabels(const KMeansResult& clustering, const std::vector<bool>& isForeground) const;
    at::Tensor inOnePiece(const at::Tensor& alpha) const;
    at::Tensor atFullSize(const at::Tensor& alpha, const at::Tensor& smallPicture) const;

    const net::Generator& m_generator;
    const ClusterRequest& m_request;
    long m_size = 0;
};

ClusterSegmenter::ClusterSegmenter(const net::Generator& generator, const ClusterRequest& request)
    : m_generator(generator), m_request(request) {
    checkParameters(table, request.parameters);
    const checkpoint::MappingSpec& mapping = generator.spec().mapping;
    const std::vector<std::int64_t> expected = {1, mapping.numWs, mapping.wDim};
    if (!request.ws.defined() || request.ws.sizes().vec() != expected)
        throw Failure(ErrorCode::InvalidArgument,
                      cat("Clustering takes rows of shape ", shapeText({1, mapping.numWs, mapping.wDim})));
    m_size = static_cast<long>(
        std::bit_floor(static_cast<unsigned long>(std::min(generator.spec().resolution, whole("size")))));
}

void ClusterSegmenter::checkStop() const {
    if (m_request.stop.stop_requested())
        throw Failure(ErrorCode::Cancelled, "The mask was stopped");
}

void ClusterSegmenter::report(const char* stage, double fraction) const {
    if (!m_request.onProgress)
        return;
    Progress progress;
    progress.stage = stage;
    progress.fraction = fraction;
    m_request.onProgress(progress);
}

at::Tensor ClusterSegmenter::variants() const {
    VariantRequest variants;
    variants.ws = m_request.ws;
    variants.count = whole("variants");
    variants.crossover = whole("crossover");
    variants.size = m_size;
    variants.donorPsi = value("donor-psi");
    variants.seed = static_cast<std::uint32_t>(value("seed"));
    variants.synthesis.noise = m_request.noise;
    variants.synthesis.noiseSeed = m_request.noiseSeed;
    variants.synthesis.precision = m_request.precision;
    variants.synthesis.stop = m_request.stop;
    variants.onProgress = [this](long done, long total) {
        report("variants", 0.8 * static_cast<double>(done) / static_cast<double>(total));
    };
    return renderVariants(m_generator, variants);
}

/// Membership of fuzzy c-means (Bezdek 1981): the distances' powers, normalised over the clusters.
at::Tensor ClusterSegmenter::softLabels(const KMeansResult& clustering,
                                        const std::vector<bool>& isForeground) const {
    std::vector<float> chosen(isForeground.begin(), isForeground.end());
    const at::Tensor weights =
        at::tensor(at::ArrayRef<float>(chosen), at::kFloat).to(clustering.distances.device());
    const double edge = value("edge");
    const at::Tensor member = edge > 0
                                  ? at::softmax(clustering.distances.clamp_min(1e-12).log() * (-1 / edge), 1)
                                  : at::one_hot(clustering.label, weights.size(0)).to(at::kFloat);
    return at::mv(member, weights).view({1, 1, m_size, m_size});
}

/// Sets what lies off the largest piece to 0 and the holes in it to 1; its own soft rim stays.
at::Tensor ClusterSegmenter::inOnePiece(const at::Tensor& alpha) const {
    const at::Tensor values = alpha.to(at::kCPU).contiguous();
    const float* data = values.data_ptr<float>();
    const auto side = static_cast<int>(m_size);
    std::vector<bool> isSet(static_cast<std::size_t>(values.numel()));
    for (std::size_t i = 0; i < isSet.size(); ++i)
        isSet[i] = data[i] > 0.5F;
    const std::vector<bool> kept = onePiece(isSet, side, side);
    std::vector<float> keptValues(kept.begin(), kept.end());
    const at::Tensor piece = at::tensor(at::ArrayRef<float>(keptValues), at::kFloat).view_as(values);
    const at::Tensor near = at::max_pool2d(piece, 3, 1, 1);
    const at::Tensor wasSet = values > 0.5;
    const at::Tensor filled =
        at::where((piece > 0).logical_and(wasSet.logical_not()), at::ones_like(values), values);
    return (filled * near * (piece > 0).logical_or(wasSet.logical_not())).to(alpha.device());
}

at::Tensor ClusterSegmenter::atFullSize(const at::Tensor& alpha, const at::Tensor& smallPicture) const {
    const long resolution = m_generator.spec().resolution, radius = whole("guide-radius");
    const at::Tensor& picture = m_request.picture.defined() ? m_request.picture : smallPicture;
    at::Tensor full = radius > 0
                          ? guidedMask(alpha, picture, {.radius = radius, .epsilon = value("guide-epsilon")})
                          : alpha;
    if (full.size(3) != resolution)
        full = at::upsample_bilinear2d(full, {resolution, resolution}, false);
    return full;
}

ClusterResult ClusterSegmenter::run() {
    const at::NoGradGuard noGradients;
    const at::Tensor images = variants();
    checkStop();
    const at::Tensor points = pixelFeatures(images, static_cast<Feature>(whole("feature")));
    KMeansOptions options;
    options.clusters = static_cast<int>(whole("clusters"));
    options.restarts = static_cast<int>(whole("restarts"));
    options.iterations = static_cast<int>(whole("iterations"));
    options.seed = static_cast<std::uint32_t>(value("seed"));
    options.checkpoint = [this] { checkStop(); };
    const KMeansResult clustering = kMeans(points, options);
    report("clusters", 0.95);

    ClusterResult result;
    result.size = static_cast<int>(m_size);
    result.clusters = options.clusters;
    const at::Tensor label = clustering.label.to(at::kCPU).to(at::kByte).contiguous();
    result.label.assign(label.data_ptr<std::uint8_t>(), label.data_ptr<std::uint8_t>() + label.numel());
    result.isForeground = foregroundClusters(result.label, result.size,
                                             {.clusters = options.clusters,
                                              .sideReach = value("side-reach"),
                                              .centreWeight = value("centre-weight")});
    at::Tensor alpha = softLabels(clustering, result.isForeground);
    if (whole("one-piece") != 0)
        alpha = inOnePiece(alpha);
    const at::Tensor full = atFullSize(alpha, images.narrow(0, 0, 1)).to(at::kCPU).contiguous();
    const float* data = full.data_ptr<float>();
    result.mask = Mask(static_cast<int>(full.size(3)), static_cast<int>(full.size(2)),
                       std::vector<float>(data, data + full.numel()));
    report("clusters", 1);
    return result;
}

} // namespace

std::span<const Parameter> clusterParameters() {
    return table;
}

at::Tensor pixelFeatures(const at::Tensor& images, Feature feature) {
    const at::Tensor points = images.flatten(2).flatten(0, 1).t().contiguous(); // [P, N * C]
    if (feature == Feature::Colour)
        return points;
    const at::Tensor centred = points - points.mean(1, true);
    return centred / centred.norm(2, 1, true).clamp_min(1e-6);
}

ClusterResult segmentByClusters(const net::Generator& generator, const ClusterRequest& request) {
    return ClusterSegmenter(generator, request).run();
}

} // namespace cameo::segment
