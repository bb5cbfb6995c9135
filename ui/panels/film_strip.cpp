// SPDX-License-Identifier: Apache-2.0
#include "ui/panels/film_strip.h"

#include "ui/models/edit_ops.h"
#include "ui/panels/panel_parts.h"

#include <QHBoxLayout>
#include <QListView>
#include <QPainter>
#include <QPainterPath>
#include <QScrollBar>
#include <QStyledItemDelegate>
#include <QToolButton>

namespace cameo::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int gap = 4;

/// Picture, caption at its foot, and a frame around the one on the canvas.
class SeedDelegate : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        return {FilmStrip::thumbnailSide + 2 * gap, FilmStrip::thumbnailSide + 2 * gap};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        const QRectF box = QRectF(option.rect).adjusted(gap, gap, -gap, -gap);
        painter->save();
        painter->setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
        QPainterPath shape;
        shape.addRoundedRect(box, 3, 3);
        painter->setClipPath(shape);
        const auto picture = index.data(Qt::DecorationRole).value<QImage>();
        if (picture.isNull())
            painter->fillPath(shape, option.palette.color(QPalette::Mid));
        else
            painter->drawImage(box, picture);
        const double height = option.fontMetrics.height() + 2;
        const QRectF caption(box.left(), box.bottom() - height, box.width(), height);
        painter->fillRect(caption, QColor(0, 0, 0, 130));
        painter->setPen(Qt::white);
        painter->drawText(caption.adjusted(5, 0, -5, 0), Qt::AlignVCenter | Qt::AlignLeft,
                          index.data(Qt::DisplayRole).toString());
        painter->setClipping(false);
        if (option.state.testFlag(QStyle::State_Selected)) {
            painter->setPen(QPen(option.palette.color(QPalette::Link), 2));
            painter->drawPath(shape);
        } else if (option.state.testFlag(QStyle::State_MouseOver)) {
            painter->setPen(QPen(option.palette.color(QPalette::Mid), 1.5));
            painter->drawPath(shape);
        }
        painter->restore();
    }
};

} // namespace

FilmStrip::FilmStrip(Session& session, SeedModel& seeds, QWidget* parent)
    : QWidget(parent), m_session(session), m_seeds(seeds), m_list(new QListView) {
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(8, 4, 8, 4);
    layout->setSpacing(6);
    m_list->setObjectName(u"filmStrip"_s);
    m_list->setModel(&m_seeds);
    m_list->setItemDelegate(new SeedDelegate(m_list));
    m_list->setFlow(QListView::LeftToRight);
    m_list->setWrapping(false);
    m_list->setUniformItemSizes(true);
    m_list->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setMouseTracking(true);
    m_list->setAccessibleName(tr("Seeds"));
    m_list->setMinimumHeight(thumbnailSide + 2 * gap + m_list->horizontalScrollBar()->sizeHint().height());
    layout->addWidget(m_list, 1);
    auto* more = new QToolButton;
    makeFlat(*more, u"random"_s, tr("Other seeds"));
    more->setText(tr("Others"));
    more->setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
    more->setIconSize(QSize(20, 20));
    layout->addWidget(more);
    connect(more, &QToolButton::clicked, this, &FilmStrip::moreRequested);
    connect(m_list, &QListView::clicked, this, &FilmStrip::choose);
    connect(m_list, &QListView::activated, this, &FilmStrip::choose);
    connect(&m_session, &Session::stateChanged, this, &FilmStrip::showState);
    connect(&m_seeds, &QAbstractItemModel::modelReset, this, &FilmStrip::showState);
}

QSize FilmStrip::sizeHint() const {
    return {600, m_list->minimumHeight() + 8};
}

void FilmStrip::choose(const QModelIndex& index) {
    const std::uint32_t seed = index.data(SeedModel::seedRole).toUInt();
    const EditState& state = m_session.state();
    if (m_session.model() && (state.latent || state.seed != seed))
        m_session.commit(tr("Seed %1").arg(seed), withSeed(state, seed));
}

void FilmStrip::showState() {
    const EditState& state = m_session.state();
    const auto row = state.latent ? std::nullopt : m_seeds.rowOf(state.seed);
    if (!row) {
        m_list->clearSelection();
        return;
    }
    const QModelIndex index = m_seeds.index(*row);
    if (m_list->currentIndex() != index) {
        m_list->setCurrentIndex(index);
        m_list->scrollTo(index);
    } else {
        m_list->selectionModel()->select(index, QItemSelectionModel::ClearAndSelect);
    }
}

} // namespace cameo::ui
