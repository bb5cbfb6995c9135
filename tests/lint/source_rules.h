// SPDX-License-Identifier: Apache-2.0
// The rules of the house that can be read from a file's text: who may include whom, and what every file must
// have. Pure functions on texts, so that the rules themselves are tested on small wrong examples.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cameo::lint {

struct Layer {
    std::string_view folder;
    std::vector<std::string_view> mayInclude; // prefixes of project paths; its own folder is always allowed
    bool mayIncludeTorch = false;             // through core/net/torch.h
    bool mayIncludeAutograd = false;          // LibTorch's autograd and optimiser headers as well
    bool mayIncludeOpenCv = false;
    bool mayIncludeQt = false;
};

/// The one table of what may see what.
const std::vector<Layer>& layers();
/// The layer that a project path belongs to (longest folder), or nullptr outside of all.
const Layer* layerOf(std::string_view path);

/// What is wrong with a source or build file, one message each. `path` is relative to the project.
std::vector<std::string> violations(const std::string& path, const std::string& content);

/// What is wrong with the headers that the compiler really read for an object of `layer`, direct or not.
std::vector<std::string> dependencyViolations(const Layer& layer, const std::vector<std::string>& headers);

/// `content` with comments and string literals blanked, line by line.
std::string withoutCommentsAndStrings(const std::string& content);

} // namespace cameo::lint
