// SPDX-License-Identifier: Apache-2.0
// Random damage to layered files: reading gives an answer or throws a Failure, and nothing else happens.
// Worth most under the address sanitizer.
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/numpy_random.h"
#include "core/base/zip_writer.h"
#include "core/interchange/layered_file.h"
#include "core/interchange/zip.h"
#include "tests/support/layer_stacks.h"
#include "tests/support/temp_dir.h"

#include <QTest>
#include <fstream>

using namespace cameo;
using namespace cameo::test;

namespace {

constexpr int mutationsPerFormat = 800;

std::string mutate(std::string bytes, NumpyRandom& random) {
    const auto below = [&](std::size_t count) { return random.nextUint32() % count; };
    const std::size_t head = std::min<std::size_t>(bytes.size(), 1500); // most of the structure is there
    for (std::size_t i = 0, count = 1 + below(6); i < count; ++i) {
        char& byte = bytes[below(below(3) ? head : bytes.size())];
        constexpr char often[] = {'\0', '\xff', '\x7f', '<', '"', '9'};
        byte = below(2) ? often[below(sizeof(often))] : static_cast<char>(byte ^ 1 << below(8));
    }
    if (below(10) == 0)
        bytes.resize(1 + below(bytes.size()));
    if (below(10) == 0)
        bytes.insert(below(bytes.size()), bytes.substr(below(bytes.size()), below(40)));
    return bytes;
}

std::string textOf(const std::vector<std::byte>& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// An OpenRaster file with one damaged entry, whose checksum is right.
std::string damagedEntry(const std::filesystem::path& file, NumpyRandom& random) {
    const std::vector<std::string> names = {"mimetype",        "stack.xml",        "mergedimage.png",
                                            "data/layer0.png", "data/layer1.png",  "data/layer2.png",
                                            "data/layer3.png", "cameo/recipe.json"};
    const ZipReader reader(mapFile(file), file.string());
    std::string damaged;
    const ZipWriter::Append append = [&damaged](std::span<const std::byte> part) {
        damaged.append(reinterpret_cast<const char*>(part.data()), part.size());
    };
    ZipWriter writer(append, {});
    const std::size_t chosen = 1 + random.nextUint32() % 3; // the list, or a picture
    for (std::size_t i = 0; i < names.size(); ++i) {
        std::string content = textOf(reader.read(names[i], 1 << 20));
        if (i == chosen)
            content = mutate(std::move(content), random);
        const auto bytes = std::as_bytes(std::span(content));
        writer.addDeflated(names[i], bytes, deflated(bytes));
    }
    writer.finish();
    return damaged;
}

} // namespace

class TestLayeredMutations : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void openRaster() {
        const auto sound = m_folder / "sound.ora";
        writeOpenRaster(sound, makeLayerStack(PixelType::U8));
        const std::string bytes = readTextFile(sound);
        run([&](NumpyRandom& random, int i) {
            return i % 3 == 0 ? mutate(bytes, random) : damagedEntry(sound, random);
        });
    }
    void psd() {
        std::vector<std::string> sound;
        for (const PixelType type : {PixelType::U8, PixelType::U16}) {
            writePsd(m_folder / "sound.psd", makeLayerStack(type));
            sound.push_back(readTextFile(m_folder / "sound.psd"));
        }
        run([&](NumpyRandom& random, int i) {
            std::string bytes = mutate(sound[static_cast<std::size_t>(i % 2)], random);
            if (i % 3 != 0 && bytes.size() > 3000) { // the records of the layers
                const std::size_t at = bytes.find("8BIMnorm");
                if (at != std::string::npos)
                    bytes[at - 40 + random.nextUint32() % 400] = static_cast<char>(random.nextUint32());
            }
            return bytes;
        });
    }
    void tiff() {
        writeTiffPages(m_folder / "sound.tif", makeLayerStack(PixelType::U8));
        const std::string bytes = readTextFile(m_folder / "sound.tif");
        std::size_t directory = 0; // libtiff puts it behind the pixels
        for (int i = 7; i >= 4; --i)
            directory = directory << 8 | static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]);
        run([&](NumpyRandom& random, int i) {
            std::string damaged = mutate(bytes, random);
            for (int k = i % 4; k > 0 && damaged.size() == bytes.size(); --k)
                damaged[directory + random.nextUint32() % 260] = static_cast<char>(random.nextUint32());
            return damaged;
        });
    }

  private:
    template <typename F>
    void run(F&& make);
    TempDir m_folder;
};

template <typename F>
void TestLayeredMutations::run(F&& make) {
    NumpyRandom random(11);
    const auto file = m_folder / "mutant";
    int read = 0, failures = 0;
    const auto attempt = [&](auto&& work) {
        try {
            work();
            ++read;
        } catch (const Failure& failure) {
            QVERIFY2(failure.error().code == ErrorCode::BadImage ||
                         failure.error().code == ErrorCode::InvalidArgument,
                     failure.what());
            ++failures;
        }
    };
    for (int i = 0; i < mutationsPerFormat; ++i) {
        const std::string bytes = make(random, i);
        std::ofstream(file, std::ios::binary) << bytes;
        attempt([&] {
            if (const auto info = readLayeredFileInfo(file))
                (void)toJson(*info).dump();
        });
        if (bytes.starts_with("PK"))
            attempt([&] { readOpenRaster(file); });
    }
    QVERIFY2(read > mutationsPerFormat / 50, "the damage must not always be found at once");
    QVERIFY2(failures > mutationsPerFormat / 50, "the damage must matter");
}

QTEST_APPLESS_MAIN(TestLayeredMutations)
#include "test_layered_mutations.moc"
