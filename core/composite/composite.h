// SPDX-License-Identifier: Apache-2.0
// The person over a ground, and the filled ground itself (the plate). Pure functions on values, any thread.
#pragma once

#include "core/base/parameter.h"
#include "core/base/progress.h"
#include "core/image/image.h"

#include <functional>
#include <memory>
#include <span>
#include <stop_token>

namespace cameo {

/// person * alpha + ground * (1 - alpha), in linear light. All of one size; the result has the ground's type,
/// RGB.
Image compositeOver(const Image& person, const Mask& alpha, const Image& ground);

/// What the user may choose about a fill: where it copies from and how far that is adapted. exclude,
/// sample-left, sample-top, sample-right, sample-bottom, colour-adaptation, rotation, scale, mirror, layout,
/// layering, smooth-below, quality, seed
std::span<const Parameter> fillerParameters();

struct FillRequest {
    Image photo; // RGB
    Mask hole;   // alpha > 0 is filled; the caller has already grown it past the soft edge
    std::function<void(const Progress&)> onProgress;
    std::stop_token stop;            // throws Failure(Cancelled)
    ParameterValues parameters = {}; // of fillerParameters()
    /// Rough fills of the photo's size and type, better and better; on the calling thread.
    std::function<void(const Image& rough)> onPreview = {};
    int threads = 0; // 0: as many as the machine has; the result does not depend on it
};

/// A way to fill holes. Pixels outside of the hole are returned untouched, bit for bit.
class Filler {
  public:
    virtual ~Filler() = default;
    virtual const char* name() const = 0;
    virtual Image fill(const FillRequest& request) const = 0;
};

/// Content-aware fill: patches of the ground, found coarse to fine, joined without seams (after Wexler et al.
/// 2007, Barnes et al. 2009, Newson et al. 2014, Darabi et al. 2012); or, where the ground has too little
/// contrast for that, a smooth surface with the ground's own grain. The same request gives the same picture.
/// With nothing known at all: the mean colour of the picture's border.
std::unique_ptr<Filler> makeFiller();

/// Alpha above `threshold` grown by `radius` px (a disc), as a hard mask: what must be filled under a person.
Mask growMask(const Mask& mask, double threshold, double radius);
/// Box-approximated Gaussian of `sigma` px.
Mask featherMask(const Mask& mask, double sigma);
/// Guided filter (He et al. 2013): makes the mask follow the edges of `guide`. Radius in px, epsilon in 0..1
/// units squared.
Mask guidedFilter(const Mask& mask, const Image& guide, int radius, double epsilon);

/// The person cut out: RGBA with straight alpha; foreground colours continue under alpha 0 for `bleed` px, so
/// that resampling makes no fringe, and are black elsewhere.
Image cutOut(const Image& person, const Mask& alpha, int bleed = 8);

} // namespace cameo
