// SPDX-License-Identifier: Apache-2.0
#include "ui/models/file_kind.h"

#include <QByteArray>
#include <QFile>
#include <QFileInfo>

namespace cameo::ui {

FileKind fileKind(const QString& text) {
    if (QFileInfo(text).isDir())
        return FileKind::Recipe;
    QFile file(text);
    if (!file.open(QIODevice::ReadOnly))
        return FileKind::Model;
    const QByteArray start = file.read(64);
    static const QByteArray signatures[] = {
        QByteArray("\x89PNG", 4), QByteArray("\xff\xd8\xff", 3),
        QByteArray("II*\0", 4),   QByteArray("MM\0*", 4),
        QByteArray("GIF8", 4),    QByteArray("RIFF", 4), // pictures that the reader names and refuses
        QByteArray("BM", 2),      QByteArray("II+\0", 4),
        QByteArray("MM\0+", 4),
    };
    // Layers that may carry a recipe. OpenRaster is known by the zip's first entry; models of torch are zips
    // too.
    if (start.startsWith("8BPS") || (start.startsWith("PK") && start.contains("mimetypeimage/openraster")))
        return FileKind::Recipe;
    for (const QByteArray& signature : signatures)
        if (start.startsWith(signature))
            return FileKind::Picture;
    if (start.startsWith("CAMEOSET"))
        return FileKind::PackedPictures;
    return start.trimmed().startsWith('{') ? FileKind::Recipe : FileKind::Model;
}

} // namespace cameo::ui
