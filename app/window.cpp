// SPDX-License-Identifier: Apache-2.0
#include "app/window.h"

#include "app/commands/session.h"
#include "ui/shell/run_window.h"

namespace cameo::cli {

int openWindow(const WindowStart& start) {
    Session session(start.options, {});
    ui::WindowOptions options;
    options.model = session.model();
    if (!start.file.empty())
        options.files.emplace_back(start.file);
    return ui::runWindow(start.argc, start.argv, session.engine(), options);
}

} // namespace cameo::cli
