// SPDX-License-Identifier: Apache-2.0
#include "ui/panels/history_panel.h"

#include <QListView>
#include <QVBoxLayout>

namespace cameo::ui {

using namespace Qt::StringLiterals;

HistoryPanel::HistoryPanel(Session& session, QWidget* parent)
    : QWidget(parent), m_session(session), m_model(session), m_list(new QListView) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 2, 0, 0);
    m_list->setObjectName(u"history"_s);
    m_list->setModel(&m_model);
    m_list->setUniformItemSizes(true);
    m_list->setSpacing(1);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setAccessibleName(tr("History"));
    m_list->setToolTip(tr("Click a step to go there"));
    layout->addWidget(m_list);
    const auto go = [this](const QModelIndex& index) { m_session.goTo(m_model.stepOf(index)); };
    connect(m_list, &QListView::clicked, this, go);
    connect(m_list, &QListView::activated, this, go);
    connect(&m_session, &Session::historyChanged, this, &HistoryPanel::showPresent);
    showPresent();
}

void HistoryPanel::showPresent() {
    const QModelIndex present = m_model.index(m_model.presentRow());
    m_list->setCurrentIndex(present);
    m_list->scrollTo(present);
}

} // namespace cameo::ui
