// SPDX-License-Identifier: Apache-2.0
// Checks on the Failure that a call must throw. Header only, for QtTest.
#pragma once

#include "core/base/error.h"

#include <optional>

namespace cameo::test {

/// The error of the Failure that `f` throws; empty when it throws none.
template <typename F>
std::optional<Error> failureOf(F&& f) {
    try {
        f();
    } catch (const Failure& failure) {
        return failure.error();
    }
    return std::nullopt;
}

} // namespace cameo::test

/// Fails the test unless `expression` throws a Failure with the code whose text holds `part`.
#define CAMEO_VERIFY_FAILURE(expression, expectedCode, part)                                                 \
    do {                                                                                                     \
        const auto cameoError = cameo::test::failureOf([&] { (void)(expression); });                         \
        QVERIFY2(cameoError, "no Failure was thrown");                                                       \
        QVERIFY2(cameoError->code == (expectedCode), cameo::errorCodeName(cameoError->code));                \
        QVERIFY2(cameoError->text().find(part) != std::string::npos, cameoError->text().c_str());            \
    } while (false)
