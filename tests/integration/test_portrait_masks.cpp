// SPDX-License-Identifier: Apache-2.0
// The embedded portrait model: its masks look like a person in front of a ground, and its own pictures are
// found again.
#include "tests/support/model_probe.h"

#include <QtTest>

using namespace cameo;

class TestPortraitMasks : public QObject {
    Q_OBJECT

    probe::ModelProbe m_model = probe::ModelProbe::fromFolder(std::filesystem::path(CAMEO_SOURCE_DIR) /
                                                              "resources" / "models" / "portraits");

    EditState seeded(std::uint32_t seed) const {
        EditState state;
        state.seed = seed;
        return state;
    }

    /// Mean alpha of a square in shares of the side.
    double meanAlpha(const Mask& mask, double left, double top, double side) const {
        const int x0 = static_cast<int>(left * mask.width()), y0 = static_cast<int>(top * mask.height());
        const int count = std::max(1, static_cast<int>(side * mask.width()));
        double sum = 0;
        for (int y = y0; y < y0 + count; ++y)
            for (int x = x0; x < x0 + count; ++x)
                sum += mask.at(x, y);
        return sum / (count * count);
    }

  private Q_SLOTS:
    void initTestCase() { m_model.findDirections(2048, 8, 0); }

    void faceIsPersonAndTopCornersAreGround() {
        constexpr int seeds = 16;
        int good = 0;
        for (std::uint32_t seed = 0; seed < seeds; ++seed) {
            const Mask mask = m_model.clusters(seeded(seed), {}, true).mask;
            const bool isFace = meanAlpha(mask, 0.4, 0.4, 0.2) > 0.8;
            const bool isGround = meanAlpha(mask, 0, 0, 0.1) < 0.3 && meanAlpha(mask, 0.9, 0, 0.1) < 0.3;
            const bool isSized = mask.coverage() > 0.25 && mask.coverage() < 0.85;
            good += isFace && isGround && isSized ? 1 : 0;
        }
        // Not all: long hair may reach a corner, and a method without training may fail on a face now and
        // then.
        QVERIFY2(good >= 13, qPrintable(QStringLiteral("%1 of %2").arg(good).arg(seeds)));
    }

    void maskIsSteadyUnderASmallEdit() {
        EditState state = seeded(3);
        const Mask before = m_model.clusters(state, {}, true).mask;
        state.directions = {{"pc1", 0.05, 0, -1}};
        const Mask after = m_model.clusters(state, {}, true).mask;
        double difference = 0;
        for (std::size_t i = 0; i < before.alpha().size(); ++i)
            difference += std::abs(before.alpha()[i] - after.alpha()[i]);
        // A twentieth of a standard deviation hardly moves an edge: 2 % of the picture is a rim of under a
        // pixel.
        QVERIFY(difference / static_cast<double>(before.alpha().size()) < 0.02);
    }

    void ownPictureIsFoundAgain() {
        const auto target = m_model.picture(m_model.rows(seeded(2)));
        const auto trace = m_model.invert(target, {.parameters = {{"steps", 100}}});
        // A hundred steps reach well above the 12 dB or so of the mean face.
        QVERIFY2(trace.psnr > 22, qPrintable(QString::number(trace.psnr)));
    }
};

QTEST_GUILESS_MAIN(TestPortraitMasks)
#include "test_portrait_masks.moc"
