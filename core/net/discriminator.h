// SPDX-License-Identifier: Apache-2.0
// StyleGAN2's discriminator (Karras et al. 2020), also the source of perceptual features for inversion.
// Use on the compute thread only.
#pragma once

#include "core/checkpoint/stylegan2_record.h"
#include "core/net/torch.h"

#include <map>
#include <memory>
#include <vector>

namespace cameo::net {

class Discriminator {
  public:
    static Discriminator fromRecord(const checkpoint::DiscriminatorRecord& record, at::Device device);
    static Discriminator initialised(const checkpoint::DiscriminatorSpec& spec, std::uint64_t seed,
                                     at::Device device);

    const checkpoint::DiscriminatorSpec& spec() const;

    /// image [N, C, R, R] nominally -1..1, c [N, cDim] or undefined -> scores [N, 1]. Differentiable (twice,
    /// for R1). `precision` kBFloat16 runs the convolutions in bfloat16 and keeps the epilogue in float32.
    at::Tensor score(const at::Tensor& image, const at::Tensor& c = {},
                     at::ScalarType precision = at::kFloat) const;
    /// Output of every block before the epilogue, largest first: [N, C, R/2, R/2], [N, C, R/4, R/4], ...
    /// Differentiable.
    std::vector<at::Tensor> features(const at::Tensor& image) const;

    std::map<std::string, at::Tensor>& tensors();
    const std::map<std::string, at::Tensor>& tensors() const;
    checkpoint::DiscriminatorRecord toRecord() const;

  private:
    struct Impl;
    std::shared_ptr<Impl> m_impl;
};

} // namespace cameo::net
