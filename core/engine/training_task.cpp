// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.h"
#include "core/engine/boundary.h"
#include "core/engine/device.h"
#include "core/engine/face_detector.h"
#include "core/engine/square_pixels.h"
#include "core/engine/tasks.h"
#include "core/image/codec.h"
#include "core/train/dataset.h"
#include "core/train/generator_trainer.h"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <sstream>

namespace cameo {
namespace {

DatasetReport pack(const DatasetPacking& request, const TaskControl& control) {
    const auto checkStop = [&] {
        if (control.stop.stop_requested())
            throw Failure(ErrorCode::Cancelled, "Cancelled: nothing was written");
    };
    const auto report = [&](long done, long total) {
        checkStop();
        Progress progress;
        progress.stage = "pack";
        progress.step = done;
        progress.steps = total;
        if (control.onProgress)
            control.onProgress(progress);
    };
    const train::PackReport packed = train::packDataset({.files = request.files,
                                                         .side = request.side,
                                                         .manifest = request.manifest,
                                                         .decode = planarSquare,
                                                         .onProgress = report},
                                                        request.output);
    return {packed.packed, packed.skipped};
}

/// The sheet's images side by side, as square as it gets.
Image gridOf(const train::SampleSheet& sheet) {
    const long columns = std::lround(std::ceil(std::sqrt(static_cast<double>(sheet.count))));
    const long rows = (sheet.count + columns - 1) / columns, plane = sheet.height * sheet.width;
    std::vector<std::uint8_t> pixels(static_cast<std::size_t>(rows * columns * plane * 3), 0);
    for (long i = 0; i < sheet.count; ++i)
        for (long y = 0; y < sheet.height; ++y)
            for (long x = 0; x < sheet.width; ++x)
                for (long c = 0; c < 3; ++c) {
                    const long channel = std::min(c, sheet.channels - 1);
                    const float value = sheet.values[static_cast<std::size_t>(
                        (i * sheet.channels + channel) * plane + y * sheet.width + x)];
                    const long row = i / columns * sheet.height + y, column = i % columns * sheet.width + x;
                    pixels[static_cast<std::size_t>((row * columns * sheet.width + column) * 3 + c)] =
                        static_cast<std::uint8_t>(std::clamp(value * 127.5F + 128.0F, 0.0F, 255.0F));
                }
    return Image(static_cast<int>(columns * sheet.width), static_cast<int>(rows * sheet.height), 3,
                 std::move(pixels));
}

void writeSheet(const std::filesystem::path& folder, const train::SampleSheet& sheet) {
    std::ostringstream name;
    name << "samples" << std::setw(9) << std::setfill('0') << sheet.images << ".png";
    writePng(folder / name.str(), gridOf(sheet));
}

TrainingReport runTraining(const TrainingRequest& request, const TaskControl& control) {
    train::GeneratorTraining training{.data = request.data, .folder = request.folder, .from = request.from};
    training.device = chooseDevice({.device = request.device}).device.str();
    training.precision = request.precision;
    training.parameters = request.parameters;
    training.seed = request.seed;
    training.resume = request.resume;
    training.faces = openFaceFinder();
    training.onProgress = control.onProgress;
    training.onSamples = [&request](const train::SampleSheet& sheet) { writeSheet(request.folder, sheet); };
    training.stop = control.stop;
    const train::GeneratorTrainingReport report = train::trainGenerator(training);
    return {.images = report.images,
            .imagesPerSecond = report.imagesPerSecond,
            .generator = report.generator,
            .discriminator = report.discriminator,
            .state = report.state,
            .isStopped = report.stopped};
}

} // namespace

Result<std::vector<std::filesystem::path>> picturesOfSplit(const std::filesystem::path& table,
                                                           const std::string& split) {
    return resultOf([&] { return train::filesOfSplit(table, split); });
}

Result<DatasetReport> packPictures(const DatasetPacking& request, const TaskControl& control) {
    return resultOf([&] { return pack(request, control); });
}

std::span<const Parameter> trainingParameters() {
    return train::generatorTrainingParameters();
}

Result<TrainingReport> trainPortraits(const TrainingRequest& request, const TaskControl& control) {
    return resultOf([&] { return runTraining(request, control); });
}

} // namespace cameo
