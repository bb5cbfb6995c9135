// SPDX-License-Identifier: Apache-2.0
#include "core/engine/face_detector.h"

#include "core/base/text.h"

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/objdetect.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <vector>

namespace cameo {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFaces = "haarcascade_frontalface_default.xml";
constexpr const char* kEyes = "haarcascade_eye.xml";
// They define the measurement: figures made with others cannot be compared, so that they are no options.
constexpr int kSide = 256;
constexpr double kScaleStep = 1.1;
constexpr int kNeighbours = 3;
constexpr int kSmallestFace = 64;  // aligned portraits: a quarter of the side at least
constexpr double kUpperPart = 0.6; // of the face, where its eyes are

std::vector<fs::path> cascadeFolders() {
    if (const char* chosen = std::getenv("CAMEO_CASCADE_DIR"))
        return {chosen};
    return {"/usr/share/opencv4/haarcascades", "/usr/local/share/opencv4/haarcascades",
            "/usr/share/opencv/haarcascades", "/usr/share/OpenCV/haarcascades"};
}

class Cascades {
  public:
    /// Empty when the folder does not hold both, sound.
    static std::shared_ptr<Cascades> open(const fs::path& folder) {
        const auto cascades = std::make_shared<Cascades>();
        std::error_code code;
        if (!fs::exists(folder / kFaces, code) || !fs::exists(folder / kEyes, code))
            return nullptr;
        try {
            if (cascades->m_faces.load((folder / kFaces).string()) &&
                cascades->m_eyes.load((folder / kEyes).string()))
                return cascades;
        } catch (const cv::Exception&) {
            // Not a cascade: as good as not there.
        }
        return nullptr;
    }

    train::FaceSigns look(std::span<const std::uint8_t> planar, long side) {
        const cv::Mat grey = greyOf(planar, static_cast<int>(side));
        std::vector<cv::Rect> faces;
        m_faces.detectMultiScale(grey, faces, kScaleStep, kNeighbours, 0, {kSmallestFace, kSmallestFace});
        if (faces.empty())
            return {};
        const cv::Rect face =
            *std::max_element(faces.begin(), faces.end(),
                              [](const cv::Rect& a, const cv::Rect& b) { return a.area() < b.area(); });
        const cv::Rect upper(face.x, face.y, face.width, static_cast<int>(face.height * kUpperPart));
        std::vector<cv::Rect> eyes;
        m_eyes.detectMultiScale(grey(upper), eyes, kScaleStep, kNeighbours);
        return {.hasFace = true, .hasTwoEyes = eyes.size() >= 2};
    }

  private:
    static cv::Mat greyOf(std::span<const std::uint8_t> planar, int side) {
        const std::size_t plane = static_cast<std::size_t>(side) * static_cast<std::size_t>(side);
        std::vector<cv::Mat> channels;
        for (const std::size_t channel : {0, 1, 2})
            channels.emplace_back(side, side, CV_8UC1,
                                  const_cast<std::uint8_t*>(planar.data() + channel * plane));
        cv::Mat colour, grey, sized;
        cv::merge(channels, colour);
        cv::cvtColor(colour, grey, cv::COLOR_RGB2GRAY);
        cv::resize(grey, sized, {kSide, kSide}, 0, 0, side > kSide ? cv::INTER_AREA : cv::INTER_CUBIC);
        return sized;
    }

    cv::CascadeClassifier m_faces, m_eyes;
};

} // namespace

train::FaceFinder openFaceFinder() {
    train::FaceFinder finder;
    std::string looked;
    for (const fs::path& folder : cascadeFolders()) {
        if (const auto cascades = Cascades::open(folder)) {
            finder.find = [cascades](std::span<const std::uint8_t> pixels, long side) {
                return cascades->look(pixels, side);
            };
            finder.reason.clear();
            finder.name = cat("OpenCV ", CV_VERSION, " ", fs::path(kFaces).stem().string(), ", ",
                              fs::path(kEyes).stem().string());
            return finder;
        }
        looked += cat(looked.empty() ? "'" : ", '", folder.string(), "'");
    }
    finder.reason = cat("OpenCV's face cascades were not found in ", looked,
                        "; install opencv-data or set CAMEO_CASCADE_DIR");
    return finder;
}

} // namespace cameo
