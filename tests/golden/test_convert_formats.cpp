// SPDX-License-Identifier: Apache-2.0
// Every network of the conformance archive converts to every layout that can hold it and comes back the same;
// rosinality's own file gets exactly the tensors that rosinality's code asks for.
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/checkpoint/convert.h"
#include "core/checkpoint/rosinality_export.h"
#include "core/checkpoint/spec_json.h"
#include "tests/support/shared_data.h"
#include "tests/support/temp_dir.h"

#include <QTest>

using namespace cameo;
using namespace cameo::checkpoint;
using namespace cameo::test;

namespace {

/// Names of tensors whose numbers differ, or that only one side has.
std::string differences(const TensorMap& a, const TensorMap& b) {
    std::string names;
    for (const auto& [name, record] : a)
        if (!b.contains(name) || b.at(name).shape != record.shape || toFloats(b.at(name)) != toFloats(record))
            names += name + " ";
    for (const auto& [name, record] : b)
        if (!a.contains(name))
            names += name + " ";
    return names;
}

/// Shapes as torch's own state_dict lists them, against ours.
std::string shapeDifferences(const std::filesystem::path& list, const TensorMap& tensors) {
    const Json expected = Json::parse(readTextFile(list));
    std::string names;
    for (const auto& [name, shape] : expected.asObject()) {
        std::vector<long> sides;
        for (const Json& side : shape.asArray())
            sides.push_back(side.asInteger());
        if (!tensors.contains(name) || tensors.at(name).shape != sides)
            names += name + " ";
    }
    for (const auto& [name, record] : tensors)
        if (!expected.find(name))
            names += name + " ";
    return names;
}

} // namespace

class TestConvertFormats : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase() {
        if (!std::filesystem::exists(conformanceFolder()))
            QSKIP("the conformance data are not unpacked");
    }

    void rosinalityGetsItsOwnTensors() {
        const std::filesystem::path folder = conformanceFolder() / "ros_64";
        const Checkpoint opened = Checkpoint::open(folder / "model_zip.pt");
        const TensorMap generator = rosinalityTensors(opened.generator());
        const TensorMap discriminator = rosinalityTensors(opened.discriminator());
        QCOMPARE(shapeDifferences(folder / "tensor_names_g.json", generator), std::string());
        QCOMPARE(shapeDifferences(folder / "tensor_names_d.json", discriminator), std::string());
        // The numbers too, blur kernels included.
        QCOMPARE(differences(generator, opened.tensors("g_ema")), std::string());
        QCOMPARE(differences(discriminator, opened.tensors("d")), std::string());
    }

    void everyNetworkComesBack_data() {
        QTest::addColumn<QString>("model");
        QTest::addColumn<QString>("refusal"); // of the rosinality layout; empty: it can be written
        const auto add = [](const char* model, const char* refusal) {
            QTest::newRow(model) << QString::fromLatin1(model) << QString::fromLatin1(refusal);
        };
        for (const char* file :
             {"ros_64/model_zip.pt", "ros_64/model_legacy.pt", "ros_64/model_train_cuda_zip.pt",
              "ros_64/model_train_cuda_legacy.pt", "ros_64/model_torch2_layout.pt",
              "l4f_bg_extractor_256/generator.pt", "nv_uncond_32/model.pkl", "tf_uncond_32/model.pkl",
              "safetensors_nv_uncond_32/generator_f32.safetensors",
              "safetensors_nv_uncond_32/discriminator_f32.safetensors"})
            add(file, "");
        add("nv_cond_64/model.pkl", "class labels");
        add("nv_fp16cfg_clamp_64/model.pkl", "--without-clamps");
        add("nv_nhwc_32/model.pkl", "--without-clamps");
        add("nv_origG_origD_gray_32/model.pkl", "'orig'");
    }

    void everyNetworkComesBack() {
        QFETCH(QString, model);
        QFETCH(QString, refusal);
        const TempDir folder;
        const std::filesystem::path file = conformanceFolder() / model.toStdString();
        const Checkpoint original = Checkpoint::open(file);
        const std::vector<std::pair<ModelLayout, std::string>> targets = {
            {ModelLayout::Cameo, "folder"},
            {ModelLayout::Nvidia, "out.safetensors"},
            {ModelLayout::Rosinality, "out.pt"},
            {ModelLayout::Rosinality, "names.safetensors"}};
        for (const auto& [layout, name] : targets) {
            const Conversion conversion{.files = {file}, .output = folder / name, .layout = layout};
            if (layout == ModelLayout::Rosinality && !refusal.isEmpty()) {
                try {
                    convertModel(conversion);
                    QFAIL("it was written");
                } catch (const Failure& failure) {
                    QVERIFY2(QString::fromStdString(failure.error().text()).contains(refusal),
                             failure.error().text().c_str());
                }
                continue;
            }
            const ConversionReport report = convertModel(conversion);
            if (original.hasGenerator())
                compare(original.generator(), Checkpoint::open(report.files.front()).generator());
            if (original.hasDiscriminator())
                compare(original.discriminator(), Checkpoint::open(report.files.back()).discriminator());
        }
    }

  private:
    template <typename Record>
    static void compare(const Record& before, const Record& after) {
        QCOMPARE(differences(before.tensors, after.tensors), std::string());
        QCOMPARE(before.spec.resolution, after.spec.resolution);
        QCOMPARE(before.spec.resampleFilter, after.spec.resampleFilter);
    }
};

QTEST_APPLESS_MAIN(TestConvertFormats)
#include "test_convert_formats.moc"
