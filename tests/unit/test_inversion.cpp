// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "tests/support/model_probe.h"

#include <QtTest>

#include <algorithm>

using namespace cameo;

class TestInversion : public QObject {
    Q_OBJECT

    probe::ModelProbe m_model = probe::ModelProbe::tiny();

    probe::Numbers target() const {
        EditState state;
        state.seed = 4;
        return m_model.picture(m_model.rows(state));
    }

    ErrorCode codeOf(const std::function<void()>& action) const {
        try {
            action();
        } catch (const Failure& failure) {
            return failure.error().code;
        }
        return ErrorCode::Internal;
    }

  private Q_SLOTS:
    void bestSoFarFallsToTheEnd() {
        const auto trace = m_model.invert(target(), {.parameters = {{"steps", 40}, {"start-samples", 8}}});
        QCOMPARE(trace.steps, 40);
        QVERIFY(!trace.stopped);
        QCOMPARE(trace.bestLosses.size(), std::size_t{40});
        QVERIFY(std::is_sorted(trace.bestLosses.rbegin(), trace.bestLosses.rend()));
        QVERIFY(trace.bestLosses.back() < 0.7 * trace.bestLosses.front());
        QCOMPARE(trace.loss, trace.bestLosses.back());
        QCOMPARE(trace.ws.shape, (std::vector<long>{1, m_model.rowCount(), m_model.latentSize()}));
    }

    void resultIsThePictureOfItsRows() {
        const auto trace = m_model.invert(target(), {.parameters = {{"steps", 5}, {"start-samples", 0}}});
        QCOMPARE(m_model.picture(trace.ws), trace.image);
    }

    void picturesComeWhenDue() {
        const auto trace = m_model.invert(
            target(), {.parameters = {{"steps", 7}, {"start-samples", 0}, {"picture-interval", 3}}});
        QCOMPARE(trace.hadPicture, (std::vector<bool>{false, false, true, false, false, true, true}));
        QCOMPARE(trace.yields, 7L);
    }

    void stopReturnsTheBestSoFar() {
        const auto trace =
            m_model.invert(target(), {.parameters = {{"steps", 1000}, {"start-samples", 0}}, .stopAfter = 5});
        QVERIFY(trace.stopped);
        QCOMPARE(trace.steps, 5);
        QCOMPARE(trace.loss, trace.bestLosses.back());
    }

    void stopBeforeTheFirstStepIsCancelled() {
        QCOMPARE(codeOf([&] { m_model.invert(target(), {.isStopped = true}); }), ErrorCode::Cancelled);
    }

    void twoRunsAreEqual() {
        const probe::InversionCall call{.parameters = {{"steps", 6}, {"start-samples", 4}}};
        QCOMPARE(m_model.invert(target(), call).ws, m_model.invert(target(), call).ws);
    }

    void generatorCollectsNoGradients() {
        QVERIFY(!m_model.invert(target(), {.parameters = {{"steps", 2}}}).generatorHasGradients);
    }

    void latentWeightKeepsTheLatentUsual() {
        const auto distance = [&](double weight) {
            const auto trace = m_model.invert(
                target(), {.parameters = {{"steps", 30}, {"start-samples", 0}, {"latent-weight", weight}}});
            double sum = 0; // the mean of W of a fresh network is near 0
            for (const float value : trace.ws.values)
                sum += value * value;
            return sum;
        };
        QVERIFY(distance(10) < distance(0));
    }

    void wrongTargetAndParametersAreRefused() {
        probe::Numbers small = target();
        small.shape = {1, 3, 16, 64};
        QCOMPARE(codeOf([&] { m_model.invert(small, {}); }), ErrorCode::InvalidArgument);
        QCOMPARE(codeOf([&] {
                     m_model.invert(target(), {.parameters = {{"step", 1}}});
                 }),
                 ErrorCode::InvalidArgument);
    }
};

QTEST_GUILESS_MAIN(TestInversion)
#include "test_inversion.moc"
