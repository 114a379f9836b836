#include "daemon/knowledge_paths.h"

#include <filesystem>
#include <system_error>

namespace tocsin {

KnowledgePaths with_default_directory(KnowledgePaths paths) {
  if (!paths.directory.empty()) return paths;
  std::error_code error;
  const std::filesystem::path binary = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  const std::filesystem::path beside = binary / "knowledge";
  const std::filesystem::path packaged = (binary / "../share/tocsin/knowledge").lexically_normal();
  const bool is_packaged =
      !std::filesystem::is_directory(beside, error) && std::filesystem::is_directory(packaged, error);
  paths.directory = is_packaged ? packaged : beside;
  return paths;
}

}  // namespace tocsin
