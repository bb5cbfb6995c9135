// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "tests/support/model_probe.h"

#include <QtTest>

#include <algorithm>
#include <cmath>

using namespace cameo;

class TestClusters : public QObject {
    Q_OBJECT

    probe::ModelProbe m_model = probe::ModelProbe::tiny();

    EditState seeded() const {
        EditState state;
        state.seed = 11;
        return state;
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
    void batchOfVariantsEqualsSingleRenders_data() {
        QTest::addColumn<long>("crossover");
        for (const long crossover : {8L, 16L, 32L, 512L})
            QTest::addRow("%ld px", crossover) << crossover;
    }

    void batchOfVariantsEqualsSingleRenders() {
        QFETCH(const long, crossover);
        const auto [together, single] = m_model.variantsTwice(seeded(), 3, std::min(crossover, 32L));
        QCOMPARE(together.shape, single.shape);
        float largest = 0, difference = 0;
        for (std::size_t i = 0; i < together.values.size(); ++i) {
            largest = std::max(largest, std::abs(single.values[i]));
            difference = std::max(difference, std::abs(together.values[i] - single.values[i]));
        }
        QVERIFY(difference <= 1e-5F * std::max(1.0F, largest)); // sums in another order
    }

    void firstVariantIsThePicture() {
        const auto variants = m_model.variantsTwice(seeded(), 2, 16).first;
        const auto picture = m_model.picture(m_model.rows(seeded()));
        for (std::size_t i = 0; i < picture.values.size(); ++i) // sums in another order
            QVERIFY(std::abs(variants.values[i] - picture.values[i]) <=
                    1e-5F * std::max(1.0F, std::abs(picture.values[i])));
        const bool isOther = !std::equal(picture.values.begin(), picture.values.end(),
                                         variants.values.begin() + static_cast<long>(picture.values.size()));
        QVERIFY(isOther);
    }

    void twoRunsGiveTheSameMask() {
        const auto first = m_model.clusters(seeded(), {}, true),
                   second = m_model.clusters(seeded(), {}, true);
        QVERIFY(first.mask == second.mask);
        QCOMPARE(first.label, second.label);
        QCOMPARE(first.isForeground, second.isForeground);
    }

    void maskHasTheModelsSizeAndRange_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<double>("value");
        QTest::addRow("defaults") << QString() << 0.0;
        QTest::addRow("small working size") << QStringLiteral("size") << 16.0;
        QTest::addRow("working size above the model's") << QStringLiteral("size") << 256.0;
        QTest::addRow("raw colours") << QStringLiteral("feature") << 0.0;
        QTest::addRow("correlation") << QStringLiteral("feature") << 1.0;
        QTest::addRow("hard edges") << QStringLiteral("edge") << 0.0;
        QTest::addRow("no guide") << QStringLiteral("guide-radius") << 0.0;
        QTest::addRow("several pieces") << QStringLiteral("pieces") << 0.0;
        QTest::addRow("crossover above the model's") << QStringLiteral("crossover") << 1024.0;
        QTest::addRow("no variety") << QStringLiteral("donor-psi") << 0.0;
    }

    void maskHasTheModelsSizeAndRange() {
        QFETCH(const QString, name);
        QFETCH(const double, value);
        ParameterValues parameters;
        if (!name.isEmpty())
            parameters[name.toStdString()] = value;
        const auto result = m_model.clusters(seeded(), parameters, true);
        QCOMPARE(result.mask.width(), 32);
        QCOMPARE(result.mask.height(), 32);
        for (const float alpha : result.mask.alpha())
            QVERIFY(alpha >= 0 && alpha <= 1);
        QCOMPARE(result.label.size(),
                 static_cast<std::size_t>(result.size) * static_cast<std::size_t>(result.size));
        QCOMPARE(result.isForeground.size(), static_cast<std::size_t>(result.clusters));
        QVERIFY(*std::max_element(result.label.begin(), result.label.end()) < result.clusters);
        QVERIFY(std::count(result.isForeground.begin(), result.isForeground.end(), false) >= 1);
    }

    void hardEdgesAreHard() {
        const auto result = m_model.clusters(seeded(), {{"edge", 0}, {"guide-radius", 0}}, false);
        for (const float alpha : result.mask.alpha())
            QVERIFY(alpha == 0 || alpha == 1);
    }

    void stopEndsWithCancelled() {
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(codeOf([&] { m_model.clusters(seeded(), {}, false, stop.get_token()); }),
                 ErrorCode::Cancelled);
    }

    void wrongParametersAreRefused() {
        QCOMPARE(codeOf([&] {
                     m_model.clusters(seeded(), {{"variant", 3}}, false);
                 }),
                 ErrorCode::InvalidArgument);
        QCOMPARE(codeOf([&] {
                     m_model.clusters(seeded(), {{"clusters", 1}}, false);
                 }),
                 ErrorCode::InvalidArgument);
    }
};

QTEST_GUILESS_MAIN(TestClusters)
#include "test_clusters.moc"
