// SPDX-License-Identifier: Apache-2.0
#include "core/segment/label_rules.h"

#include <QtTest>

#include <cmath>

using namespace cameo::segment;

namespace {

constexpr int side = 32;

/// A head (ellipse) and shoulders that touch the bottom and, low down, both sides: label 1 head, 2 shoulders,
/// 0 ground.
std::vector<std::uint8_t> portrait() {
    std::vector<std::uint8_t> label(side * side, 0);
    for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x) {
            const double dx = (x - 15.5) / 8, dy = (y - 13.5) / 10;
            if (dx * dx + dy * dy < 1)
                label[y * side + x] = 1;
            else if (y > 22 && std::abs(x - 15.5) < 4 + 1.6 * (y - 22))
                label[y * side + x] = 2;
        }
    return label;
}

std::vector<bool> parse(const char* rows) {
    std::vector<bool> set;
    for (const char* c = rows; *c != '\0'; ++c)
        set.push_back(*c == '#');
    return set;
}

} // namespace

class TestLabelRules : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void personIsWhatTheBorderDoesNotOwn() {
        const auto isForeground =
            foregroundClusters(portrait(), side, {.clusters = 3, .sideReach = 0.6, .centreWeight = 0.5});
        QCOMPARE(isForeground, (std::vector<bool>{false, true, true}));
    }

    void bottomBorderDoesNotMakeGround() {
        // Shoulders fill the whole bottom row and touch no other border.
        std::vector<std::uint8_t> label(side * side, 0);
        for (int y = 20; y < side; ++y)
            for (int x = 0; x < side; ++x)
                label[y * side + x] = 1;
        const auto isForeground =
            foregroundClusters(label, side, {.clusters = 2, .sideReach = 0.6, .centreWeight = 0});
        QCOMPARE(isForeground, (std::vector<bool>{false, true}));
    }

    void hairThatTouchesTheTopIsNotGround() {
        std::vector<std::uint8_t> label = portrait();
        for (int y = 0; y < 9; ++y)
            for (int x = 8; x < 24; ++x)
                if (label[y * side + x] == 0)
                    label[y * side + x] = 3;
        const auto isForeground = foregroundClusters(
            label, side, {.clusters = 4, .sideReach = 0.6, .topReach = 0.2, .centreWeight = 0.5});
        QCOMPARE(isForeground, (std::vector<bool>{false, true, true, true}));
    }

    void aSplitGroundIsStillGround() {
        std::vector<std::uint8_t> label = portrait();
        for (int y = 0; y < side; ++y)
            for (int x = side / 2; x < side; ++x)
                if (label[y * side + x] == 0)
                    label[y * side + x] = 3; // the right half of the ground is another cluster
        const auto isForeground =
            foregroundClusters(label, side, {.clusters = 4, .sideReach = 0.6, .centreWeight = 0.5});
        QCOMPARE(isForeground, (std::vector<bool>{false, true, true, false}));
    }

    void oneClusterOrAnEmptyOneIsGround() {
        const std::vector<std::uint8_t> label(side * side, 0);
        QCOMPARE(foregroundClusters(label, side, {.clusters = 2, .sideReach = 1, .centreWeight = 1}),
                 (std::vector<bool>{false, false}));
    }

    void largestPieceIsKeptAndItsHolesFilled() {
        const auto kept = personPieces(parse("........"
                                             ".####..#"
                                             ".#..#..#"
                                             ".####..."
                                             "........"),
                                       8, 5);
        QCOMPARE(kept, parse("........"
                             ".####..."
                             ".####..."
                             ".####..."
                             "........"));
    }

    void shouldersBesideTheNeckAreKept() {
        const auto rows = parse("....#..."
                                "...##..."
                                "........"
                                "##...##."
                                "##..###.");
        // The piece in the middle is smaller than the shoulders here: it floats and goes.
        QCOMPARE(personPieces(rows, 8, 5), parse("........"
                                                 "........"
                                                 "........"
                                                 "##...##."
                                                 "##..###."));
    }

    void bayOpenToTheBorderIsNoHole() {
        const auto rows = parse("####"
                                "#..."
                                "####");
        QCOMPARE(personPieces(rows, 4, 3), rows);
    }

    void nothingStaysNothing() {
        const std::vector<bool> nothing(12, false);
        QCOMPARE(personPieces(nothing, 4, 3), nothing);
    }
};

QTEST_GUILESS_MAIN(TestLabelRules)
#include "test_label_rules.moc"
