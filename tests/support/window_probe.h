// SPDX-License-Identifier: Apache-2.0
// A window on a fake engine. Header only, for QtTest.
#pragma once

#include "tests/support/fake_engine.h"
#include "tests/support/window_driver.h"

#include <memory>

namespace cameo::test {

struct FakeEngineHolder {
    std::unique_ptr<FakeEngine> fakeEngine;
};

/// The engine is the first base, so that it outlives the window.
class WindowProbe : private FakeEngineHolder, public WindowDriver {
  public:
    explicit WindowProbe(const FakeOptions& options = {}, QSize size = QSize(1440, 900))
        : FakeEngineHolder{std::make_unique<FakeEngine>(options)}, WindowDriver(*fakeEngine, size) {}

    FakeEngine& engine() { return *fakeEngine; }
};

} // namespace cameo::test
