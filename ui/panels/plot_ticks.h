// SPDX-License-Identifier: Apache-2.0
// Round numbers for an axis. Pure functions, any thread.
#pragma once

#include <QString>

#include <vector>

namespace cameo::ui {

/// At most `most` + 1 multiples of 1, 2 or 5 times a power of ten inside of [low, high].
std::vector<double> linearTicks(double low, double high, int most);
/// The same numbers 1, 2, 5 times powers of ten in [low, high], both above zero; powers of ten alone where
/// there would be more than `most`.
std::vector<double> logarithmicTicks(double low, double high, int most);

/// "850", "12.4 k", "1.5 M": at most three digits that count.
QString countText(double value);
/// At most three digits that count, without needless zeros.
QString numberText(double value);

} // namespace cameo::ui
