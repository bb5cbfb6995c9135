// SPDX-License-Identifier: Apache-2.0
// make_seeds FOLDER: short, complete files of every container, from which fuzzing starts. One folder per
// target.
#include "core/base/file.h"
#include "core/checkpoint/spec_json.h"
#include "tests/support/model_writer.h"

#include <cstdio>

int main(int argc, char** argv) {
    using namespace cameo;
    using namespace cameo::checkpoint;
    if (argc != 2) {
        std::puts("usage: make_seeds FOLDER");
        return 2;
    }
    const std::filesystem::path root = argv[1];
    for (const char* target : {"pickle", "torch_zip", "torch_legacy", "safetensors", "json"})
        ensureWritableFolder(root / target);
    const GeneratorRecord generator = test::tinyGenerator();
    const DiscriminatorRecord discriminator = test::tinyDiscriminator();
    const std::string specs =
        Json::array({specToJson(generator.spec), specToJson(discriminator.spec)}).dump();
    writeFileAtomically(root / "pickle/nvidia3", test::nvidiaSnapshot(3));
    writeFileAtomically(root / "pickle/nvidia4", test::nvidiaSnapshot(4));
    writeFileAtomically(root / "pickle/tensorflow", test::tensorFlowSnapshot());
    writeFileAtomically(root / "torch_zip/rosinality", test::torchZipFile());
    writeFileAtomically(root / "torch_zip/plain",
                        test::zipArchive({{"a/data.pkl", "\x80\x02}."}, {"a/data/0", "1234"}}));
    writeFileAtomically(root / "torch_legacy/rosinality", test::torchLegacyFile());
    writeFileAtomically(root / "torch_legacy/payload", test::storagePayload({1, 2, 3}));
    writeSafetensors(root / "safetensors/generator", generator.tensors, DType::F32, {{"cameo.spec", specs}});
    writeSafetensors(root / "safetensors/discriminator", discriminator.tensors, DType::BF16,
                     {{"note", "seed"}});
    writeFileAtomically(root / "json/generator", specToJson(generator.spec).dump(1));
    writeFileAtomically(root / "json/discriminator", specToJson(discriminator.spec).dump());
    writeFileAtomically(root / "json/values",
                        R"([null, true, false, -1.5e3, 0, "\u00e9\ud83d\ude00\n", {"a": {}}, []])");
    return 0;
}
