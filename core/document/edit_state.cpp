// SPDX-License-Identifier: Apache-2.0
#include "core/document/edit_state.h"

namespace cameo {

bool Latent::operator==(const Latent& other) const {
    if (space != other.space || rows != other.rows || dim != other.dim)
        return false;
    if (values == other.values)
        return true;
    return values && other.values && *values == *other.values;
}

EditState EditState::original() const {
    EditState state = *this;
    state.directions.clear();
    state.mix.reset();
    return state;
}

} // namespace cameo
