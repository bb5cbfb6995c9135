// SPDX-License-Identifier: Apache-2.0
// Whether somebody else's detector sees a face in a picture. A function, because this folder has no image
// library: the caller gives it where there is one. Any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace cameo::train {

struct FaceSigns {
    bool hasFace = false;
    bool hasTwoEyes = false; // inside of the face
};

struct FaceFinder {
    /// Channel by channel, 3 x side x side. Empty where faces cannot be found, for `reason`.
    std::function<FaceSigns(std::span<const std::uint8_t> pixels, long side)> find;
    std::string reason = "this program has no face detector";
    std::string name; // of the detector, with its version
};

} // namespace cameo::train
