// SPDX-License-Identifier: Apache-2.0
// A value or an Error, with the member names of std::expected (which gcc 12 lacks in C++20). Any thread.
#pragma once

#include "core/base/error.h"

#include <type_traits>
#include <utility>
#include <variant>

namespace cameo {

template <typename T>
class [[nodiscard]] Result {
  public:
    using value_type = T;
    Result(T value) : m_state(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : m_state(std::in_place_index<1>, std::move(error)) {}

    bool has_value() const { return m_state.index() == 0; }
    explicit operator bool() const { return has_value(); }

    /// Throws Failure with the error when there is no value.
    const T& value() const& {
        requireValue();
        return std::get<0>(m_state);
    }
    T& value() & {
        requireValue();
        return std::get<0>(m_state);
    }
    T&& value() && {
        requireValue();
        return std::get<0>(std::move(m_state));
    }
    const Error& error() const { return std::get<1>(m_state); }

    const T& operator*() const& { return std::get<0>(m_state); }
    T& operator*() & { return std::get<0>(m_state); }
    T&& operator*() && { return std::get<0>(std::move(m_state)); }
    const T* operator->() const { return &std::get<0>(m_state); }
    T* operator->() { return &std::get<0>(m_state); }

    template <typename F>
    auto transform(F&& f) const& -> Result<std::decay_t<std::invoke_result_t<F, const T&>>> {
        if (has_value())
            return std::forward<F>(f)(std::get<0>(m_state));
        return error();
    }

  private:
    void requireValue() const {
        if (!has_value())
            throw Failure(error());
    }
    std::variant<T, Error> m_state;
};

/// For jobs that only succeed or fail.
struct Done {};

} // namespace cameo
