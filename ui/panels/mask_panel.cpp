// SPDX-License-Identifier: Apache-2.0
#include "ui/panels/mask_panel.h"

#include "ui/models/qt_text.h"
#include "ui/panels/disclosure.h"
#include "ui/panels/panel_parts.h"
#include "ui/panels/parameter_form.h"
#include "ui/panels/value_row.h"

#include <QCheckBox>
#include <QComboBox>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace cameo::ui {

using namespace Qt::StringLiterals;

namespace {

QString methodLabel(const QString& method) {
    if (method == u"clusters"_s)
        return MaskPanel::tr("Style-mixing clusters");
    return method;
}

ValueRange thresholdRange() {
    ValueRange range;
    range.standard = MaskSettings().threshold;
    range.help = MaskPanel::tr("Centre of the levels ramp: higher keeps less of the person.");
    return range;
}

ValueRange softnessRange() {
    ValueRange range;
    range.standard = MaskSettings().softness;
    range.help = MaskPanel::tr("Width of the levels ramp: 0 gives a hard mask, 1 the method's own.");
    return range;
}

ValueRange featherRange() {
    ValueRange range;
    range.maximum = 32;
    range.decimals = 1;
    range.unit = u"px"_s;
    range.help = MaskPanel::tr("Softens the edge, in pixels of the picture.");
    return range;
}

} // namespace

MaskPanel::MaskPanel(Session& session, ViewModel& view, QWidget* parent)
    : QWidget(parent), m_session(session), m_view(view) {
    buildControls();
    connectControls();
    showState();
    showView();
    showMask({});
}

ValueRow* MaskPanel::addRow(QVBoxLayout& layout, const QString& label, const ValueRange& range,
                            Change change) {
    auto* row = new ValueRow(label, range);
    const auto changed = [this, change](double value) {
        EditState state = m_session.state();
        change(state.mask, value);
        return state;
    };
    const int decimals = range.decimals;
    const auto name = [label, decimals](double value) {
        return tr("Mask: %1 %2").arg(label.toLower()).arg(value, 0, 'f', decimals);
    };
    connect(row, &ValueRow::previewed, this,
            [=, this](double value) { m_session.preview(name(value), changed(value)); });
    connect(row, &ValueRow::committed, this,
            [=, this](double value) { m_session.commit(name(value), changed(value)); });
    layout.addWidget(row);
    return row;
}

void MaskPanel::buildControls() {
    QVBoxLayout* layout = panelLayout(*this);
    m_viewBox = new QComboBox;
    for (int i = 0; i < maskViewCount; ++i)
        m_viewBox->addItem(maskViewName(static_cast<MaskView>(i)));
    m_viewBox->setToolTip(tr("How the mask is shown on the canvas; F goes to the next"));
    ignoreIdleWheel(*m_viewBox);
    layout->addWidget(labelled(tr("View"), m_viewBox));
    m_hatch = new QCheckBox(tr("Hatch the ground"));
    m_hatch->setToolTip(tr("Stripes in the overlay, for eyes or screens that do not tell its colours apart"));
    layout->addWidget(m_hatch);
    layout->addWidget(rule());
    m_method = new QComboBox;
    for (const std::string& method : maskMethods())
        m_method->addItem(methodLabel(toQt(method)), toQt(method));
    m_method->setToolTip(tr("How the person is told from the ground, without labelled data"));
    ignoreIdleWheel(*m_method);
    layout->addWidget(labelled(tr("Method"), m_method));
    m_threshold = addRow(*layout, tr("Threshold"), thresholdRange(),
                         [](MaskSettings& mask, double value) { mask.threshold = value; });
    m_softness = addRow(*layout, tr("Softness"), softnessRange(),
                        [](MaskSettings& mask, double value) { mask.softness = value; });
    m_feather = addRow(*layout, tr("Feather"), featherRange(),
                       [](MaskSettings& mask, double value) { mask.feather = value; });
    m_coverage = dimText();
    layout->addWidget(m_coverage);
    layout->addWidget(rule());
    m_form = new ParameterForm;
    layout->addWidget(new Disclosure(tr("Method settings"), m_form, Disclosure::State::Open));
    layout->addStretch(1);
}

void MaskPanel::connectControls() {
    connect(&m_session, &Session::stateChanged, this, &MaskPanel::showState);
    connect(&m_session, &Session::modelChanged, this, &MaskPanel::showState);
    connect(&m_view, &ViewModel::viewChanged, this, &MaskPanel::showView);
    connect(m_viewBox, &QComboBox::activated, this,
            [this](int index) { m_view.setMaskView(static_cast<MaskView>(index)); });
    connect(m_hatch, &QCheckBox::toggled, &m_view, &ViewModel::setHatched);
    connect(m_method, &QComboBox::activated, this, [this] {
        EditState state = m_session.state();
        state.mask.method = m_method->currentData().toString().toStdString();
        state.mask.parameters.clear();
        m_session.commit(tr("Mask method: %1").arg(m_method->currentText().toLower()), std::move(state));
    });
    const auto changed = [this](const ParameterValues& values) {
        EditState state = m_session.state();
        state.mask.parameters = values;
        return state;
    };
    connect(m_form, &ParameterForm::committed, this,
            [=, this](const QString& label, const ParameterValues& values) {
                m_session.commit(tr("Mask: %1").arg(label.toLower()), changed(values));
            });
}

void MaskPanel::showMethodTable() {
    const QString method = toQt(m_session.state().mask.method);
    if (m_tableOf == method)
        return;
    m_tableOf = method;
    m_form->setTable(maskParameters(method.toStdString()));
}

void MaskPanel::showState() {
    setEnabled(m_session.model() != nullptr);
    const MaskSettings& mask = m_session.state().mask;
    m_method->setCurrentIndex(m_method->findData(toQt(mask.method)));
    m_threshold->showValue(mask.threshold);
    m_softness->showValue(mask.softness);
    m_feather->showValue(mask.feather);
    showMethodTable();
    m_form->showValues(mask.parameters);
}

void MaskPanel::showView() {
    m_viewBox->setCurrentIndex(static_cast<int>(m_view.maskView()));
    const QSignalBlocker quiet(m_hatch);
    m_hatch->setChecked(m_view.isHatched());
    m_hatch->setEnabled(m_view.maskView() == MaskView::Overlay);
}

void MaskPanel::showMask(const Mask& mask) {
    if (mask.isEmpty())
        m_coverage->setText(tr("No mask yet."));
    else
        m_coverage->setText(
            tr("The person covers %1 % of the picture.").arg(mask.coverage() * 100, 0, 'f', 1));
}

} // namespace cameo::ui
