// SPDX-License-Identifier: Apache-2.0
#include "core/train/training_ops.h"

#include <torch/csrc/autograd/custom_function.h>

namespace cameo::train {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// The forward pass of a transposed convolution is the backward pass of an ordinary one, which oneDNN has a
/// fast kernel for, while at::conv_transpose2d takes a slow path in float32 on a CPU (measured: 2 ms instead
/// of 20).
struct TransposedConvolution : torch::autograd::Function<TransposedConvolution> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight) {
        context->save_for_backward({x, weight});
        const long side = 2 * x.size(2) + 1;
        // Only the shape and layout of the result are read from it.
        const at::Tensor result = at::empty({x.size(0), weight.size(1), side, side},
                                            x.options().memory_format(x.suggest_memory_format()));
        return std::get<0>(gradients(x, result, weight, {true, false, false}));
    }
    static variable_list backward(AutogradContext* context, variable_list outputs) {
        const variable_list saved = context->get_saved_variables();
        const at::Tensor gradient = outputs[0].contiguous(saved[0].suggest_memory_format());
        const at::Tensor forX = at::conv2d(gradient, saved[1], {}, 2);
        return {forX, std::get<1>(gradients(saved[0], gradient, saved[1], {false, true, false}))};
    }

  private:
    static std::tuple<at::Tensor, at::Tensor, at::Tensor> gradients(const at::Tensor& output,
                                                                    const at::Tensor& input,
                                                                    const at::Tensor& weight,
                                                                    std::array<bool, 3> wanted) {
        return at::convolution_backward(output, input, weight, at::OptionalIntArrayRef(), {2, 2}, {0, 0},
                                        {1, 1}, false, {0, 0}, 1, wanted);
    }
};

} // namespace

at::MemoryFormat trainingFormat(at::Device device, at::ScalarType precision) {
    const bool isLast = device.is_cpu() || precision != at::kFloat;
    return isLast ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous;
}

at::Tensor filterChannels(const at::Tensor& x, const at::Tensor& filter, const Filtering& options) {
    const long channels = x.size(1), taps = filter.size(0);
    // at::conv2d correlates: the filter is turned round.
    const at::Tensor line = filter.flip({0});
    const at::Tensor square = at::outer(line, line) * options.gain;
    const at::Tensor weight = square.to(x.scalar_type()).expand({channels, 1, taps, taps}).contiguous();
    const std::array<std::int64_t, 2> stride{options.down, options.down},
        padding{options.padding, options.padding};
    return at::conv2d(x, weight, {}, stride, at::IntArrayRef(padding), 1, channels);
}

at::Tensor multiplyAdd(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                       const Products& options) {
    const at::MemoryFormat format = trainingFormat(x.device(), options.precision);
    const at::Tensor kernel = weight.contiguous(format);
    if (options.precision == at::kFloat)
        return at::conv2d(x, kernel, bias, options.stride, options.padding);
    const at::Tensor y =
        at::conv2d(x.to(options.precision), kernel.to(options.precision), {}, options.stride, options.padding)
            .to(x.scalar_type());
    return bias.defined() ? y + bias.to(y.scalar_type()).view({1, -1, 1, 1}) : y;
}

at::Tensor transposedConvolve(const at::Tensor& x, const at::Tensor& weight, at::ScalarType precision) {
    const at::MemoryFormat format = trainingFormat(x.device(), precision);
    const at::Tensor kernel = weight.transpose(0, 1).contiguous(format).to(precision);
    return TransposedConvolution::apply(x.contiguous(format).to(precision), kernel).to(x.scalar_type());
}

at::Tensor finish(at::Tensor x, bool leakyRelu, std::optional<double> clamp) {
    if (leakyRelu)
        at::leaky_relu_(x, 0.2);
    return clamp ? at::clamp(x, -*clamp, *clamp) : x;
}

} // namespace cameo::train
