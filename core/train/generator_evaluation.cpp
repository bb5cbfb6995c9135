// SPDX-License-Identifier: Apache-2.0
#include "core/train/generator_evaluation.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/checkpoint/checkpoint.h"

namespace cameo::train {

GeneratorEvaluationReport evaluateGenerator(const GeneratorEvaluation& evaluation) {
    const PackedDataset data = PackedDataset::open(evaluation.data);
    const checkpoint::GeneratorRecord record = checkpoint::Checkpoint::open(evaluation.model).generator();
    if (record.spec.resolution != data.side() || record.spec.imageChannels != 3 ||
        record.spec.mapping.cDim > 0)
        throw Failure(ErrorCode::InvalidArgument,
                      cat("'", evaluation.model.string(), "' makes images of ", record.spec.resolution,
                          " px, the data set holds colour images of ", data.side(), " px"),
                      cat("Pack the pictures with --side ", record.spec.resolution));
    if (data.count() < 2 || evaluation.draw.count < 1)
        throw Failure(ErrorCode::InvalidArgument, "At least two pictures and one sample are needed");
    const at::Device device(evaluation.device);
    const Reference reference = makeReference(data,
                                              {.network = evaluation.featureNetwork,
                                               .device = device,
                                               .seed = evaluation.draw.seed,
                                               .largest = evaluation.pictures},
                                              evaluation.control);
    const net::Generator generator = net::Generator::fromRecord(record, device);
    const at::Tensor samples = drawSamples(generator, evaluation.draw, evaluation.control);
    return {.measured = measureSamples(samples, reference, evaluation.metrics, evaluation.control),
            .pictures = reference.pictures.size(0),
            .allPictures = data.count(),
            .side = data.side(),
            .split = data.split(),
            .featureVersion = reference.network ? reference.network->version() : std::string()};
}

} // namespace cameo::train
