// SPDX-License-Identifier: Apache-2.0
// From tensors under NVIDIA's names, and module attributes where a format keeps them, to a specification.
// Shapes always decide what is allocated; attributes only give gains and clamps and must not contradict the
// shapes. Internal to this folder. Any thread.
#pragma once

#include "core/checkpoint/nvidia_form.h"

namespace cameo::checkpoint {

/// One network, and the name of its file for messages.
struct NetworkParts {
    const NvidiaForm& form;
    const std::string& file;
};

GeneratorSpec buildGeneratorSpec(const NetworkParts& parts);
DiscriminatorSpec buildDiscriminatorSpec(const NetworkParts& parts);

/// Gains, clamps and filters as attributes say. Refuses attributes that contradict the shapes and networks
/// that the specification cannot express.
void applyAttributes(GeneratorSpec& spec, const NetworkParts& parts);
void applyAttributes(DiscriminatorSpec& spec, const NetworkParts& parts);

/// `declared` when it has the structure of `inferred` and sane numbers; otherwise refuses.
GeneratorSpec adoptDeclared(const GeneratorSpec& inferred, const GeneratorSpec& declared,
                            const std::string& file);
DiscriminatorSpec adoptDeclared(const DiscriminatorSpec& inferred, const DiscriminatorSpec& declared,
                                const std::string& file);

/// Refuses gains, clamps and filters that are not finite or absurd.
void checkNumbers(GeneratorSpec& spec, const std::string& file);
void checkNumbers(DiscriminatorSpec& spec, const std::string& file);

/// The tensors that `required` names. Refuses when one is missing, has another shape, is not of a floating
/// type or holds a value that is not finite, and names it.
TensorMap selectTensors(const NetworkParts& parts, const std::vector<TensorShape>& required);

} // namespace cameo::checkpoint
