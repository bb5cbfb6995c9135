// SPDX-License-Identifier: Apache-2.0
// The attribute network that ships, on portraits that it was not trained on: it must be as good as its card
// says.
#include "core/base/file.h"
#include "core/engine/square_pixels.h"
#include "core/train/attribute_table.h"
#include "core/train/attribute_trainer.h"
#include "tests/support/expect_failure.h"
#include "tests/support/shared_data.h"

#include <QTest>

using namespace cameo;
using namespace cameo::test;

namespace {

std::filesystem::path shippedFolder() {
    return std::filesystem::path(CAMEO_SOURCE_DIR) / "resources/models/attributes";
}

} // namespace

class TestPortraitAttributes : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void cardNamesTheVersion() {
        const auto measured =
            train::measureAttributeNetwork(shippedFolder() / "attributes.safetensors", {}, "cpu");
        QVERIFY(measured.accuracies.empty());
        QVERIFY(readTextFile(shippedFolder() / "MODEL_CARD.md").find(measured.version) != std::string::npos);
    }

    void accuracyIsThatOfTheCard() {
        const auto portraits = sharedFolder() / "portraits";
        if (!std::filesystem::exists(portraits / "manifest.csv"))
            QSKIP("There are no shared portraits");
        train::LabelledPictures pictures;
        for (const train::LabelledFile& labelled :
             train::readLabels(portraits / "manifest.csv", portraits / "attributes.csv", "dev")) {
            const auto pixels = planarSquare(labelled.file, static_cast<int>(train::attributeTrainingSide()));
            pictures.pixels.insert(pictures.pixels.end(), pixels.begin(), pixels.end());
            pictures.values.insert(pictures.values.end(), labelled.values.begin(), labelled.values.end());
        }
        const auto measured =
            train::measureAttributeNetwork(shippedFolder() / "attributes.safetensors", pictures, "cpu");
        QCOMPARE(measured.accuracies.size(), std::size_t{9});
        for (const train::AttributeAccuracy& accuracy : measured.accuracies) {
            // The card's worst are a correlation of 0.82 (pitch) and an AUC of 0.97 (baldness); rounding on
            // another processor moves the third decimal.
            if (accuracy.isProbability)
                QVERIFY2(accuracy.probability.auc && *accuracy.probability.auc > 0.96, accuracy.name.c_str());
            else
                QVERIFY2(accuracy.number.correlation && *accuracy.number.correlation > 0.81,
                         accuracy.name.c_str());
        }
        QVERIFY2(measured.accuracies[0].number.meanAbsoluteError < 5.2, "age: 5.1 years on the card");
    }

    void foreignNetworksAreRefused() {
        const auto generator =
            std::filesystem::path(CAMEO_SOURCE_DIR) / "resources/models/portraits/generator.safetensors";
        CAMEO_VERIFY_FAILURE(train::measureAttributeNetwork(generator, {}, "cpu"), ErrorCode::BadCheckpoint,
                             "no attribute network");
    }
};

QTEST_APPLESS_MAIN(TestPortraitAttributes)
#include "test_portrait_attributes.moc"
