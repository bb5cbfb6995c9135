// SPDX-License-Identifier: Apache-2.0
#include "ui/panels/sample_panel.h"

#include "ui/models/edit_ops.h"
#include "ui/panels/panel_parts.h"
#include "ui/panels/value_row.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QPushButton>
#include <QRandomGenerator>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QVBoxLayout>

#include <limits>

namespace cameo::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr std::uint32_t randomSeedLimit = 100'000; // short enough to remember

ValueRange psiRange() {
    ValueRange range;
    range.minimum = 0;
    range.maximum = 1.5;
    range.standard = EditState().psi;
    range.help = SamplePanel::tr("Truncation: 0 is the average portrait, 1 the model's full variety.");
    return range;
}

QSpinBox* numberBox(int maximum) {
    auto* spin = new QSpinBox;
    spin->setRange(0, maximum);
    spin->setKeyboardTracking(false);
    ignoreIdleWheel(*spin);
    return spin;
}

} // namespace

SamplePanel::SamplePanel(Session& session, QWidget* parent)
    : QWidget(parent),
      m_session(session),
      m_seed(numberBox(std::numeric_limits<int>::max())),
      m_psi(new ValueRow(tr("Truncation ψ"), psiRange())),
      m_noise(new QComboBox),
      m_noiseSeed(numberBox(std::numeric_limits<int>::max())),
      m_class(numberBox(0)) {
    buildControls();
    connectControls();
    connect(&m_session, &Session::stateChanged, this, &SamplePanel::showState);
    connect(&m_session, &Session::modelChanged, this, &SamplePanel::showModel);
    showModel();
}

void SamplePanel::buildControls() {
    QVBoxLayout* layout = panelLayout(*this);
    m_seed->setAccessibleName(tr("Seed"));
    m_seed->setToolTip(tr("The same seed is the same portrait in every StyleGAN2 tool."));
    auto* random = plainButton(tr("Random"), u"random"_s);
    random->setToolTip(tr("Another seed by chance (R)"));
    connect(random, &QPushButton::clicked, this, &SamplePanel::chooseRandomSeed);
    auto* seedLine = new QWidget;
    auto* seedLayout = new QHBoxLayout(seedLine);
    seedLayout->setContentsMargins(0, 0, 0, 0);
    seedLayout->addWidget(m_seed, 1);
    seedLayout->addWidget(random);
    layout->addWidget(labelled(tr("Seed"), seedLine));
    layout->addWidget(m_psi);
    m_noise->addItem(tr("Constant"), static_cast<int>(NoiseMode::Const));
    m_noise->addItem(tr("Random"), static_cast<int>(NoiseMode::Random));
    m_noise->addItem(tr("None"), static_cast<int>(NoiseMode::None));
    m_noise->setToolTip(tr("Fine texture: the model's own, from a seed, or none."));
    ignoreIdleWheel(*m_noise);
    layout->addWidget(labelled(tr("Noise"), m_noise));
    m_noiseSeedLine = labelled(tr("Noise seed"), m_noiseSeed);
    layout->addWidget(m_noiseSeedLine);
    m_class->setToolTip(tr("The class that this conditional model draws."));
    m_classLine = labelled(tr("Class"), m_class);
    layout->addWidget(m_classLine);
    m_latentNote = dimText(
        tr("The picture comes from an inverted photograph. Choose a seed to leave it; undo brings it back."));
    layout->addWidget(m_latentNote);
    layout->addStretch(1);
}

void SamplePanel::connectControls() {
    connect(m_seed, &QSpinBox::valueChanged, this,
            [this](int seed) { commitSeed(static_cast<std::uint32_t>(seed)); });
    const auto withPsi = [this](double psi) {
        EditState state = m_session.state();
        state.psi = psi;
        return state;
    };
    const auto name = [](double psi) { return tr("Truncation %1").arg(psi, 0, 'f', 2); };
    connect(m_psi, &ValueRow::previewed, this,
            [=, this](double psi) { m_session.preview(name(psi), withPsi(psi)); });
    connect(m_psi, &ValueRow::committed, this,
            [=, this](double psi) { m_session.commit(name(psi), withPsi(psi)); });
    connect(m_noise, &QComboBox::activated, this, [this] {
        EditState state = m_session.state();
        state.noise = static_cast<NoiseMode>(m_noise->currentData().toInt());
        m_session.commit(tr("Noise: %1").arg(m_noise->currentText().toLower()), std::move(state));
    });
    connect(m_noiseSeed, &QSpinBox::valueChanged, this, [this](int seed) {
        EditState state = m_session.state();
        state.noiseSeed = static_cast<std::uint32_t>(seed);
        m_session.commit(tr("Noise seed %1").arg(seed), std::move(state));
    });
    connect(m_class, &QSpinBox::valueChanged, this, [this](int value) {
        EditState state = m_session.state();
        state.classIndex = value;
        m_session.commit(tr("Class %1").arg(value), std::move(state));
    });
}

void SamplePanel::chooseRandomSeed() {
    if (m_session.model())
        commitSeed(QRandomGenerator::global()->bounded(randomSeedLimit));
}

void SamplePanel::commitSeed(std::uint32_t seed) {
    m_session.commit(tr("Seed %1").arg(seed), withSeed(m_session.state(), seed));
}

void SamplePanel::showState() {
    const EditState& state = m_session.state();
    const QSignalBlocker quietSeed(m_seed), quietNoise(m_noiseSeed), quietClass(m_class);
    m_seed->setValue(static_cast<int>(state.seed));
    m_psi->showValue(state.psi);
    m_noise->setCurrentIndex(m_noise->findData(static_cast<int>(state.noise)));
    m_noiseSeed->setValue(static_cast<int>(state.noiseSeed));
    m_noiseSeedLine->setVisible(state.noise == NoiseMode::Random);
    m_class->setValue(state.classIndex.value_or(0));
    m_latentNote->setVisible(state.latent.has_value());
    m_psi->setEnabled(!state.latent);
}

void SamplePanel::showModel() {
    const ModelInfo* model = m_session.model();
    setEnabled(model != nullptr);
    const bool isConditional = model && model->cDim > 0;
    m_classLine->setVisible(isConditional);
    if (isConditional) {
        const QSignalBlocker quiet(m_class);
        m_class->setMaximum(static_cast<int>(model->cDim) - 1);
    }
    showState();
}

} // namespace cameo::ui
