#include "daemon/knowledge.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "common/article/nearest.h"

namespace tocsin {
namespace {

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

Result<void> check_preset(const Knowledge& knowledge, std::string_view preset, const std::string& where) {
  const std::vector<std::string_view> known = knowledge.presets();
  if (std::ranges::find(known, preset) != known.end()) return {};
  return fail(where + ": there is no preset \"" + std::string(preset) + "\"" + did_you_mean(preset, known));
}

}  // namespace

Result<std::shared_ptr<const Knowledge>> load_knowledge(const Config& config, std::string_view preset) {
  auto knowledge = Knowledge::load(with_default_directory(config.knowledge));
  if (!knowledge) return knowledge;
  if (auto r = check_preset(**knowledge, preset, "--preset"); !r) return tl::unexpected(r.error());
  for (const RawTopic& topic : config.topics.raw)
    if (auto r = check_preset(**knowledge, topic.preset, config.path + ": topics.raw: " + topic.name); !r)
      return tl::unexpected(r.error());
  return knowledge;
}

}  // namespace tocsin
