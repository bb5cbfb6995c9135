// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/help_windows.h"

#include "ui/panels/panel_parts.h"

#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QLabel>
#include <QTableWidget>
#include <QVBoxLayout>

namespace cameo::ui {

using namespace Qt::StringLiterals;

namespace {

QString text(const char* source) {
    return QCoreApplication::translate("Help", source);
}

QDialog* dialog(QWidget& parent, const QString& title) {
    auto* window = new QDialog(&parent);
    window->setAttribute(Qt::WA_DeleteOnClose);
    window->setWindowTitle(title);
    auto* layout = new QVBoxLayout(window);
    layout->setContentsMargins(16, 16, 16, 12);
    layout->setSpacing(12);
    return window;
}

void finish(QDialog& window) {
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    QObject::connect(buttons, &QDialogButtonBox::rejected, &window, &QDialog::close);
    window.layout()->addWidget(buttons);
    window.show();
}

void addRow(QTableWidget& table, const QString& what, const QString& keys) {
    const int row = table.rowCount();
    table.insertRow(row);
    table.setItem(row, 0, new QTableWidgetItem(what));
    table.setItem(row, 1, new QTableWidgetItem(keys));
}

} // namespace

void showKeys(QWidget& parent, const Actions& actions) {
    QDialog* window = dialog(parent, text("Keys"));
    auto* table = new QTableWidget(0, 2);
    table->setHorizontalHeaderLabels({text("Action"), text("Keys")});
    table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    table->horizontalHeader()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    table->verticalHeader()->hide();
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setAlternatingRowColors(true);
    table->setShowGrid(false);
    addRow(*table, text("Pan"), text("Space-drag, middle-drag"));
    addRow(*table, text("Zoom at the pointer"), text("Wheel"));
    addRow(*table, text("Show the original"), text("hold \\"));
    for (const ActionId id : actions.all()) {
        const QAction* action = actions[id];
        if (!action->shortcuts().isEmpty())
            addRow(*table, action->text().remove(u'&').remove(u'…'),
                   QKeySequence::listToString(action->shortcuts(), QKeySequence::NativeText));
    }
    window->layout()->addWidget(table);
    window->resize(460, 620);
    finish(*window);
}

void showAbout(QWidget& parent) {
    QDialog* window = dialog(parent, text("About Cameo"));
    auto* title = heading(u"Cameo "_s + QStringLiteral(CAMEO_VERSION));
    auto* body = new QLabel(
        text("A studio for portraits made or understood by a StyleGAN2 generator: it separates the "
             "person from the ground without labelled data, edits the person, and sets the edited "
             "person back on the filled ground."));
    body->setWordWrap(true);
    body->setMinimumWidth(380);
    window->layout()->addWidget(title);
    window->layout()->addWidget(body);
    window->layout()->addWidget(dimText(
        text("Apache License 2.0. Dear ImGui and GLM are under the MIT licence, Qt under the LGPL 3.")));
    finish(*window);
}

} // namespace cameo::ui
