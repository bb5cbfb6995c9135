// SPDX-License-Identifier: Apache-2.0
// The steps so far: click one to go there, undo and redo below. Window's thread only.
#pragma once

#include "ui/models/history_model.h"

#include <QWidget>

class QListView;

namespace cameo::ui {

class HistoryPanel : public QWidget {
    Q_OBJECT

  public:
    explicit HistoryPanel(Session& session, QWidget* parent = nullptr);

  private:
    void showPresent();

    Session& m_session;
    HistoryModel m_model;
    QListView* m_list;
};

} // namespace cameo::ui
