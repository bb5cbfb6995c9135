// SPDX-License-Identifier: Apache-2.0
// Export mode: writes the layers into a folder or one file and says where. Window's thread only.
#pragma once

#include "ui/models/session.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;

namespace cameo::ui {

class ExportPanel : public QWidget {
    Q_OBJECT

  public:
    explicit ExportPanel(Session& session, QWidget* parent = nullptr);
    /// The folder for PNGs, or the file.
    QString folder() const;
    void setFolder(const QString& folder);
    void showStarted();
    void showFinished(const ExportReport& report);
    void showStopped();
    void copyCommandLine();

  Q_SIGNALS:
    void exportRequested(const QString& folder);

  private:
    void buildFolder();
    void buildResult();
    void buildCommand();
    void chooseTarget();
    void setFormat(int row);
    void showFormat();
    void showState();

    Session& m_session;
    QComboBox* m_format;
    QLabel* m_formatHelp;
    QLineEdit* m_folder;
    QPushButton* m_export;
    QLabel* m_result;
    QPushButton* m_openFolder;
    QPlainTextEdit* m_command;
    QString m_written; // the folder of the last export
    bool m_isRunning = false;
};

} // namespace cameo::ui
