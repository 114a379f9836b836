#include "daemon/cli/line_batches.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace tocsin {

Result<bool> LineBatches::read_more() {
  constexpr std::size_t kRead = 256U << 10;
  if (at_ > 0) ahead_.erase(0, at_);
  at_ = 0;
  const std::size_t before = ahead_.size();
  ahead_.resize(before + kRead);
  ssize_t n = 0;
  do n = ::read(descriptor_, ahead_.data() + before, kRead);
  while (n < 0 && errno == EINTR);
  ahead_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
  if (n < 0) return fail(std::string("standard input: ") + std::strerror(errno));
  end_ = n == 0;
  return !end_;
}

// Appends to the last line, up to one byte over the limit.
void LineBatches::keep(LineBatch& batch, std::string_view piece) {
  LineBatch::Line& line = batch.lines.back();
  piece = piece.substr(0, max_line_ + 1 - line.size);
  batch.bytes.append(piece);
  line.size += piece.size();
}

Result<bool> LineBatches::next(LineBatch& batch) {
  batch.bytes.clear();
  batch.lines.clear();
  batch.first_line = line_;
  bool open = false;  // the last line has not ended yet
  while (true) {
    if (at_ == ahead_.size()) {
      // Between lines a batch is complete: who types at a terminal wants an answer to the line just typed.
      if (!open && !batch.lines.empty()) return true;
      if (end_) return open;
      Result<bool> more = read_more();
      if (!more) return more;
      if (!*more) return !batch.lines.empty();
    }
    if (!open) {
      if (batch.lines.size() == kMaxLines || batch.bytes.size() >= kMaxBytes) return true;
      batch.lines.push_back({batch.bytes.size(), 0});
      ++line_;
      open = true;
    }
    const std::size_t end = ahead_.find('\n', at_);
    keep(batch, std::string_view(ahead_).substr(at_, end == std::string::npos ? end : end - at_));
    open = end == std::string::npos;
    at_ = open ? ahead_.size() : end + 1;
  }
}

}  // namespace tocsin
