// SPDX-License-Identifier: Apache-2.0
// What went wrong, in words for the person at the keyboard. Inside core, errors travel as the exception
// `Failure`; at the engine's boundary they become `Result<T>`. Any thread.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace cameo {

enum class ErrorCode {
    Internal,         // a defect of ours
    InvalidArgument,  // an option, number or name that cannot be used
    NotFound,         // a file, model or layer that is not there
    Io,               // reading or writing failed: permissions, full disk
    BadCheckpoint,    // a model file that is foreign, broken or hostile
    UnsupportedModel, // a sound model file that Cameo cannot use for this
    BadImage,         // a picture file that cannot be read or used
    OutOfMemory,
    Device,     // the chosen device is missing or failed
    Cancelled,  // stopped on request
    Superseded, // a newer live request took its place
};

/// Stable lower-case name for JSON output and exit messages, e.g. "bad-checkpoint".
const char* errorCodeName(ErrorCode code);

struct Error {
    ErrorCode code = ErrorCode::Internal;
    std::string message; // names the file, tensor or field; says what was expected and found
    std::string advice;  // what the user can do; may be empty

    /// Message and advice as one line.
    std::string text() const { return advice.empty() ? message : message + ". " + advice; }
};

class Failure : public std::runtime_error {
  public:
    explicit Failure(Error error) : std::runtime_error(error.text()), m_error(std::move(error)) {}
    Failure(ErrorCode code, std::string message, std::string advice = {})
        : Failure(Error{code, std::move(message), std::move(advice)}) {}
    const Error& error() const { return m_error; }

  private:
    Error m_error;
};

} // namespace cameo
