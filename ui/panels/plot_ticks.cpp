// SPDX-License-Identifier: Apache-2.0
#include "ui/panels/plot_ticks.h"

#include <algorithm>
#include <cmath>

namespace cameo::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr double roundSteps[] = {1, 2, 5, 10};

} // namespace

std::vector<double> linearTicks(double low, double high, int most) {
    std::vector<double> ticks;
    if (!(high > low) || most < 1)
        return ticks;
    const double rough = (high - low) / most;
    const double power = std::pow(10.0, std::floor(std::log10(rough)));
    double step = power;
    for (const double round : roundSteps) {
        step = round * power;
        if (step >= rough * (1 - 1e-9))
            break;
    }
    for (double k = std::ceil(low / step - 1e-9); k * step <= high + step * 1e-9; ++k)
        ticks.push_back(k == 0 ? 0 : k * step); // never minus zero
    return ticks;
}

std::vector<double> logarithmicTicks(double low, double high, int most) {
    std::vector<double> fine, coarse;
    for (int power = static_cast<int>(std::floor(std::log10(low))); std::pow(10.0, power) <= high; ++power)
        for (const double round : {1.0, 2.0, 5.0}) {
            const double tick = round * std::pow(10.0, power);
            if (tick < low * (1 - 1e-9) || tick > high * (1 + 1e-9))
                continue;
            fine.push_back(tick);
            if (round == 1)
                coarse.push_back(tick);
        }
    if (static_cast<int>(fine.size()) <= most)
        return fine;
    const auto every = static_cast<std::size_t>((static_cast<int>(coarse.size()) + most - 1) / most);
    std::vector<double> ticks;
    for (std::size_t i = 0; i < coarse.size(); i += std::max<std::size_t>(every, 1))
        ticks.push_back(coarse[i]);
    return ticks;
}

QString countText(double value) {
    if (value >= 999.5e3)
        return u"%1 M"_s.arg(value / 1e6, 0, 'g', 3);
    if (value >= 999.5)
        return u"%1 k"_s.arg(value / 1e3, 0, 'g', 3);
    return QString::number(std::lround(value));
}

QString numberText(double value) {
    return QString::number(value, 'g', 3);
}

} // namespace cameo::ui
