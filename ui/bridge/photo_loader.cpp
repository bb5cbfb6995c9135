// SPDX-License-Identifier: Apache-2.0
#include "ui/bridge/photo_loader.h"

#include "core/image/codec.h"
#include "core/image/convert.h"
#include "ui/models/qt_text.h"

#include <QThreadPool>

#include <algorithm>

namespace cameo::ui {

namespace {

constexpr int longestDisplaySide = 4096; // px: sharp on every screen, and every OpenGL 3.3 takes it

Photo readForDisplay(const QString& file) {
    const Image image = readImage(toPath(file));
    Photo photo{file, image.width(), image.height(), toRgb(toU8(image))};
    const int longest = std::max(photo.width, photo.height);
    if (longest > longestDisplaySide) {
        const double scale = static_cast<double>(longestDisplaySide) / longest;
        photo.display = resize(photo.display, std::max(1, static_cast<int>(photo.width * scale)),
                               std::max(1, static_cast<int>(photo.height * scale)));
    }
    return photo;
}

Result<Photo> tryRead(const QString& file) {
    try {
        return readForDisplay(file);
    } catch (const Failure& failure) {
        return failure.error();
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::OutOfMemory, "Not enough memory for " + file.toStdString(),
                     "Use a smaller picture"};
    } catch (const std::exception& error) {
        return Error{ErrorCode::BadImage, file.toStdString() + ": " + error.what(), {}};
    }
}

} // namespace

PhotoLoader::PhotoLoader(QObject* parent) : QObject(parent), m_link(std::make_shared<Link>(this)) {}

PhotoLoader::~PhotoLoader() {
    m_link->cut();
}

void PhotoLoader::load(const QString& file) {
    m_isLoading = true;
    QThreadPool::globalInstance()->start([this, link = m_link, file, generation = ++m_generation] {
        // `this` is only used in what the link runs, and the link is cut before the loader goes.
        link->post([this, generation, result = tryRead(file)] {
            if (generation != m_generation)
                return;
            m_isLoading = false;
            if (result)
                Q_EMIT loaded(*result);
            else
                Q_EMIT failed(result.error());
        });
    });
}

} // namespace cameo::ui
