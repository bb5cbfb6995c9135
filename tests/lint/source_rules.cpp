// SPDX-License-Identifier: Apache-2.0
#include "tests/lint/source_rules.h"

#include <algorithm>
#include <regex>
#include <sstream>

namespace cameo::lint {
namespace {

constexpr std::string_view spdx = "SPDX-License-Identifier: Apache-2.0";

struct Include {
    std::string target;
    bool isQuoted = false;
    int line = 0;
};

bool startsWithAny(std::string_view text, const std::vector<std::string_view>& prefixes) {
    return std::any_of(prefixes.begin(), prefixes.end(),
                       [&](std::string_view prefix) { return text.starts_with(prefix); });
}

bool isCpp(const std::string& path) {
    return path.ends_with(".h") || path.ends_with(".cpp");
}

bool isTorch(std::string_view header) {
    return startsWithAny(header, {"torch/", "ATen/", "c10/", "caffe2/"});
}

bool isAutograd(std::string_view header) {
    return startsWithAny(header,
                         {"torch/csrc/autograd/", "torch/optim/", "torch/csrc/api/include/torch/optim/"});
}

bool isOpenCv(std::string_view header) {
    return startsWithAny(header, {"opencv2/", "opencv4/"});
}

bool isQtOrGl(std::string_view header) {
    const bool isQtName = header.size() > 1 && header[0] == 'Q' && header[1] >= 'A' && header[1] <= 'Z';
    return isQtName || startsWithAny(header, {"Qt", "qt", "GL/", "GLES", "EGL/", "KHR/", "imgui"});
}

std::vector<Include> includesOf(const std::string& content) {
    static const std::regex pattern(R"(^\s*#\s*include\s*(["<])([^">]+)[">])");
    std::vector<Include> includes;
    std::istringstream in(content);
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
        std::smatch match;
        if (std::regex_search(line, match, pattern))
            includes.push_back({match[2], match[1] == "\"", number});
    }
    return includes;
}

std::string at(const std::string& path, int line) {
    return path + ':' + std::to_string(line) + ": ";
}

void checkProjectInclude(const std::string& path, const Layer& layer, const Include& include,
                         std::vector<std::string>& out) {
    const std::string& target = include.target;
    if (!startsWithAny(target, {"core/", "ui/", "app/", "tests/"})) {
        if (!target.ends_with(".moc"))
            out.push_back(at(path, include.line) + "include \"" + target +
                          "\" from the project's root or with < >");
        return;
    }
    if (target == "core/net/torch.h") {
        if (!layer.mayIncludeTorch)
            out.push_back(at(path, include.line) + std::string(layer.folder) + " must not see LibTorch");
        return;
    }
    if (target.starts_with(std::string(layer.folder) + '/') || startsWithAny(target, layer.mayInclude))
        return;
    out.push_back(at(path, include.line) + std::string(layer.folder) + " must not include " + target);
}

void checkSystemInclude(const std::string& path, const Layer& layer, const Include& include,
                        std::vector<std::string>& out) {
    const std::string& target = include.target;
    if (isTorch(target)) {
        if (target == "torch/torch.h" || target == "torch/extension.h")
            out.push_back(at(path, include.line) + target +
                          " costs 13 s and 1.3 GB a file: include core/net/torch.h");
        else if (path != "core/net/torch.h" && !(layer.mayIncludeAutograd && isAutograd(target)))
            out.push_back(at(path, include.line) + target + ": LibTorch is reached through core/net/torch.h");
    }
    if (isOpenCv(target) && !layer.mayIncludeOpenCv)
        out.push_back(at(path, include.line) + std::string(layer.folder) + " must not see OpenCV");
    if (isQtOrGl(target) && !layer.mayIncludeQt)
        out.push_back(at(path, include.line) + std::string(layer.folder) + " must not see Qt or OpenGL");
}

