// SPDX-License-Identifier: Apache-2.0
#include "core/edit/inversion_loss.h"

namespace cameo::edit {
namespace {

// One grey level of 255 on the scale -1..1: below it a difference cannot be seen and counts quadratically.
constexpr double visibleDifference = 2.0 / 255;

// Levels smaller than this say little more than the mean colour.
constexpr long smallestLevel = 8;

std::vector<at::Tensor> pyramidOf(const at::Tensor& image, std::size_t levels) {
    std::vector<at::Tensor> pyramid = {image};
    while (pyramid.size() < levels && pyramid.back().size(3) >= 2 * smallestLevel)
        pyramid.push_back(at::avg_pool2d(pyramid.back(), 2));
    return pyramid;
}

} // namespace

at::Tensor shrinkByArea(const at::Tensor& image, long side) {
    const long factor = image.size(3) / side;
    return factor <= 1 ? image : at::avg_pool2d(image, factor);
}

InversionLoss::InversionLoss(const at::Tensor& target, const net::Discriminator* discriminator,
                             const InversionWeights& weights)
    : m_weights(weights) {
    const at::NoGradGuard noGradients;
    m_pyramid = pyramidOf(target, static_cast<std::size_t>(weights.levels));
    if (!discriminator || weights.features == 0 || discriminator->spec().resolution != target.size(3))
        return;
    m_discriminator = discriminator;
    m_features = discriminator->features(target);
    for (const at::Tensor& feature : m_features) {
        const at::Tensor deviation = feature.std({0, 2, 3}, true, true);
        m_scales.push_back(deviation.clamp_min(0.1 * deviation.mean().item<double>() + 1e-6));
    }
}

at::Tensor InversionLoss::pixelDistance(const at::Tensor& image) const {
    const std::vector<at::Tensor> pyramid = pyramidOf(image, m_pyramid.size());
    at::Tensor sum;
    for (std::size_t level = 0; level < pyramid.size(); ++level) {
        const at::Tensor difference = pyramid[level] - m_pyramid[level];
        const at::Tensor distance =
            (difference.square() + visibleDifference * visibleDifference).sqrt().mean({1, 2, 3}) -
            visibleDifference;
        sum = sum.defined() ? sum + distance : distance;
    }
    return sum / static_cast<double>(pyramid.size());
}

at::Tensor InversionLoss::featureDistance(const at::Tensor& image) const {
    const std::vector<at::Tensor> features = m_discriminator->features(image);
    at::Tensor sum;
    for (std::size_t block = 0; block < features.size(); ++block) {
        const at::Tensor distance = ((features[block] - m_features[block]) / m_scales[block]).square().mean();
        sum = sum.defined() ? sum + distance : distance;
    }
    return sum / static_cast<double>(features.size());
}

at::Tensor InversionLoss::operator()(const at::Tensor& image, const at::Tensor& whitened) const {
    at::Tensor loss = m_weights.pixels * pixelDistance(image).mean();
    if (m_discriminator)
        loss = loss + m_weights.features * featureDistance(image);
    if (m_weights.latent > 0)
        loss = loss + m_weights.latent * whitened.square().mean();
    if (m_weights.spread > 0)
        loss = loss + m_weights.spread * (whitened - whitened.mean(1, true)).square().mean();
    return loss;
}

} // namespace cameo::edit
