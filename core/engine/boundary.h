// SPDX-License-Identifier: Apache-2.0
// The one place where exceptions of core, LibTorch and the standard library become Error values.
#pragma once

#include "core/base/error.h"
#include "core/base/result.h"
#include "core/engine/engine.h"
#include "core/jobs/compute_thread.h"

#include <functional>
#include <utility>

namespace cameo {

/// Call inside a catch block.
Error errorFromCurrentException();

template <typename F>
auto resultOf(F&& work) -> Result<decltype(work())> {
    try {
        return work();
    } catch (...) {
        return errorFromCurrentException();
    }
}

/// A job that delivers the result of `work`, or the error that it threw, through `sink` exactly once.
template <typename T>
jobs::Job makeJob(Sink<T> sink, std::function<T(jobs::JobContext&, const Sink<T>&)> work) {
    const auto deliver = [](const Sink<T>& to, Result<T> result) {
        if (to.onDone)
            to.onDone(std::move(result));
    };
    return {[sink, work = std::move(work), deliver](jobs::JobContext& context) {
                Result<T> result = resultOf([&] { return work(context, sink); });
                if (!result && result.error().code == ErrorCode::Cancelled && context.isSuperseded())
                    result = Error{ErrorCode::Superseded, "A newer request took its place", {}};
                deliver(sink, std::move(result));
            },
            [sink, deliver](const Error& reason) { deliver(sink, reason); }};
}

} // namespace cameo
