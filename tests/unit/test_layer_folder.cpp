// SPDX-License-Identifier: Apache-2.0
// The folder of layers: what is exported comes back, and a failed export leaves nothing of itself.
#include "core/base/file.h"
#include "core/image/codec.h"
#include "core/interchange/layers.h"
#include "tests/support/expect_failure.h"
#include "tests/support/file_size_limit.h"
#include "tests/support/image_compare.h"
#include "tests/support/temp_dir.h"

#include <QTest>
#include <unistd.h>

using namespace cameo;
using namespace cameo::test;

namespace {

LayerStack makeStack() {
    LayerStack stack{.width = 40, .height = 30, .resolution = 300.0};
    stack.layers.push_back({.name = "Ground (filled)", .id = "ground", .image = makeTestPicture(40, 30, 3)});
    stack.layers.push_back({.name = "Persönlich \"1\"",
                            .id = "person",
                            .image = makeTestPicture16(20, 10, 4),
                            .x = -5,
                            .y = 7,
                            .opacity = 0.1 + 0.2,
                            .blendMode = "multiply"});
    stack.layers.push_back(
        {.name = "Mask", .id = "mask", .image = makeTestPicture(40, 30, 1), .visible = false});
    stack.layers.push_back({.name = "Composite", .id = "composite", .image = makeTestPicture(40, 30, 3)});
    stack.recipe = Json::object(
        {{"state", Json::object({{"psi", 0.7}, {"model", "ä"}})}, {"list", Json::array({1, 2})}});
    return stack;
}

/// Root may write everywhere: while this lives, the process is somebody else.
class NotRoot {
  public:
    NotRoot() : m_before(::geteuid()) {
        if (m_before == 0 && ::seteuid(65534) != 0)
            qFatal("cannot become another user");
    }
    ~NotRoot() {
        if (m_before == 0 && ::seteuid(0) != 0)
            qFatal("cannot become root again");
    }
    NotRoot(const NotRoot&) = delete;
    NotRoot& operator=(const NotRoot&) = delete;

  private:
    uid_t m_before;
};

void rewriteIndex(const TempDir& folder, const std::string& key, Json value) {
    Json index = Json::parse(readTextFile(folder / "layers.json"));
    index.set(key, std::move(value));
    writeFileAtomically(folder / "layers.json", index.dump());
}

} // namespace

class TestLayerFolder : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void comesBack();
    void namesWhatOthersNeed();
    void recipeIsInTheComposite();
    void exportsAreReproducible();
    void fullDiskLeavesTheOldExport();
    void unusableFoldersAreRefused();
    void readOnlyFolderIsRefused();
    void unusableStacksAreRefused();
    void brokenFoldersAreRefused();
};

void TestLayerFolder::comesBack() {
    const TempDir folder;
    const LayerStack stack = makeStack();
    const auto files = writeLayerFolder(folder / "new" / "deep", stack);
    QCOMPARE(files.size(), std::size_t{5});
    for (const auto& file : files)
        QVERIFY(std::filesystem::is_regular_file(file));
    QCOMPARE(files.back().filename().string(), std::string("layers.json"));
    for (const auto& path : {folder / "new" / "deep", files.back()}) {
        const LayerStack back = readLayerFolder(path);
        QCOMPARE(back.width, stack.width);
        QCOMPARE(back.height, stack.height);
        QVERIFY(back.resolution == stack.resolution && back.recipe == stack.recipe);
        QCOMPARE(back.layers.size(), stack.layers.size());
        for (std::size_t i = 0; i < stack.layers.size(); ++i) {
            const Layer &a = stack.layers[i], &b = back.layers[i];
            QVERIFY(a.name == b.name && a.id == b.id && a.x == b.x && a.y == b.y && a.opacity == b.opacity);
            QVERIFY(a.blendMode == b.blendMode && a.visible == b.visible && a.image == b.image);
            QVERIFY(b.image.resolution() == stack.resolution);
        }
    }
}

void TestLayerFolder::namesWhatOthersNeed() {
    const TempDir folder;
    writeLayerFolder(folder.path(), makeStack());
    const Json index = Json::parse(readTextFile(folder / "layers.json"));
    QCOMPARE(index.at("format").asString(), std::string("cameo-layers"));
    QCOMPARE(index.at("version").asInteger(), std::int64_t{1});
    QCOMPARE(index.at("order").asString(), std::string("bottom-first"));
    const Json& person = index.at("layers").asArray()[1];
    QCOMPARE(person.at("file").asString(), std::string("person.png"));
    QCOMPARE(person.at("x").asInteger(), std::int64_t{-5});
    QCOMPARE(person.at("blend-mode").asString(), std::string("multiply"));
    QCOMPARE(person.at("opacity").asDouble(), 0.1 + 0.2);
    QVERIFY(index.at("layers").asArray()[2].at("visible").asBool() == false);
    QCOMPARE(folder.listing(), std::string("composite.png ground.png layers.json mask.png person.png"));
}

void TestLayerFolder::recipeIsInTheComposite() {
    const TempDir folder;
    writeLayerFolder(folder.path(), makeStack());
    QVERIFY(Json::parse(readPngText(folder / "composite.png").at("cameo:recipe")) == makeStack().recipe);
    QVERIFY(readPngText(folder / "ground.png").empty());
}

