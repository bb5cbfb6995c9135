// SPDX-License-Identifier: Apache-2.0
#include "ui/models/seed_model.h"

#include <algorithm>

namespace cameo::ui {

SeedModel::SeedModel(QObject* parent) : QAbstractListModel(parent) {}

int SeedModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_seeds.size());
}

QVariant SeedModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const auto row = static_cast<std::size_t>(index.row());
    switch (role) {
    case Qt::DisplayRole:
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole:
        return tr("Seed %1").arg(m_seeds[row]);
    case Qt::DecorationRole:
        return m_pictures[row];
    case seedRole:
        return m_seeds[row];
    default:
        return {};
    }
}

void SeedModel::setSeeds(std::vector<std::uint32_t> seeds) {
    beginResetModel();
    m_seeds = std::move(seeds);
    m_pictures.assign(m_seeds.size(), QImage());
    endResetModel();
}

void SeedModel::include(std::uint32_t seed) {
    if (rowOf(seed))
        return;
    beginInsertRows({}, 0, 0);
    m_seeds.insert(m_seeds.begin(), seed);
    m_pictures.insert(m_pictures.begin(), QImage());
    endInsertRows();
    if (m_seeds.size() <= mostSeeds)
        return;
    const int last = static_cast<int>(m_seeds.size()) - 1;
    beginRemoveRows({}, last, last);
    m_seeds.pop_back();
    m_pictures.pop_back();
    endRemoveRows();
}

std::optional<int> SeedModel::rowOf(std::uint32_t seed) const {
    const auto found = std::find(m_seeds.begin(), m_seeds.end(), seed);
    if (found == m_seeds.end())
        return std::nullopt;
    return static_cast<int>(found - m_seeds.begin());
}

void SeedModel::setPicture(std::uint32_t seed, const QImage& picture) {
    const auto row = rowOf(seed);
    if (!row)
        return;
    m_pictures[static_cast<std::size_t>(*row)] = picture;
    Q_EMIT dataChanged(index(*row), index(*row), {Qt::DecorationRole});
}

bool SeedModel::hasPicture(std::uint32_t seed) const {
    const auto row = rowOf(seed);
    return row && !m_pictures[static_cast<std::size_t>(*row)].isNull();
}

void SeedModel::clearPictures() {
    std::fill(m_pictures.begin(), m_pictures.end(), QImage());
    if (!m_seeds.empty())
        Q_EMIT dataChanged(index(0), index(static_cast<int>(m_seeds.size()) - 1), {Qt::DecorationRole});
}

} // namespace cameo::ui
