// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "tests/support/model_probe.h"

#include <QtTest>

#include <cmath>

using namespace cameo;

namespace {

QString messageOf(const std::function<void()>& action) {
    try {
        action();
    } catch (const Failure& failure) {
        return failure.error().code == ErrorCode::InvalidArgument
                   ? QString::fromStdString(failure.error().text())
                   : QStringLiteral("another code");
    }
    return {};
}

} // namespace

class TestLatentAlgebra : public QObject {
    Q_OBJECT

    probe::ModelProbe m_model = probe::ModelProbe::tiny();
    probe::Directions m_directions;

    EditState seeded() const {
        EditState state;
        state.seed = 5;
        return state;
    }

    EditState withLatent(LatentSpace space, long rows, long dim) const {
        EditState state;
        std::vector<float> values(static_cast<std::size_t>(rows * dim));
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = std::sin(static_cast<float>(i));
        state.latent = Latent{space, rows, dim, std::make_shared<const std::vector<float>>(values)};
        return state;
    }

  private Q_SLOTS:
    void initTestCase() { m_directions = m_model.findDirections(2000, 8, 0); }

    void componentsAreOrthonormal() {
        const long count = m_directions.components.shape[0], dim = m_directions.components.shape[1];
        QCOMPARE(count, 8L);
        for (long a = 0; a < count; ++a)
            for (long b = 0; b <= a; ++b) {
                double product = 0;
                for (long i = 0; i < dim; ++i)
                    product += m_directions.components.values[a * dim + i] *
                               m_directions.components.values[b * dim + i];
                QVERIFY(std::abs(product - (a == b ? 1.0 : 0.0)) <
                        1e-5); // float32 storage of float64 vectors
            }
    }

    void variancesFallAndSharesAreBelowOne() {
        double sum = 0;
        for (std::size_t i = 0; i < 8; ++i) {
            QVERIFY(i == 0 || m_directions.deviations.values[i] <= m_directions.deviations.values[i - 1]);
            QVERIFY(m_directions.explained.values[i] > 0);
            sum += m_directions.explained.values[i];
        }
        QVERIFY(sum <= 1 + 1e-6);
    }

    void largestCoordinateIsPositive() {
        const long dim = m_directions.components.shape[1];
        for (long k = 0; k < 8; ++k) {
            float largest = 0;
            for (long i = 0; i < dim; ++i)
                if (const float value = m_directions.components.values[k * dim + i];
                    std::abs(value) > std::abs(largest))
                    largest = value;
            QVERIFY(largest > 0);
        }
    }

    void directionsAreDeterministic() {
        const auto again = m_model.findDirections(2000, 8, 0);
        QCOMPARE(again.components, m_directions.components);
        QCOMPARE(again.deviations, m_directions.deviations);
    }

    void namesOfDirections() {
        QCOMPARE(m_model.directionIndex("pc1"), 0L);
        QCOMPARE(m_model.directionIndex("pc8"), 7L);
        for (const char* name : {"pc0", "pc9", "pc", "pc1x", "smile", "", "pc-1", "pc99999999999999999999"})
            QVERIFY2(messageOf([&] { m_model.directionIndex(name); }).contains(QStringLiteral("direction")),
                     name);
    }

    void zeroStrengthIsIdentity() {
        EditState state = seeded();
        const auto plain = m_model.rows(state);
        state.directions = {{"pc1", 0, 0, -1}, {"pc3", 0, 2, 4}};
        QCOMPARE(m_model.rows(state), plain);
    }

    void strengthIsInStandardDeviationsOnItsRows() {
        EditState state = seeded();
        const auto plain = m_model.rows(state);
        state.directions = {{"pc2", 1.5, 1, 2}};
        const auto edited = m_model.rows(state);
        const long rows = m_model.rowCount(), dim = m_model.latentSize();
        for (long row = 0; row < rows; ++row)
            for (long i = 0; i < dim; ++i) {
                const double moved = edited.values[row * dim + i] - plain.values[row * dim + i];
                const double expected = row == 1 || row == 2 ? 1.5 * m_directions.deviations.values[1] *
                                                                   m_directions.components.values[dim + i]
                                                             : 0;
                QVERIFY(std::abs(moved - expected) < 1e-5); // float rounding of numbers near 1
            }
    }

