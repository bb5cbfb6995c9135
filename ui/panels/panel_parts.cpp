// SPDX-License-Identifier: Apache-2.0
#include "ui/panels/panel_parts.h"

#include "ui/panels/icons.h"

#include <QEvent>
#include <QFrame>
#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

namespace cameo::ui {

using namespace Qt::StringLiterals;

namespace {

class IdleWheelFilter : public QObject {
  public:
    using QObject::QObject;
    bool eventFilter(QObject* watched, QEvent* event) override {
        const auto* widget = qobject_cast<QWidget*>(watched);
        if (event->type() != QEvent::Wheel || !widget || widget->hasFocus())
            return false;
        event->ignore();
        return true;
    }
};

} // namespace

ElidedLabel::ElidedLabel(const QString& text, QWidget* parent) : QLabel(text, parent) {}

void ElidedLabel::setFullText(const QString& text) {
    setText(text);
    setToolTip(text);
}

QSize ElidedLabel::minimumSizeHint() const {
    return {fontMetrics().averageCharWidth() * 4, QLabel::minimumSizeHint().height()};
}

void ElidedLabel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QString shown = fontMetrics().elidedText(text(), Qt::ElideMiddle, width());
    style()->drawItemText(&painter, rect(),
                          static_cast<int>(Qt::AlignVCenter | (alignment() & Qt::AlignHorizontal_Mask)),
                          palette(), isEnabled(), shown, foregroundRole());
}

int labelColumnWidth(const QWidget& widget) {
    return widget.fontMetrics().horizontalAdvance(u"Component 10"_s) + 6;
}

int numberColumnWidth(const QWidget& widget) {
    return widget.fontMetrics().horizontalAdvance(u"+0.00 px"_s) + 16;
}

int wideNumberColumnWidth(const QWidget& widget) {
    return widget.fontMetrics().horizontalAdvance(u"100000 thousand"_s) + 20;
}

QLabel* heading(const QString& text) {
    auto* label = new QLabel(text);
    label->setProperty("role", u"heading"_s);
    return label;
}

QLabel* dimText(const QString& text) {
    auto* label = new QLabel(text);
    label->setProperty("role", u"dim"_s);
    label->setWordWrap(true);
    return label;
}

QWidget* rule() {
    auto* line = new QFrame;
    line->setProperty("role", u"rule"_s);
    return line;
}

QPushButton* mainButton(const QString& text, const QString& icon) {
    QPushButton* button = plainButton(text, icon);
    button->setProperty("role", u"main"_s);
    return button;
}

QPushButton* plainButton(const QString& text, const QString& icon) {
    auto* button = new QPushButton(text);
    if (!icon.isEmpty())
        button->setIcon(themedIcon(icon));
    return button;
}

void makeFlat(QToolButton& button, const QString& icon, const QString& name) {
    button.setProperty("role", u"flat"_s);
    button.setIcon(themedIcon(icon));
    button.setIconSize(QSize(15, 15));
    button.setToolTip(name);
    button.setAccessibleName(name);
    button.setFocusPolicy(Qt::TabFocus);
}

void ignoreIdleWheel(QWidget& widget) {
    widget.setFocusPolicy(Qt::StrongFocus);
    widget.installEventFilter(new IdleWheelFilter(&widget));
}

QVBoxLayout* panelLayout(QWidget& panel) {
    auto* layout = new QVBoxLayout(&panel);
    layout->setContentsMargins(12, 10, 12, 12);
    layout->setSpacing(8);
    return layout;
}

QWidget* labelled(const QString& text, QWidget* control) {
    auto* line = new QWidget;
    auto* layout = new QHBoxLayout(line);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(7);
    auto* label = new ElidedLabel(text);
    label->setFixedWidth(labelColumnWidth(*line));
    label->setBuddy(control);
    layout->addWidget(label);
    layout->addWidget(control, 1);
    if (control->accessibleName().isEmpty())
        control->setAccessibleName(text);
    return line;
}

} // namespace cameo::ui
