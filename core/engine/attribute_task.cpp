// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.h"
#include "core/engine/boundary.h"
#include "core/engine/device.h"
#include "core/engine/square_pixels.h"
#include "core/engine/tasks.h"
#include "core/train/attribute_table.h"
#include "core/train/attribute_trainer.h"

#include <algorithm>

namespace cameo {
namespace {

Json numberOrNull(const std::optional<double>& number) {
    return number ? Json(*number) : Json();
}

class AttributeTask {
  public:
    AttributeTask(const AttributeRequest& request, const TaskControl& control)
        : m_request(request),
          m_control(control),
          m_attributes(request.attributes.empty() ? request.table.parent_path() / "attributes.csv"
                                                  : request.attributes) {}

    Json run() {
        const ChosenDevice device = chooseDevice({.device = m_request.device});
        at::set_num_threads(device.threads);
        train::AttributeTraining training;
        // The table first: a mistake in it must not cost the time of decoding.
        const auto files = train::readLabels(m_request.table, m_attributes, "train");
        const auto measured = measuredFiles();
        training.pictures = decoded(files);
        training.measured = decoded(measured);
        training.output = m_request.output;
        training.parameters = m_request.parameters;
        training.seed = m_request.seed;
        training.device = device.device.str();
        training.onProgress = m_control.onProgress;
        training.stop = m_control.stop;
        return reportOf(train::trainAttributeNetwork(training));
    }

  private:
    /// A table without the split 'dev' can be trained on; nothing is measured then.
    std::vector<train::LabelledFile> measuredFiles() const {
        try {
            return train::readLabels(m_request.table, m_attributes, "dev");
        } catch (const Failure& failure) {
            if (failure.error().code != ErrorCode::InvalidArgument)
                throw;
            return {};
        }
    }

    train::LabelledPictures decoded(const std::vector<train::LabelledFile>& files) {
        train::LabelledPictures pictures;
        long done = 0;
        for (const train::LabelledFile& labelled : files) {
            if (m_control.stop.stop_requested())
                throw Failure(ErrorCode::Cancelled, "The training was stopped: nothing was written");
            try {
                const auto pixels =
                    planarSquare(labelled.file, static_cast<int>(train::attributeTrainingSide()));
                pictures.pixels.insert(pictures.pixels.end(), pixels.begin(), pixels.end());
                pictures.values.insert(pictures.values.end(), labelled.values.begin(), labelled.values.end());
            } catch (const Failure& failure) {
                m_skipped.append(
                    Json::object({{"file", labelled.file.string()}, {"reason", failure.error().message}}));
            }
            Progress progress{.stage = "decoding"};
            progress.step = ++done;
            progress.steps = static_cast<long>(files.size());
            if (m_control.onProgress)
                m_control.onProgress(progress);
        }
        return pictures;
    }

    static Json accuracyOf(const train::AttributeAccuracy& accuracy) {
        if (accuracy.isProbability)
            return Json::object({{"accuracy", accuracy.probability.accuracy},
                                 {"accuracy-of-the-more-frequent", accuracy.probability.baseline},
                                 {"auc", numberOrNull(accuracy.probability.auc)}});
        return Json::object({{"mean-absolute-error", accuracy.number.meanAbsoluteError},
                             {"error-of-the-median", accuracy.number.baseline},
                             {"correlation", numberOrNull(accuracy.number.correlation)}});
    }

    Json reportOf(const train::AttributeTrainingReport& report) {
        Json accuracy = Json::object();
        for (const train::AttributeAccuracy& one : report.measurement.accuracies)
            accuracy.set(one.name, accuracyOf(one));
        return Json::object({{"version", report.measurement.version},
                             {"parameters", report.measurement.parameterCount},
                             {"pictures", report.pictures},
                             {"measured", report.measured},
                             {"loss", report.loss},
                             {"skipped", m_skipped},
                             {"accuracy", std::move(accuracy)}});
    }

    const AttributeRequest& m_request;
    const TaskControl& m_control;
    std::filesystem::path m_attributes;
    Json m_skipped = Json::array();
};

} // namespace

std::span<const Parameter> attributeParameters() {
    return train::attributeTrainingParameters();
}

Result<Json> trainAttributes(const AttributeRequest& request, const TaskControl& control) {
    return resultOf([&] { return AttributeTask(request, control).run(); });
}

} // namespace cameo
