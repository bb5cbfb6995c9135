// SPDX-License-Identifier: Apache-2.0
#include "ui/models/history_model.h"

#include "ui/models/qt_text.h"

#include <QBrush>
#include <QGuiApplication>
#include <QPalette>

namespace cameo::ui {

HistoryModel::HistoryModel(Session& session, QObject* parent)
    : QAbstractListModel(parent), m_session(session) {
    connect(&m_session, &Session::historyChanged, this, [this] {
        beginResetModel();
        endResetModel();
    });
}

int HistoryModel::rowCount(const QModelIndex& parent) const {
    if (parent.isValid())
        return 0;
    return static_cast<int>(m_session.document().history().size() - m_session.firstStep());
}

std::size_t HistoryModel::stepOf(const QModelIndex& index) const {
    return static_cast<std::size_t>(index.row()) + m_session.firstStep();
}

int HistoryModel::presentRow() const {
    return static_cast<int>(m_session.document().position() - m_session.firstStep());
}

QVariant HistoryModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    if (role == Qt::DisplayRole)
        return toQt(m_session.document().history()[stepOf(index)].name);
    const bool isUndone = index.row() > presentRow();
    if (role == Qt::ForegroundRole && isUndone)
        return QBrush(QGuiApplication::palette().color(QPalette::Disabled, QPalette::Text));
    if (role == Qt::AccessibleDescriptionRole && isUndone)
        return tr("undone");
    return {};
}

} // namespace cameo::ui
