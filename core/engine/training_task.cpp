// SPDX-License-Identifier: Apache-2.0
#include "core/engine/training_task.h"

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/engine/boundary.h"
#include "core/engine/device.h"
#include "core/engine/face_detector.h"
#include "core/image/codec.h"
#include "core/train/dataset.h"
#include "core/train/generator_trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace cameo {

namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds statusInterval(250); // more often is not readable
constexpr double smoothing = 0.05; // weight of the newest step: single steps of r_t only have some values

/// As many columns as fill every row, where the sheet gets at most twice as wide as high by that.
long columnsFor(long count) {
    const long square = std::lround(std::ceil(std::sqrt(static_cast<double>(count))));
    for (long columns = square; columns <= std::lround(1.5 * static_cast<double>(square)); ++columns)
        if (count % columns == 0)
            return columns;
    return square;
}

/// The sheet's images side by side.
Image gridOf(const train::SampleSheet& sheet) {
    const long columns = columnsFor(sheet.count);
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

/// A mean over the last steps that is right from the first one on.
class RecentMean {
  public:
    void add(double value) {
        m_sum += smoothing * (value - m_sum);
        m_weight += smoothing * (1 - m_weight);
    }
    double value() const { return m_sum / m_weight; }

  private:
    double m_sum = 0, m_weight = 0;
};

/// Keeps the status of a training and tells it: at once when something was logged, sampled or saved,
/// otherwise at a rate that eyes can follow.
class Watch {
  public:
    Watch(const TrainingRequest& request, const TrainingControl& control)
        : m_request(request), m_control(control), m_log(request.folder) {
        TrainingCourse course;
        if (request.resume) {
            m_log.read(course);
            course.sheets = sheetsOf(request.folder);
        }
        m_status.course = std::make_shared<const TrainingCourse>(std::move(course));
    }

    void packing(const Progress& progress) {
        m_status.stage = TrainingStage::Packing;
        m_status.images = progress.step;
        m_status.target = progress.steps;
        tellSometimes();
        yield();
    }

    void packed(long skipped) { m_status.skippedPictures = skipped; }

    void step(const train::WatchedStep& step) {
        m_status.stage = TrainingStage::Training;
        m_status.images = step.images;
        m_status.target = step.target;
        m_status.imagesPerSecond = step.imagesPerSecond;
        if (step.imagesPerSecond > 0)
            m_status.secondsLeft =
                static_cast<double>(std::max(0L, step.target - step.images)) / step.imagesPerSecond;
        m_generatorLoss.add(step.generatorLoss);
        m_discriminatorLoss.add(step.discriminatorLoss);
        m_realSign.add(step.realSign);
        m_status.generatorLoss = m_generatorLoss.value();
        m_status.discriminatorLoss = m_discriminatorLoss.value();
        m_status.realSign = m_realSign.value();
        m_status.augmentProbability = step.augmentProbability;
        readLog();
        tellSometimes();
    }

    void sheet(const train::SampleSheet& sheet) {
        const fs::path file = sheetFile(m_request.folder, sheet.images);
        m_status.sheet = gridOf(sheet);
        m_status.sheetImages = sheet.images;
        writePng(file, m_status.sheet);
        change([&](TrainingCourse& course) { course.take(TrainingSheet{sheet.images, file}); });
    }

    void saved(long images) {
        m_status.savedImages = images;
        tell();
    }

    TrainingStatus end(const train::GeneratorTrainingReport& report) {
        readLog();
        m_status.stage = TrainingStage::Training;
        m_status.images = report.images;
        m_status.imagesPerSecond = report.imagesPerSecond;
        m_status.generator = report.generator;
        m_status.discriminator = report.discriminator;
        m_status.state = report.state;
        m_status.isStopped = report.stopped;
        m_status.secondsLeft.reset();
        return m_status;
    }

    void yield() const {
        if (m_control.yieldPoint)
            m_control.yieldPoint();
    }

  private:
    /// The log is the one place where curves come from, whoever writes a line there.
    void readLog() {
        if (m_log.hasNews())
            change([&](TrainingCourse& course) { m_log.read(course); });
    }

    template <typename Change>
    void change(Change&& change) {
        auto next = std::make_shared<TrainingCourse>(*m_status.course); // the window may hold the one before
        change(*next);
        m_status.course = std::move(next);
        tell();
    }

    void tellSometimes() {
        if (Clock::now() - m_told >= statusInterval)
            tell();
    }

    void tell() {
        m_told = Clock::now();
        if (m_control.onStatus)
            m_control.onStatus(m_status);
    }

    const TrainingRequest& m_request;
    const TrainingControl& m_control;
    TrainingLog m_log;
    TrainingStatus m_status;
    RecentMean m_generatorLoss, m_discriminatorLoss, m_realSign;
    Clock::time_point m_told{};
};

bool isPackedFile(const fs::path& data) {
    return !fs::is_directory(data) && data.extension() != ".csv";
}

/// Whether the run's own packed file holds just these pictures.
bool holds(const fs::path& packed, const Json& manifest, int side) {
    if (!fs::exists(packed))
        return false;
    const train::PackedDataset set = train::PackedDataset::open(packed);
    for (const char* key : {"source", "split"}) {
        const Json* recorded = set.manifest().find(key);
        if (!recorded || !(*recorded == manifest.at(key)))
            return false;
    }
    return set.side() == side;
}

/// The packed pictures of a request; packs them into the run's folder when they are not there yet.
fs::path packedData(const TrainingRequest& request, const TrainingControl& control, Watch& watch) {
    if (isPackedFile(request.data))
        return request.data;
    const fs::path packed = request.folder / "pictures.cameoset";
    const Json manifest = Json::object(
        {{"source", fs::absolute(request.data).lexically_normal().string()}, {"split", request.split}});
    if (holds(packed, manifest, request.side))
        return packed;
    const std::vector<fs::path> files = picturesOf(request.data, request.split).value();
    if (files.empty())
        throw Failure(ErrorCode::NotFound, cat("There is no picture in '", request.data.string(), "'"),
                      "Choose a folder with PNG, JPEG or TIFF files, a table of them or packed pictures");
    const DatasetReport report =
        packPictures({.files = files, .side = request.side, .manifest = manifest, .output = packed},
                     {.onProgress = [&watch](const Progress& progress) { watch.packing(progress); },
                      .stop = control.stop})
            .value();
    watch.packed(static_cast<long>(report.skipped.size()));
    return packed;
}

fs::path startingPoint(const TrainingRequest& request) {
    return request.isFromEmbedded ? embeddedModelFolder().value() / "portraits" / "generator.safetensors"
                                  : request.from;
}

void removeSheets(const fs::path& folder) {
    for (const TrainingSheet& sheet : sheetsOf(folder))
        fs::remove(sheet.file);
}

} // namespace

