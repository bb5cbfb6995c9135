// SPDX-License-Identifier: Apache-2.0
// The composite against pictures that NumPy computed in double precision (tests/data/composite/make.py),
// through the whole way: files in, cut-out, layers out, layers in, composite again.
#include "core/composite/composite.h"
#include "core/image/codec.h"
#include "core/image/convert.h"
#include "core/interchange/layers.h"
#include "tests/support/image_compare.h"
#include "tests/support/temp_dir.h"

#include <QTest>

using namespace cameo;
using namespace cameo::test;

namespace {

Image load(const char* name) {
    return readImage(std::filesystem::path(CAMEO_SOURCE_DIR) / "tests/data/composite" /
                     (std::string(name) + ".png"));
}

} // namespace

class TestCompositePicture : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void equalsNumpy();
    void layersMakeTheSamePicture();
};

void TestCompositePicture::equalsNumpy() {
    const Image made = compositeOver(load("person"), maskFromImage(load("mask")), load("ground"));
    const ImageDifference difference = compareImages(made, load("composite"));
    // Rounding at the middle between two levels may go either way in single precision.
    QVERIFY2(difference.maximum <= 1 && difference.psnr > 70, difference.text().c_str());
}

void TestCompositePicture::layersMakeTheSamePicture() {
    const TempDir folder;
    const Image person = load("person"), ground = load("ground");
    const Mask mask = maskFromImage(load("mask"));
    const Image composite = compositeOver(person, mask, ground);
    LayerStack stack{.width = ground.width(), .height = ground.height()};
    stack.layers.push_back({.name = "Ground", .id = "ground", .image = ground});
    stack.layers.push_back({.name = "Person", .id = "person", .image = cutOut(person, mask)});
    stack.layers.push_back({.name = "Mask", .id = "mask", .image = load("mask"), .visible = false});
    stack.layers.push_back({.name = "Composite", .id = "composite", .image = composite, .visible = false});
    writeLayerFolder(folder.path(), stack);
    const LayerStack back = readLayerFolder(folder.path());
    const Image again =
        compositeOver(back.layers[1].image, maskFromImage(back.layers[1].image), back.layers[0].image);
    QVERIFY(again == back.layers[3].image && again == composite);
    QVERIFY(maskFromImage(back.layers[1].image) == maskFromImage(back.layers[2].image));
}

QTEST_APPLESS_MAIN(TestCompositePicture)
#include "test_composite_picture.moc"
