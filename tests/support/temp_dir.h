// A folder of its own for a test, deleted with everything in it at the end.
#pragma once

#include <filesystem>
#include <string_view>

namespace tocsin::test {

class TempDir {
 public:
  // Made under $TMPDIR or /tmp; throws std::runtime_error when it cannot be.
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::filesystem::path& path() const { return path_; }

  // Writes (or replaces) a file in the folder, making the folders on its way, and returns its path.
  std::filesystem::path write(std::string_view name, std::string_view content) const;

 private:
  std::filesystem::path path_;
};

// The whole file, or "" when there is none.
std::string read_file(const std::filesystem::path& path);

}  // namespace tocsin::test
