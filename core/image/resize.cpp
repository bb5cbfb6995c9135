// SPDX-License-Identifier: Apache-2.0
// Separable resampling, one output row at a time, so that shrinking a very large picture needs little memory.
#include "core/image/convert.h"

#include "core/base/error.h"
#include "core/base/text.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace cameo {
namespace {

enum class Enlarging { Bilinear, CatmullRom };

/// The source samples, from `first` on, that make one output sample.
struct Taps {
    int first = 0;
    std::vector<float> weights;
};

double kernel(Enlarging enlarging, double x) {
    x = std::abs(x);
    if (enlarging == Enlarging::Bilinear)
        return std::max(0.0, 1 - x);
    if (x < 1)
        return (1.5 * x - 2.5) * x * x + 1; // Keys 1981, a = -1/2
    return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

/// Coverage of each source pixel by the output pixel's footprint.
void addAreaTaps(double begin, double end, int size, Taps& taps, std::vector<double>& weights) {
    taps.first = std::clamp(static_cast<int>(std::floor(begin + 1e-9)), 0, size - 1);
    const int last = std::clamp(static_cast<int>(std::ceil(end - 1e-9)) - 1, taps.first, size - 1);
    for (int i = taps.first; i <= last; ++i)
        weights.push_back(std::max(0.0, std::min(end, i + 1.0) - std::max(begin, static_cast<double>(i))));
}

/// Samples outside of the picture are the nearest edge sample.
void addKernelTaps(double centre, int size, Enlarging enlarging, Taps& taps, std::vector<double>& weights) {
    const int low = static_cast<int>(std::floor(centre)) - 1, high = low + 3;
    taps.first = std::clamp(low, 0, size - 1);
    weights.assign(static_cast<std::size_t>(std::clamp(high, 0, size - 1) - taps.first) + 1, 0.0);
    for (int i = low; i <= high; ++i)
        weights[std::clamp(i, 0, size - 1) - taps.first] += kernel(enlarging, i - centre);
}

std::vector<Taps> makeTaps(int from, int to, Enlarging enlarging) {
    std::vector<Taps> all(to);
    const double scale = static_cast<double>(from) / to;
    for (int i = 0; i < to; ++i) {
        std::vector<double> weights;
        if (to < from)
            addAreaTaps(i * scale, (i + 1) * scale, from, all[i], weights);
        else
            addKernelTaps((i + 0.5) * scale - 0.5, from, enlarging, all[i], weights);
        double sum = 0;
        for (const double weight : weights)
            sum += weight;
        for (const double weight : weights)
            all[i].weights.push_back(static_cast<float>(weight / sum));
    }
    return all;
}

/// Under alpha 0 colours keep this much weight, so that colours continued past an edge survive where nothing
/// else is.
constexpr float alphaFloor = 1e-6f;

/// One source row as floats in the type's own range; colours multiplied by alpha where there is one.
template <typename T>
void loadRow(const T* row, int width, int channels, bool hasAlpha, float full, std::vector<float>& out) {
    const std::size_t count = static_cast<std::size_t>(width) * channels;
    out.resize(count);
    std::copy_n(row, count, out.begin());
    if (!hasAlpha)
        return;
    for (std::size_t i = 0; i < count; i += channels) {
        const float weight = out[i + channels - 1] / full + alphaFloor;
        for (int c = 0; c + 1 < channels; ++c)
            out[i + c] *= weight;
    }
}

void resampleRow(const std::vector<float>& row, int channels, const std::vector<Taps>& taps,
                 std::vector<float>& out) {
    out.assign(taps.size() * channels, 0.0f);
    for (std::size_t x = 0; x < taps.size(); ++x) {
        const float* from = &row[static_cast<std::size_t>(taps[x].first) * channels];
        for (const float weight : taps[x].weights)
            for (int c = 0; c < channels; ++c)
                out[x * channels + c] += weight * *from++;
    }
}

/// Undoes the weighting by alpha and rounds to the image's type.
template <typename T>
void storeRow(std::vector<float>& row, int channels, bool hasAlpha, float full, T* out) {
    if (hasAlpha)
        for (std::size_t i = 0; i < row.size(); i += channels) {
            const float alpha = std::clamp(row[i + channels - 1], 0.0f, full);
            const float weight = row[i + channels - 1] / full + alphaFloor;
            for (int c = 0; c + 1 < channels; ++c)
                row[i + c] = weight > alphaFloor / 2 ? row[i + c] / weight : 0.0f;
            row[i + channels - 1] = alpha;
        }
    for (std::size_t i = 0; i < row.size(); ++i)
        if constexpr (std::is_same_v<T, float>)
            out[i] = row[i];
        else
            out[i] = static_cast<T>(std::clamp(row[i], 0.0f, full) + 0.5f);
}

/// Rows already resampled in x, kept while the following output rows still need them.
class RowCache {
  public:
    explicit RowCache(std::size_t slots) : m_rows(slots), m_index(slots, -1) {}
    template <typename F>
    const std::vector<float>& get(int index, F&& make) {
        const std::size_t slot = static_cast<std::size_t>(index) % m_rows.size();
        if (m_index[slot] != index) {
            make(m_rows[slot]);
            m_index[slot] = index;
        }
        return m_rows[slot];
    }

  private:
    std::vector<std::vector<float>> m_rows;
    std::vector<int> m_index;
};

struct Plane {
    int width, height, channels;
    bool hasAlpha;
    float full; // the value that stands for 1
};

template <typename T>
std::vector<T> resample(std::span<const T> pixels, const Plane& plane, int width, int height,
                        Enlarging enlarging) {
    const std::vector<Taps> columns = makeTaps(plane.width, width, enlarging);
    const std::vector<Taps> rows = makeTaps(plane.height, height, enlarging);
    std::size_t mostTaps = 1;
    for (const Taps& taps : rows)
        mostTaps = std::max(mostTaps, taps.weights.size());
    RowCache cache(mostTaps);
    std::vector<float> source, sum;
    std::vector<T> out(static_cast<std::size_t>(width) * height * plane.channels);
    const std::size_t stride = static_cast<std::size_t>(plane.width) * plane.channels;
    for (int y = 0; y < height; ++y) {
        sum.assign(static_cast<std::size_t>(width) * plane.channels, 0.0f);
        for (std::size_t k = 0; k < rows[y].weights.size(); ++k) {
            const int index = rows[y].first + static_cast<int>(k);
            const std::vector<float>& row = cache.get(index, [&](std::vector<float>& made) {
                loadRow(&pixels[index * stride], plane.width, plane.channels, plane.hasAlpha, plane.full,
                        source);
                resampleRow(source, plane.channels, columns, made);
            });
            const float weight = rows[y].weights[k];
            for (std::size_t i = 0; i < sum.size(); ++i)
                sum[i] += weight * row[i];
        }
        storeRow(sum, plane.channels, plane.hasAlpha, plane.full, &out[y * sum.size()]);
    }
    return out;
}

void requireSize(int width, int height, bool sourceIsEmpty) {
    if (width <= 0 || height <= 0 || sourceIsEmpty)
        throw Failure(ErrorCode::InvalidArgument,
                      cat("Cannot resize ", sourceIsEmpty ? "nothing " : "", "to ", width, " x ", height));
}

} // namespace

Image resize(const Image& image, int width, int height) {
    requireSize(width, height, image.isEmpty());
    if (width == image.width() && height == image.height())
        return image;
    const auto make = [&](auto pixels, float full) {
        const Plane plane{image.width(), image.height(), image.channels(), image.hasAlpha(), full};
        return Image(width, height, image.channels(),
                     resample(pixels, plane, width, height, Enlarging::CatmullRom));
    };
    switch (image.type()) {
    case PixelType::U8:
        return make(image.u8(), 255.0f);
    case PixelType::U16:
        return make(image.u16(), 65535.0f);
    case PixelType::F32:
        break;
    }
    return make(image.f32(), 1.0f);
}

Mask resize(const Mask& mask, int width, int height) {
    requireSize(width, height, mask.isEmpty());
    if (width == mask.width() && height == mask.height())
        return mask;
    const Plane plane{mask.width(), mask.height(), 1, false, 1.0f};
    return Mask(width, height, resample(mask.alpha(), plane, width, height, Enlarging::Bilinear));
}

} // namespace cameo
