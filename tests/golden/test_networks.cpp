// SPDX-License-Identifier: Apache-2.0
// Published model files, run by our networks, give the numbers that the published code gives.
#include "core/base/error.h"
#include "tests/golden/network_conformance.h"
#include "tests/support/shared_data.h"

#include <QTest>

#include <algorithm>

using namespace cameo;
using namespace cameo::test;

namespace {

/// Fails on the first array outside of its tolerance; returns how many were compared.
int verify(const ConformanceReport& report) {
    for (const ArrayCheck& check : report.checks) {
        const QByteArray text = QByteArray::fromStdString(check.array) + " differs by " +
                                QByteArray::number(check.difference) + ", allowed " +
                                QByteArray::number(check.tolerance);
        if (!(check.difference <= check.tolerance))
            QTest::qFail(text.constData(), __FILE__, __LINE__);
    }
    return static_cast<int>(report.checks.size());
}

QByteArray joined(const std::vector<std::string>& names) {
    QByteArray text;
    for (const std::string& name : names)
        text += QByteArray::fromStdString(name) + ' ';
    return text.trimmed();
}

} // namespace

class TestNetworks : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() {
        if (!std::filesystem::exists(conformanceFolder()))
            QSKIP("the conformance data are not unpacked");
    }

    void recordedArrays_data() {
        QTest::addColumn<QString>("model");
        QTest::addColumn<QString>("arrays");
        QTest::addColumn<bool>("useTrainingForm");
        QTest::addColumn<QString>("left"); // recorded results that this file cannot give
        const auto add = [](const char* model, const char* arrays, const char* left = "") {
            for (const bool training : {false, true})
                QTest::addRow("%s%s", model, training ? " (training form)" : "")
                    << QString::fromLatin1(model) << QString::fromLatin1(arrays) << training
                    << QString::fromLatin1(left);
        };
        add("safetensors_nv_uncond_32/generator_f32.safetensors", "nv_uncond_32",
            "d_score_batch d_score_in8 d_score_single");
    }

    void recordedArrays() {
        QFETCH(const QString, model);
        QFETCH(const QString, arrays);
        QFETCH(const bool, useTrainingForm);
        QFETCH(const QString, left);
        const ConformanceReport report = runNetworks({.model = conformanceFolder() / model.toStdString(),
                                                      .arrays = conformanceFolder() / arrays.toStdString(),
                                                      .useTrainingForm = useTrainingForm});
        QVERIFY(verify(report) >= 10);
        QCOMPARE(joined(report.left), left.toLatin1());
    }

    void discriminatorAlone() {
        const ConformanceReport report = runNetworks(
            {.model = conformanceFolder() / "safetensors_nv_uncond_32/discriminator_f32.safetensors",
             .arrays = conformanceFolder() / "nv_uncond_32"});
        QCOMPARE(verify(report), 3); // alone, batch, batch of 8
    }

    void halfPrecisionWeights_data() {
        QTest::addColumn<QString>("model");
        QTest::addColumn<QString>("array");
        QTest::newRow("float16") << QStringLiteral("generator_f16.safetensors")
                                 << QStringLiteral("img_const_psi1_f16");
        QTest::newRow("bfloat16") << QStringLiteral("generator_bf16.safetensors")
                                  << QStringLiteral("img_const_psi1_bf16");
    }

    void halfPrecisionWeights() {
        QFETCH(const QString, model);
        QFETCH(const QString, array);
        const std::filesystem::path folder = conformanceFolder() / "safetensors_nv_uncond_32";
        QCOMPARE(
            verify(runImage({.model = folder / model.toStdString(), .arrays = folder}, array.toStdString())),
            1);
    }
};

QTEST_APPLESS_MAIN(TestNetworks)
#include "test_networks.moc"