void checkIncludes(const std::string& path, const std::string& content, std::vector<std::string>& out) {
    const std::vector<Include> includes = includesOf(content);
    const Layer* layer = layerOf(path);
    bool seesTorch = false, seesQt = false;
    for (const Include& include : includes) {
        seesTorch |= isTorch(include.target) || include.target == "core/net/torch.h";
        seesQt |= !include.isQuoted && isQtOrGl(include.target);
        if (layer && include.isQuoted)
            checkProjectInclude(path, *layer, include, out);
        else if (layer)
            checkSystemInclude(path, *layer, include, out);
    }
    if (seesTorch && seesQt)
        out.push_back(path + ": sees both Qt and LibTorch");
}

void checkMacroNames(const std::string& path, const std::string& content, std::vector<std::string>& out) {
    static const std::regex pattern(R"(\b(CHECK|DCHECK|LOG|VLOG)\b)");
    std::istringstream in(withoutCommentsAndStrings(content));
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
        std::smatch match;
        if (std::regex_search(line, match, pattern))
            out.push_back(at(path, number) + std::string(match[1]) +
                          " is a macro of LibTorch: use another name");
    }
}

void checkHeaderStart(const std::string& path, const std::string& content, std::vector<std::string>& out) {
    std::istringstream in(content);
    std::string first, second;
    std::getline(in, first);
    std::getline(in, second);
    if (!second.starts_with("// "))
        out.push_back(path + ": line 2 must say what the header is for");
    if (withoutCommentsAndStrings(content).find("#pragma once") == std::string::npos)
        out.push_back(path + ": #pragma once is missing");
}

void checkLicence(const std::string& path, const std::string& content, std::vector<std::string>& out) {
    std::istringstream in(content);
    std::string line;
    std::getline(in, line);
    if (line.starts_with("#!") || line.starts_with("#version"))
        std::getline(in, line);
    if (line.find(spdx) == std::string::npos)
        out.push_back(path + ": the first line must be " + std::string(spdx));
}

} // namespace

const std::vector<Layer>& layers() {
    static const std::vector<Layer> table = {
        {.folder = "core/base", .mayInclude = {}},
        {.folder = "core/image", .mayInclude = {"core/base/"}, .mayIncludeOpenCv = true},
        {.folder = "core/checkpoint", .mayInclude = {"core/base/"}},
        {.folder = "core/jobs", .mayInclude = {"core/base/"}},
        {.folder = "core/composite", .mayInclude = {"core/base/", "core/image/"}, .mayIncludeOpenCv = true},
        {.folder = "core/document", .mayInclude = {"core/base/", "core/image/"}},
        {.folder = "core/interchange", .mayInclude = {"core/base/", "core/image/", "core/document/"}},
        {.folder = "core/net",
         .mayInclude = {"core/base/", "core/checkpoint/", "core/jobs/"},
         .mayIncludeTorch = true},
        {.folder = "core/train",
         .mayInclude = {"core/base/", "core/checkpoint/", "core/jobs/", "core/net/"},
         .mayIncludeTorch = true,
         .mayIncludeAutograd = true},
        {.folder = "core/segment",
         .mayInclude = {"core/base/", "core/image/", "core/checkpoint/", "core/jobs/", "core/net/"},
         .mayIncludeTorch = true,
         .mayIncludeOpenCv = true},
        {.folder = "core/edit",
         .mayInclude = {"core/base/", "core/image/", "core/checkpoint/", "core/jobs/", "core/net/",
                        "core/document/"},
         .mayIncludeTorch = true,
         .mayIncludeAutograd = true},
        {.folder = "core/engine", .mayInclude = {"core/"}, .mayIncludeTorch = true, .mayIncludeOpenCv = true},
        {.folder = "ui",
         .mayInclude = {"core/base/", "core/image/", "core/document/", "core/engine/",
                        "core/jobs/job_handle.h"},
         .mayIncludeQt = true},
        {.folder = "app",
         .mayInclude = {"core/base/", "core/image/", "core/document/", "core/engine/",
                        "core/jobs/job_handle.h", "ui/"},
         .mayIncludeQt = true},
        {.folder = "app/cli", .mayInclude = {"core/base/"}},
        {.folder = "app/train", .mayInclude = {"app/cli/", "core/base/", "core/train/"}},
    };
    return table;
}

