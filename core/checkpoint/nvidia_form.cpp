// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/nvidia_form.h"

#include "core/checkpoint/refuse.h"

#include <algorithm>

namespace cameo::checkpoint {
namespace {

/// The given axes of `record` in this order; axes left out must have size 1.
std::optional<TensorRecord> picked(const TensorRecord& record, std::size_t rank,
                                   const std::vector<std::size_t>& axes) {
    if (record.shape.size() != rank)
        return std::nullopt;
    TensorRecord view = record;
    view.shape.clear();
    view.strides.clear();
    for (std::size_t axis = 0; axis < rank; ++axis)
        if (std::find(axes.begin(), axes.end(), axis) == axes.end() && record.shape[axis] != 1)
            return std::nullopt;
    for (const std::size_t axis : axes) {
        view.shape.push_back(record.shape[axis]);
        view.strides.push_back(record.strides[axis]);
    }
    return view;
}

std::vector<std::size_t> allButFirst(std::size_t rank) {
    std::vector<std::size_t> axes;
    for (std::size_t axis = 1; axis < rank; ++axis)
        axes.push_back(axis);
    return axes;
}

TensorRecord viewed(const TensorRecord& record, Layout layout) {
    std::optional<TensorRecord> view;
    switch (layout) {
    case Layout::Same:
        break;
    case Layout::DropFirst:
        view = picked(record, record.shape.size(), allButFirst(record.shape.size()));
        break;
    case Layout::DropTwo:
        view = picked(record, 4, {2, 3});
        break;
    case Layout::Flat:
        view = picked(record, 4, {1});
        break;
    case Layout::Scalar:
        view = picked(record, 1, {});
        break;
    case Layout::Transposed:
        view = picked(record, 2, {1, 0});
        break;
    case Layout::Kernel:
    case Layout::FlippedKernel:
        view = picked(record, 4, {3, 2, 0, 1});
        break;
    }
    return view ? *view : record;
}

/// Reverses the last two axes of [O, I, h, w]: each kernel read from its end.
void flipSpatial(std::vector<float>& values, const std::vector<long>& shape) {
    const auto area = shape[2] * shape[3];
    for (auto at = values.begin(); at != values.end(); at += area)
        std::reverse(at, at + area);
}

} // namespace

std::string quoted(const NvidiaForm& form, const std::string& nvidiaName) {
    const auto own = form.ownNames.find(nvidiaName);
    return own == form.ownNames.end() ? cat("'", nvidiaName, "'")
                                      : cat("'", own->second, "' (", nvidiaName, ")");
}

void applyRenamings(NvidiaForm& form, const TensorMap& own, const std::vector<Renaming>& renamings) {
    for (const Renaming& renaming : renamings) {
        form.ownNames[renaming.nvidia] = renaming.own;
        const auto found = own.find(renaming.own);
        if (found == own.end())
            continue;
        form.tensors[renaming.nvidia] = viewed(found->second, renaming.layout);
        if (renaming.addOne)
            form.changes[renaming.nvidia] = Change::AddOne;
        if (renaming.layout == Layout::FlippedKernel)
            form.changes[renaming.nvidia] = Change::FlipSpatial;
    }
}

void applyChanges(TensorMap& selected, const std::map<std::string, Change>& changes) {
    for (auto& [name, record] : selected) {
        const auto change = changes.find(name);
        if (change == changes.end())
            continue;
        std::vector<float> values = toFloats(record);
        if (change->second == Change::AddOne)
            for (float& value : values)
                value += 1;
        else
            flipSpatial(values, record.shape);
        record = fromFloats(record.shape, std::move(values));
    }
}

NvidiaForm toNvidiaForm(const NetworkSource& network, const FileContents& contents, const std::string& file) {
    NvidiaForm form;
    switch (network.naming) {
    case Naming::Rosinality:
        fillFromRosinality(form, network, contents);
        break;
    case Naming::TensorFlow:
        fillFromTensorFlow(form, network);
        break;
    case Naming::AliasFree:
        throw Failure(
            ErrorCode::UnsupportedModel,
            cat("'", file, "' holds an alias-free StyleGAN3 generator; Cameo runs StyleGAN2"),
            "Use a StyleGAN2 model, for example one that the StyleGAN3 code trained with --cfg=stylegan2");
    default:
        form.tensors = network.tensors;
        form.attributes = network.attributes;
    }
    return form;
}

} // namespace cameo::checkpoint
