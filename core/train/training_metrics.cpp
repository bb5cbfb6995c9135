// SPDX-License-Identifier: Apache-2.0
#include "core/train/training_metrics.h"

#include "core/base/error.h"
#include "core/base/text.h"

#include <chrono>
#include <cmath>

namespace cameo::train {
namespace {

using Clock = std::chrono::steady_clock;

/// The figures that make a curve, each under one short name.
Json curveValues(const Json& metrics) {
    Json values = Json::object();
    const auto take = [&](const char* metric, const char* field, const char* name) {
        if (const Json* found = metrics.find(metric))
            values.set(name, found->at(field));
    };
    take("wasserstein", "mean", "wasserstein");
    take("frechet", "distance", "frechet");
    take("precision-recall", "precision", "precision");
    take("precision-recall", "recall", "recall");
    take("faces", "face", "face");
    take("faces", "two-eyes", "two-eyes");
    if (const Json* nearest = metrics.find("nearest"))
        values.set("too-close", nearest->at("features").at("share-too-close"));
    return values;
}

} // namespace

TrainingMetrics::TrainingMetrics(const GeneratorTraining& training) : m_training(training) {
    const auto value = [&](const char* name) {
        return parameterValue(generatorTrainingParameters(), training.parameters, name);
    };
    m_interval = std::lround(value("metric-interval") * 1000);
    m_samples = std::lround(value("metric-samples"));
    m_pictures = std::lround(value("metric-pictures"));
    if (value("metric-all") == 0)
        m_request.metrics = {Metric::Frechet, Metric::Faces};
    m_request.faces = training.faces;
    m_control = {.onProgress = {}, .yieldPoint = training.yieldPoint, .stop = training.stop};
}

bool TrainingMetrics::isDue(long before, long now) const {
    return m_interval > 0 && before / m_interval != now / m_interval;
}

Json TrainingMetrics::measure(const net::Generator& generator, long images) {
    try {
        return measured(generator, images);
    } catch (const Failure& failure) {
        // Hours of training must not end because a figure cannot be had.
        if (failure.error().code == ErrorCode::Cancelled)
            return {};
        return giveUp(failure.error().text(), images);
    }
}

Json TrainingMetrics::measured(const net::Generator& generator, long images) {
    const Clock::time_point begin = Clock::now();
    if (!m_reference) {
        const auto network =
            m_training.featureNetwork.empty() ? findFeatureNetwork() : m_training.featureNetwork;
        m_reference = makeReference(
            PackedDataset::open(m_training.data),
            {.network = network, .device = generator.device(), .seed = 0, .largest = m_pictures}, m_control);
    }
    const SampleDraw draw{.count = m_samples, .psi = 1, .seed = 0};
    const MetricReport report =
        measureSamples(drawSamples(generator, draw, m_control), *m_reference, m_request, m_control);
    if (report.metrics.asObject().empty())
        return giveUp(report.notMeasured.asArray().front().at("reason").asString(), images);
    Json line =
        Json::object({{"images", images},
                      {"metrics", curveValues(report.metrics)},
                      {"setting", cat(draw.count, " samples, psi ", draw.psi, ", seeds from ", draw.seed)},
                      {"seconds", std::chrono::duration<double>(Clock::now() - begin).count()}});
    if (m_reference->network)
        line.set("features", m_reference->network->version());
    if (!report.notMeasured.asArray().empty())
        line.set("not-measured", report.notMeasured);
    return line;
}

Json TrainingMetrics::giveUp(const std::string& reason, long images) {
    m_interval = 0;
    return Json::object({{"event", "metrics skipped: " + reason}, {"images", images}});
}

} // namespace cameo::train
