// SPDX-License-Identifier: Apache-2.0
// A fresh folder that goes away with the object.
#pragma once

#include <filesystem>
#include <string>

namespace cameo::test {

class TempDir {
  public:
    TempDir();
    ~TempDir();
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;
    const std::filesystem::path& path() const { return m_path; }
    std::filesystem::path operator/(const std::string& name) const { return m_path / name; }
    /// Names of what lies in it, sorted.
    std::string listing() const;

  private:
    std::filesystem::path m_path;
};

} // namespace cameo::test
