// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/exercise.h"

#include "core/base/error.h"
#include "core/checkpoint/checkpoint.h"
#include "tests/fuzz/time_limit.h"

#include <cstdlib>
#include <functional>

namespace cameo::test {
namespace {

constexpr const char* fileName = "fuzz.model";

void expectOrderly(const std::function<void()>& action) {
    try {
        action();
    } catch (const Failure& failure) {
        if (failure.error().message.find(fileName) == std::string::npos)
            std::abort(); // a message that does not name the file
    }
}

} // namespace

void exerciseCheckpoint(std::span<const std::byte> bytes, checkpoint::FileKind kind) {
    using namespace checkpoint;
    if (sniff(bytes) != kind)
        return;
    const TimeLimit limit;
    expectOrderly([&] {
        const Checkpoint checkpoint = Checkpoint::openBytes({nullptr, bytes}, fileName);
        if (checkpoint.describe().dump(1).empty())
            std::abort();
        expectOrderly([&] { (void)checkpoint.generator(); });
        expectOrderly([&] { (void)checkpoint.discriminator(); });
        for (const NetworkSummary& network : checkpoint.networks())
            expectOrderly([&] {
                for (const auto& [name, record] : checkpoint.tensors(network.role))
                    if (!invariantProblem(record).empty())
                        std::abort();
            });
    });
}

} // namespace cameo::test
