// How a start-up step fails (configuration, rules, gazetteer, presets): with one line that says what to change.
// A bad article never uses this: it carries a Reason (outcome.h). A bug is an assert. No exception crosses a folder.
#pragma once

#include <string>
#include <tl/expected.hpp>

namespace tocsin {

// The line a person reads: which file, which line, what to change.
struct Error {
  std::string message;
};

template <typename T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(std::string message) { return tl::unexpected<Error>(Error{std::move(message)}); }

}  // namespace tocsin
