// SPDX-License-Identifier: Apache-2.0
// What a training learns from, where it starts and with which numbers: the settings of the Train mode.
// Window's thread only.
#pragma once

#include "core/engine/engine.h"

#include <QWidget>

#include <optional>
#include <vector>

class QComboBox;
class QLabel;
class QLineEdit;
class QSpinBox;

namespace cameo::ui {

class ParameterForm;

class TrainSettings : public QWidget {
    Q_OBJECT

  public:
    explicit TrainSettings(const DeviceInfo& device, QWidget* parent = nullptr);

    void setPictures(const QString& path);
    void setFolder(const QString& folder);
    QString folder() const;
    /// Start from this checkpoint.
    void setStart(const QString& file);
    void showRequest(const TrainingRequest& request);
    void showPictures(const PictureSource& source);
    void showNoPictures(const Error& error);
    void showRun(const TrainingRun& run);

    TrainingRequest request() const;
    /// What is still missing before a training can start; empty when nothing is.
    QString problem() const;

  Q_SIGNALS:
    void picturesChosen(const QString& path);
    void folderChosen(const QString& folder);
    void changed();

  private:
    enum Start { Fresh, Embedded, File };
    void buildPictures();
    void buildFolder();
    void buildStart();
    void buildNumbers(const DeviceInfo& device);
    QLineEdit* addPath(const QString& name, const QString& help, const QString& placeholder, QWidget* browse);
    void choosePictureFolder();
    void choosePictureFile();
    void chooseRunFolder();
    void chooseCheckpoint();
    void picturesEdited();
    void folderEdited();
    QString wantedSplit() const;

    QLineEdit* m_pictures;
    QLabel* m_picturesNote;
    QWidget* m_splitRow;
    QComboBox* m_split;
    QWidget* m_sideRow;
    QComboBox* m_side;
    QLineEdit* m_folder;
    QLabel* m_folderNote;
    QComboBox* m_start;
    QWidget* m_fileRow = nullptr;
    QLineEdit* m_file;
    QComboBox* m_precision;
    QSpinBox* m_seed;
    std::vector<Parameter> m_mainTable, m_otherTable;
    ParameterForm* m_mainForm;
    ParameterForm* m_otherForm;
    std::optional<PictureSource> m_source; // of what stands in m_pictures, once looked at
    QString m_rememberedSplit;             // of a run that was opened, until its table was looked at
};

} // namespace cameo::ui
