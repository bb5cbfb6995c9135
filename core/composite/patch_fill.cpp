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
constexpr double seamReach = 0.02;   // of the longer side: how far a difference at a seam is spread
constexpr double stillChange = 0.15; // grey levels: the level is done

struct Effort {
    int steps, sweeps; // EM steps, PatchMatch sweeps in each
};

Effort effortAt(std::size_t level, std::size_t levels, double quality) {
    const bool isCoarsest = level + 1 == levels;
    const int steps = isCoarsest ? 12 : level == 0 ? 2 : level == 1 ? 4 : 8;
    return {std::max(1, static_cast<int>(std::lround(steps * quality))), level == 0 ? 2 : 3};
}

bool hasKnownNeighbour(const PatchLevel& level, const Hole& isKnown, int x, int y) {
    for (int ny = std::max(y - 1, 0); ny <= std::min(y + 1, level.height - 1); ++ny)
        for (int nx = std::max(x - 1, 0); nx <= std::min(x + 1, level.width - 1); ++nx)
            if (isKnown[static_cast<std::size_t>(ny) * level.width + nx])
                return true;
    return false;
}

/// Onion peel: the known pixels' neighbours in the hole, one shell after the other; each shell is matched on
/// what is known so far, then filled.
void peel(PatchLevel& level, MatchField& field, const PatchFillOptions& options) {
    Hole isKnown(level.hole.size());
    std::vector<Place> unknown;
    for (int y = 0; y < level.height; ++y)
        for (int x = 0; x < level.width; ++x) {
            const std::size_t i = static_cast<std::size_t>(y) * level.width + x;
            isKnown[i] = !level.hole[i];
            if (level.hole[i])
                unknown.push_back({x, y});
        }
    while (!unknown.empty()) {
        const auto rest = std::stable_partition(unknown.begin(), unknown.end(), [&](Place place) {
            return hasKnownNeighbour(level, isKnown, place.x, place.y);
        });
        if (rest == unknown.begin())
            return;
        const std::vector<Place> shell(unknown.begin(), rest);
        forEachPiece(static_cast<int>(shell.size()), options.threads, [&](int k) {
            const Place place = shell[static_cast<std::size_t>(k)];
            field.set(place.x, place.y, field.bestPartialMatch(place.x, place.y, isKnown, peelTries));
        });
        for (const Place place : shell) {
            const Match& match = field.at(place.x, place.y);
            std::copy_n(level.sources[static_cast<std::size_t>(match.source)].at(match.x, match.y),
                        votedCount, level.at(place.x, place.y));
            isKnown[static_cast<std::size_t>(place.y) * level.width + place.x] = 1;
        }
        unknown.erase(unknown.begin(), rest);
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
    const double reach = std::max(2.0, seamReach * std::max(copies.width, copies.height));
    return joinCopies(
        views, labels, std::move(copies),
        {.reach = reach, .threads = options.threads, .checkStop = [&] { options.report(done += 0.001); }});
}

} // namespace cameo
