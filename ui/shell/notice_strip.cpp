// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/notice_strip.h"

#include "ui/models/qt_text.h"
#include "ui/panels/icons.h"
#include "ui/panels/panel_parts.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QLabel>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

namespace cameo::ui {

using namespace Qt::StringLiterals;

NoticeStrip::NoticeStrip(QWidget* parent)
    : QFrame(parent), m_icon(new QLabel), m_message(new QLabel), m_advice(new QLabel) {
    setObjectName(u"noticeStrip"_s);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 7, 8, 7);
    layout->setSpacing(10);
    auto* texts = new QVBoxLayout;
    texts->setSpacing(2);
    for (QLabel* label : {m_message, m_advice}) {
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        texts->addWidget(label);
    }
    m_message->setProperty("role", u"heading"_s);
    auto* close = new QToolButton;
    makeFlat(*close, u"close"_s, tr("Dismiss"));
    connect(close, &QToolButton::clicked, this, &QWidget::hide);
    layout->addWidget(m_icon);
    layout->addLayout(texts, 1);
    layout->addWidget(close, 0, Qt::AlignTop);
    hide();
}

QString NoticeStrip::message() const {
    return m_message->text();
}

QString NoticeStrip::advice() const {
    return m_advice->text();
}

void NoticeStrip::showError(const Error& error) {
    show(Kind::Error, toQt(error.message), toQt(error.advice));
}

void NoticeStrip::showInfo(const QString& message, const QString& advice) {
    show(Kind::Info, message, advice);
}

void NoticeStrip::show(Kind kind, const QString& message, const QString& advice) {
    const bool isError = kind == Kind::Error;
    setProperty("kind", isError ? u"error"_s : u"info"_s);
    style()->unpolish(this);
    style()->polish(this);
    m_icon->setPixmap(themedIcon(isError ? u"warning"_s : u"info"_s).pixmap(QSize(22, 22)));
    m_message->setText(message);
    m_advice->setText(advice);
    m_advice->setVisible(!advice.isEmpty());
    setAccessibleName(message);
    setVisible(true);
    QAccessibleEvent event(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
}

} // namespace cameo::ui
