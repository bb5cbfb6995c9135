// SPDX-License-Identifier: Apache-2.0
// The main job's last step: a state's layers as files. Compute thread only.
#pragma once

#include "core/engine/renderer.h"

namespace cameo {

/// Throws InvalidArgument for a depth other than 8 and 16.
ExportReport exportToFiles(Renderer& renderer, const ExportRequest& request, const Renderer::Task& task);

} // namespace cameo
