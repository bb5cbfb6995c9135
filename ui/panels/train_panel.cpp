// SPDX-License-Identifier: Apache-2.0
#include "ui/panels/train_panel.h"

#include "ui/models/qt_text.h"
#include "ui/panels/icons.h"
#include "ui/panels/panel_parts.h"
#include "ui/panels/plot_ticks.h"
#include "ui/panels/train_settings.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include <cmath>

namespace cameo::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int barSteps = 1000;

QString timeText(double seconds) {
    const long whole = std::lround(seconds);
    if (whole < 60)
        return TrainPanel::tr("%1 s").arg(whole);
    if (whole < 3600)
        return TrainPanel::tr("%1 min %2 s").arg(whole / 60).arg(whole % 60);
    if (whole < 48 * 3600)
        return TrainPanel::tr("%1 h %2 min").arg(whole / 3600).arg(whole % 3600 / 60);
    return TrainPanel::tr("%1 days").arg(static_cast<double>(whole) / 86400, 0, 'f', 1);
}

} // namespace

TrainPanel::TrainPanel(TrainingModel& model, const DeviceInfo& device, QWidget* parent)
    : QWidget(parent), m_model(model), m_settings(new TrainSettings(device)), m_footer(new QWidget) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* area = new QScrollArea;
    area->setWidgetResizable(true);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidget(m_settings);
    column->addWidget(area, 1);
    column->addWidget(rule());
    panelLayout(*m_footer);
    buildFacts();
    buildButtons();
    column->addWidget(m_footer);
    connect(&m_model, &TrainingModel::phaseChanged, this, &TrainPanel::showPhase);
    connect(&m_model, &TrainingModel::statusChanged, this, &TrainPanel::showStatus);
    connect(m_settings, &TrainSettings::changed, this, &TrainPanel::showPhase);
    showPhase();
}

TrainPanel::Fact TrainPanel::addFact(QGridLayout& grid, int row, int column, const QString& name,
                                     const QString& help) {
    const Fact fact{dimText(name), new QLabel};
    fact.name->setWordWrap(false);
    fact.value->setTextInteractionFlags(Qt::TextSelectableByMouse);
    fact.value->setAccessibleName(name);
    for (QLabel* label : {fact.name, fact.value})
        label->setToolTip(help);
    grid.addWidget(fact.name, row, 2 * column);
    grid.addWidget(fact.value, row, 2 * column + 1);
    return fact;
}

void TrainPanel::buildFacts() {
    m_phase = heading({});
    m_hint = dimText();
    m_bar = new QProgressBar;
    m_bar->setFixedHeight(12);
    m_bar->setTextVisible(false);
    m_bar->setAccessibleName(tr("Progress of the training"));
    m_facts = new QWidget;
    auto* grid = new QGridLayout(m_facts);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(10);
    grid->setVerticalSpacing(4);
    grid->setColumnStretch(1, 1);
    grid->setColumnStretch(3, 1);
    m_images = addFact(*grid, 0, 0, tr("Images"), tr("Real images that the networks have seen, of how many"));
    m_speed = addFact(*grid, 0, 1, tr("Speed"), tr("Since this run began"));
    m_left = addFact(*grid, 1, 0, tr("Time left"), tr("At this speed"));
    m_saved = addFact(*grid, 1, 1, tr("Saved"),
                      tr("The state and the models on the disk are those after as many "
                         "images"));
    m_sign = addFact(*grid, 2, 0, tr("r_t"),
                     tr("Mean sign of the discriminator's scores of real images: near 1, it knows the "
                        "pictures by heart"));
    m_probability = addFact(*grid, 2, 1, tr("p"),
                            tr("Probability of each augmentation: adapted so that r_t stays at its target"));
    for (QWidget* part : {static_cast<QWidget*>(m_phase), static_cast<QWidget*>(m_hint),
                          static_cast<QWidget*>(m_bar), m_facts})
        m_footer->layout()->addWidget(part);
}

void TrainPanel::buildButtons() {
    m_start = mainButton(tr("Start"), u"play"_s);
    m_stop = plainButton(tr("Stop"), u"stop"_s);
    m_stop->setToolTip(tr("Saves the state and ends; Resume goes on from there"));
    m_save = plainButton(tr("Save now"), u"save"_s);
    m_save->setToolTip(tr("Writes generator, discriminator and state after the next step, and goes on"));
    m_open = plainButton(tr("Open in the studio"), u"model"_s);
    m_open->setToolTip(tr("Sample and edit with the generator that this run saved last"));
    auto* line = new QWidget;
    auto* row = new QHBoxLayout(line);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(6);
    for (QPushButton* button : {m_start, m_stop, m_save})
        row->addWidget(button, 1);
    m_footer->layout()->addWidget(line);
    m_footer->layout()->addWidget(m_open);
    connect(m_start, &QPushButton::clicked, this, [this] { Q_EMIT startRequested(m_settings->request()); });
    connect(m_stop, &QPushButton::clicked, this, &TrainPanel::stopRequested);
    connect(m_save, &QPushButton::clicked, this, [this] {
        m_save->setEnabled(false); // until it is saved
        Q_EMIT saveRequested();
    });
    connect(m_open, &QPushButton::clicked, this, [this] { Q_EMIT openRequested(toQt(m_model.generator())); });
}

