// SPDX-License-Identifier: Apache-2.0
// Reads every source and build file of the project and holds it against the rules of source_rules.h.
#include "tests/lint/source_rules.h"

#include <QTest>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

using namespace cameo::lint;
namespace fs = std::filesystem;

namespace {

const fs::path root = CAMEO_SOURCE_DIR;

std::string contentOf(const fs::path& file) {
    std::ostringstream out;
    out << std::ifstream(file, std::ios::binary).rdbuf();
    return out.str();
}

bool isChecked(const fs::path& file) {
    static const std::vector<fs::path> endings = {".h", ".cpp", ".cmake", ".sh", ".vert", ".frag", ".glsl"};
    return file.filename() == "CMakeLists.txt" ||
           std::find(endings.begin(), endings.end(), file.extension()) != endings.end();
}

std::vector<fs::path> projectFiles() {
    std::vector<fs::path> files = {root / "CMakeLists.txt"};
    for (const char* folder : {"core", "ui", "app", "tests", "cmake", "packaging", "shaders"}) {
        if (!fs::exists(root / folder))
            continue;
        for (const auto& entry : fs::recursive_directory_iterator(root / folder))
            if (entry.is_regular_file() && isChecked(entry.path()))
                files.push_back(entry.path());
    }
    return files;
}

QString joined(const std::vector<std::string>& lines) {
    QStringList list;
    for (const std::string& line : lines)
        list << QString::fromStdString(line);
    return list.join(QLatin1Char('\n'));
}

bool hasViolation(const char* path, const std::string& body, const char* message) {
    const std::string content = "// SPDX-License-Identifier: Apache-2.0\n// Purpose.\n#pragma once\n" + body;
    return joined(violations(path, content)).contains(QLatin1String(message));
}

} // namespace

class TestLayering : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void projectKeepsTheRules() {
        const std::vector<fs::path> files = projectFiles();
        QVERIFY(files.size() > 50);
        std::vector<std::string> all;
        for (const fs::path& file : files)
            for (const std::string& message : violations(fs::relative(file, root).string(), contentOf(file)))
                all.push_back(message);
        QVERIFY2(all.empty(), qPrintable(joined(all)));
    }

    /// A source that no build file names is dead, or silently missing from a target.
    void everySourceIsListed() {
        std::vector<std::string> all;
        for (const fs::path& file : projectFiles()) {
            if (file.extension() != ".cpp")
                continue;
            const std::regex name("\\b" + file.stem().string() + "\\b");
            bool isListed = false;
            for (fs::path folder = file.parent_path(); !isListed && folder != root;
                 folder = folder.parent_path())
                isListed = std::regex_search(contentOf(folder / "CMakeLists.txt"), name);
            if (!isListed)
                all.push_back(fs::relative(file, root).string() + " is in no CMakeLists.txt");
        }
        QVERIFY2(all.empty(), qPrintable(joined(all)));
    }

    void rulesFindWrongIncludes() {
        QVERIFY(hasViolation("core/base/a.h", "#include \"core/image/image.h\"\n",
                             "must not include core/image"));
        QVERIFY(hasViolation("core/net/a.h", "#include \"core/image/image.h\"\n", "must not include"));
        QVERIFY(
            hasViolation("core/document/a.cpp", "#include \"core/net/torch.h\"\n", "must not see LibTorch"));
        QVERIFY(hasViolation("core/net/a.cpp", "#include <ATen/ATen.h>\n", "through core/net/torch.h"));
        QVERIFY(hasViolation("core/train/a.cpp", "#include <torch/torch.h>\n", "13 s"));
        QVERIFY(hasViolation("core/engine/a.cpp", "#include <QString>\n", "must not see Qt"));
        QVERIFY(hasViolation("core/composite/a.cpp", "#  include <GL/gl.h>\n", "must not see Qt or OpenGL"));
        QVERIFY(hasViolation("ui/canvas/a.cpp", "#include <opencv2/core.hpp>\n", "must not see OpenCV"));
        QVERIFY(hasViolation("ui/canvas/a.cpp", "#include \"core/net/generator.h\"\n",
                             "must not include core/net"));
        QVERIFY(hasViolation("app/main.cpp", "#include \"core/train/dataset.h\"\n",
                             "must not include core/train"));
        QVERIFY(hasViolation("app/cli/a.h", "#include \"core/engine/engine.h\"\n",
                             "must not include core/engine"));
        QVERIFY(hasViolation("ui/canvas/a.cpp", "#include \"canvas.h\"\n", "from the project's root"));
        QVERIFY(
            hasViolation("tests/unit/a.cpp", "#include <QTest>\n#include \"core/net/torch.h\"\n", "both Qt"));
        QVERIFY(!hasViolation("core/train/a.cpp", "#include <torch/csrc/autograd/autograd.h>\n", "a.cpp"));
        QVERIFY(hasViolation("core/net/a.cpp", "#include <torch/csrc/autograd/autograd.h>\n", "a.cpp"));
        QVERIFY(!hasViolation("core/net/torch.h", "#include <ATen/ATen.h>\n", "torch.h"));
        QVERIFY(!hasViolation("app/train/main.cpp", "#include \"core/train/dataset.h\"\n", "main.cpp"));
    }

    void rulesFindWrongTexts() {
        QVERIFY(hasViolation("core/base/a.cpp", "#define LOG(x)\n", "LOG is a macro"));
        QVERIFY(!hasViolation("core/base/a.cpp", "// a LOG of \"x\"\nconst char* a = \"CHECK \\\" LOG\";\n",
                              "macro"));
        QVERIFY(hasViolation("core/base/a.cpp", "const char c = '\"'; int LOG = 1'000;\n", "LOG is a macro"));
        QVERIFY(hasViolation("core/base/CMakeLists.txt", "file( GLOB sources *.cpp)\n", "not globbed"));
        QVERIFY(hasViolation("core/base/BigName.h", "\n", "snake_case"));
        QVERIFY(!violations("core/base/a.cpp", "int x;\n").empty());
        QVERIFY(!violations("core/base/a.h", "// SPDX-License-Identifier: Apache-2.0\n// Purpose.\nint x;\n")
                     .empty());
        QVERIFY(
            !violations("core/base/a.h", "// SPDX-License-Identifier: Apache-2.0\n#pragma once\n").empty());
    }

    void rulesFindHiddenDependencies() {
        QVERIFY(!dependencyViolations(*layerOf("core/base/x"), {"/usr/include/c10/core/Device.h"}).empty());
        QVERIFY(
            !dependencyViolations(*layerOf("core/net/x"), {"/usr/include/x86_64-linux-gnu/qt6/QtCore/q.h"})
                 .empty());
        QVERIFY(
            !dependencyViolations(*layerOf("ui/shell/x"), {"/usr/include/opencv4/opencv2/core.hpp"}).empty());
        QVERIFY(dependencyViolations(*layerOf("core/net/x"), {"/usr/include/c10/core/Device.h"}).empty());
        QVERIFY(dependencyViolations(*layerOf("app/x"), {"/usr/include/x86_64-linux-gnu/qt6/QtCore/q.h"})
                    .empty());
    }
};

QTEST_GUILESS_MAIN(TestLayering)
#include "test_layering.moc"
