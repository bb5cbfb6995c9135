// SPDX-License-Identifier: Apache-2.0
// Times on the embedded model: principal directions, the cluster mask, and the way from a slider to a picture
// with its mask. Shows figures and judges none of them; run it with nothing else running.
#include "tests/support/model_probe.h"

#include <QtTest>

using namespace cameo;

class BenchMasks : public QObject {
    Q_OBJECT

    probe::ModelProbe m_model = probe::ModelProbe::fromFolder(std::filesystem::path(CAMEO_SOURCE_DIR) /
                                                              "resources" / "models" / "portraits");

    EditState moved(double strength) const {
        EditState state;
        state.seed = 1;
        state.directions = {{"pc1", strength, 0, -1}};
        return state;
    }

  private Q_SLOTS:
    void initTestCase() { m_model.findDirections(4096, 20, 0); }

    void principalDirections() {
        QBENCHMARK {
            m_model.findDirections(4096, 20, 0);
        }
        QCOMPARE(m_model.directionIndex("pc20"), 19L);
    }

    void clusterMask_data() {
        QTest::addColumn<int>("variants");
        for (const int variants : {6, 8, 12, 16, 24, 32})
            QTest::addRow("%d variants", variants) << variants;
    }

    void clusterMask() {
        QFETCH(const int, variants);
        const ParameterValues parameters = {{"variants", static_cast<double>(variants)}};
        probe::Segmentation result;
        QBENCHMARK {
            result = m_model.clusters(moved(0), parameters, false);
        }
        QCOMPARE(result.mask.width(), static_cast<int>(m_model.resolution()));
    }

    void sliderToPicture() {
        double strength = 0;
        probe::Numbers picture;
        QBENCHMARK {
            picture = m_model.picture(m_model.rows(moved(strength += 0.01)));
        }
        QCOMPARE(picture.shape.at(2), m_model.resolution());
    }

    void sliderToPictureWithMask() {
        double strength = 0;
        probe::Segmentation result;
        QBENCHMARK {
            result = m_model.clusters(moved(strength += 0.01), {}, true);
        } // renders the picture first
        QCOMPARE(result.mask.width(), static_cast<int>(m_model.resolution()));
    }

    void inversionStep() {
        const auto target = m_model.picture(m_model.rows(moved(1)));
        probe::InversionTrace trace;
        QBENCHMARK {
            trace = m_model.invert(target, {.parameters = {{"steps", 10}, {"start-samples", 0}}});
        }
        QCOMPARE(trace.steps, 10);
        qInfo("ten steps each time");
    }
};

QTEST_GUILESS_MAIN(BenchMasks)
#include "bench_masks.moc"
