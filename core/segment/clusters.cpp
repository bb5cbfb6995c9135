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

// Measured: mean of person and ground IoU on 16 inverted photographs of the dev split against their reference
// masks, averaged over donor seeds 0 to 3 with the 64 px model; a centred ellipse reaches 0.681. Looked at:
// 40 seeds, psi 0.7.
constexpr Parameter table[] = {
    {"variants", "Variants", 2, 256, 16, 0, "", "Pictures in other styles that are compared.",
     "measured with 5 clusters: 8 0.839, 16 0.838, 24 0.838; fewer jumps than 32 (5 against 11 of 64 steps)"},
    {"crossover", "Styles from", 8, 1024, 16, 0, "px",
     "Blocks of this resolution and finer take the styles of the variants.",
     "looked at: 8 loses the hair, 64 follows the texture of the ground; measured on one donor seed: 8 "
     "0.751, 16 "
     "0.858, 32 0.845, 64 0.887"},
    {"size", "Working size", 16, 1024, 256, 0, "px",
     "Size at which pixels are clustered, at most the model's.", "reference section 3.2: 128 to 256"},
    {"clusters", "Clusters", 2, 32, 4, 0, "",
     "Groups of pixels, before they are merged into person and ground.", "measured: 4 0.860, 5 0.838"},
    {"feature", "Feature", 0, 1, 1, 0, "", "0: colours of all variants; 1: their correlation.",
     "measured with 5 clusters: colours 0.810, correlation 0.838"},
    {"own-weight", "Own colours", 0, 5, 0.6, 2, "",
     "Weight of the picture's own colours, against 1 for all variants together.",
     "measured with 5 clusters: 0 0.810, 0.3 0.826, 0.6 0.838, 1 0.831"},
    {"dimensions", "Dimensions", 2, 1000, 12, 0, "", "Principal axes of the features that are clustered.",
     "measured on one donor seed: 6 0.857, 12 0.858, 24 0.859"},
    {"restarts", "Restarts", 1, 50, 10, 0, "", "Clusterings from other starts, of which the tightest counts.",
     "measured: steps of 0.1 sd along pc1 change more than 3 % of the mask in 25, 18 and 5 of 64 cases with "
     "1, 3 and "
     "10 restarts"},
    {"sampling", "Sampling", 1, 64, 4, 0, "", "The restarts see every n-th pixel.",
     "measured: 4 with 12 dimensions is as steady as all pixels and dimensions (3 of 32 jumps) in half the "
     "time"},
    {"iterations", "Iterations", 1, 500, 50, 0, "", "At most, for each clustering.",
     "half of reference section 3.2, not measured"},
    {"donor-psi", "Variety", 0, 1.5, 1, 2, "", "Truncation of the styles: 0 gives none.",
     "measured with 4 clusters: 0.5 0.852, 0.7 0.851, 1 0.860"},
    {"side-reach", "Side border", 0, 1, 0.6, 2, "",
     "Share of the left and right border, from the top, that counts as ground.",
     "measured on one donor seed: 0.4 0.791, 0.6 0.858, 0.8 0.861; shoulders touch the lower part"},
    {"top-reach", "Top border", 0, 0.5, 0.25, 2, "",
     "Share of the top border, from each corner, that counts as ground.",
     "measured on one donor seed: 0.1 0.848, 0.25 0.858, 0.4 0.844; hair touches the middle"},
    {"centre-weight", "Centre", 0, 2, 0.5, 2, "", "How much a place in the middle speaks for the person.",
     "measured on one donor seed: 0 0.865, 0.25 0.868, 0.5 0.858, 1 0.858"},
    {"edge", "Edge softness", 0, 2, 0.25, 2, "", "0: hard; larger: wider transitions.",
     "looked at, not measured"},
    {"guide-radius", "Guide radius", 0, 32, 2, 0, "px",
     "Edges follow the picture within this many working pixels; 0: off.", "looked at, not measured"},
    {"guide-epsilon", "Guide smoothing", 0.000001, 1, 0.001, 6, "",
     "Contrast of the picture below which edges are only smoothed.", "looked at, not measured"},
    {"pieces", "Clean pieces", 0, 1, 1, 0, "",
     "1: keep the largest piece and those that stand on the bottom, and fill holes.",
     "reference section 3.2"},
    {"seed", "Seed", 0, 4294967295.0, 0, 0, "", "Of styles and starts.", "free"},
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
    at::Tensor inPieces(const at::Tensor& alpha) const;
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

/// Sets what lies off the kept pieces to 0 and the holes in them to 1; their own soft rim stays.
at::Tensor ClusterSegmenter::inPieces(const at::Tensor& alpha) const {
    const at::Tensor values = alpha.to(at::kCPU).contiguous();
    const float* data = values.data_ptr<float>();
    const auto side = static_cast<int>(m_size);
    std::vector<bool> isSet(static_cast<std::size_t>(values.numel()));
    for (std::size_t i = 0; i < isSet.size(); ++i)
        isSet[i] = data[i] > 0.5F;
    const std::vector<bool> kept = personPieces(isSet, side, side);
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
    const at::Tensor points =
        principalCoordinates(pixelFeatures(images, {.feature = static_cast<Feature>(whole("feature")),
                                                    .ownWeight = value("own-weight")}),
                             whole("dimensions"));
    KMeansOptions options;
    options.clusters = static_cast<int>(whole("clusters"));
    options.restarts = static_cast<int>(whole("restarts"));
    options.sampling = static_cast<int>(whole("sampling"));
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
                                              .topReach = value("top-reach"),
                                              .centreWeight = value("centre-weight")});
    at::Tensor alpha = softLabels(clustering, result.isForeground);
    if (whole("pieces") != 0)
        alpha = inPieces(alpha);
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

at::Tensor pixelFeatures(const at::Tensor& images, const FeatureOptions& options) {
    const auto flat = [](const at::Tensor& pictures) {
        return pictures.flatten(2).flatten(0, 1).t().contiguous();
    };
    const auto toUnitPower = [](const at::Tensor& points) {
        const at::Tensor centred = points - points.mean(0);
        return centred / centred.square().sum(1).mean().sqrt().clamp_min(1e-6);
    };
    at::Tensor points = flat(images); // [P, N * C]
    if (options.feature == Feature::Correlation) {
        points = points - points.mean(1, true);
        points = points / points.norm(2, 1, true).clamp_min(1e-6);
    }
    if (options.ownWeight == 0)
        return points;
    return at::cat({toUnitPower(points), options.ownWeight * toUnitPower(flat(images.narrow(0, 0, 1)))}, 1);
}

ClusterResult segmentByClusters(const net::Generator& generator, const ClusterRequest& request) {
    return ClusterSegmenter(generator, request).run();
}

} // namespace cameo::segment
