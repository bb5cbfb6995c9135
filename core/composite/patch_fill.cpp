// SPDX-License-Identifier: Apache-2.0
#include "core/composite/patch_fill.h"

#include "core/composite/parallel.h"
#include "core/composite/patch_vote.h"
#include "core/composite/seam.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace cameo {
namespace {

constexpr int peelTries = 1500;                        // patches tried per place at the coarsest level
constexpr double searchStart = 0.15, searchEnd = 0.85; // of the progress
constexpr double stillChange = 0.15;                   // grey levels: the level is done

struct Effort {
    int steps, sweeps; // EM steps, PatchMatch sweeps in each
};

Effort effortAt(std::size_t level, std::size_t levels, double quality) {
    const bool isCoarsest = level + 1 == levels;
    const int steps = isCoarsest ? 12 : level == 0 ? 2 : level == 1 ? 4 : 8;
    return {std::max(1, static_cast<int>(std::lround(steps * quality))), level == 0 ? 2 : 3};
}

/// The known pixels' neighbours in the hole, one shell after the other; each shell is matched on what is
/// known so far, then filled.
void peel(PatchLevel& level, MatchField& field, const PatchFillOptions& options) {
    Hole isKnown(level.hole.size());
    std::vector<int> unknown;
    for (std::size_t i = 0; i < isKnown.size(); ++i) {
        isKnown[i] = !level.hole[i];
        if (level.hole[i])
            unknown.push_back(static_cast<int>(i));
    }
    while (!unknown.empty()) {
        std::vector<int> shell, rest;
        for (const int i : unknown) {
            const int x = i % level.width, y = i / level.width;
            bool touches = false;
            for (int dy = -1; dy <= 1; ++dy)
                for (int dx = -1; dx <= 1; ++dx)
                    if (x + dx >= 0 && y + dy >= 0 && x + dx < level.width && y + dy < level.height)
                        touches |= isKnown[static_cast<std::size_t>(i + dy * level.width + dx)] != 0;
            (touches ? shell : rest).push_back(i);
        }
        if (shell.empty())
            return;
        forEachPiece(static_cast<int>(shell.size()), options.threads, [&](int k) {
            const int x = shell[k] % level.width, y = shell[k] / level.width;
            field.set(x, y, field.bestPartialMatch(x, y, isKnown, peelTries));
        });
        for (const int i : shell) {
            const Match& match = field.at(i % level.width, i / level.width);
            std::copy_n(level.sources[static_cast<std::size_t>(match.source)].at(match.x, match.y),
                        votedCount, level.at(i % level.width, i / level.width));
        }
        for (const int i : shell)
            isKnown[static_cast<std::size_t>(i)] = 1;
        unknown = std::move(rest);
    }
}

bool hasCentres(const PatchLevel& level) {
    return std::ranges::any_of(level.sources, [](const PatchSource& s) { return !s.centres.empty(); });
}

/// The view with the colours of a level in its hole, enlarged.
FloatPicture previewOf(const PhotoView& view, const PatchLevel& level) {
    FloatPicture rough = view.picture;
    cv::Mat colours(level.height, level.width, CV_32FC3), large;
    for (std::size_t i = 0; i < level.hole.size(); ++i)
        for (std::size_t c = 0; c < colourCount; ++c)
            colours.ptr<float>()[i * 3 + c] = static_cast<float>(level.features[i * featureCount + c]) / 255;
    cv::resize(colours, large, {rough.width, rough.height}, 0, 0, cv::INTER_LINEAR);
    for (std::size_t i = 0; i < view.hole.size(); ++i)
        if (view.hole[i])
            std::copy_n(large.ptr<float>() + i * 3, 3, &rough.rgb[i * 3]);
    return rough;
}

/// Search and vote by turns; after the last search of the finest level the labels are voted instead.
void improve(PatchLevel& level, MatchField& field, const Effort& effort, bool isFinest,
             const std::function<void(double done)>& report) {
    for (int step = 0; step < effort.steps; ++step) {
        field.refreshCosts();
        for (int sweep = 0; sweep < effort.sweeps; ++sweep) {
            report(static_cast<double>(step * effort.sweeps + sweep) / (effort.steps * effort.sweeps));
            field.sweep(std::max(level.width, level.height));
        }
        if ((isFinest && step + 1 == effort.steps) || voteMean(level, field) < stillChange)
            return;
    }
}

/// The field of the finest level.
std::unique_ptr<MatchField> search(std::vector<PatchLevel>& levels, const PhotoView& view,
                                   const PatchFillOptions& options) {
    std::unique_ptr<MatchField> field;
    double done = searchStart;
    for (std::size_t i = levels.size(); i-- > 0;) {
        PatchLevel& level = levels[i];
        auto finer = std::make_unique<MatchField>(
            level, MatchOptions{static_cast<float>(options.heightCost), options.seed, options.threads});
        if (field) {
            finer->startFrom(*field);
            voteMean(level, *finer);
        } else {
            peel(level, *finer, options);
            finer->start();
        }
        const double share = i == 0 ? searchEnd - done : (searchEnd - done) / 2.5; // of the time, roughly
        improve(level, *finer, effortAt(i, levels.size(), options.quality), i == 0,
                [&](double fraction) { options.report(done + share * fraction); });
        done += share;
        if (options.onPreview && i > 0)
            options.onPreview(previewOf(view, level));
        field = std::move(finer);
    }
    return field;
}

} // namespace

FloatPicture fillWithPatches(const std::vector<PhotoView>& views, const PatchFillOptions& options) {
    std::vector<PatchLevel> levels = buildPatchLevels(views, options.layoutWeight, options.threads);
    if (!hasCentres(levels.front()))
        return {};
    const std::unique_ptr<MatchField> field = search(levels, views.front(), options);
    const std::vector<Label> labels = voteLabels(levels.front(), *field);
    FloatPicture copies = copyLabels(views, labels, options.threads);
    if (options.colourReach > 0)
        adaptForms(copies, views.front().hole, views.front().forms, options.colourReach);
    double done = searchEnd;
    return joinCopies(views, labels, std::move(copies),
                      {.threads = options.threads, .checkStop = [&] { options.report(done += 0.001); }});
}

} // namespace cameo
