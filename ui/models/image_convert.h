// SPDX-License-Identifier: Apache-2.0
// Core's pictures and masks as QImage, for thumbnails and the clipboard. Any thread.
#pragma once

#include "core/image/image.h"

#include <QImage>
#include <QRectF>

namespace cameo::ui {

/// RGB888, RGBA8888 or grey; 8-bit pixels are shared, not copied. A null image for an empty one.
QImage toQImage(const Image& image);
QImage toQImage(const Mask& mask);

/// Every `step`-th pixel of every `step`-th row; the picture itself for step 1.
Image subsampled(const Image& image, int step);

/// At most `side` px wide and high, smooth; fast on very large pictures.
QImage thumbnail(const Image& image, int side);

inline QRectF toQt(const Rect& rect) {
    return QRectF(rect.x, rect.y, rect.width, rect.height);
}

} // namespace cameo::ui
