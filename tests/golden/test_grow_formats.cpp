// SPDX-License-Identifier: Apache-2.0
// Published formats grow: clamps, layers without noise, other memory layouts and rosinality's files included.
#include "core/base/error.h"
#include "core/checkpoint/checkpoint.h"
#include "core/train/grow.h"
#include "tests/support/expect_failure.h"
#include "tests/support/shared_data.h"
#include "tests/unit/grow_probe.h"

#include <QTest>

using namespace cameo;
using namespace cameo::test;

class TestGrowFormats : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase() {
        if (!std::filesystem::exists(conformanceFolder()))
            QSKIP("the conformance data are not unpacked");
    }

    void grownNetworksDoTheSame_data() {
        QTest::addColumn<QString>("model");
        for (const char* model :
             {"ros_64/model_zip.pt", "ros_64/model_train_cuda_legacy.pt", "nv_uncond_32/model.pkl",
              "nv_fp16cfg_clamp_64/model.pkl", "nv_nhwc_32/model.pkl", "nv_nonoise_16/model.pkl",
              "tf_uncond_32/model.pkl"})
            QTest::newRow(model) << QString::fromLatin1(model);
    }

    void grownNetworksDoTheSame() {
        QFETCH(QString, model);
        const auto opened = checkpoint::Checkpoint::open(conformanceFolder() / model.toStdString());
        std::optional<checkpoint::DiscriminatorRecord> discriminator;
        if (opened.hasDiscriminator())
            discriminator = opened.discriminator();
        const GrowthFacts facts = examineGrowth(opened.generator(), discriminator);
        QVERIFY(facts.keepsMeanW);
        QVERIFY(facts.pictureSize > 0);
        // Rounding, as in test_grow.
        QVERIFY2(facts.pictures <= 1e-5 * facts.pictureSize, qPrintable(QString::number(facts.pictures)));
        QVERIFY2(facts.scores <= 1e-4 * facts.scoreSize, qPrintable(QString::number(facts.scores)));
        QCOMPARE(facts.freshScores > 100 * facts.scores, discriminator.has_value());
    }

    void othersAreRefused() {
        const auto opened =
            checkpoint::Checkpoint::open(conformanceFolder() / "nv_origG_origD_gray_32/model.pkl");
        CAMEO_VERIFY_FAILURE(train::grown(opened.generator(), 1), ErrorCode::UnsupportedModel, "'orig'");
        CAMEO_VERIFY_FAILURE(train::grown(opened.discriminator(), 1), ErrorCode::UnsupportedModel, "'orig'");
    }
};

QTEST_APPLESS_MAIN(TestGrowFormats)
#include "test_grow_formats.moc"
