// SPDX-License-Identifier: Apache-2.0
// The plate on the hole-filling cases of the shared data: known pixels stay, no seam shows, and layout and
// colour are as good as they were measured to be.
#include "core/composite/composite.h"
#include "core/image/codec.h"
#include "core/image/convert.h"
#include "tests/support/image_compare.h"
#include "tests/support/shared_data.h"

#include <QTest>
#include <algorithm>
#include <cmath>

using namespace cameo;
using namespace cameo::test;
namespace fs = std::filesystem;

namespace {

fs::path casesFolder() {
    return sharedFolder() / "fillbench" / "cases";
}

/// Mean difference of horizontal and vertical neighbours in levels: across the hole's border, and in a ring
/// around it.
struct Jumps {
    double border = 0, ring = 0;
};

Jumps measureJumps(const Image& image, const Mask& hole) {
    const Mask near = growMask(hole, 0, 24);
    double sums[2] = {}, counts[2] = {};
    const auto add = [&](int x, int y, int toX, int toY) {
        const bool isBorder = (hole.at(x, y) > 0) != (hole.at(toX, toY) > 0);
        if (!isBorder && (hole.at(x, y) > 0 || near.at(x, y) == 0 || near.at(toX, toY) == 0))
            return;
        const std::size_t a = (static_cast<std::size_t>(y) * image.width() + x) * 3;
        const std::size_t b = (static_cast<std::size_t>(toY) * image.width() + toX) * 3;
        for (std::size_t c = 0; c < 3; ++c)
            sums[isBorder] += std::abs(image.u8()[a + c] - image.u8()[b + c]) / 3.0;
        ++counts[isBorder];
    };
    for (int y = 0; y + 1 < image.height(); ++y)
        for (int x = 0; x + 1 < image.width(); ++x) {
            add(x, y, x + 1, y);
            add(x, y, x, y + 1);
        }
    return {sums[1] / counts[1], sums[0] / counts[0]};
}

/// Mean difference of horizontal neighbours in the hole, in levels: what texture there is.
double textureIn(const Image& image, const Mask& hole) {
    double sum = 0, count = 0;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x + 1 < image.width(); ++x)
            if (hole.at(x, y) > 0 && hole.at(x + 1, y) > 0) {
                const std::size_t i = (static_cast<std::size_t>(y) * image.width() + x) * 3;
                sum += std::abs(image.u8()[i] - image.u8()[i + 3]);
                ++count;
            }
    return sum / count;
}

/// PSNR at an eighth of the size, in the hole: layout and colour.
double coarsePsnr(const Image& filled, const Image& truth, const Mask& hole) {
    const int width = filled.width() / 8, height = filled.height() / 8;
    const Image a = resize(filled, width, height), b = resize(truth, width, height);
    const Mask inside = resize(hole, width, height);
    double squares = 0, count = 0;
    for (std::size_t i = 0; i < inside.alpha().size(); ++i)
        if (inside.alpha()[i] > 0.999f)
            for (std::size_t c = i * 3; c < i * 3 + 3; ++c) {
                squares += std::pow(a.u8()[c] - b.u8()[c], 2);
                ++count;
            }
    return 10 * std::log10(255 * 255 * count / squares);
}

} // namespace

class TestFillCases : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase();
    void cases_data();
    void cases();
    void cleanupTestCase();

  private:
    double m_sum = 0, m_texture = 0;
    int m_count = 0;
};

void TestFillCases::initTestCase() {
    if (!fs::is_directory(casesFolder()))
        QSKIP("the shared data is not here (CAMEO_SHARED_DIR)");
}

void TestFillCases::cases_data() {
    QTest::addColumn<QString>("name");
    for (const auto& entry : fs::directory_iterator(casesFolder() / "input"))
        if (entry.path().stem().string().ends_with("_512"))
            QTest::newRow(entry.path().stem().c_str())
                << QString::fromStdString(entry.path().filename().string());
}

void TestFillCases::cases() {
    QFETCH(QString, name);
    const std::string file = name.toStdString();
    const Image photo = toRgb(toU8(readImage(casesFolder() / "input" / file)));
    const Mask hole = maskFromImage(readImage(casesFolder() / "mask" / file));
    const Image filled = makeFiller()->fill({.photo = photo, .hole = hole});
    for (std::size_t i = 0; i < hole.alpha().size(); ++i)
        QVERIFY(hole.alpha()[i] > 0 ||
                std::equal(&filled.u8()[i * 3], &filled.u8()[i * 3] + 3, &photo.u8()[i * 3]));
    const Jumps jumps = measureJumps(filled, hole);
    // Joints of bricks that end at the border give 1.4 times the ring. Without the correction of the seam the
    // border was 9 levels above the truth on average.
    QVERIFY2(jumps.border < 1.5 * jumps.ring + 0.5,
             qPrintable(QStringLiteral("%1 across the border, %2 around").arg(jumps.border).arg(jumps.ring)));
    if (!fs::exists(casesFolder() / "gt" / file))
        return;
    const Image truth = toRgb(toU8(readImage(casesFolder() / "gt" / file)));
    m_sum += coarsePsnr(filled, truth, hole);
    m_texture += textureIn(filled, hole) / textureIn(truth, hole);
    ++m_count;
}

void TestFillCases::cleanupTestCase() {
    if (m_count < 8)
        return; // single cases were asked for
    // 20.9 dB were measured when the constants were chosen, and 0.2 dB less with other seeds; diffusion alone
    // reaches 19.8.
    QVERIFY2(m_sum / m_count > 20.4, qPrintable(QString::number(m_sum / m_count)));
    // A smooth surface keeps 0.6 of the texture.
    const double texture = m_texture / m_count;
    QVERIFY2(texture > 0.85 && texture < 1.15, qPrintable(QString::number(texture)));
}

QTEST_APPLESS_MAIN(TestFillCases)
#include "test_fill_cases.moc"
