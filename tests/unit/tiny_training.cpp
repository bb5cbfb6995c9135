// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/tiny_training.h"

#include "core/base/file.h"
#include "core/train/dataset.h"

#include <cmath>

namespace cameo::test {

using namespace cameo::train;

namespace {

/// Discs of one colour on a ground of another: different, and easy to learn.
std::vector<std::uint8_t> disc(const std::filesystem::path& file, int side) {
    const int number = std::stoi(file.stem().string());
    std::vector<std::uint8_t> pixels(std::size_t{3} * side * side);
    for (int c = 0; c < 3; ++c)
        for (int y = 0; y < side; ++y)
            for (int x = 0; x < side; ++x) {
                const double radius = std::hypot(x - side / 2.0, y - side / 2.0);
                const bool isInside = radius < 3 + number % 4;
                pixels[static_cast<std::size_t>((c * side + y) * side + x)] =
                    static_cast<std::uint8_t>(isInside ? 250 - 40 * c : 20 + 30 * c);
            }
    return pixels;
}

} // namespace

void packDiscs(const std::filesystem::path& output, const std::string& split) {
    PackRequest request{.side = kTinySide, .decode = disc};
    request.manifest = Json::object({{"split", split}});
    for (int i = 0; i < 24; ++i)
        request.files.emplace_back(std::to_string(i) + ".png");
    packDataset(request, output);
}

/// Small networks, eight images a step.
GeneratorTraining tinyTraining(const TempDir& folder, const std::string& name, int steps) {
    if (!std::filesystem::exists(folder / "set"))
        packDiscs(folder / "set", "train");
    GeneratorTraining training{.data = folder / "set", .folder = folder / name, .seed = 5};
    training.parameters = {{"batch", 8},        {"images", steps * 0.008}, {"channel-base", 256},
                           {"channel-max", 16}, {"mapping-layers", 2},     {"latent-size", 16},
                           {"r1-interval", 2},  {"log-interval", 0.008},   {"augment-probability", 0.3},
                           {"samples", 2}};
    return training;
}

std::string bytesOf(const std::filesystem::path& file) {
    return readTextFile(file);
}

} // namespace cameo::test
