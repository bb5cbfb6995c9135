// SPDX-License-Identifier: Apache-2.0
// The document's steps as a list; steps that were undone are dimmed. Window's thread only.
#pragma once

#include "ui/models/session.h"

#include <QAbstractListModel>

namespace cameo::ui {

class HistoryModel : public QAbstractListModel {
    Q_OBJECT

  public:
    explicit HistoryModel(Session& session, QObject* parent = nullptr);
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    /// Row of the present step.
    int presentRow() const;
    std::size_t stepOf(const QModelIndex& index) const;

  private:
    Session& m_session;
};

} // namespace cameo::ui
