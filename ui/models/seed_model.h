// SPDX-License-Identifier: Apache-2.0
// The film strip's seeds with their thumbnails. Window's thread only.
#pragma once

#include <QAbstractListModel>
#include <QImage>

#include <cstdint>
#include <optional>
#include <vector>

namespace cameo::ui {

class SeedModel : public QAbstractListModel {
    Q_OBJECT

  public:
    static constexpr int seedRole = Qt::UserRole;
    static constexpr std::size_t mostSeeds = 48;

    explicit SeedModel(QObject* parent = nullptr);
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

    void setSeeds(std::vector<std::uint32_t> seeds);
    const std::vector<std::uint32_t>& seeds() const { return m_seeds; }
    /// In front, unless it is there already; the last one gives way when there are many.
    void include(std::uint32_t seed);
    std::optional<int> rowOf(std::uint32_t seed) const;
    void setPicture(std::uint32_t seed, const QImage& picture);
    bool hasPicture(std::uint32_t seed) const;
    void clearPictures();

  private:
    std::vector<std::uint32_t> m_seeds;
    std::vector<QImage> m_pictures; // as m_seeds; null until they are there
};

} // namespace cameo::ui
