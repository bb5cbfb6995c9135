// SPDX-License-Identifier: Apache-2.0
// Reads photographs for display on a thread of Qt's pool, so that a large file does not stop the window. The
// engine reads the file itself when it works on it. Window's thread only.
#pragma once

#include "ui/bridge/link.h"
#include "ui/models/session.h"

#include <QObject>

#include <memory>

namespace cameo::ui {

class PhotoLoader : public QObject {
    Q_OBJECT

  public:
    explicit PhotoLoader(QObject* parent = nullptr);
    ~PhotoLoader() override;

    /// The newest request wins.
    void load(const QString& file);
    bool isLoading() const { return m_isLoading; }

  Q_SIGNALS:
    void loaded(const cameo::ui::Photo& photo);
    void failed(const cameo::Error& error);

  private:
    std::shared_ptr<Link> m_link;
    long m_generation = 0;
    bool m_isLoading = false;
};

} // namespace cameo::ui
