// SPDX-License-Identifier: Apache-2.0
// libpng's two structures and its error handling. Internal to core/image: png_reader.cpp and png_writer.cpp.
// libpng reports errors by a function that must not return: a longjmp into guarded(), across C frames and
// lambdas that own nothing. One object per thread.
#pragma once

#include <csetjmp>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <functional>
#include <png.h>
#include <span>

namespace cameo {

struct PngSession {
    png_structp png = nullptr;
    png_infop info = nullptr;
    std::jmp_buf onError{};
    char message[128] = {};

    std::span<const std::byte> source; // what is left to read
    const std::function<void(std::span<const std::byte>)>* sink = nullptr;
    std::exception_ptr sinkFailure; // what the sink threw, to be thrown again outside of libpng

    static PngSession& of(png_structp png) { return *static_cast<PngSession*>(png_get_error_ptr(png)); }

    [[noreturn]] static void onPngError(png_structp png, png_const_charp text) {
        PngSession& session = of(png);
        std::snprintf(session.message, sizeof(session.message), "%s", text);
        std::longjmp(session.onError, 1);
    }
    static void onPngWarning(png_structp, png_const_charp) {}

    /// Runs calls into libpng; false when one of them failed. `f` must own nothing that needs a destructor.
    template <typename F>
    bool guarded(F&& f) {
        if (setjmp(onError))
            return false;
        f();
        return true;
    }
};

} // namespace cameo