QString TrainPanel::phaseText() const {
    const TrainingStatus* status = m_model.status();
    switch (m_model.phase()) {
    case TrainingPhase::Starting:
        return tr("Starting …");
    case TrainingPhase::Running:
        if (status && status->stage == TrainingStage::Packing)
            return tr("Packing the pictures");
        return tr("Training");
    case TrainingPhase::Stopping:
        return tr("Stopping: saving the state …");
    case TrainingPhase::Stopped:
        return tr("Stopped");
    case TrainingPhase::Finished:
        return tr("Finished");
    case TrainingPhase::Failed:
        return tr("Ended before its time");
    case TrainingPhase::Idle:
        break;
    }
    return m_model.canResume() ? tr("Ready to go on") : tr("Not started");
}

/// Why the main button cannot be pressed; empty when it can.
QString TrainPanel::problem() const {
    const TrainingRequest request = m_settings->request();
    const double target = 1000 * parameterValue(trainingParameters(), request.parameters, "images");
    if (m_settings->problem().isEmpty() && m_model.canResume() && m_model.images() >= target)
        return tr("All %1 images are seen: open the result, or raise Images to go on.")
            .arg(countText(target));
    return m_settings->problem();
}

void TrainPanel::showPhase() {
    const bool isActive = m_model.isActive();
    const QString problem = this->problem();
    m_settings->setEnabled(!isActive);
    m_phase->setText(phaseText());
    m_hint->setText(isActive             ? tr("Sliders and all other modes stay in use: they go first.")
                    : !problem.isEmpty() ? problem
                    : m_model.phase() == TrainingPhase::Failed && m_model.canResume()
                        ? tr("Resume goes on from the last saved state.")
                        : QString());
    m_hint->setVisible(!m_hint->text().isEmpty());
    m_start->setVisible(!isActive);
    m_start->setText(m_model.canResume() ? tr("Resume") : tr("Start"));
    m_start->setToolTip(m_model.canResume() ? tr("Goes on from the last saved state of this run")
                                            : tr("Packs the pictures and begins to train"));
    m_start->setEnabled(problem.isEmpty());
    m_stop->setVisible(isActive);
    m_stop->setEnabled(m_model.phase() != TrainingPhase::Stopping);
    m_save->setVisible(isActive);
    m_save->setEnabled(m_model.phase() == TrainingPhase::Running);
    showStatus();
}

void TrainPanel::showFact(const Fact& fact, const QString& text) {
    fact.value->setText(text.isEmpty() ? u"–"_s : text);
}

void TrainPanel::showProgress() {
    const TrainingStatus* status = m_model.status();
    const bool hasEnd = status && status->target > 0;
    m_bar->setVisible(m_model.isActive());
    m_bar->setRange(0, hasEnd ? barSteps : 0); // without an end: a moving bar
    if (hasEnd)
        m_bar->setValue(static_cast<int>(barSteps * status->images / status->target));
}

void TrainPanel::showStatus() {
    const TrainingStatus* status = m_model.status();
    const TrainingCourse& course = m_model.course();
    const bool isPacking = status && status->stage == TrainingStage::Packing;
    if (m_model.phase() == TrainingPhase::Running)
        m_phase->setText(phaseText());
    const bool hasEnd = status && status->target > 0;
    m_facts->setVisible(m_model.isActive() || m_model.images() > 0);
    showProgress();
    if (isPacking) {
        showFact(m_images, tr("%1 of %2").arg(status->images).arg(status->target));
        for (const Fact& fact : {m_speed, m_left, m_saved, m_sign, m_probability})
            showFact(fact, {});
        return;
    }
    const auto shown = [&](const std::optional<double>& live, const char* key) {
        return live ? live : course.last(key);
    };
    const std::optional<double> sign = shown(status ? status->realSign : std::nullopt, "sign-real");
    const std::optional<double> probability =
        shown(status ? status->augmentProbability : std::nullopt, "augment-probability");
    const double images = m_model.images();
    showFact(m_images, hasEnd       ? tr("%1 of %2").arg(countText(images), countText(double(status->target)))
                       : images > 0 ? countText(images)
                                    : QString());
    showFact(m_speed, status && status->imagesPerSecond > 0
                          ? tr("%1 images/s").arg(status->imagesPerSecond, 0, 'g', 3)
                          : QString());
    showFact(m_left, status && status->secondsLeft ? timeText(*status->secondsLeft) : QString());
    showFact(m_saved, status && status->savedImages >= 0
                          ? tr("at %1").arg(countText(double(status->savedImages)))
                          : QString());
    showFact(m_sign, sign ? QString::number(*sign, 'f', 2) : QString());
    showFact(m_probability, probability ? QString::number(*probability, 'f', 2) : QString());
    if (status && m_model.phase() == TrainingPhase::Running)
        m_save->setEnabled(m_save->isEnabled() || status->savedImages != m_savedBefore);
    m_savedBefore = status ? status->savedImages : -1;
    m_open->setEnabled(!m_model.generator().empty());
}

} // namespace cameo::ui
