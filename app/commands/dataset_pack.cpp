// SPDX-License-Identifier: Apache-2.0
#include "app/cli/value_text.h"
#include "app/commands/commands.h"
#include "app/commands/output.h"
#include "core/base/text.h"

namespace cameo::cli {

namespace fs = std::filesystem;

namespace {

class DatasetPack final : public Command {
  public:
    void declare(OptionTable& table) override {
        table.add(Positional{.name = "INPUT",
                             .help = "Pictures, folders of pictures (whose manifest.csv is used), or tables "
                                     "(.csv) with the columns 'file', relative to the table, and 'split'",
                             .take = [this](const std::string& value) { m_inputs.emplace_back(value); },
                             .isRepeated = true,
                             .isRequired = true});
        table.add(Option{.name = "--out",
                         .value = "FILE",
                         .help = "The packed data set",
                         .take = path(m_out),
                         .isRequired = true});
        table.add(Option{.name = "--side",
                         .value = "PX",
                         .help = "Side of the squares (default 64)",
                         .take = integer(m_side, {4, 1024})});
        table.add(Option{.name = "--split",
                         .value = "NAME",
                         .help = "Only the rows of a table with this 'split'",
                         .take = text(m_split)});
    }

    Outcome run(Session& session) override {
        checkWritable(m_out);
        for (const fs::path& input : m_inputs)
            collect(input);
        if (m_files.empty())
            throw Failure(ErrorCode::NotFound, "There is no picture to pack",
                          m_split.empty()
                              ? "Give pictures, a folder of them or a table"
                              : cat("Check that the table has rows with the split '", m_split, "'"));
        DatasetPacking request;
        request.files = m_files;
        request.side = m_side;
        request.manifest = manifest();
        request.output = m_out;
        const DatasetReport report = session.finish(packPictures(request, session.control()));
        Json skipped = Json::array();
        std::string lines =
            cat("Wrote ", m_out.string(), ": ", report.packed, " pictures of ", m_side, " px");
        for (const auto& [file, reason] : report.skipped) {
            skipped.append(Json::object({{"file", file.string()}, {"reason", reason}}));
            lines += cat("\nSkipped ", file.string(), ": ", sentence(reason));
        }
        return {
            Json::object(
                {{"files", pathsJson({m_out})}, {"packed", report.packed}, {"skipped", std::move(skipped)}}),
            std::move(lines)};
    }

  private:
    void collect(const fs::path& input) {
        const std::vector<fs::path> found = picturesOf(input, m_split).value();
        m_files.insert(m_files.end(), found.begin(), found.end());
    }

    Json manifest() const {
        Json inputs = Json::array();
        for (const fs::path& input : m_inputs)
            inputs.append(input.filename().string());
        return Json::object({{"inputs", std::move(inputs)}, {"split", m_split}});
    }

    std::vector<fs::path> m_inputs, m_files;
    fs::path m_out;
    int m_side = 64;
    std::string m_split;
};

} // namespace

CommandEntry datasetPackCommand() {
    return {
        "dataset pack", "Packs pictures into one file for training",
        "  cameo dataset pack photos --side 64 --out photos.cameoset\n"
        "  cameo dataset pack portraits/manifest.csv --split train --side 128 --out portraits128.cameoset",
        [] { return std::unique_ptr<Command>(std::make_unique<DatasetPack>()); }};
}

} // namespace cameo::cli
