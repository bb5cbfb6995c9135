// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/status_line.h"

#include "ui/models/qt_text.h"
#include "ui/panels/panel_parts.h"

#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QStatusBar>

#include <algorithm>
#include <cmath>

namespace cameo::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int patienceMilliseconds = 400;

QString jobName(JobKind kind) {
    switch (kind) {
    case JobKind::Model:
        return StatusLine::tr("Opening the model");
    case JobKind::Inversion:
        return StatusLine::tr("Inverting");
    case JobKind::Export:
        return StatusLine::tr("Writing layers");
    case JobKind::Training:
        return StatusLine::tr("Training");
    case JobKind::Picture:
    case JobKind::Original:
    case JobKind::Thumbnail:
        break;
    }
    return StatusLine::tr("Drawing");
}

bool isLong(JobKind kind) {
    return kind == JobKind::Model || kind == JobKind::Inversion || kind == JobKind::Export ||
           kind == JobKind::Training;
}

QString timeText(double seconds) {
    const int whole = static_cast<int>(std::lround(seconds));
    if (whole >= 3600)
        return StatusLine::tr("%1 h %2 min left").arg(whole / 3600).arg(whole % 3600 / 60);
    return StatusLine::tr("%1:%2 left").arg(whole / 60).arg(whole % 60, 2, 10, QChar(u'0'));
}

} // namespace

StatusLine::StatusLine(QStatusBar& bar, EngineBridge& bridge) : QObject(&bar), m_bridge(bridge) {
    buildParts(bar);
    m_patience.setSingleShot(true);
    m_patience.setInterval(patienceMilliseconds);
    connect(&m_patience, &QTimer::timeout, this, &StatusLine::showJob);
    connect(&m_bridge, &EngineBridge::jobStarted, this, &StatusLine::jobStarted);
    connect(&m_bridge, &EngineBridge::jobProgressed, this, &StatusLine::jobProgressed);
    connect(&m_bridge, &EngineBridge::jobEnded, this, &StatusLine::jobEnded);
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        if (m_shownJob)
            Q_EMIT cancelRequested(*m_shownJob);
    });
    showDevice();
    showJob();
    clearProbe();
}

void StatusLine::buildParts(QStatusBar& bar) {
    bar.setSizeGripEnabled(false);
    bar.setContentsMargins(8, 2, 8, 2);
    m_device = new ElidedLabel;
    m_job = new QLabel;
    m_time = new QLabel;
    m_bar = new QProgressBar;
    m_bar->setFixedSize(150, 12);
    m_bar->setTextVisible(false);
    m_bar->setRange(0, 1000);
    m_bar->setAccessibleName(tr("Progress"));
    m_cancel = new QPushButton(tr("Cancel"));
    m_cancel->setFocusPolicy(Qt::TabFocus);
    m_zoom = new QLabel;
    m_zoom->setAccessibleName(tr("Zoom"));
    m_position = new QLabel;
    m_swatch = new QLabel;
    m_swatch->setFixedSize(12, 12);
    m_colour = new QLabel;
    m_alpha = new QLabel;
    const auto width = [&](QLabel* label, const QString& widest) {
        label->setMinimumWidth(label->fontMetrics().horizontalAdvance(widest) + 10);
        label->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    };
    width(m_zoom, u"6400 %"_s);
    width(m_position, u"4096, 4096"_s);
    width(m_colour, u"RGB 255 255 255"_s);
    width(m_alpha, u"α 0.00"_s);
    bar.addWidget(m_device, 1);
    for (QWidget* part : {static_cast<QWidget*>(m_job), static_cast<QWidget*>(m_bar),
                          static_cast<QWidget*>(m_time), static_cast<QWidget*>(m_cancel)})
        bar.addWidget(part);
    for (QLabel* part : {m_zoom, m_position, m_swatch, m_colour, m_alpha})
        bar.addPermanentWidget(part);
}

void StatusLine::showDevice() {
    const DeviceInfo device = m_bridge.device();
    QString text = tr("Device: %1").arg(toQt(device.name));
    if (!device.reason.empty())
        text += u" — "_s + toQt(device.reason);
    static_cast<ElidedLabel*>(m_device)->setFullText(text);
}

void StatusLine::showZoom(double zoom) {
    m_zoom->setText(tr("%1 %").arg(zoom * 100, 0, 'f', zoom < 0.1 ? 1 : 0));
}

void StatusLine::showProbe(const PixelProbe& probe) {
    m_position->setText(u"%1, %2"_s.arg(probe.position.x()).arg(probe.position.y()));
    if (!probe.colour) {
        m_swatch->clear();
        m_colour->clear();
    } else {
        QPixmap swatch(m_swatch->size());
        swatch.fill(*probe.colour);
        m_swatch->setPixmap(swatch);
        m_colour->setText(
            u"RGB %1 %2 %3"_s.arg(probe.colour->red()).arg(probe.colour->green()).arg(probe.colour->blue()));
    }
    m_alpha->setText(probe.alpha ? u"α %1"_s.arg(*probe.alpha, 0, 'f', 2) : QString());
}

void StatusLine::clearProbe() {
    m_position->clear();
    m_swatch->clear();
    m_colour->clear();
    m_alpha->clear();
}

void StatusLine::jobStarted(JobKind kind) {
    if (kind == JobKind::Thumbnail || (m_shownJob && isLong(*m_shownJob) && !isLong(kind)))
        return;
    m_shownJob = kind;
    m_progress = Progress();
    m_job->setMinimumWidth(0);
    if (isLong(kind))
        showJob();
    else
        m_patience.start();
}

void StatusLine::jobProgressed(JobKind kind, const Progress& progress) {
    if (m_shownJob != kind)
        return;
    m_progress = progress;
    if (!m_patience.isActive())
        showJob();
}

void StatusLine::jobEnded(JobKind kind) {
    if (m_shownJob != kind)
        return;
    m_patience.stop();
    m_shownJob.reset();
    for (const JobKind other : {JobKind::Training, JobKind::Inversion, JobKind::Export, JobKind::Model})
        if (m_bridge.isRunning(other))
            m_shownJob = other;
    showJob();
    showDevice();
}

void StatusLine::showJob() {
    const bool isShown = m_shownJob.has_value();
    for (QWidget* part :
         {static_cast<QWidget*>(m_job), static_cast<QWidget*>(m_bar), static_cast<QWidget*>(m_time)})
        part->setVisible(isShown);
    m_cancel->setVisible(isShown && isLong(*m_shownJob));
    const bool isTraining = m_shownJob == JobKind::Training; // it keeps what it has
    m_cancel->setText(isTraining ? tr("Stop") : tr("Cancel"));
    m_cancel->setToolTip(isTraining ? tr("Saves the state of the training and ends it")
                                    : tr("Stops the running job (Esc)"));
    if (!isShown)
        return;
    QString text = jobName(*m_shownJob);
    if (m_progress.steps > 0)
        text += u" %1 / %2"_s.arg(m_progress.step).arg(m_progress.steps);
    if (m_progress.loss)
        text += tr(" · loss %1").arg(*m_progress.loss, 0, 'g', 3);
    m_job->setText(text);
    m_job->setMinimumWidth(
        std::max(m_job->minimumWidth(), m_job->sizeHint().width())); // grows, never trembles
    m_bar->setRange(0, m_progress.fraction ? 1000 : 0);              // without an end: a moving bar
    if (m_progress.fraction)
        m_bar->setValue(static_cast<int>(*m_progress.fraction * 1000));
    m_time->setText(m_progress.secondsLeft ? timeText(*m_progress.secondsLeft) : QString());
}

} // namespace cameo::ui
