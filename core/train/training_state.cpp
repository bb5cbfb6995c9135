// SPDX-License-Identifier: Apache-2.0
#include "core/train/training_state.h"

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/text.h"

#include <cstring>

namespace cameo::train {
namespace {

constexpr const char* kCounters = "cameo.training";

[[noreturn]] void failState(const std::filesystem::path& file, const std::string& reason) {
    throw Failure(ErrorCode::BadCheckpoint,
                  cat("'", file.string(), "' is no state of this training: ", reason),
                  "Choose another folder, or start anew without resuming");
}

std::size_t byteCount(const at::Tensor& tensor) {
    return static_cast<std::size_t>(tensor.numel()) * sizeof(float);
}

Json shapeOf(const at::Tensor& tensor) {
    Json shape = Json::array();
    for (const std::int64_t side : tensor.sizes())
        shape.append(static_cast<long>(side));
    return shape;
}

/// The header for these tensors, in their order; the data follow one another without gaps.
Json headerFor(const StateTensors& tensors, const Json& counters) {
    Json header = Json::object({{"__metadata__", Json::object({{kCounters, counters.dump()}})}});
    std::size_t at = 0;
    for (const auto& [name, tensor] : tensors) {
        const std::size_t end = at + byteCount(tensor);
        header.set(name, Json::object({{"dtype", "F32"},
                                       {"shape", shapeOf(tensor)},
                                       {"data_offsets", Json::array({at, end})}}));
        at = end;
    }
    return header;
}

Json parseHeader(const std::filesystem::path& file, std::string_view text) {
    try {
        return Json::parse(text);
    } catch (const Failure& failure) {
        failState(file, failure.error().message);
    }
}

} // namespace

void writeState(const std::filesystem::path& file, const StateTensors& tensors, const Json& counters) {
    std::string header = headerFor(tensors, counters).dump();
    header.resize((header.size() + 7) / 8 * 8, ' ');
    const std::uint64_t length = header.size();
    writeFileAtomically(file, [&](const auto& append) {
        append(std::as_bytes(std::span(&length, 1)));
        append(std::as_bytes(std::span(header)));
        for (const auto& [name, tensor] : tensors) {
            const at::Tensor plain = tensor.detach().to(at::kCPU, at::kFloat).contiguous();
            append(
                std::as_bytes(std::span(plain.data_ptr<float>(), static_cast<std::size_t>(plain.numel()))));
        }
    });
}

Json readState(const std::filesystem::path& file, StateTensors& tensors) {
    const Bytes bytes = mapFile(file);
    std::uint64_t length = 0;
    if (bytes.size() < sizeof length)
        failState(file, "it is too short");
    std::memcpy(&length, bytes.view.data(), sizeof length);
    if (length > bytes.size() - sizeof length)
        failState(file, "its header is cut off");
    const char* text = reinterpret_cast<const char*>(bytes.view.data()) + sizeof length;
    const Json header = parseHeader(file, {text, length});
    const Json* metadata = header.isObject() ? header.find("__metadata__") : nullptr;
    const Json* written = metadata && metadata->isObject() ? metadata->find(kCounters) : nullptr;
    if (!written || !written->isString())
        failState(file, "it holds no training");
    const Json counters = parseHeader(file, written->asString());
    // What these tensors must look like is known, so the header is compared instead of interpreted.
    const Json expected = headerFor(tensors, counters);
    for (const auto& [name, value] : expected.asObject())
        if (const Json* found = header.find(name); !found || (name != "__metadata__" && *found != value))
            failState(file, cat("tensor '", name, "' is missing or of another shape"));
    if (header.asObject().size() != expected.asObject().size())
        failState(file, "it holds tensors of another network");
    std::size_t at = sizeof length + length;
    for (const auto& [name, tensor] : tensors)
        at += byteCount(tensor);
    if (at != bytes.size())
        failState(file, cat("it has ", bytes.size(), " bytes instead of ", at));
    const c10::AutoGradMode noGraph(false);
    at = sizeof length + length;
    for (auto& [name, tensor] : tensors) {
        const at::Tensor plain = at::empty(tensor.sizes(), at::kFloat);
        std::memcpy(plain.data_ptr<float>(), bytes.view.data() + at, byteCount(tensor));
        tensor.copy_(plain);
        at += byteCount(tensor);
    }
    return counters;
}

} // namespace cameo::train
