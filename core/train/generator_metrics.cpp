// SPDX-License-Identifier: Apache-2.0
#include "core/train/generator_metrics.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/train/random.h"
#include "core/train/sliced_wasserstein.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace cameo::train {
namespace {

constexpr long kSamplesAtOnce = 16;
constexpr long kFeaturesAtOnce = 64;
constexpr long kPixelSide = 64;       // distances of pixels are measured at this size at most
constexpr double kClose = 0.01;       // the share of pictures that are nearer to a fellow than the threshold
constexpr double kGreyLevels = 127.5; // in one unit of -1..1

constexpr std::array<std::pair<Metric, const char*>, 5> kMetrics = {
    {{Metric::Wasserstein, "wasserstein"},
     {Metric::Frechet, "frechet"},
     {Metric::PrecisionRecall, "precision-recall"},
     {Metric::Nearest, "nearest"},
     {Metric::Faces, "faces"}}};

at::Tensor toFloat(const at::Tensor& bytes) {
    return bytes.to(at::kFloat) / kGreyLevels - 1;
}

/// Rows of grey levels, of pictures no larger than kPixelSide.
at::Tensor pixelRows(const at::Tensor& bytes) {
    const long side = std::min(bytes.size(2), kPixelSide);
    std::vector<at::Tensor> parts;
    for (long at = 0; at < bytes.size(0); at += kFeaturesAtOnce) {
        const at::Tensor part =
            bytes.narrow(0, at, std::min(kFeaturesAtOnce, bytes.size(0) - at)).to(at::kFloat);
        parts.push_back(at::adaptive_avg_pool2d(part, {side, side}).flatten(1));
    }
    return at::cat(parts);
}

std::vector<std::uint8_t> bytesAt(const at::Tensor& pictures, long index) {
    const at::Tensor one = pictures[index].contiguous();
    const auto* data = one.data_ptr<std::uint8_t>();
    return {data, data + one.numel()};
}

class Measurement {
  public:
    Measurement(const at::Tensor& samples, const Reference& reference, const MetricRequest& request,
                const MetricControl& control)
        : m_samples(samples), m_reference(reference), m_request(request), m_control(control) {}

    MetricReport run() {
        for (const Metric metric : allMetrics()) {
            if (!isWanted(metric))
                continue;
            m_control.step("measuring", 0, 0);
            if (const std::string reason = obstacle(metric); !reason.empty())
                m_report.notMeasured.append(
                    Json::object({{"metric", metricName(metric)}, {"reason", reason}}));
            else
                m_report.metrics.set(metricName(metric), figures(metric));
        }
        return std::move(m_report);
    }

  private:
    bool isWanted(Metric metric) const {
        const auto& wanted = m_request.metrics;
        return wanted.empty() || std::find(wanted.begin(), wanted.end(), metric) != wanted.end();
    }

    /// Why a metric cannot be had; empty when it can.
    std::string obstacle(Metric metric) const {
        const long fewest = std::min(m_samples.size(0), m_reference.pictures.size(0) / 2);
        if (metric == Metric::Wasserstein)
            return m_samples.size(2) < 16 ? "the pictures are smaller than 16 px" : "";
        if (metric == Metric::Faces)
            return m_request.faces.find ? "" : m_request.faces.reason;
        if (!m_reference.network)
            return m_reference.reason;
        if (metric == Metric::PrecisionRecall && fewest <= kManifoldNeighbours)
            return cat("fewer than ", kManifoldNeighbours + 1, " samples or ", 2 * (kManifoldNeighbours + 1),
                       " pictures");
        return fewest < 2 ? "fewer than two samples or four pictures" : "";
    }

    Json figures(Metric metric) {
        switch (metric) {
        case Metric::Wasserstein:
            return wasserstein();
        case Metric::Frechet:
            return frechet();
        case Metric::PrecisionRecall:
            return precision();
        case Metric::Nearest:
            return nearest();
        default:
            return faces();
        }
    }

    long half() const { return m_reference.pictures.size(0) / 2; }

    const at::Tensor& sampleFeatures() {
        if (!m_sampleFeatures.defined())
            m_sampleFeatures = featuresOf(*m_reference.network, m_samples, m_control);
        return m_sampleFeatures;
    }

    Json wasserstein() const {
        const at::Tensor& real = m_reference.pictures;
        const long count = std::min(real.size(0), m_samples.size(0));
        const SlicedWassersteinOptions options{.seed = m_request.seed};
        const auto distance = slicedWasserstein(toFloat(real.narrow(0, 0, count)),
                                                toFloat(m_samples.narrow(0, 0, count)), options);
        m_control.step("measuring", 0, 0);
        const auto floor = slicedWasserstein(toFloat(real.narrow(0, 0, half())),
                                             toFloat(real.narrow(0, half(), half())), options);
        Json levels = Json::array();
        for (std::size_t i = 0; i < distance.levels.size(); ++i)
            levels.append(Json::object({{"side", distance.levels[i].side},
                                        {"distance", distance.levels[i].distance},
                                        {"floor", floor.levels[i].distance}}));
        return Json::object({{"compared", count},
                             {"levels", std::move(levels)},
                             {"mean", distance.mean},
                             {"mean-floor", floor.mean},
                             {"whole", distance.whole},
                             {"whole-floor", floor.whole}});
    }

