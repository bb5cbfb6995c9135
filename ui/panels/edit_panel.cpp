// SPDX-License-Identifier: Apache-2.0
#include "ui/panels/edit_panel.h"

#include "ui/models/edit_ops.h"
#include "ui/panels/direction_row.h"
#include "ui/panels/panel_parts.h"
#include "ui/panels/value_row.h"

#include <QCheckBox>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>
#include <limits>

namespace cameo::ui {

using namespace Qt::StringLiterals;

EditPanel::EditPanel(Session& session, QWidget* parent) : QWidget(parent), m_session(session) {
    buildControls();
    connect(&m_session, &Session::stateChanged, this, &EditPanel::showState);
    connect(&m_session, &Session::modelChanged, this, &EditPanel::rebuildRows);
    rebuildRows();
}

void EditPanel::buildControls() {
    QVBoxLayout* layout = panelLayout(*this);
    m_empty = dimText();
    layout->addWidget(m_empty);
    m_rowsLayout = new QVBoxLayout;
    m_rowsLayout->setSpacing(6);
    layout->addLayout(m_rowsLayout);
    auto* reset = plainButton(tr("Reset all"), u"reset"_s);
    reset->setToolTip(tr("Back to the unedited picture; one step of the history"));
    connect(reset, &QPushButton::clicked, this, &EditPanel::resetAll);
    layout->addWidget(reset, 0, Qt::AlignRight);
    m_resetAll = reset;
    m_mix = new QWidget;
    auto* mixLayout = new QVBoxLayout(m_mix);
    mixLayout->setContentsMargins(0, 0, 0, 0);
    mixLayout->setSpacing(7);
    buildMix(*mixLayout);
    layout->addWidget(m_mix);
    layout->addStretch(1);
}

void EditPanel::buildMix(QVBoxLayout& layout) {
    layout.addWidget(rule());
    m_isMixing = new QCheckBox(tr("Style mixing"));
    m_isMixing->setToolTip(
        tr("Takes the rows from the crossover on from a second seed: low crossovers change the "
           "person, high ones only colour and light."));
    layout.addWidget(m_isMixing);
    m_mixSeed = new QSpinBox;
    m_mixSeed->setRange(0, std::numeric_limits<int>::max());
    m_mixSeed->setKeyboardTracking(false);
    ignoreIdleWheel(*m_mixSeed);
    layout.addWidget(labelled(tr("Second seed"), m_mixSeed));
    m_crossoverPlace = new QVBoxLayout;
    layout.addLayout(m_crossoverPlace);
    connect(m_isMixing, &QCheckBox::toggled, this, [this] { mixChanged(true); });
    connect(m_mixSeed, &QSpinBox::valueChanged, this, [this] { mixChanged(true); });
}

void EditPanel::addRow(const DirectionInfo& direction) {
    auto* row = new DirectionRow(direction, m_session.model()->numWs);
    connect(row, &DirectionRow::previewed, this, [this, direction](const DirectionEdit& edit) {
        m_session.preview(directionStepName(direction, edit),
                          withDirection(m_session.state(), direction, edit));
    });
    connect(row, &DirectionRow::committed, this, [this, direction](const DirectionEdit& edit) {
        m_session.commit(directionStepName(direction, edit),
                         withDirection(m_session.state(), direction, edit));
    });
    m_rowsLayout->addWidget(row);
    m_rows.push_back(row);
}

void EditPanel::rebuildRows() {
    qDeleteAll(m_rows);
    m_rows.clear();
    delete m_crossover;
    m_crossover = nullptr;
    const ModelInfo* model = m_session.model();
    const bool hasDirections = model && !model->directions.empty();
    m_empty->setText(model ? tr("This model has no directions to edit along.")
                           : tr("No model is loaded yet. Use File, Open model."));
    m_empty->setVisible(!hasDirections);
    m_mix->setVisible(model != nullptr);
    m_resetAll->setVisible(model != nullptr);
    if (!model)
        return;
    for (const DirectionInfo& direction : model->directions)
        addRow(direction);
    ValueRange range;
    range.minimum = 1;
    range.maximum = std::max(2.0, static_cast<double>(model->numWs - 1));
    range.standard = std::min(range.maximum, static_cast<double>(model->numWs / 2));
    range.decimals = 0;
    range.help = tr("Rows from this one on come from the second seed.");
    m_crossover = new ValueRow(tr("Crossover"), range);
    m_crossoverPlace->addWidget(m_crossover);
    connect(m_crossover, &ValueRow::previewed, this, [this] { mixChanged(false); });
    connect(m_crossover, &ValueRow::committed, this, [this] { mixChanged(true); });
    showState();
}

EditState EditPanel::withMix() const {
    EditState state = m_session.state();
    if (m_isMixing->isChecked())
        state.mix =
            StyleMix{static_cast<std::uint32_t>(m_mixSeed->value()), static_cast<int>(m_crossover->value())};
    else
        state.mix.reset();
    return state;
}

QString EditPanel::mixName() const {
    if (!m_isMixing->isChecked())
        return tr("No style mixing");
    return tr("Mix seed %1 from row %2").arg(m_mixSeed->value()).arg(static_cast<int>(m_crossover->value()));
}

void EditPanel::mixChanged(bool isFinal) {
    m_mixSeed->setEnabled(m_isMixing->isChecked());
    m_crossover->setEnabled(m_isMixing->isChecked());
    if (isFinal)
        m_session.commit(mixName(), withMix());
    else
        m_session.preview(mixName(), withMix());
}

void EditPanel::resetAll() {
    m_session.commit(tr("Reset all edits"), m_session.state().original());
}

void EditPanel::showState() {
    const EditState& state = m_session.state();
    for (DirectionRow* row : m_rows)
        row->showEdit(directionEdit(state, row->direction()));
    m_resetAll->setEnabled(isEdited(state));
    if (!m_crossover)
        return;
    const QSignalBlocker quietCheck(m_isMixing), quietSeed(m_mixSeed);
    m_isMixing->setChecked(state.mix.has_value());
    m_mixSeed->setEnabled(state.mix.has_value());
    m_crossover->setEnabled(state.mix.has_value());
    if (state.mix) {
        m_mixSeed->setValue(static_cast<int>(state.mix->seed));
        m_crossover->showValue(state.mix->crossover);
    }
}

} // namespace cameo::ui
