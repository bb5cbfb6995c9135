// SPDX-License-Identifier: Apache-2.0
#include "ui/panels/photo_panel.h"

#include "ui/models/image_convert.h"
#include "ui/panels/disclosure.h"
#include "ui/panels/panel_parts.h"
#include "ui/panels/parameter_form.h"
#include "ui/panels/plot.h"

#include <QFileInfo>
#include <QGridLayout>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QVBoxLayout>

namespace cameo::ui {

using namespace Qt::StringLiterals;

PhotoPanel::PhotoPanel(Session& session, QWidget* parent) : QWidget(parent), m_session(session) {
    panelLayout(*this);
    buildSource();
    buildSquare();
    buildInversion();
    static_cast<QVBoxLayout*>(layout())->addStretch(1);
    connect(&m_session, &Session::photoChanged, this, &PhotoPanel::showPhoto);
    connect(&m_session, &Session::modelChanged, this, &PhotoPanel::showPhoto);
    showPhoto();
}

void PhotoPanel::buildSource() {
    auto* open = plainButton(tr("Open photo…"), u"open"_s);
    open->setToolTip(tr("PNG, JPEG or TIFF; or drop a file anywhere on the window"));
    connect(open, &QPushButton::clicked, this, &PhotoPanel::openRequested);
    layout()->addWidget(open);
    m_file = new ElidedLabel;
    m_file->setProperty("role", u"heading"_s);
    m_size = dimText();
    layout()->addWidget(m_file);
    layout()->addWidget(m_size);
}

void PhotoPanel::buildSquare() {
    m_squareBox = new QWidget;
    auto* grid = new QGridLayout(m_squareBox);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->addWidget(heading(tr("Square")), 0, 0, 1, 3);
    const auto add = [&](int column, const QString& name) {
        auto* label = dimText(name);
        auto* spin = new QSpinBox;
        spin->setSuffix(tr(" px"));
        spin->setKeyboardTracking(false);
        spin->setAccessibleName(tr("Square: %1").arg(name.toLower()));
        ignoreIdleWheel(*spin);
        connect(spin, &QSpinBox::valueChanged, this, &PhotoPanel::squareEdited);
        grid->addWidget(label, 1, column);
        grid->addWidget(spin, 2, column);
        return spin;
    };
    m_x = add(0, tr("Left"));
    m_y = add(1, tr("Top"));
    m_side = add(2, tr("Side"));
    grid->addWidget(
        dimText(tr("Drag the square on the canvas: eyes a little above the middle, the whole head inside, "
                   "as in the portraits that the model was trained on.")),
        3, 0, 1, 3);
    layout()->addWidget(m_squareBox);
}

void PhotoPanel::buildInversion() {
    m_invert = mainButton(tr("Invert"), u"target"_s);
    m_invert->setToolTip(tr("Finds the latent whose picture is this square"));
    m_stop = plainButton(tr("Stop, keep the best so far"), u"close"_s);
    m_stop->hide();
    m_course = dimText();
    m_plot = new Plot({.title = tr("Course of the loss"),
                       .xUnit = tr("steps"),
                       .scale = PlotScale::Logarithmic,
                       .style = PlotStyle::Compact});
    m_plot->hide();
    for (QWidget* widget : {static_cast<QWidget*>(m_invert), static_cast<QWidget*>(m_stop),
                            static_cast<QWidget*>(m_course), static_cast<QWidget*>(m_plot)})
        layout()->addWidget(widget);
    layout()->addWidget(rule());
    m_form = new ParameterForm;
    m_form->setTable(inversionParameters());
    layout()->addWidget(new Disclosure(tr("Inversion settings"), m_form, Disclosure::State::Closed));
    connect(m_invert, &QPushButton::clicked, this, &PhotoPanel::inversionRequested);
    connect(m_stop, &QPushButton::clicked, this, &PhotoPanel::stopRequested);
}

ParameterValues PhotoPanel::parameters() const {
    return m_form->values();
}

void PhotoPanel::showPhoto() {
    const PhotoCandidate* photo = m_session.photo();
    m_squareBox->setVisible(photo != nullptr);
    m_file->setVisible(photo != nullptr);
    m_invert->setEnabled(photo && m_session.model() && !m_isRunning);
    if (!photo) {
        m_size->setText(tr("Open a photograph, or drop one on the window."));
        return;
    }
    const int width = photo->photo.width, height = photo->photo.height;
    m_file->setText(QFileInfo(photo->photo.file).fileName());
    m_file->setToolTip(photo->photo.file);
    m_size->setText(tr("%1 × %2 px").arg(width).arg(height));
    const QSignalBlocker quietX(m_x), quietY(m_y), quietSide(m_side);
    const Rect& square = photo->square;
    m_side->setRange(1, std::min(width, height));
    m_x->setRange(0, width - square.width);
    m_y->setRange(0, height - square.height);
    m_x->setValue(square.x);
    m_y->setValue(square.y);
    m_side->setValue(square.width);
}

void PhotoPanel::squareEdited() {
    const int side = m_side->value();
    m_session.setPhotoSquare(Rect{m_x->value(), m_y->value(), side, side});
}

void PhotoPanel::showStarted() {
    m_isRunning = true;
    m_plot->clear();
    m_plot->show();
    m_stop->show();
    m_course->setText(tr("Starting …"));
    showPhoto();
}

void PhotoPanel::showProgress(const Progress& progress) {
    QString text = progress.steps > 0 ? tr("Step %1 of %2").arg(progress.step).arg(progress.steps)
                                      : tr("Step %1").arg(progress.step);
    if (progress.loss) {
        text += tr(" · loss %1").arg(*progress.loss, 0, 'g', 4);
        m_plot->add({static_cast<double>(progress.step), *progress.loss});
    }
    if (progress.secondsLeft)
        text += tr(" · %1 s left").arg(*progress.secondsLeft, 0, 'f', 0);
    m_course->setText(text);
}

void PhotoPanel::showFinished(const InversionResult& result) {
    showStopped();
    const QString end =
        result.stopped ? tr("Stopped after %1 steps with the best so far") : tr("Done after %1 steps");
    m_course->setText(end.arg(result.steps) +
                      tr(" · loss %1 · PSNR %2 dB").arg(result.loss, 0, 'g', 4).arg(result.psnr, 0, 'f', 1));
}

void PhotoPanel::showStopped() {
    m_isRunning = false;
    m_stop->hide();
    m_course->clear();
    showPhoto();
}

} // namespace cameo::ui
