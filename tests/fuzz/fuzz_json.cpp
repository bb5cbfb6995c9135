// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/checkpoint/spec_json.h"
#include "tests/fuzz/time_limit.h"

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>

namespace {

using cameo::Failure;
using cameo::Json;

/// The value, or nothing when `parse` refuses; any other exception is a finding.
template <typename Parse>
auto valueOf(Parse parse) -> std::optional<decltype(parse())> {
    try {
        return parse();
    } catch (const Failure&) {
        return std::nullopt;
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const cameo::test::TimeLimit limit;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::optional<Json> json = valueOf([&] { return Json::parse(text); });
    if (!json)
        return 0;
    if (Json::parse(json->dump()) != *json || Json::parse(json->dump(2)) != *json)
        std::abort(); // what is written must read back the same
    using namespace cameo::checkpoint;
    if (const auto spec = valueOf([&] { return generatorSpecFromJson(*json); }))
        if (generatorSpecFromJson(specToJson(*spec)).resolution != spec->resolution)
            std::abort();
    if (const auto spec = valueOf([&] { return discriminatorSpecFromJson(*json); }))
        if (discriminatorSpecFromJson(specToJson(*spec)).resolution != spec->resolution)
            std::abort();
    return 0;
}
