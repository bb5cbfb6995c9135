// SPDX-License-Identifier: Apache-2.0
#include "app/cli/value_text.h"
#include "app/commands/commands.h"
#include "core/base/text.h"

#include <algorithm>
#include <iomanip>
#include <sstream>

namespace cameo::cli {
namespace {

using Rows = std::vector<BenchRow>;

std::string table(const DeviceInfo& device, const Rows& rows) {
    std::size_t width = 4;
    for (const BenchRow& row : rows)
        width = std::max(width, row.name.size());
    std::ostringstream out;
    out << device.name << " (" << device.reason << ")\n" << std::fixed << std::setprecision(1);
    out << std::left << std::setw(static_cast<int>(width)) << "" << std::right << std::setw(12) << "median ms"
        << std::setw(12) << "best ms";
    for (const BenchRow& row : rows)
        out << '\n'
            << std::left << std::setw(static_cast<int>(width)) << row.name << std::right << std::setw(12)
            << row.milliseconds << std::setw(12) << row.minimum << (row.note.empty() ? "" : "  ") << row.note;
    return out.str();
}

class Bench final : public Command {
  public:
    void declare(OptionTable& options) override {
        options.add(
            Positional{.name = "NAME",
                       .help = "Only the measurements whose name holds this (default: all but 'training')",
                       .take = text(m_request.name)});
        options.add(Option{.name = "--repeats",
                           .value = "N",
                           .help = "Runs of which the median counts (default 5)",
                           .take = integer(m_request.repeats, {1, 1000})});
    }

    Outcome run(Session& session) override {
        const Rows rows = session.run<Rows>(
            [this](Engine& engine, Sink<Rows> sink) { return engine.bench(m_request, std::move(sink)); });
        if (rows.empty())
            throw Failure(ErrorCode::InvalidArgument,
                          cat("There is no measurement '", printable(m_request.name), "'"),
                          "See all with: cameo bench");
        const DeviceInfo device = session.engine().device();
        Json list = Json::array();
        for (const BenchRow& row : rows)
            list.append(Json::object({{"name", row.name},
                                      {"milliseconds", row.milliseconds},
                                      {"minimum", row.minimum},
                                      {"note", row.note}}));
        return {Json::object({{"device", device.name}, {"rows", std::move(list)}}), table(device, rows)};
    }

  private:
    BenchRequest m_request;
};

} // namespace

CommandEntry benchCommand() {
    return {"bench", "Measures this machine: time of a picture, mask, slider move and training step",
            "  cameo bench\n"
            "  cameo bench synthesis --repeats 9 --json\n"
            "  cameo bench training  (batch 16; images a second and share of the measured peak)",
            [] { return std::unique_ptr<Command>(std::make_unique<Bench>()); }};
}

} // namespace cameo::cli