    void mixingWithTheSameSeedIsIdentity() {
        EditState state = seeded();
        const auto plain = m_model.rows(state);
        state.mix = StyleMix{.seed = state.seed, .crossover = 3};
        QCOMPARE(m_model.rows(state), plain);
    }

    void mixingTakesTheLaterRowsOfTheOther() {
        EditState state = seeded(), other = seeded();
        other.seed = 6;
        const auto mine = m_model.rows(state), theirs = m_model.rows(other);
        state.mix = StyleMix{.seed = 6, .crossover = 3};
        const auto mixed = m_model.rows(state);
        const auto split = 3 * m_model.latentSize();
        QVERIFY(std::equal(mixed.values.begin(), mixed.values.begin() + split, mine.values.begin()));
        QVERIFY(std::equal(mixed.values.begin() + split, mixed.values.end(), theirs.values.begin() + split));
        state.mix->crossover = static_cast<int>(m_model.rowCount()) + 1;
        QVERIFY(messageOf([&] { m_model.rows(state); }).contains(QStringLiteral("Style mixing")));
    }

    void editsComeAfterTheMix() {
        EditState state = seeded();
        state.mix = StyleMix{.seed = 6, .crossover = 0};
        const auto mixed = m_model.rows(state);
        state.directions = {{"pc1", 1, 0, -1}};
        const auto edited = m_model.rows(state);
        for (long i = 0; i < m_model.latentSize(); ++i) { // float rounding of numbers near 1
            const double expected = m_directions.deviations.values[0] * m_directions.components.values[i];
            QVERIFY(std::abs(edited.values[i] - mixed.values[i] - expected) < 1e-5);
        }
    }

    void latentReplacesTheSeedAndPsi() {
        EditState state = withLatent(LatentSpace::WPlus, m_model.rowCount(), m_model.latentSize());
        state.psi = 0.3;
        QCOMPARE(m_model.rows(state).values, *state.latent->values);
        EditState w = withLatent(LatentSpace::W, 1, m_model.latentSize());
        const auto rows = m_model.rows(w);
        QCOMPARE(rows.shape, (std::vector<long>{1, m_model.rowCount(), m_model.latentSize()}));
        QVERIFY(std::equal(w.latent->values->begin(), w.latent->values->end(),
                           rows.values.end() - m_model.latentSize()));
    }

    void foreignLatentIsRefused() {
        const EditState rows = withLatent(LatentSpace::WPlus, m_model.rowCount() + 8, m_model.latentSize());
        const QString message = messageOf([&] { m_model.rows(rows); });
        QVERIFY(message.contains(QStringLiteral("16 rows")) && message.contains(QStringLiteral("takes 8")));
        const EditState columns = withLatent(LatentSpace::WPlus, m_model.rowCount(), 512);
        QVERIFY(messageOf([&] { m_model.rows(columns); }).contains(QStringLiteral("512 columns")));
        EditState hollow = withLatent(LatentSpace::WPlus, m_model.rowCount(), m_model.latentSize());
        hollow.latent->values = nullptr;
        QVERIFY(messageOf([&] { m_model.rows(hollow); }).contains(QStringLiteral("holds 0 numbers")));
    }

    void rowsOutsideOfTheModelAreRefused() {
        for (const DirectionEdit& edit :
             {DirectionEdit{"pc1", 1, 0, 8}, DirectionEdit{"pc1", 1, -1, 2}, DirectionEdit{"pc1", 1, 4, 3}}) {
            EditState state = seeded();
            state.directions = {edit};
            QVERIFY(messageOf([&] { m_model.rows(state); }).contains(QStringLiteral("rows 0 to 7")));
        }
    }

    void classes() {
        EditState state = seeded();
        state.classIndex = 0;
        QVERIFY(messageOf([&] { m_model.rows(state); }).contains(QStringLiteral("no classes")));
        const auto conditional = probe::ModelProbe::tiny(3);
        const auto first = conditional.rows(state);
        state.classIndex.reset();
        QCOMPARE(conditional.rows(state), first);
        state.classIndex = 2;
        QVERIFY(conditional.rows(state) != first);
        for (const int index : {3, -1}) {
            state.classIndex = index;
            QVERIFY(messageOf([&] { conditional.rows(state); }).contains(QStringLiteral("classes 0 to 2")));
        }
    }
};

QTEST_GUILESS_MAIN(TestLatentAlgebra)
#include "test_latent_algebra.moc"