void TestLayerFolder::exportsAreReproducible() {
    const TempDir a, b;
    writeLayerFolder(a.path(), makeStack());
    writeLayerFolder(b.path(), makeStack());
    for (const char* name : {"composite.png", "ground.png", "layers.json", "mask.png", "person.png"})
        QVERIFY2(readTextFile(a / name) == readTextFile(b / name), name);
}

void TestLayerFolder::fullDiskLeavesTheOldExport() {
    const TempDir folder;
    writeLayerFolder(folder.path(), makeStack());
    const std::string before = folder.listing();
    LayerStack large = makeStack();
    large.layers[1].image = makeTestPicture16(300, 300, 4);
    {
        const FileSizeLimit limit(50'000);
        CAMEO_VERIFY_FAILURE(writeLayerFolder(folder.path(), large), ErrorCode::Io,
                             (folder / "person.png").string());
    }
    QCOMPARE(folder.listing(), before);
    QVERIFY(readLayerFolder(folder.path()).layers[1].image == makeStack().layers[1].image);
    const TempDir fresh;
    {
        const FileSizeLimit limit(50'000);
        CAMEO_VERIFY_FAILURE(writeLayerFolder(fresh.path(), large), ErrorCode::Io, "person.png");
    }
    QCOMPARE(fresh.listing(), std::string());
}

void TestLayerFolder::unusableFoldersAreRefused() {
    const TempDir folder;
    writeFileAtomically(folder / "file", std::string_view("x"));
    CAMEO_VERIFY_FAILURE(writeLayerFolder(folder / "file", makeStack()), ErrorCode::Io, "file");
    CAMEO_VERIFY_FAILURE(writeLayerFolder(folder / "file" / "below", makeStack()), ErrorCode::Io, "file");
    std::filesystem::create_directories(folder / "taken" / "mask.png");
    CAMEO_VERIFY_FAILURE(writeLayerFolder(folder / "taken", makeStack()), ErrorCode::Io, "is a folder");
    QVERIFY(std::filesystem::is_empty(folder / "taken" / "mask.png"));
    QVERIFY(!std::filesystem::exists(folder / "taken" / "ground.png"));
}

void TestLayerFolder::readOnlyFolderIsRefused() {
    const TempDir folder;
    std::filesystem::permissions(folder.path(), std::filesystem::perms{0555});
    const NotRoot notRoot;
    CAMEO_VERIFY_FAILURE(writeLayerFolder(folder.path(), makeStack()), ErrorCode::Io, "permissions");
    QCOMPARE(folder.listing(), std::string());
}

void TestLayerFolder::unusableStacksAreRefused() {
    const TempDir folder;
    const auto refused = [&](auto change, const char* part) {
        LayerStack stack = makeStack();
        change(stack);
        const auto error = failureOf([&] { writeLayerFolder(folder.path(), stack); });
        return error && error->code == ErrorCode::InvalidArgument &&
               error->message.find(part) != std::string::npos;
    };
    QVERIFY(refused([](LayerStack& stack) { stack.layers[0].id = "../ground"; }, "../ground"));
    QVERIFY(refused([](LayerStack& stack) { stack.layers[0].id = ""; }, "file name"));
    QVERIFY(refused([](LayerStack& stack) { stack.layers[0].id = "mask"; }, "Two layers"));
    QVERIFY(refused([](LayerStack& stack) { stack.layers[0].image = Image(); }, "no picture"));
    QVERIFY(refused([](LayerStack& stack) { stack.layers[0].opacity = 1.5; }, "opacity"));
    QVERIFY(refused([](LayerStack& stack) { stack.width = 0; }, "0 x 30"));
    QCOMPARE(folder.listing(), std::string());
}

void TestLayerFolder::brokenFoldersAreRefused() {
    const TempDir folder;
    CAMEO_VERIFY_FAILURE(readLayerFolder(folder.path()), ErrorCode::NotFound, "layers.json");
    CAMEO_VERIFY_FAILURE(readLayerFolder(folder / "none"), ErrorCode::NotFound, "none");
    writeLayerFolder(folder.path(), makeStack());
    const std::string index = readTextFile(folder / "layers.json");
    writeFileAtomically(folder / "layers.json", std::string_view(index).substr(0, index.size() / 2));
    CAMEO_VERIFY_FAILURE(readLayerFolder(folder.path()), ErrorCode::BadImage, "JSON at byte");
    for (const auto& [key, value] : {std::pair<std::string, Json>{"version", 2},
                                     {"format", "x"},
                                     {"width", 0},
                                     {"layers", 3},
                                     {"layers", Json::array({Json::object({{"id", "a"}})})}}) {
        writeFileAtomically(folder / "layers.json", std::string_view(index));
        rewriteIndex(folder, key, value);
        CAMEO_VERIFY_FAILURE(readLayerFolder(folder.path()), ErrorCode::BadImage, "layers.json");
    }
    writeFileAtomically(folder / "layers.json", std::string_view(index));
    Json layers = Json::parse(index).at("layers");
    layers.asArray()[0].set("file", "../../etc/passwd");
    rewriteIndex(folder, "layers", layers);
    CAMEO_VERIFY_FAILURE(readLayerFolder(folder.path()), ErrorCode::BadImage, "leaves the folder");
    writeFileAtomically(folder / "layers.json", std::string_view(index));
    std::filesystem::remove(folder / "mask.png");
    CAMEO_VERIFY_FAILURE(readLayerFolder(folder.path()), ErrorCode::NotFound, "mask.png");
}

QTEST_APPLESS_MAIN(TestLayerFolder)
#include "test_layer_folder.moc"
