// SPDX-License-Identifier: Apache-2.0
#include "ui/panels/icons.h"

#include <QFile>
#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPalette>
#include <QSvgRenderer>

// Must stand outside of every namespace.
static void initialiseCompiledIn() {
    Q_INIT_RESOURCE(cameo);
}

namespace cameo::ui {

using namespace Qt::StringLiterals;

namespace {

class ThemedIconEngine : public QIconEngine {
  public:
    explicit ThemedIconEngine(QString name) : m_name(std::move(name)) {
        QFile file(u":/cameo/icons/%1.svg"_s.arg(m_name));
        if (file.open(QIODevice::ReadOnly))
            m_drawing = file.readAll();
    }

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override {
        QByteArray drawing = m_drawing;
        drawing.replace("currentColor", colour(mode, state).name().toLatin1());
        QSvgRenderer renderer(drawing);
        renderer.setAspectRatioMode(Qt::KeepAspectRatio);
        renderer.render(painter, QRectF(rect));
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(0, 0), size), mode, state);
        return pixmap;
    }

    QIconEngine* clone() const override { return new ThemedIconEngine(m_name); }
    QString key() const override { return u"cameo"_s; }

  private:
    static QColor colour(QIcon::Mode mode, QIcon::State state) {
        const QPalette palette = QGuiApplication::palette();
        if (mode == QIcon::Disabled)
            return palette.color(QPalette::Disabled, QPalette::ButtonText);
        if (mode == QIcon::Selected)
            return palette.color(QPalette::HighlightedText);
        return palette.color(state == QIcon::On ? QPalette::Link : QPalette::ButtonText);
    }

    QString m_name;
    QByteArray m_drawing;
};

} // namespace

QIcon themedIcon(const QString& name) {
    return QIcon(new ThemedIconEngine(name));
}

void initialiseResources() {
    initialiseCompiledIn();
}

} // namespace cameo::ui
