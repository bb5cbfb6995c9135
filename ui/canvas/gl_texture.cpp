// SPDX-License-Identifier: Apache-2.0
#include "ui/canvas/gl_texture.h"

#include "ui/models/image_convert.h"

#include <algorithm>

namespace cameo::ui {

namespace {

struct Formats {
    GLint internal;
    GLenum external;
};

Formats formatsFor(int channels, PixelType type) {
    constexpr GLenum external[] = {GL_RED, GL_RG, GL_RGB, GL_RGBA};
    constexpr GLint bytes[] = {GL_R8, GL_RG8, GL_RGB8, GL_RGBA8};
    constexpr GLint words[] = {GL_R16, GL_RG16, GL_RGB16, GL_RGBA16};
    constexpr GLint floats[] = {GL_R32F, GL_RG32F, GL_RGB32F, GL_RGBA32F};
    const int i = channels - 1;
    const GLint internal = type == PixelType::U8 ? bytes[i] : type == PixelType::U16 ? words[i] : floats[i];
    return {internal, external[i]};
}

GLenum glType(PixelType type) {
    switch (type) {
    case PixelType::U8:
        return GL_UNSIGNED_BYTE;
    case PixelType::U16:
        return GL_UNSIGNED_SHORT;
    case PixelType::F32:
        break;
    }
    return GL_FLOAT;
}

} // namespace

void GlTexture::release(QOpenGLFunctions_3_3_Core& gl) {
    if (m_name)
        gl.glDeleteTextures(1, &m_name);
    *this = GlTexture();
}

bool GlTexture::upload(QOpenGLFunctions_3_3_Core& gl, const Image& image) {
    if (image.isEmpty()) {
        m_width = m_height = 0;
        m_image = image;
        return false;
    }
    if (exists() && image.data() == m_image.data() && image.width() == m_image.width())
        return false;
    GLint limit = 0;
    gl.glGetIntegerv(GL_MAX_TEXTURE_SIZE, &limit);
    const int longest = std::max(image.width(), image.height());
    const Image fitting = subsampled(image, (longest + limit - 1) / std::max(limit, 1));
    const Formats formats = formatsFor(fitting.channels(), fitting.type());
    send(gl, Pixels{fitting.width(), fitting.height(), formats.internal, formats.external,
                    glType(fitting.type()), fitting.data(), fitting.channels() <= 2});
    m_image = image;
    return true;
}

bool GlTexture::upload(QOpenGLFunctions_3_3_Core& gl, const Mask& mask) {
    if (mask.isEmpty()) {
        m_width = m_height = 0;
        m_mask = mask;
        return false;
    }
    if (exists() && !m_mask.isEmpty() && mask.alpha().data() == m_mask.alpha().data())
        return false;
    send(gl, Pixels{mask.width(), mask.height(), GL_R32F, GL_RED, GL_FLOAT, mask.alpha().data(), false});
    m_mask = mask;
    return true;
}

void GlTexture::send(QOpenGLFunctions_3_3_Core& gl, const Pixels& pixels) {
    if (!m_name)
        gl.glGenTextures(1, &m_name);
    gl.glBindTexture(GL_TEXTURE_2D, m_name);
    gl.glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
    gl.glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
    gl.glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
    gl.glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR_MIPMAP_LINEAR);
    gl.glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
    // Grey with alpha comes as red and green.
    const GLint alpha = pixels.format == GL_RG ? GL_GREEN : pixels.format == GL_RGBA ? GL_ALPHA : GL_ONE;
    const GLint swizzle[] = {GL_RED, pixels.isGrey ? GL_RED : GL_GREEN, pixels.isGrey ? GL_RED : GL_BLUE,
                             alpha};
    gl.glTexParameteriv(GL_TEXTURE_2D, GL_TEXTURE_SWIZZLE_RGBA, swizzle);
    gl.glTexImage2D(GL_TEXTURE_2D, 0, pixels.internalFormat, pixels.width, pixels.height, 0, pixels.format,
                    pixels.type, pixels.data);
    gl.glGenerateMipmap(GL_TEXTURE_2D);
    gl.glPixelStorei(GL_UNPACK_ALIGNMENT, 4); // what QPainter takes for granted
    m_width = pixels.width;
    m_height = pixels.height;
}

void GlTexture::bind(QOpenGLFunctions_3_3_Core& gl, int unit) const {
    gl.glActiveTexture(GL_TEXTURE0 + static_cast<GLenum>(unit));
    gl.glBindTexture(GL_TEXTURE_2D, m_name);
}

} // namespace cameo::ui
