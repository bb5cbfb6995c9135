// SPDX-License-Identifier: Apache-2.0
#include "core/engine/boundary.h"

#include "core/net/torch.h"

#include <new>
#include <string>

namespace cameo {
namespace {

/// The first line of LibTorch's message: what follows is a stack of C++ frames.
std::string firstLine(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

bool soundsLikeOutOfMemory(const std::string& text) {
    return text.find("out of memory") != std::string::npos ||
           text.find("can't allocate memory") != std::string::npos;
}

const Error kOutOfMemory{ErrorCode::OutOfMemory, "There is not enough memory for this",
                         "Close other programs, or use a smaller picture or model"};

} // namespace

Error errorFromCurrentException() {
    try {
        throw;
    } catch (const Failure& failure) {
        return failure.error();
    } catch (const std::bad_alloc&) {
        return kOutOfMemory;
    } catch (const c10::Error& error) {
        const std::string line = firstLine(error.what_without_backtrace());
        if (soundsLikeOutOfMemory(line))
            return kOutOfMemory;
        return {ErrorCode::Internal, "LibTorch: " + line, "Please report this as a defect"};
    } catch (const std::exception& error) {
        if (soundsLikeOutOfMemory(error.what()))
            return kOutOfMemory;
        return {ErrorCode::Internal, firstLine(error.what()), "Please report this as a defect"};
    }
}

} // namespace cameo
