// SPDX-License-Identifier: Apache-2.0
#include "ui/panels/disclosure.h"

#include <QToolButton>
#include <QVBoxLayout>

namespace cameo::ui {

using namespace Qt::StringLiterals;

Disclosure::Disclosure(const QString& title, QWidget* content, State state, QWidget* parent)
    : QWidget(parent), m_heading(new QToolButton) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    m_heading->setText(title);
    m_heading->setCheckable(true);
    m_heading->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_heading->setProperty("role", u"disclosure"_s);
    layout->addWidget(m_heading);
    layout->addWidget(content);
    const auto show = [this, content](bool isOpen) {
        m_heading->setArrowType(isOpen ? Qt::DownArrow : Qt::RightArrow);
        content->setVisible(isOpen);
    };
    connect(m_heading, &QToolButton::toggled, this, show);
    m_heading->setChecked(state == State::Open);
    show(state == State::Open);
}

} // namespace cameo::ui
