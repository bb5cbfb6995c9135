// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/base/numpy_random.h"
#include "tests/support/model_probe.h"

#include <QtTest>

#include <cmath>
#include <set>

using namespace cameo;

namespace {

/// `perCluster` points around each of three far corners of a cube of side 10, in this order.
probe::Numbers threeClouds(long perCluster) {
    NumpyRandom random(3);
    probe::Numbers points{.shape = {3 * perCluster, 3}, .values = {}};
    for (long cluster = 0; cluster < 3; ++cluster)
        for (long i = 0; i < perCluster; ++i)
            for (long axis = 0; axis < 3; ++axis)
                points.values.push_back(
                    static_cast<float>((axis == cluster ? 10.0 : 0.0) + 0.3 * random.gauss()));
    return points;
}

} // namespace

class TestKMeans : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void findsKnownClusters() {
        constexpr long perCluster = 200;
        const auto found = probe::kMeans(threeClouds(perCluster), 3, 4, 0);
        std::set<long> labels;
        for (long cluster = 0; cluster < 3; ++cluster) {
            const long label = found.label[cluster * perCluster];
            labels.insert(label);
            for (long i = 0; i < perCluster; ++i)
                QCOMPARE(found.label[cluster * perCluster + i], label);
            for (long axis = 0; axis < 3; ++axis) {
                // The mean of 200 draws with deviation 0.3 is within 0.1 (4.7 standard errors) of the corner.
                const double expected = axis == cluster ? 10.0 : 0.0;
                QVERIFY(std::abs(found.centres.values[label * 3 + axis] - expected) < 0.1);
            }
        }
        QCOMPARE(labels.size(), std::size_t{3});
        // Three axes of variance 0.09; the sample variance of 1800 draws is within 15 % (4.5 standard
        // errors).
        QVERIFY(std::abs(found.inertia - 0.27) < 0.04);
    }

    void sameSeedSameClusters() {
        const auto points = threeClouds(50);
        const auto first = probe::kMeans(points, 5, 3, 7), second = probe::kMeans(points, 5, 3, 7);
        QCOMPARE(first.label, second.label);
        QCOMPARE(first.centres, second.centres);
    }

    void moreRestartsAreNeverWorse() {
        const auto points = threeClouds(50);
        // The restarts share one stream of random numbers only at the first draw, so compare with the best of
        // many.
        const double few = probe::kMeans(points, 6, 1, 1).inertia,
                     many = probe::kMeans(points, 6, 30, 1).inertia;
        QVERIFY(many <= few * 1.05);
    }

    void equalPointsLeaveClustersEmpty() {
        const probe::Numbers points{.shape = {10, 2}, .values = std::vector<float>(20, 0.5F)};
        const auto found = probe::kMeans(points, 3, 2, 0);
        QCOMPARE(std::set<long>(found.label.begin(), found.label.end()).size(), std::size_t{1});
        QVERIFY(found.inertia < 1e-9);
    }

    void noClustersIsAnError() { QVERIFY_THROWS_EXCEPTION(Failure, probe::kMeans(threeClouds(2), 0, 1, 0)); }

    void correlationIgnoresBrightnessAndContrast() {
        // Two pixels, four pictures of one channel: the second is the first with other gain and offset.
        const probe::Numbers images{.shape = {4, 1, 1, 2},
                                    .values = {0.1F, 0.7F, -0.4F, -0.3F, 0.2F, 0.9F, 0.5F, 1.5F}};
        const auto features = probe::correlationFeatures(images);
        QCOMPARE(features.shape, (std::vector<long>{2, 4}));
        for (int i = 0; i < 4; ++i) // float rounding of numbers below 1
            QVERIFY(std::abs(features.values[i] - features.values[4 + i]) < 1e-6);
    }

    void guidedMaskFollowsTheEdgeOfTheGuide() {
        // The mask's edge is 2 px beside that of a black and white guide, and blurred.
        constexpr int size = 16;
        probe::Numbers mask{.shape = {1, 1, size, size}, .values = {}},
            guide{.shape = {1, 1, size, size}, .values = {}};
        for (int i = 0; i < size * size; ++i) {
            const int x = i % size;
            mask.values.push_back(x < 6 ? 0.0F : x < 10 ? 0.5F : 1.0F);
            guide.values.push_back(x < 8 ? -1.0F : 1.0F);
        }
        const auto fitted = probe::guidedMask(mask, guide, 2, 1e-4);
        for (int y = 0; y < size; ++y) {
            QVERIFY(fitted.values[y * size + 7] < 0.4F);
            QVERIFY(fitted.values[y * size + 8] > 0.6F);
        }
    }

    void guidedMaskEnlargesToTheGuide() {
        const probe::Numbers mask{.shape = {1, 1, 8, 8}, .values = std::vector<float>(64, 0.75F)};
        const probe::Numbers guide{.shape = {1, 3, 32, 32}, .values = std::vector<float>(3 * 32 * 32, 0.1F)};
        const auto fitted = probe::guidedMask(mask, guide, 1, 1e-3);
        QCOMPARE(fitted.shape, (std::vector<long>{1, 1, 32, 32}));
        for (const float value : fitted.values) // a constant mask stays; float rounding
            QVERIFY(std::abs(value - 0.75F) < 1e-5F);
    }
};

QTEST_GUILESS_MAIN(TestKMeans)
#include "test_kmeans.moc"
