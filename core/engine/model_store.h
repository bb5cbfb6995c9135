// SPDX-License-Identifier: Apache-2.0
// Models that are loaded, the last few of them. Compute thread only.
#pragma once

#include "core/edit/latent_algebra.h"
#include "core/engine/device.h"
#include "core/engine/engine.h"
#include "core/net/discriminator.h"
#include "core/net/generator.h"

#include <list>
#include <memory>
#include <optional>

namespace cameo {

struct LoadedModel {
    std::string name;                        // as asked for; empty: embedded
    std::filesystem::file_time_type written; // when the file was
    net::Generator generator;
    std::optional<net::Discriminator> discriminator;
    edit::PrincipalDirections directions;
    ModelInfo info;
};

class ModelStore {
  public:
    explicit ModelStore(const ChosenDevice& device) : m_device(device) {}
    /// Loads on demand. `name` is a model file, a folder with generator.safetensors, or empty for the
    /// embedded model. A discriminator is taken from the same file or from discriminator.safetensors beside
    /// it.
    std::shared_ptr<const LoadedModel> get(const std::string& name);
    /// The same, but a file that was written anew since is loaded anew: a training replaces its generator.
    std::shared_ptr<const LoadedModel> open(const std::string& name);

  private:
    std::shared_ptr<const LoadedModel> load(const std::string& name) const;
    ChosenDevice m_device;
    std::list<std::shared_ptr<const LoadedModel>> m_models; // newest first
};

} // namespace cameo