    Json frechet() {
        const at::Tensor& real = m_reference.features;
        const double distance = frechetDistance(momentsOf(real), momentsOf(sampleFeatures()));
        const double floor =
            frechetDistance(momentsOf(real.narrow(0, 0, half())), momentsOf(real.narrow(0, half(), half())));
        return Json::object({{"distance", distance}, {"floor", floor}});
    }

    Json precision() {
        const at::Tensor& real = m_reference.features;
        const PrecisionRecall found = precisionRecall(real, sampleFeatures());
        const PrecisionRecall floor =
            precisionRecall(real.narrow(0, 0, half()), real.narrow(0, half(), half()));
        return Json::object({{"precision", found.precision},
                             {"recall", found.recall},
                             {"precision-of-pictures", floor.precision},
                             {"recall-of-pictures", floor.recall},
                             {"neighbours", kManifoldNeighbours}});
    }

    struct Closeness {
        NearestRows nearest;
        double threshold = 0, share = 0, median = 0, medianOfPictures = 0;
    };
    static Closeness closenessOf(const at::Tensor& samples, const at::Tensor& pictures) {
        Closeness result{.nearest = nearestRows(samples, pictures)};
        const at::Tensor fellows = nearestFellows(pictures).distance;
        result.threshold = fellows.quantile(kClose).item<double>();
        result.share = result.nearest.distance.lt(result.threshold).to(at::kDouble).mean().item<double>();
        result.median = result.nearest.distance.median().item<double>();
        result.medianOfPictures = fellows.median().item<double>();
        return result;
    }

    Json nearest() {
        const Closeness features = closenessOf(sampleFeatures(), m_reference.features);
        const at::Tensor pixels = pixelRows(m_reference.pictures);
        m_control.step("measuring", 0, 0);
        const Closeness grey = closenessOf(pixelRows(m_samples), pixels);
        // Root mean square over the values of a picture: 8-bit grey levels.
        const double scale = 1 / std::sqrt(static_cast<double>(pixels.size(1)));
        collectPairs(features, scale);
        const auto figuresOf = [](const Closeness& of, double unit) {
            return Json::object({{"share-too-close", of.share},
                                 {"threshold", of.threshold * unit},
                                 {"median", of.median * unit},
                                 {"median-of-pictures", of.medianOfPictures * unit}});
        };
        return Json::object({{"features", figuresOf(features, 1)}, {"pixels", figuresOf(grey, scale)}});
    }

    void collectPairs(const Closeness& features, double scale) {
        const at::Tensor order = features.nearest.distance.argsort();
        const long count = std::min(m_request.pairs, order.size(0));
        for (long i = 0; i < count; ++i) {
            const long sample = order[i].item<long>();
            const long picture = features.nearest.index[sample].item<long>();
            const auto name = static_cast<std::size_t>(picture);
            const at::Tensor gap = pixelRows(m_samples.narrow(0, sample, 1)) -
                                   pixelRows(m_reference.pictures.narrow(0, picture, 1));
            m_report.pairs.push_back(
                {.sample = sample,
                 .picture =
                     name < m_reference.names.size() ? m_reference.names[name] : std::to_string(picture),
                 .featureDistance = features.nearest.distance[sample].item<double>(),
                 .pixelDistance = gap.to(at::kDouble).square().sum().sqrt().item<double>() * scale,
                 .samplePixels = bytesAt(m_samples, sample),
                 .picturePixels = bytesAt(m_reference.pictures, picture)});
        }
    }

    Json faces() const {
        const long count = m_samples.size(0), side = m_samples.size(2);
        long faces = 0, eyes = 0;
        for (long i = 0; i < count; ++i) {
            m_control.step("faces", i, count);
            const FaceSigns signs = m_request.faces.find(bytesAt(m_samples, i), side);
            faces += signs.hasFace;
            eyes += signs.hasTwoEyes;
        }
        const double total = static_cast<double>(count);
        return Json::object({{"face", static_cast<double>(faces) / total},
                             {"two-eyes", static_cast<double>(eyes) / total},
                             {"detector", m_request.faces.name}});
    }

    const at::Tensor& m_samples;
    const Reference& m_reference;
    const MetricRequest& m_request;
    const MetricControl& m_control;
    at::Tensor m_sampleFeatures;
    MetricReport m_report;
};

} // namespace

