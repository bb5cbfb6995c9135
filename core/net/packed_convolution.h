// SPDX-License-Identifier: Apache-2.0
// A modulated 3 x 3 convolution for inference on the CPU: weights transformed and packed once, style,
// demodulation, noise, bias, activation and clamp done in the passes that move the numbers anyway. Compute
// thread only.
#pragma once

#include "core/net/kernels.h"
#include "core/net/torch.h"
#include "core/net/workspace.h"

#include <array>

namespace cameo::net {

class PackedConvolution {
  public:
    /// Direct sums read few weights and suit small pictures; tiles (Winograd) need 4 times (enlarging: 1.8
    /// times) fewer products and suit large ones.
    enum class Form { Direct, Tiles };

    struct Shape {
        int up = 1;      // 2: doubles the side
        long inSide = 0; // pixels of the input
        Form form = Form::Direct;
    };
    /// weight [O, I, 3, 3] float32 on the CPU.
    PackedConvolution(const at::Tensor& weight, const Shape& shape);

    /// The form that was measured to be faster for this shape.
    static Form fasterForm(int up, long inSide, long inChannels);

    struct Call {
        const void* x = nullptr; // [samples][inSide][inSide][padded I]
        Storage storage = Storage::Float32;
        long samples = 1;
        const float* styles = nullptr; // [samples][padded I]
        Epilogue epilogue = {};        // scale [samples][padded O]
        std::array<float, 4> taps =
            {};              // of the filter behind an enlarging convolution, gain 2 along each side
        void* out = nullptr; // [samples][side][side][padded O]
    };
    void run(const Call& call, Workspace& workspace) const;

    long inChannels() const { return m_in; }   // padded
    long outChannels() const { return m_out; } // padded

  private:
    void runDirect(const Call& call, Workspace& workspace) const;
    void runTiles(const Call& call, Workspace& workspace) const;
    void runTilesTogether(const Call& call, Workspace& workspace) const;
    void runUpDirect(const Call& call, Workspace& workspace) const;
    void runUpTiles(const Call& call, Workspace& workspace) const;
    struct TileRows {
        std::vector<const float*> inputs; // of frequency 0, one per tile
        std::vector<float*> products;
    };
    TileRows tileRows(const float* inputs, float* products, long tiles) const;
    void multiplyTiles(const TileRows& rows, long frequency, long panelBegin, long panelEnd) const;
    /// Memory of a thread that works on rows of tiles of the enlarging convolution.
    struct UpBand {
        float* inputs;
        float* products;
        float* lines; // three lines of the band before, then those of this one, each from column -1
        long lineStride;
        TileRows rows = {};
    };
    void computeBand(const Call& call, UpBand& band, long rowBegin, long rowEnd) const;
    long tilesAtOnce(long frequencies) const;
    long panelCount() const;
    long tilesAcross() const;
    const float* stage(const Call& call, Workspace& workspace) const;
    /// `lines` points at the four lines of the transposed convolution (column -1) behind output line `line`.
    void filterLine(const Call& call, const std::array<const float*, 4>& lines, long sample, long line) const;

    Shape m_shape;
    long m_in = 0, m_out = 0;
    std::array<at::Tensor, 4> m_weights; // direct enlarging: by phase; otherwise the first alone
};

} // namespace cameo::net
