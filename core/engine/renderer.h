// SPDX-License-Identifier: Apache-2.0
// From an EditState to pictures, with the caches that make a slider quick. Compute thread only.
#pragma once

#include "core/engine/device.h"
#include "core/engine/model_store.h"
#include "core/engine/photo_ground.h"

#include <functional>
#include <optional>
#include <stop_token>

namespace cameo {

class Renderer {
  public:
    Renderer(const ChosenDevice& device, ModelStore& models) : m_device(device), m_models(models) {}

    struct Task {
        RenderRequest request;
        int maxGroundSide = 1024; // photographs are composed at most this large; 0: full size
        std::function<void(const Rendering&, int level)> onPartial;
        std::function<void(const Progress&)> onProgress;
        std::stop_token stop;
    };
    Rendering render(const Task& task);

    /// What the composite of a state stands on. Cached for the last state.
    struct Ground {
        EditState original;
        int maxSide = 0;
        GroundCanvas canvas;
        Image plate;
    };
    const Ground& ground(const Task& task);

  private:
    struct SynthesisCache {
        std::shared_ptr<const LoadedModel> model;
        at::Tensor ws;
        NoiseMode noise = NoiseMode::Const;
        std::uint32_t noiseSeed = 0;
        std::vector<net::SynthesisState> states; // after block i
    };
    at::Tensor synthesize(const LoadedModel& model, const at::Tensor& ws, const Task& task,
                          Rendering& rendering);
    struct Shown {
        at::Tensor ws;      // [1, numWs, wDim]
        at::Tensor picture; // of it
    };
    Mask mask(const LoadedModel& model, const Shown& shown, const EditState& state, const Task& task);

    ChosenDevice m_device;
    ModelStore& m_models;
    std::optional<SynthesisCache> m_synthesis;
    std::optional<Ground> m_ground;
};

} // namespace cameo
