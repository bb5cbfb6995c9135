// SPDX-License-Identifier: Apache-2.0
#include "app/window.h"

#include "core/base/error.h"

#include <cstdlib>
#include <xcb/xcb.h>

namespace cameo::cli {
namespace {

bool isSet(const char* variable) {
    const char* value = std::getenv(variable);
    return value && *value;
}

bool answersX() {
    xcb_connection_t* connection = xcb_connect(nullptr, nullptr);
    const bool answers = xcb_connection_has_error(connection) == 0;
    xcb_disconnect(connection);
    return answers;
}

/// Qt ends the program with an abort when it finds no display, so it must not be asked first. A platform that
/// was chosen by hand (offscreen, vnc) is taken at its word.
bool hasDisplay() {
    if (isSet("QT_QPA_PLATFORM") || isSet("WAYLAND_DISPLAY"))
        return true;
    return isSet("DISPLAY") && answersX();
}

} // namespace

int openWindow(const WindowStart&) {
    if (!hasDisplay())
        throw Failure(ErrorCode::Device, "There is no display for the window",
                      "Use the commands, see cameo --help");
    throw Failure(ErrorCode::Internal, "This build has no window");
}

} // namespace cameo::cli
