// SPDX-License-Identifier: Apache-2.0
// The film strip: seeds as thumbnails; a click shows one on the canvas. Window's thread only.
#pragma once

#include "ui/models/seed_model.h"
#include "ui/models/session.h"

#include <QWidget>

class QListView;

namespace cameo::ui {

class FilmStrip : public QWidget {
    Q_OBJECT

  public:
    static constexpr int thumbnailSide = 92; // px

    FilmStrip(Session& session, SeedModel& seeds, QWidget* parent = nullptr);
    QSize sizeHint() const override;

  Q_SIGNALS:
    void moreRequested();

  private:
    void showState();
    void choose(const QModelIndex& index);

    Session& m_session;
    SeedModel& m_seeds;
    QListView* m_list;
};

} // namespace cameo::ui