const Layer* layerOf(std::string_view path) {
    const Layer* found = nullptr;
    for (const Layer& layer : layers())
        if (path.starts_with(std::string(layer.folder) + '/') &&
            (!found || layer.folder.size() > found->folder.size()))
            found = &layer;
    return found;
}

std::vector<std::string> violations(const std::string& path, const std::string& content) {
    std::vector<std::string> out;
    checkLicence(path, content, out);
    if (isCpp(path)) {
        checkIncludes(path, content, out);
        checkMacroNames(path, content, out);
    }
    if (path.ends_with(".h"))
        checkHeaderStart(path, content, out);
    if (!isCpp(path) && std::regex_search(content, std::regex(R"(file\s*\(\s*GLOB)", std::regex::icase)))
        out.push_back(path + ": sources are listed, not globbed");
    const std::string name = path.substr(path.rfind('/') + 1);
    if (isCpp(path) &&
        std::any_of(name.begin(), name.end(), [](char c) { return (c >= 'A' && c <= 'Z') || c == '-'; }))
        out.push_back(path + ": file names are snake_case");
    return out;
}

std::vector<std::string> dependencyViolations(const Layer& layer, const std::vector<std::string>& headers) {
    // Where the first header of a kind was found is enough: a thousand more follow from it.
    std::string torch, qt, openCv;
    for (const std::string& header : headers) {
        const auto contains = [&](const char* part) { return header.find(part) != std::string::npos; };
        if (torch.empty() && (contains("/ATen/") || contains("/c10/") || contains("/torch/csrc/")))
            torch = header;
        if (qt.empty() &&
            (contains("/qt6/") || contains("/QtCore/") || contains("/GL/gl") || contains("/imgui")))
            qt = header;
        if (openCv.empty() && contains("/opencv2/"))
            openCv = header;
    }
    std::vector<std::string> out;
    const std::string folder(layer.folder);
    if (!torch.empty() && !layer.mayIncludeTorch)
        out.push_back(folder + " must not see LibTorch but depends on " + torch);
    if (!qt.empty() && !layer.mayIncludeQt)
        out.push_back(folder + " must not see Qt or OpenGL but depends on " + qt);
    if (!openCv.empty() && !layer.mayIncludeOpenCv)
        out.push_back(folder + " must not see OpenCV but depends on " + openCv);
    if (!torch.empty() && !qt.empty())
        out.push_back(folder + " depends on both Qt and LibTorch");
    return out;
}

std::string withoutCommentsAndStrings(const std::string& content) {
    std::string out = content;
    enum class State { Code, Line, Block, String, Character } state = State::Code;
    for (std::size_t i = 0; i < content.size(); ++i) {
        const char c = content[i], next = i + 1 < content.size() ? content[i + 1] : '\0';
        const bool isDigitSeparator = i > 0 && std::isalnum(static_cast<unsigned char>(content[i - 1]));
        if (c == '\n') {
            if (state != State::Block)
                state = State::Code;
            continue;
        }
        if (state == State::Code) {
            if (c == '/' && next == '/')
                state = State::Line;
            else if (c == '/' && next == '*')
                state = State::Block;
            else if (c == '"')
                state = State::String;
            else if (c == '\'' && !isDigitSeparator)
                state = State::Character;
            else
                continue;
        } else if (state == State::Block && c == '*' && next == '/') {
            out[i++] = ' ';
            state = State::Code;
        } else if ((state == State::String || state == State::Character) && c == '\\') {
            out[i++] = ' ';
        } else if ((state == State::String && c == '"') || (state == State::Character && c == '\'')) {
            state = State::Code;
        }
        if (i < out.size() && out[i] != '\n')
            out[i] = ' ';
    }
    return out;
}

} // namespace cameo::lint
