// SPDX-License-Identifier: Apache-2.0
#include "core/net/packed_convolution.h"

#include "core/net/packed_weights.h"

#include <algorithm>

namespace cameo::net {

namespace {

constexpr long tileSide = 4;
constexpr long tileBytesAtOnce = 1L << 20;

/// Frequencies lie a little apart from a power of two, so that they do not fall on the same cache lines.
long strideFor(long tiles, long channels) {
    return tiles * channels + channelStep;
}

/// About `block`, so that `tiles` fall into equal parts; a multiple of 8, which the product kernels like
/// best.
long evenBlock(long tiles, long block) {
    const long parts = std::max(1L, (tiles + block / 2) / block);
    return ((tiles + parts - 1) / parts + 7) / 8 * 8;
}

constexpr long evenBlockLimit(long block) {
    return block + block / 2 + 8;
}

/// Pointers to every `step`-th float from `first`.
void pointRows(std::vector<const float*>& rows, const float* first, long count, long step) {
    for (long i = 0; i < count; ++i)
        rows.push_back(first + i * step);
}

} // namespace

PackedConvolution::PackedConvolution(const at::Tensor& weight, const Shape& shape)
    : m_shape(shape), m_in(paddedChannels(weight.size(1))), m_out(paddedChannels(weight.size(0))) {
    const long panel = kernels().panel;
    if (shape.form == Form::Tiles)
        m_weights[0] = shape.up > 1 ? packUpTiles(weight, panel) : packTiles(weight, panel);
    else if (shape.up > 1)
        for (std::size_t phase = 0; phase < 4; ++phase)
            m_weights[phase] = packTaps(weight, upPhaseTaps[phase], panel);
    else
        m_weights[0] = packTaps(weight, allTaps, panel);
}

PackedConvolution::Form PackedConvolution::fasterForm(int up, long inSide, long inChannels) {
    const bool isTiled = up > 1 ? inSide >= 128 || (inSide >= 64 && inChannels <= 256) : inSide >= 16;
    return isTiled ? Form::Tiles : Form::Direct;
}

long PackedConvolution::panelCount() const {
    return (m_out + kernels().panel - 1) / kernels().panel;
}

long PackedConvolution::tilesAtOnce(long frequencies) const {
    // Transformed tiles should stay in a core's cache, but the weights are read again for every such block:
    // it is no gain to make the block smaller than they are.
    const long budget = std::max(tileBytesAtOnce, 36 * m_in * m_out * 4);
    return std::clamp(budget / (frequencies * (m_in + m_out) * 4) / 8 * 8, 16L, 256L);
}

long PackedConvolution::tilesAcross() const {
    return m_shape.inSide / tileSide + (m_shape.up > 1 ? 1 : 0);
}

void PackedConvolution::run(const Call& call, Workspace& workspace) const {
    workspace.prepareThreads();
    if (m_shape.up > 1)
        return m_shape.form == Form::Tiles ? runUpTiles(call, workspace) : runUpDirect(call, workspace);
    if (m_shape.form == Form::Direct)
        return runDirect(call, workspace);
    // Wide layers have many weights and few tiles: all threads go through the weights together, once.
    constexpr long together = 48L << 20; // bytes of transformed tiles
    const long tiles = call.samples * tilesAcross() * tilesAcross();
    if (tiles * 36 * (m_in + m_out) * 4 <= together && m_in * m_out >= 256 * 256)
        runTilesTogether(call, workspace);
    else
        runTiles(call, workspace);
}

const float* PackedConvolution::stage(const Call& call, Workspace& workspace) const {
    const long side = m_shape.inSide, framed = (side + 2) * (side + 2) * m_in;
    float* staged = workspace.shared(Workspace::Inputs, call.samples * framed);
    const auto& stored = kernels().stored[static_cast<int>(call.storage)];
    const long itemSize = call.storage == Storage::Float32 ? 4 : 2;
    at::parallel_for(0, call.samples, 1, [&](long begin, long end) {
        for (long sample = begin; sample < end; ++sample)
            stored.stage({.x = static_cast<const char*>(call.x) + sample * side * side * m_in * itemSize,
                          .side = side,
                          .channels = m_in,
                          .styles = call.styles + sample * m_in,
                          .out = staged + sample * framed});
    });
    return staged;
}

void PackedConvolution::runDirect(const Call& call, Workspace& workspace) const {
    const long side = m_shape.inSide, framed = side + 2, pixels = side * side;
    const float* staged = stage(call, workspace);
    float* products = workspace.shared(Workspace::Products, call.samples * pixels * m_out);
    const long rowCount = call.samples * pixels;
    std::vector<const float*> rows;
    for (long tap = 0; tap < 9; ++tap)
        for (long line = 0; line < call.samples * side; ++line)
            pointRows(rows,
                      staged + ((line / side * framed + line % side + tap / 3) * framed + tap % 3) * m_in,
                      side, m_in);
    std::vector<float*> out;
    for (long row = 0; row < rowCount; ++row)
        out.push_back(products + row * m_out);
    at::parallel_for(0, panelCount(), 1, [&](long begin, long end) {
        kernels().product({.rows = rows.data(),
                           .out = out.data(),
                           .rowOffset = 0,
                           .outOffset = 0,
                           .rowCount = rowCount,
                           .taps = 9,
                           .depth = m_in,
                           .columns = m_out,
                           .weights = m_weights[0].data_ptr<float>(),
                           .panelBegin = begin,
                           .panelEnd = end});
    });
    const auto& stored = kernels().stored[static_cast<int>(call.storage)];
    const long itemSize = call.storage == Storage::Float32 ? 4 : 2;
    for (long sample = 0; sample < call.samples; ++sample) {
        Epilogue epilogue = call.epilogue;
        epilogue.scale += sample * m_out;
        stored.finish({.products = products + sample * pixels * m_out,
                       .count = pixels,
                       .channels = m_out,
                       .epilogue = epilogue,
                       .out = static_cast<char*>(call.out) + sample * pixels * m_out * itemSize});
    }
}

void PackedConvolution::multiplyTiles(const TileRows& rows, long frequency, long panelBegin,
                                      long panelEnd) const {
    // An enlarging convolution has 9 x 9 frequencies, but the 4 odd ones of a side share their weights.
    const long matrix =
        m_shape.up > 1 ? std::min(frequency / 9, 5L) * 6 + std::min(frequency % 9, 5L) : frequency;
    const long tiles = static_cast<long>(rows.inputs.size());
    kernels().product({.rows = rows.inputs.data(),
                       .out = rows.products.data(),
                       .rowOffset = frequency * strideFor(tiles, m_in),
                       .outOffset = frequency * strideFor(tiles, m_out),
                       .rowCount = tiles,
                       .taps = 1,
                       .depth = m_in,
                       .columns = m_out,
                       .weights = m_weights[0].data_ptr<float>() + matrix * m_in * m_out,
                       .panelBegin = panelBegin,
                       .panelEnd = panelEnd});
}

PackedConvolution::TileRows PackedConvolution::tileRows(const float* inputs, float* products,
                                                        long tiles) const {
    TileRows rows;
    pointRows(rows.inputs, inputs, tiles, m_in);
    for (long tile = 0; tile < tiles; ++tile)
        rows.products.push_back(products + tile * m_out);
    return rows;
}

void PackedConvolution::runTilesTogether(const Call& call, Workspace& workspace) const {
    const long across = tilesAcross(), tiles = call.samples * across * across;
    float* inputs = workspace.shared(Workspace::Inputs, 36 * strideFor(tiles, m_in));
    float* products = workspace.shared(Workspace::Products, 36 * strideFor(tiles, m_out));
    const auto& stored = kernels().stored[static_cast<int>(call.storage)];
    at::parallel_for(0, tiles, 4, [&](long begin, long end) {
        stored.tileInput({.x = call.x,
                          .side = m_shape.inSide,
                          .channels = m_in,
                          .across = across,
                          .styles = call.styles,
                          .tileBegin = begin,
                          .tileEnd = end,
                          .out = inputs + begin * m_in,
                          .frequencyStride = strideFor(tiles, m_in)});
    });
    const long panels = panelCount();
    const TileRows rows = tileRows(inputs, products, tiles);
    at::parallel_for(0, 36 * panels, 1, [&](long begin, long end) {
        for (long item = begin; item < end;) {
            const long frequency = item / panels, last = std::min(end, (frequency + 1) * panels);
            multiplyTiles(rows, frequency, item % panels, last - frequency * panels);
            item = last;
        }
    });
    at::parallel_for(0, tiles, 4, [&](long begin, long end) {
        stored.tileOutput({.products = products + begin * m_out,
                           .frequencyStride = strideFor(tiles, m_out),
                           .side = m_shape.inSide,
                           .channels = m_out,
                           .across = across,
                           .tileBegin = begin,
                           .tileEnd = end,
                           .epilogue = call.epilogue,
                           .out = call.out});
    });
}

void PackedConvolution::runTiles(const Call& call, Workspace& workspace) const {
    const long across = tilesAcross(), tiles = call.samples * across * across, block = tilesAtOnce(36);
    const auto& stored = kernels().stored[static_cast<int>(call.storage)];
    at::parallel_for(0, (tiles + block - 1) / block, 1, [&](long firstBlock, long lastBlock) {
        float* inputs = workspace.local(Workspace::Inputs, 36 * strideFor(block, m_in));
        float* products = workspace.local(Workspace::Products, 36 * strideFor(block, m_out));
        TileRows rows;
        for (long i = firstBlock; i < lastBlock; ++i) {
            const long begin = i * block, end = std::min(tiles, begin + block), count = end - begin;
            stored.tileInput({.x = call.x,
                              .side = m_shape.inSide,
                              .channels = m_in,
                              .across = across,
                              .styles = call.styles,
                              .tileBegin = begin,
                              .tileEnd = end,
                              .out = inputs,
                              .frequencyStride = strideFor(count, m_in)});
            if (static_cast<long>(rows.inputs.size()) != count)
                rows = tileRows(inputs, products, count);
            for (long frequency = 0; frequency < 36; ++frequency)
                multiplyTiles(rows, frequency, 0, panelCount());
            stored.tileOutput({.products = products,
                               .frequencyStride = strideFor(count, m_out),
                               .side = m_shape.inSide,
                               .channels = m_out,
                               .across = across,
                               .tileBegin = begin,
                               .tileEnd = end,
                               .epilogue = call.epilogue,
                               .out = call.out});
        }
    });
}

void PackedConvolution::filterLine(const Call& call, const std::array<const float*, 4>& lines, long sample,
                                   long line) const {
    const long side = 2 * m_shape.inSide, itemSize = call.storage == Storage::Float32 ? 4 : 2;
    FilterTask task{.lines = {lines[0], lines[1], lines[2], lines[3]},
                    .taps = {call.taps[0], call.taps[1], call.taps[2], call.taps[3]},
                    .side = side,
                    .channels = m_out,
                    .epilogue = call.epilogue,
                    .out = static_cast<char*>(call.out) + (sample * side + line) * side * m_out * itemSize};
    task.epilogue.scale += sample * m_out;
    if (task.epilogue.noise)
        task.epilogue.noise += line * side;
    kernels().stored[static_cast<int>(call.storage)].filter(task);
}

void PackedConvolution::runUpDirect(const Call& call, Workspace& workspace) const {
    const long side = m_shape.inSide, framed = side + 2;
    const float* staged = stage(call, workspace);
    // Lines -1 .. 2 side + 1 and the same columns; what lies outside of 0 .. 2 side is zero.
    const long width = 2 * side + 3, plane = width * width * m_out;
    float* lines = workspace.shared(Workspace::Lines, call.samples * plane);
    std::fill_n(lines, call.samples * plane, 0.0f);
    for (long phase = 0; phase < 4; ++phase) {
        const long oddY = phase / 2, oddX = phase % 2, height = side + 1 - oddY, across = side + 1 - oddX;
        const auto& taps = upPhaseTaps[static_cast<std::size_t>(phase)];
        std::vector<const float*> rows;
        for (const Tap tap : taps) // pixel i - 1 for tap 2, pixel i otherwise; the frame starts at pixel -1
            for (long line = 0; line < call.samples * height; ++line)
                pointRows(rows,
                          staged + ((line / height * framed + line % height + (tap.y == 2 ? 0 : 1)) * framed +
                                    (tap.x == 2 ? 0 : 1)) *
                                       m_in,
                          across, m_in);
        std::vector<float*> out;
        for (long i = 0; i < call.samples * height * across; ++i) {
            const long sample = i / (height * across), y = i / across % height, x = i % across;
            out.push_back(lines + sample * plane + ((2 * y + oddY + 1) * width + 2 * x + oddX + 1) * m_out);
        }
        at::parallel_for(0, panelCount(), 1, [&](long begin, long end) {
            kernels().product({.rows = rows.data(),
                               .out = out.data(),
                               .rowOffset = 0,
                               .outOffset = 0,
                               .rowCount = static_cast<long>(out.size()),
                               .taps = static_cast<long>(taps.size()),
                               .depth = m_in,
                               .columns = m_out,
                               .weights = m_weights[static_cast<std::size_t>(phase)].data_ptr<float>(),
                               .panelBegin = begin,
                               .panelEnd = end});
        });
    }
    at::parallel_for(0, call.samples * 2 * side, 4, [&](long begin, long end) {
        for (long i = begin; i < end; ++i) {
            const float* first = lines + i / (2 * side) * plane + i % (2 * side) * width * m_out;
            const long step = width * m_out;
            filterLine(call, {first, first + step, first + 2 * step, first + 3 * step}, i / (2 * side),
                       i % (2 * side));
        }
    });
}

void PackedConvolution::runUpTiles(const Call& call, Workspace& workspace) const {
    const long side = m_shape.inSide, across = tilesAcross(), block = evenBlockLimit(tilesAtOnce(81));
    // Rows of tiles between two passes of the filter.
    const long bandRows = std::clamp((tilesAtOnce(81) + across / 2) / across, 1L, across);
    const long lineStride = (8 * across + 1) * m_out;
    // A thread works its way down a stretch of rows of tiles. The filter needs three lines from the band
    // before.
    at::parallel_for(0, call.samples * across, 8, [&](long begin, long end) {
        UpBand band{.inputs = workspace.local(Workspace::Inputs, 81 * strideFor(block, m_in)),
                    .products = workspace.local(Workspace::Products, 81 * strideFor(block, m_out)),
                    .lines = workspace.local(Workspace::Lines, (3 + 8 * bandRows) * lineStride),
                    .lineStride = lineStride};
        for (long line = 0; line < 3 + 8 * bandRows; ++line) // column -1 stays zero
            std::fill_n(band.lines + line * lineStride, m_out, 0.0f);
        const auto keepLast = [&](long rows) {
            std::copy_n(band.lines + 8 * rows * lineStride, 3 * lineStride, band.lines);
        };
        for (long row = begin; row < end;) {
            const long sample = row / across, top = row % across;
            if (top == 0) {
                std::fill_n(band.lines, 3 * lineStride, 0.0f);
            } else if (row == begin) {
                computeBand(call, band, row - 1, row);
                keepLast(1);
            }
            const long bottom = std::min({top + bandRows, across, top + end - row});
            computeBand(call, band, row, row + bottom - top);
            // Line j of the picture needs lines j - 1 .. j + 2, and `lines` starts at line 8 top - 3.
            const long last = std::min(2 * side, 8 * bottom - 2);
            for (long line = std::max(0L, 8 * top - 2); line < last; ++line) {
                const float* start = band.lines + (line - 1 - (8 * top - 3)) * lineStride;
                filterLine(call, {start, start + lineStride, start + 2 * lineStride, start + 3 * lineStride},
                           sample, line);
            }
            keepLast(bottom - top);
            row += bottom - top;
        }
    });
}

void PackedConvolution::computeBand(const Call& call, UpBand& band, long rowBegin, long rowEnd) const {
    const long across = tilesAcross(), block = evenBlock((rowEnd - rowBegin) * across, tilesAtOnce(81));
    for (long begin = rowBegin * across; begin < rowEnd * across;) {
        const long end = std::min(begin + block, rowEnd * across), tiles = end - begin;
        kernels().stored[static_cast<int>(call.storage)].upTileInput(
            {.x = call.x,
             .side = m_shape.inSide,
             .channels = m_in,
             .across = across,
             .styles = call.styles,
             .tileBegin = begin,
             .tileEnd = end,
             .out = band.inputs,
             .frequencyStride = strideFor(tiles, m_in)});
        if (static_cast<long>(band.rows.inputs.size()) != tiles)
            band.rows = tileRows(band.inputs, band.products, tiles);
        for (long frequency = 0; frequency < 81; ++frequency)
            multiplyTiles(band.rows, frequency, 0, panelCount());
        kernels().upTileOutput({.products = band.products,
                                .frequencyStride = strideFor(tiles, m_out),
                                .channels = m_out,
                                .across = across,
                                .tileBegin = begin - rowBegin * across,
                                .tileEnd = end - rowBegin * across,
                                .lines = band.lines + 3 * band.lineStride + m_out,
                                .lineStride = band.lineStride});
        begin = end;
    }
}

} // namespace cameo::net
