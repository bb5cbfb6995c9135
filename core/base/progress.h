// SPDX-License-Identifier: Apache-2.0
// How far a job is, and the pictures that it has so far. Values, any thread.
#pragma once

#include <optional>
#include <string>

namespace cameo {

struct Progress {
    std::string stage;              // short English key, e.g. "inversion"; the window translates it
    std::optional<double> fraction; // 0..1, empty when unknown
    long step = 0;
    long steps = 0;                    // 0 when unknown
    std::optional<double> secondsLeft; // estimate
    std::optional<double> loss;        // where the stage has one
};

/// One of several results on the way to the last: coarse to fine, or better and better.
template <typename T>
struct Partial {
    T value;
    int level = 0; // grows from 0; for pictures each level is a finer one
    bool isFinal = false;
    long generation = 0; // number of the request that it answers; drop what is older than what is shown
};

} // namespace cameo
