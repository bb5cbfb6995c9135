// SPDX-License-Identifier: Apache-2.0
// Copies from several places joined without visible seams. Internal to core/composite. Pure function, any
// thread.
#pragma once

#include "core/composite/patch_vote.h"

#include <functional>

namespace cameo {

struct SeamOptions {
    double reach = 10; // px over which a difference at a seam is spread
    int sweeps = 60;
    int threads = 0;
    std::function<void()> checkStop = {}; // called between sweeps; may throw
};

/// The first view's picture with every pixel of the hole copied from its label.
FloatPicture copyLabels(const std::vector<PhotoView>& views, const std::vector<Label>& labels, int threads);

/// `copies` (such as copyLabels made, then recoloured at will) moved so that the steps between neighbours are
/// those of the labels' sources: a screened Poisson equation (Bhat et al. 2008; Darabi et al. 2012, section
/// 3.3) with the known pixels as its border. Values are clamped to 0..1.
FloatPicture joinCopies(const std::vector<PhotoView>& views, const std::vector<Label>& labels,
                        FloatPicture copies, const SeamOptions& options);

} // namespace cameo
