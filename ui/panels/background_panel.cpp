// SPDX-License-Identifier: Apache-2.0
#include "ui/panels/background_panel.h"

#include "ui/models/image_convert.h"
#include "ui/panels/panel_parts.h"

#include <QButtonGroup>
#include <QLabel>
#include <QPixmap>
#include <QRadioButton>
#include <QVBoxLayout>

namespace cameo::ui {

namespace {

constexpr int plateSide = 220; // px

} // namespace

BackgroundPanel::BackgroundPanel(ViewModel& view, QWidget* parent)
    : QWidget(parent),
      m_view(view),
      m_choices(new QButtonGroup(this)),
      m_plate(new QLabel),
      m_note(dimText()) {
    QVBoxLayout* layout = panelLayout(*this);
    layout->addWidget(heading(tr("On the canvas")));
    const auto add = [&](Choice choice, const QString& text, const QString& help) {
        auto* button = new QRadioButton(text);
        button->setToolTip(help);
        m_choices->addButton(button, static_cast<int>(choice));
        layout->addWidget(button);
    };
    add(Choice::Composite, tr("Composite"), tr("The edited person over the filled ground (C)"));
    add(Choice::Plate, tr("Plate alone"), tr("The original's ground, filled where the person was"));
    add(Choice::Person, tr("Person alone"), tr("Cut out; checks show where it is transparent"));
    add(Choice::Picture, tr("Generator's picture"), tr("The whole edited picture, before compositing"));
    layout->addWidget(rule());
    layout->addWidget(heading(tr("Plate")));
    m_plate->setAccessibleName(tr("Filled ground"));
    m_plate->setAlignment(Qt::AlignCenter);
    layout->addWidget(m_plate);
    layout->addWidget(m_note);
    layout->addStretch(1);
    connect(m_choices, &QButtonGroup::idClicked, this, [this](int id) { choose(static_cast<Choice>(id)); });
    connect(&m_view, &ViewModel::viewChanged, this, &BackgroundPanel::showView);
    showView();
    showRendering({});
}

void BackgroundPanel::choose(Choice choice) {
    m_view.setVisible(LayerKind::Person, choice != Choice::Plate);
    m_view.setVisible(LayerKind::Ground, choice != Choice::Person);
    m_view.setContent(choice == Choice::Picture ? Content::Picture : Content::Composite);
}

void BackgroundPanel::showView() {
    Choice choice = Choice::Composite;
    if (m_view.content() == Content::Picture)
        choice = Choice::Picture;
    else if (!m_view.isVisible(LayerKind::Person))
        choice = Choice::Plate;
    else if (!m_view.isVisible(LayerKind::Ground))
        choice = Choice::Person;
    m_choices->button(static_cast<int>(choice))->setChecked(true);
}

void BackgroundPanel::showRendering(const Rendering& rendering) {
    m_plate->setVisible(!rendering.plate.isEmpty());
    if (rendering.plate.isEmpty()) {
        m_note->setText(
            tr("The plate is made when the composite is shown: the ground of the unedited picture, filled "
               "where the person was."));
        return;
    }
    m_plate->setPixmap(QPixmap::fromImage(thumbnail(rendering.plate, plateSide)));
    m_note->setText(tr("%1 × %2 px. It stays as it is while the person is edited.")
                        .arg(rendering.plate.width())
                        .arg(rendering.plate.height()));
}

} // namespace cameo::ui
