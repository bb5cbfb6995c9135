// SPDX-License-Identifier: Apache-2.0
// A network of any layout under NVIDIA's names and shapes. Views wherever a layout only permutes; what must
// be computed (flips, TensorFlow's missing +1) is noted and done when the tensors are asked for. Internal to
// this folder. Any thread.
#pragma once

#include "core/checkpoint/network_source.h"

namespace cameo::checkpoint {

/// What remains to be done to the numbers of a tensor that is viewed in NVIDIA's shape already.
enum class Change { FlipSpatial, AddOne };

struct NvidiaForm {
    TensorMap tensors;
    Attributes attributes;
    std::map<std::string, Change> changes;       // by NVIDIA name
    std::map<std::string, std::string> ownNames; // NVIDIA name -> name in the file, where they differ
    double mappingRate = 0.01; // learning rate multiplier where no attribute tells the gains
};

/// The name in the file, in quotes, and NVIDIA's behind it where that is another one.
std::string quoted(const NvidiaForm& form, const std::string& nvidiaName);

/// Throws UnsupportedModel for networks that are no StyleGAN2 (alias-free StyleGAN3).
NvidiaForm toNvidiaForm(const NetworkSource& network, const FileContents& contents, const std::string& file);

/// Computes the noted changes of the tensors in `selected`.
void applyChanges(TensorMap& selected, const std::map<std::string, Change>& changes);

/// How a tensor of another layout is viewed as NVIDIA's. A tensor of an unexpected rank is passed on as it
/// is, so that the check of shapes names it.
enum class Layout {
    Same,
    DropFirst,    // [1, ...] -> [...]
    DropTwo,      // [1, 1, R, R] -> [R, R]
    Flat,         // [1, C, 1, 1] -> [C]
    Scalar,       // [1] -> []
    Transposed,   // [in, out] -> [out, in]
    Kernel,       // [h, w, in, out] -> [out, in, h, w]
    FlippedKernel // the same, and both spatial axes reversed
};

struct Renaming {
    std::string nvidia;
    std::string own;
    Layout layout = Layout::Same;
    bool addOne = false;
};

void applyRenamings(NvidiaForm& form, const TensorMap& own, const std::vector<Renaming>& renamings);

/// Names of a network of 4 to `resolution` px with `mappingLayers` layers. Names that a file has beyond them
/// don't matter.
std::vector<Renaming> rosinalityGenerator(long resolution, long mappingLayers);
std::vector<Renaming> rosinalityDiscriminator(long resolution);
void fillFromRosinality(NvidiaForm& form, const NetworkSource& network, const FileContents& contents);
void fillFromTensorFlow(NvidiaForm& form, const NetworkSource& network);

} // namespace cameo::checkpoint