TrainingStatus runTraining(const TrainingRequest& request, const TrainingControl& control) {
    checkParameters(trainingParameters(), request.parameters); // before pictures are packed for nothing
    ensureWritableFolder(request.folder);
    if (!request.resume)
        removeSheets(request.folder); // of the run that this one replaces
    Watch watch(request, control);
    train::GeneratorTraining training{.data = packedData(request, control, watch),
                                      .folder = request.folder,
                                      .from = startingPoint(request)};
    training.device = chooseDevice({.device = request.device}).device.str();
    training.precision = request.precision;
    training.parameters = request.parameters;
    training.seed = request.seed;
    training.resume = request.resume;
    training.onSamples = [&watch](const train::SampleSheet& sheet) { watch.sheet(sheet); };
    training.onStep = [&watch](const train::WatchedStep& step) { watch.step(step); };
    training.wantsSave = control.wantsSave;
    bool isRequestKept = false;
    training.onSaved = [&](long images) {
        if (!isRequestKept) { // not before the networks and the data proved to fit: a refusal leaves nothing
            writeTrainingRequest(request);
            isRequestKept = true;
        }
        watch.saved(images);
    };
    training.yieldPoint = [&watch] { watch.yield(); };
    training.faces = openFaceFinder();
    training.stop = control.stop;
    return watch.end(train::trainGenerator(training));
}

std::span<const Parameter> trainingParameters() {
    return train::generatorTrainingParameters();
}

Result<TrainingStatus> trainPortraits(const TrainingRequest& request, const TrainingControl& control) {
    return resultOf([&] { return runTraining(request, control); });
}

} // namespace cameo