std::span<const Metric> allMetrics() {
    static constexpr std::array all = {Metric::Wasserstein, Metric::Frechet, Metric::PrecisionRecall,
                                       Metric::Nearest, Metric::Faces};
    return all;
}

const char* metricName(Metric metric) {
    return std::find_if(kMetrics.begin(), kMetrics.end(),
                        [&](const auto& row) { return row.first == metric; })
        ->second;
}

Metric metricFromName(const std::string& name) {
    std::vector<std::string> names;
    for (const auto& [metric, own] : kMetrics) {
        if (name == own)
            return metric;
        names.emplace_back(own);
    }
    const auto nearest = nearestWord(name, names);
    throw Failure(ErrorCode::InvalidArgument, cat("Unknown metric '", printable(name), "'"),
                  nearest ? cat("Did you mean '", *nearest, "'?")
                          : "Choose from wasserstein, frechet, precision-recall, nearest and faces");
}

void MetricControl::step(const char* stage, long done, long total) const {
    if (stop.stop_requested())
        throw Failure(ErrorCode::Cancelled, "The measurement was stopped");
    if (yieldPoint)
        yieldPoint();
    if (!onProgress)
        return;
    Progress progress{.stage = stage};
    progress.step = done;
    progress.steps = total;
    if (total > 0)
        progress.fraction = static_cast<double>(done) / static_cast<double>(total);
    onProgress(progress);
}

at::Tensor drawSamples(const net::Generator& generator, const SampleDraw& draw,
                       const MetricControl& control) {
    const at::NoGradGuard noGradient;
    std::vector<at::Tensor> parts;
    for (long done = 0; done < draw.count; done += kSamplesAtOnce) {
        control.step("sampling", done, draw.count);
        std::vector<std::uint32_t> seeds(
            static_cast<std::size_t>(std::min(kSamplesAtOnce, draw.count - done)));
        std::iota(seeds.begin(), seeds.end(), draw.seed + static_cast<std::uint32_t>(done));
        const at::Tensor z = net::latentsFromSeeds(seeds, generator.spec().mapping.zDim, generator.device());
        const at::Tensor ws = generator.broadcast(generator.map(z), draw.psi);
        const at::Tensor images = generator.synthesize(ws).to(at::kCPU);
        parts.push_back((images * kGreyLevels + 128).floor().clamp(0, 255).to(at::kByte));
    }
    return at::cat(parts);
}

at::Tensor featuresOf(const FeatureNetwork& network, const at::Tensor& pictures,
                      const MetricControl& control) {
    std::vector<at::Tensor> parts;
    for (long at = 0; at < pictures.size(0); at += kFeaturesAtOnce) {
        control.step("features", at, pictures.size(0));
        const at::Tensor part = pictures.narrow(0, at, std::min(kFeaturesAtOnce, pictures.size(0) - at));
        parts.push_back(network.features(toFloat(part)).to(at::kCPU, at::kDouble));
    }
    return at::cat(parts);
}

Reference makeReference(const PackedDataset& data, const ReferenceRequest& request,
                        const MetricControl& control) {
    Reference reference;
    const long all = data.count(), side = data.side(), count = std::min(all, request.largest);
    const at::Tensor order = at::randperm(all, stepGenerator(request.seed, 0, Stream::Order), at::kLong);
    const Json* names = data.manifest().find("files");
    const bool hasNames =
        names && names->isArray() && names->asArray().size() == static_cast<std::size_t>(all);
    reference.pictures = at::empty({count, 3, side, side}, at::kByte);
    auto* out = reference.pictures.data_ptr<std::uint8_t>();
    for (long i = 0; i < count; ++i) {
        const long index = order.data_ptr<std::int64_t>()[i];
        const auto image = data.image(index);
        out = std::copy(image.begin(), image.end(), out);
        if (hasNames)
            reference.names.push_back(names->asArray()[static_cast<std::size_t>(index)].asString());
    }
    if (request.network.empty()) {
        reference.reason = "the attribute network was not found; set CAMEO_MODEL_DIR to the folder of models";
        return reference;
    }
    FeatureNetwork network = FeatureNetwork::open(request.network);
    network.toDevice(request.device);
    reference.network = std::make_shared<const FeatureNetwork>(std::move(network));
    reference.features = featuresOf(*reference.network, reference.pictures, control);
    return reference;
}

MetricReport measureSamples(const at::Tensor& samples, const Reference& reference,
                            const MetricRequest& request, const MetricControl& control) {
    if (samples.dim() != 4 || samples.size(0) < 1 ||
        samples.sizes().slice(1) != reference.pictures.sizes().slice(1))
        throw Failure(ErrorCode::InvalidArgument, "Samples and pictures differ in size",
                      cat("Pack the pictures with --side ", samples.dim() == 4 ? samples.size(2) : 0));
    const at::NoGradGuard noGradient;
    return Measurement(samples, reference, request, control).run();
}

} // namespace cameo::train
