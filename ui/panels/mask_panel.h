// SPDX-License-Identifier: Apache-2.0
// Mask mode: how the mask is made and how it is looked at. The method's own numbers come from its parameter
// table. Window's thread only.
#pragma once

#include "ui/models/session.h"
#include "ui/models/view_model.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QLabel;
class QVBoxLayout;

namespace cameo::ui {

class ParameterForm;
class ValueRow;
struct ValueRange;

class MaskPanel : public QWidget {
    Q_OBJECT

  public:
    MaskPanel(Session& session, ViewModel& view, QWidget* parent = nullptr);
    /// Coverage of the mask that is shown; an empty one says that none is there yet.
    void showMask(const Mask& mask);

  private:
    using Change = void (*)(MaskSettings&, double);
    void buildControls();
    ValueRow* addRow(QVBoxLayout& layout, const QString& label, const ValueRange& range, Change change);
    void connectControls();
    void showMethodTable();
    void showState();
    void showView();

    Session& m_session;
    ViewModel& m_view;
    QComboBox* m_viewBox;
    QCheckBox* m_hatch;
    QComboBox* m_method;
    ValueRow* m_threshold;
    ValueRow* m_softness;
    ValueRow* m_feather;
    ParameterForm* m_form;
    QString m_tableOf; // the method whose table the form shows
    QLabel* m_coverage;
};

} // namespace cameo::ui
