// SPDX-License-Identifier: Apache-2.0
#include "ui/panels/layers_panel.h"

#include "ui/models/image_convert.h"
#include "ui/panels/icons.h"
#include "ui/panels/panel_parts.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPixmap>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>

namespace cameo::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int side = 40; // px
constexpr int checkSide = 5;

/// The person over checks, where there is a mask.
QPixmap personThumbnail(const Rendering& rendering) {
    QImage person = thumbnail(rendering.picture, side);
    if (person.isNull())
        return {};
    if (!rendering.mask.isEmpty()) {
        person = person.convertToFormat(QImage::Format_ARGB32);
        person.setAlphaChannel(
            toQImage(rendering.mask).scaled(person.size(), Qt::IgnoreAspectRatio, Qt::SmoothTransformation));
    }
    QPixmap out(person.size());
    out.fill(QColor(0x6d, 0x6f, 0x74));
    QPainter painter(&out);
    for (int y = 0; y < out.height(); y += checkSide)
        for (int x = y / checkSide % 2 * checkSide; x < out.width(); x += 2 * checkSide)
            painter.fillRect(x, y, checkSide, checkSide, QColor(0x55, 0x57, 0x5b));
    painter.drawImage(0, 0, person);
    return out;
}

} // namespace

LayersPanel::LayersPanel(ViewModel& view, QWidget* parent) : QWidget(parent), m_view(view) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 6, 8, 8);
    layout->setSpacing(4);
    m_rows = {addRow(LayerKind::Person, tr("Person")), addRow(LayerKind::Mask, tr("Mask")),
              addRow(LayerKind::Ground, tr("Ground, filled"))};
    layout->addStretch(1);
    connect(&m_view, &ViewModel::viewChanged, this, &LayersPanel::showView);
    showView();
}

LayersPanel::Row LayersPanel::addRow(LayerKind kind, const QString& name) {
    auto* line = new QHBoxLayout;
    line->setSpacing(10);
    auto* eye = new QToolButton;
    makeFlat(*eye, u"eye"_s, tr("Show %1").arg(name.toLower()));
    eye->setIconSize(QSize(17, 17));
    eye->setCheckable(true);
    auto* picture = new QLabel;
    picture->setFixedSize(side, side);
    picture->setAlignment(Qt::AlignCenter);
    picture->setAccessibleName(tr("Picture of %1").arg(name.toLower()));
    line->addWidget(eye);
    line->addWidget(picture);
    line->addWidget(new QLabel(name), 1);
    static_cast<QVBoxLayout*>(layout())->addLayout(line);
    connect(eye, &QToolButton::toggled, this,
            [this, kind](bool isVisible) { m_view.setVisible(kind, isVisible); });
    return Row{kind, eye, picture};
}

void LayersPanel::showView() {
    for (const Row& row : m_rows) {
        const QSignalBlocker quiet(row.eye);
        const bool isVisible = m_view.isVisible(row.kind);
        row.eye->setChecked(isVisible);
        row.eye->setIcon(themedIcon(isVisible ? u"eye"_s : u"eye-off"_s));
    }
}

void LayersPanel::showRendering(const Rendering& rendering) {
    const auto show = [](QLabel* label, const QPixmap& pixmap) {
        if (pixmap.isNull())
            label->setText(u"—"_s);
        else
            label->setPixmap(pixmap);
    };
    show(m_rows[0].picture, personThumbnail(rendering));
    const QImage mask = toQImage(rendering.mask);
    show(m_rows[1].picture, mask.isNull() ? QPixmap()
                                          : QPixmap::fromImage(mask.scaled(side, side, Qt::KeepAspectRatio,
                                                                           Qt::SmoothTransformation)));
    show(m_rows[2].picture,
         rendering.plate.isEmpty() ? QPixmap() : QPixmap::fromImage(thumbnail(rendering.plate, side)));
}

} // namespace cameo::ui
