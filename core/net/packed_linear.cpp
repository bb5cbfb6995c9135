// SPDX-License-Identifier: Apache-2.0
#include "core/net/packed_linear.h"

#include "core/net/kernels.h"
#include "core/net/packed_weights.h"

#include <cmath>
#include <limits>

namespace cameo::net {

PackedLinear::PackedLinear(const at::Tensor& weight, const at::Tensor& bias, const Form& form)
    : m_in(weight.size(1)), m_out(weight.size(0)), m_padded(paddedChannels(m_out)) {
    m_weights = packMatrix(weight * form.weightGain, kernels().panel);
    m_bias = at::zeros({m_padded}, at::kFloat);
    if (bias.defined())
        m_bias.narrow(0, 0, m_out).copy_(bias * form.biasGain);
    m_ones = at::ones({m_padded}, at::kFloat);
    if (form.leakyRelu) {
        m_slope = 0.2f;
        m_gain = static_cast<float>(std::sqrt(2.0));
    }
}

at::Tensor PackedLinear::run(const at::Tensor& x) const {
    const at::Tensor input = x.contiguous();
    const long count = input.size(0), panel = kernels().panel, panels = (m_padded + panel - 1) / panel;
    const at::Tensor result = at::empty({count, m_padded}, at::kFloat);
    std::vector<const float*> rows;
    std::vector<float*> out;
    for (long i = 0; i < count; ++i) {
        rows.push_back(input.data_ptr<float>() + i * m_in);
        out.push_back(result.data_ptr<float>() + i * m_padded);
    }
    constexpr long chunk = 64,
                   least = 1L << 20; // rows that share a panel of weights; products worth a second thread
    const long chunks = (count + chunk - 1) / chunk;
    const long grain = std::max(1L, least / (std::min(chunk, count) * m_in * panel));
    at::parallel_for(0, chunks * panels, grain, [&](long begin, long end) {
        for (long item = begin; item < end; ++item) {
            const long first = item / panels * chunk;
            kernels().product({.rows = rows.data() + first,
                               .out = out.data() + first,
                               .rowOffset = 0,
                               .outOffset = 0,
                               .rowCount = std::min(chunk, count - first),
                               .taps = 1,
                               .depth = m_in,
                               .columns = m_padded,
                               .weights = m_weights.data_ptr<float>(),
                               .panelBegin = item % panels,
                               .panelEnd = item % panels + 1});
        }
    });
    kernels().stored[static_cast<int>(Storage::Float32)].finish(
        {.products = result.data_ptr<float>(),
         .count = count,
         .channels = m_padded,
         .epilogue = {.scale = m_ones.data_ptr<float>(),
                      .bias = m_bias.data_ptr<float>(),
                      .noise = nullptr,
                      .noiseStrength = 0,
                      .slope = m_slope,
                      .gain = m_gain,
                      .limit = std::numeric_limits<float>::infinity()},
         .out = result.data_ptr<float>()});
    return result;
}

at::Tensor PackedLinear::runExactly(const at::Tensor& x) const {
    const at::Tensor result = run(x);
    return m_padded == m_out ? result : result.narrow(1, 0, m_out);
}

} // namespace cameo::net
