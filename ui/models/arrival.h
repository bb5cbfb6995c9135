// SPDX-License-Identifier: Apache-2.0
// Whether a picture is one on the way or the last of its request.
#pragma once

namespace cameo::ui {

enum class Arrival { OnTheWay, Final };

} // namespace cameo::ui
