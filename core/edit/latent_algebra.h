// SPDX-License-Identifier: Apache-2.0
// From an EditState to the rows that synthesis takes, and the principal directions of W (GANSpace, Haerkoenen
// et al. 2020): found when a model is loaded, without labels. Compute thread only.
#pragma once

#include "core/document/edit_state.h"
#include "core/net/generator.h"

namespace cameo::edit {

struct PrincipalDirections {
    at::Tensor mean;       // [wDim]
    at::Tensor components; // [K, wDim], unit norm, by falling variance
    at::Tensor deviations; // [K] standard deviation of W along each
    at::Tensor explained;  // [K] share of the variance
};

/// PCA of `samples` mapped latents (RandomState(seed)), `count` components. The sign of each component is
/// fixed: its largest coordinate is positive.
PrincipalDirections principalDirections(const net::Generator& generator, long samples, long count,
                                        std::uint32_t seed);

/// "pc7" -> 6; throws InvalidArgument when there is no such direction.
long directionIndex(const PrincipalDirections& directions, const std::string& name);

/// ws [1, numWs, wDim] of a state: seed or latent, truncation, style mix, directions, in this order.
at::Tensor rowsForState(const net::Generator& generator, const PrincipalDirections& directions,
                        const EditState& state);

} // namespace cameo::edit
