// SPDX-License-Identifier: Apache-2.0
// A picture on the graphics device, with mipmaps. Uploads only what has changed. Needs a current context.
#pragma once

#include "core/image/image.h"

#include <QOpenGLFunctions_3_3_Core>

#include <memory>

namespace cameo::ui {

class GlTexture {
  public:
    /// Must be called before the context goes.
    void release(QOpenGLFunctions_3_3_Core& gl);
    /// True when pixels were sent; a picture wider than the device allows is thinned out.
    bool upload(QOpenGLFunctions_3_3_Core& gl, const Image& image);
    bool upload(QOpenGLFunctions_3_3_Core& gl, const Mask& mask);
    void bind(QOpenGLFunctions_3_3_Core& gl, int unit) const;

    bool exists() const { return m_width > 0; }
    int width() const { return m_width; }
    int height() const { return m_height; }

  private:
    struct Pixels {
        int width, height;
        GLint internalFormat;
        GLenum format, type;
        const void* data;
        bool isGrey;
    };
    void send(QOpenGLFunctions_3_3_Core& gl, const Pixels& pixels);

    GLuint m_name = 0;
    int m_width = 0, m_height = 0;
    // The pixels on the device: kept alive, so that the same address cannot stand for other pixels.
    Image m_image;
    Mask m_mask;
};

} // namespace cameo::ui
