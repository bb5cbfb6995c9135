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

/// Fails on every array outside of its tolerance; says how near the worst came; returns how many were
/// compared.
int verify(const ConformanceReport& report) {
    double worst = 0;
    for (const ArrayCheck& check : report.checks)
        if (check.tolerance < 1) // bytes may differ by 1 where a value lies on the edge
            worst = std::max(worst, check.difference / check.tolerance);
    qInfo("%d arrays, the worst at %.0f %% of its tolerance", static_cast<int>(report.checks.size()),
          worst * 100);
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
        for (const char* set : {"nv_uncond_32", "nv_cond_64", "nv_fp16cfg_clamp_64", "nv_nhwc_32",
                                "nv_nonoise_16", "nv_origG_origD_gray_32", "sg3_uncond_32", "sg3_cond_64"})
            add((std::string(set) + "/model.pkl").c_str(), set);
        add("nv_uncond_32/model_proto3.pkl", "nv_uncond_32");
        add("tf_uncond_32/model.pkl", "nv_uncond_32");
        add("tf_uncond_32/model_proto3.pkl", "nv_uncond_32");
        add("safetensors_nv_uncond_32/generator_f32.safetensors", "nv_uncond_32",
            "d_score_batch d_score_in8 d_score_single");
        for (const char* file : {"model_zip.pt", "model_legacy.pt", "model_torch2_layout.pt"})
            add((std::string("ros_64/") + file).c_str(), "ros_64");
        // Training files hold no mean of W, so that their truncation is not the recorded one.
        for (const char* file : {"model_train_cuda_zip.pt", "model_train_cuda_legacy.pt"})
            add((std::string("ros_64/") + file).c_str(), "ros_64",
                "img_const_psi0.7 img_const_psi0.7_u8 latent_psi0.7");
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

    void layeredGenerator() {
        const std::filesystem::path folder = conformanceFolder() / "l4f_bg_extractor_256";
        const ConformanceReport report =
            runLayeredGenerator({.model = folder / "generator.pt", .arrays = folder});
        QCOMPARE(verify(report), 6); // latents, four features, image
        // What the alpha network and the background generator make belongs to them.
        QCOMPARE(joined(report.left), QByteArray("alpha_mask composite img_bg"));
    }

    void discriminatorAlone() {
        const ConformanceReport report = runNetworks(
            {.model = conformanceFolder() / "safetensors_nv_uncond_32/discriminator_f32.safetensors",
             .arrays = conformanceFolder() / "nv_uncond_32"});
        QCOMPARE(verify(report), 3); // alone, batch, batch of 8
    }

    void givenModel() {
        const std::filesystem::path folder = sharedFolder() / "models/portraits64";
        if (!std::filesystem::exists(folder))
            QSKIP("the given portrait model is absent");
        const std::filesystem::path images = folder / "expected_psi0.7_seeds0-3.npy";
        const PictureDifference exact = comparePictures(folder / "generator.safetensors", images, 0.7, false);
        QVERIFY2(exact.largest <= 2e-5 * exact.range,
                 QByteArray::number(exact.largest).constData()); // the archive's rule
        // bfloat16 keeps 8 bits of every feature; the sums are float32. Measured: 0.016 and 0.0012.
        const PictureDifference coarse = comparePictures(folder / "generator.safetensors", images, 0.7, true);
        qInfo("bfloat16 differs by %.4f at most, %.5f in the mean", coarse.largest, coarse.mean);
        QVERIFY(coarse.largest > 10 * exact.largest); // or it was not bfloat16 at all
        QVERIFY(coarse.largest <= 0.03);
        QVERIFY(coarse.mean <= 0.0025);
    }

    void bfloat16OfConformanceSet() {
        const std::filesystem::path folder = conformanceFolder() / "nv_uncond_32";
        const PictureDifference difference =
            comparePictures(folder / "model.pkl", folder / "img_const_psi1.npy", 1, true);
        qInfo("bfloat16 differs by %.4f at most, %.5f in the mean", difference.largest, difference.mean);
        QVERIFY(difference.largest <= 0.03); // as above
        QVERIFY(difference.mean <= 0.0025);
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
