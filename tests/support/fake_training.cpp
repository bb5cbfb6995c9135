// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_training.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/image/codec.h"
#include "core/image/convert.h"
#include "tests/support/fake_portrait.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>

namespace cameo {

namespace fs = std::filesystem;

namespace {

constexpr Parameter trainingTable[] = {
    {"images", "Images", 0, 1e6, 1000, 3, "thousand", "Images to have seen in the end.", "made up"},
    {"batch", "Batch", 4, 256, 16, 0, "images", "Images of one step.", "made up for the tests"},
    {"learning-rate", "Learning rate", 1e-6, 0.1, 0.0025, 6, "", "Step size.", "made up for the tests"},
    {"r1", "R1 weight", 0, 1000, 1, 4, "", "Weight of the penalty.", "made up for the tests"},
    {"ema-half-life", "Half-life of the average", 0, 1000, 5, 3, "thousand", "Of the average.", "made up"},
    {"augment-probability", "Augmentation", 0, 0.85, 0.3, 3, "", "Probability to start with.", "made up"},
    {"augment-target", "Augmentation target", 0, 1, 0.6, 3, "", "Mean sign to hold.", "made up"},
    {"augment-zoom", "Zoom", 0, 1, 0, 3, "octaves", "Standard deviation of the scale.", "made up"},
    {"sample-interval", "Samples every", 0.001, 1e6, 10, 3, "thousand", "From sheet to sheet.", "made up"},
};

constexpr long sheetImages = 1000;
constexpr int sheetColumns = 6, sheetRows = 4;

} // namespace

std::span<const Parameter> trainingParameters() {
    return trainingTable;
}

Result<PictureSource> describePictures(const fs::path& source) {
    if (!fs::exists(source))
        return Error{ErrorCode::NotFound, cat("There is no '", source.string(), "'"), "Choose a folder"};
    using Kind = PictureSource::Kind;
    if (source.extension() == ".csv")
        return PictureSource{.kind = Kind::Table, .count = 500, .splits = {{"dev", 100}, {"train", 400}}};
    if (!fs::is_directory(source))
        return PictureSource{.kind = Kind::Packed, .count = 300, .side = 128};
    PictureSource folder;
    for (const auto& entry : fs::directory_iterator(source))
        folder.count += entry.path().extension() == ".png" ? 1 : 0;
    return folder;
}

} // namespace cameo

namespace cameo::test {

namespace {

/// Noise that is the same in every run.
double wobble(double x) {
    return std::sin(x * 12.9898) * std::cos(x * 4.1414);
}

/// The first seeds, coarser than they will be.
Image drawSheet(int side, int detail) {
    std::vector<std::uint8_t> pixels(static_cast<std::size_t>(side * sheetColumns * side * sheetRows * 3));
    for (int i = 0; i < sheetColumns * sheetRows; ++i) {
        EditState state;
        state.seed = static_cast<std::uint32_t>(i);
        const Image tile = resize(drawPortrait(state, detail).picture, side, side);
        const int row = i / sheetColumns, column = i % sheetColumns;
        for (int y = 0; y < side; ++y)
            std::memcpy(pixels.data() + ((row * side + y) * side * sheetColumns + column * side) * 3,
                        tile.u8().data() + y * side * 3, static_cast<std::size_t>(side * 3));
    }
    return Image(side * sheetColumns, side * sheetRows, 3, std::move(pixels));
}

} // namespace

FakeTraining::FakeTraining(const TrainingRequest& request, const Sink<TrainingStatus>& sink)
    : m_request(request), m_sink(sink), m_log(request.folder) {
    fs::create_directories(request.folder);
    writeTrainingRequest(request);
    TrainingCourse course;
    m_log.read(course);
    course.sheets = sheetsOf(request.folder);
    m_status.images = static_cast<long>(course.images());
    m_status.course = std::make_shared<const TrainingCourse>(std::move(course));
    if (m_status.images == 0) {
        save();
        sheet();
    }
}

bool FakeTraining::isDone(long target) {
    m_status.target = target;
    return m_status.images >= target;
}

void FakeTraining::step(long images) {
    m_status.images += images;
    const double x = static_cast<double>(m_status.images) / 1000;
    m_status.generatorLoss = 0.7 + 0.9 * std::exp(-x / 3) + 0.06 * wobble(x);
    m_status.discriminatorLoss = 1.35 - 0.5 * (1 - std::exp(-x / 4)) + 0.05 * wobble(x + 5);
    m_status.realSign = 0.6 - 0.55 * std::exp(-x / 2) + 0.05 * wobble(x + 9);
    m_status.augmentProbability = 0.3 + 0.02 * x;
    m_status.imagesPerSecond = 8.4;
    m_status.secondsLeft = static_cast<double>(m_status.target - m_status.images) / 8.4;
    log(cat("{\"images\":", m_status.images, ",\"loss-generator\":", *m_status.generatorLoss,
            ",\"loss-discriminator\":", *m_status.discriminatorLoss, ",\"sign-real\":", *m_status.realSign,
            ",\"sign-fake\":", -0.4 * *m_status.realSign,
            ",\"augment-probability\":", *m_status.augmentProbability, ",\"images-per-second\":8.4}"));
    if (m_status.images % sheetImages == 0) {
        log(cat("{\"images\":", m_status.images, ",\"frechet\":", 20 + 260 * std::exp(-x / 2.2),
                ",\"face\":", 0.99 - 0.9 * std::exp(-x / 3), "}"));
        sheet();
    }
    tell();
}

void FakeTraining::save() {
    std::ofstream(m_request.folder / "state.safetensors") << m_status.images;
    std::ofstream(m_request.folder / "generator.safetensors") << m_status.images;
    m_status.generator = m_request.folder / "generator.safetensors";
    m_status.savedImages = m_status.images;
    tell();
}

TrainingStatus FakeTraining::end(bool isStopped) {
    save();
    m_status.isStopped = isStopped;
    m_status.secondsLeft.reset();
    return m_status;
}

void FakeTraining::log(const std::string& line) {
    std::ofstream(m_request.folder / "log.jsonl", std::ios::app) << line << '\n';
    auto course = std::make_shared<TrainingCourse>(*m_status.course);
    m_log.read(*course);
    m_status.course = std::move(course);
}

void FakeTraining::sheet() {
    const int detail = std::clamp(4 << (m_status.images / 2000), 4, 64);
    m_status.sheet = drawSheet(64, detail);
    m_status.sheetImages = m_status.images;
    const fs::path file = sheetFile(m_request.folder, m_status.images);
    writePng(file, m_status.sheet);
    auto course = std::make_shared<TrainingCourse>(*m_status.course);
    course->take(TrainingSheet{m_status.images, file});
    m_status.course = std::move(course);
    tell();
}

void FakeTraining::tell() {
    m_sink.onPartial({m_status, 0, false, 0});
}

} // namespace cameo::test
