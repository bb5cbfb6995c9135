// SPDX-License-Identifier: Apache-2.0
// Between the text types of core and of Qt. Any thread.
#pragma once

#include <QFile>
#include <QString>

#include <filesystem>
#include <string>

namespace cameo::ui {

inline QString toQt(const std::string& text) {
    return QString::fromStdString(text);
}

inline QString toQt(const std::filesystem::path& path) {
    return QFile::decodeName(path.string().c_str());
}

/// In the file system's own encoding.
inline std::filesystem::path toPath(const QString& file) {
    return std::filesystem::path(QFile::encodeName(file).toStdString());
}

} // namespace cameo::ui
