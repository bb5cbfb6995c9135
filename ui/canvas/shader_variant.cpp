// SPDX-License-Identifier: Apache-2.0
#include "ui/canvas/shader_variant.h"

namespace cameo::ui {

QByteArray fragmentSource(QByteArray source, const ShaderVariant& variant) {
    QByteArray definitions;
    const auto define = [&](const char* name, int value) {
        definitions += QByteArray("#define ") + name + ' ' + QByteArray::number(value) + '\n';
    };
    define("PICTURE", static_cast<int>(variant.picture));
    define("MASK", static_cast<int>(variant.mask));
    define("GROUND", static_cast<int>(variant.ground));
    define("COMPOSITE", static_cast<int>(variant.composite));
    define("ORIGINAL", static_cast<int>(variant.original));
    define("LAYERED", variant.isLayered ? 1 : 0);
    define("MASK_VIEW", static_cast<int>(variant.maskView));
    return source.replace("// VARIANT\n", definitions);
}

} // namespace cameo::ui
