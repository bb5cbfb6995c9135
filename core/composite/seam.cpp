// SPDX-License-Identifier: Apache-2.0
#include "core/composite/seam.h"

#include "core/composite/parallel.h"

#include <algorithm>
#include <array>
#include <utility>

namespace cameo {
namespace {

constexpr float overRelaxation = 1.7f; // of the sweeps; converges in about as many as the reach in px
constexpr float borderStep = 0.75f;    // share of the sources' steps over the border, where what lies close
                                       // together does not fit and adds to them
constexpr int rowsPerPiece = 16;

template <typename Work>
void forEachCopy(const FloatPicture& picture, const std::vector<Label>& labels, int threads,
                 const Work& work) {
    forEachPiece((picture.height + rowsPerPiece - 1) / rowsPerPiece, threads, [&](int piece) {
        const int end = std::min(picture.height, (piece + 1) * rowsPerPiece);
        for (int y = piece * rowsPerPiece; y < end; ++y)
            for (int x = 0; x < picture.width; ++x)
                if (labels[static_cast<std::size_t>(y) * picture.width + x].source >= 0)
                    work(x, y);
    });
}

/// The equation of each pixel of the hole.
class Joint {
  public:
    Joint(const std::vector<PhotoView>& views, const std::vector<Label>& labels, FloatPicture copies,
          const SeamOptions& options)
        : m_views(views),
          m_labels(labels),
          m_picture(std::move(copies)),
          m_wanted(m_picture.rgb.size()),
          m_screen(static_cast<float>(1 / (options.reach * options.reach))),
          m_threads(options.threads) {
        forEachCopy(m_picture, m_labels, m_threads, [&](int x, int y) { setWanted(x, y); });
    }

    void sweep(int colour) {
        forEachCopy(m_picture, m_labels, m_threads, [&](int x, int y) {
            if (((x + y) & 1) == colour)
                relax(x, y);
        });
    }

    FloatPicture take() { return std::move(m_picture); }

  private:
    using Colour = std::array<float, 3>;

    const Label& label(int x, int y) const {
        return m_labels[static_cast<std::size_t>(y) * m_picture.width + x];
    }

    /// The step from a label's source pixel to its neighbour, where that lies in the view.
    bool addStep(const Label& from, int dx, int dy, float factor, Colour& sum) const {
        const PhotoView& view = m_views[static_cast<std::size_t>(from.source)];
        const int x = from.x + dx, y = from.y + dy, width = view.picture.width;
        if (x < 0 || y < 0 || x >= width || y >= view.picture.height ||
            !view.usable[static_cast<std::size_t>(y) * width + x])
            return false; // what is in the hole must not be seen
        const float *here = view.picture.pixel(from.x, from.y), *there = view.picture.pixel(x, y);
        for (std::size_t c = 0; c < 3; ++c)
            sum[c] += factor * (there[c] - here[c]);
        return true;
    }

    /// The right side: the screened copy minus the wanted steps to the neighbours.
    void setWanted(int x, int y) {
        const Label& here = label(x, y);
        const float* copy = m_picture.pixel(x, y);
        Colour right{m_screen * copy[0], m_screen * copy[1], m_screen * copy[2]};
        for (const auto& [dx, dy] : neighbours) {
            if (!isInside(x + dx, y + dy))
                continue;
            const Label& there = label(x + dx, y + dy);
            Colour step{};
            const bool hasFirst = addStep(here, dx, dy, 1, step);
            const bool hasSecond = there.source >= 0 && addStep(there, -dx, -dy, -1, step);
            const float share = there.source < 0 ? borderStep : hasFirst && hasSecond ? 0.5f : 1.0f;
            for (std::size_t c = 0; c < 3; ++c)
                right[c] -= share * step[c];
        }
        std::copy_n(right.data(), 3, &m_wanted[(static_cast<std::size_t>(y) * m_picture.width + x) * 3]);
    }

    void relax(int x, int y) {
        const float* wanted = &m_wanted[(static_cast<std::size_t>(y) * m_picture.width + x) * 3];
        Colour sum{wanted[0], wanted[1], wanted[2]};
        float weight = m_screen;
        for (const auto& [dx, dy] : neighbours) {
            if (!isInside(x + dx, y + dy))
                continue;
            const float* there = m_picture.pixel(x + dx, y + dy);
            for (std::size_t c = 0; c < 3; ++c)
                sum[c] += there[c];
            weight += 1;
        }
        float* pixel = m_picture.pixel(x, y);
        for (std::size_t c = 0; c < 3; ++c)
            pixel[c] += overRelaxation * (sum[c] / weight - pixel[c]);
    }

    bool isInside(int x, int y) const {
        return x >= 0 && y >= 0 && x < m_picture.width && y < m_picture.height;
    }

    static constexpr std::array<std::array<int, 2>, 4> neighbours{{{1, 0}, {-1, 0}, {0, 1}, {0, -1}}};
    const std::vector<PhotoView>& m_views;
    const std::vector<Label>& m_labels;
    FloatPicture m_picture;
    std::vector<float> m_wanted;
    float m_screen;
    int m_threads;
};

} // namespace

FloatPicture copyLabels(const std::vector<PhotoView>& views, const std::vector<Label>& labels, int threads) {
    FloatPicture copies = views.front().picture;
    forEachCopy(copies, labels, threads, [&](int x, int y) {
        const Label& from = labels[static_cast<std::size_t>(y) * copies.width + x];
        std::copy_n(views[static_cast<std::size_t>(from.source)].picture.pixel(from.x, from.y), 3,
                    copies.pixel(x, y));
    });
    return copies;
}

FloatPicture joinCopies(const std::vector<PhotoView>& views, const std::vector<Label>& labels,
                        FloatPicture copies, const SeamOptions& options) {
    Joint joint(views, labels, std::move(copies), options);
    for (int sweep = 0; sweep < 2 * options.sweeps; ++sweep) {
        if (options.checkStop)
            options.checkStop();
        joint.sweep(sweep & 1);
    }
    FloatPicture joined = joint.take();
    for (float& value : joined.rgb)
        value = std::clamp(value, 0.0f, 1.0f);
    return joined;
}

} // namespace cameo
