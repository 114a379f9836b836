#include "common/places/gazetteer.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cassert>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <utility>

#include "common/text/document.h"

namespace tocsin {
namespace {

using namespace places;

constexpr std::size_t kRowBytes[kSections] = {
    sizeof(NameNode), sizeof(std::uint32_t), sizeof(PlaceRow), sizeof(CountryRow), sizeof(AdminRow),
    sizeof(AdminRow), sizeof(WordRow),       sizeof(HomeRow),  sizeof(float),      1};

std::string rebuild_hint(const std::string& path, const std::string& what) {
  return path + ": " + what + "; make the gazetteer image again (docs/places.md)";
}

template <typename T>
std::span<const T> section(std::string_view bytes, const ImageHeader& header, SectionId id) {
  return {reinterpret_cast<const T*>(bytes.data() + header.section[id].offset), header.section[id].count};
}

// A table in open addressing needs a power of two and at least one empty slot, or a search might not end.
template <typename Row>
bool is_hash_table(std::span<const Row> rows) {
  if (!std::has_single_bit(rows.size())) return false;
  for (const Row& row : rows)
    if (row.key == 0) return true;
  return false;
}

}  // namespace

std::uint64_t image_checksum(std::string_view bytes) {
  constexpr std::uint64_t kFactor = 0x9fb21c651e98df25u;
  std::uint64_t lanes[4] = {1, 2, 3, 4};
  std::size_t i = 0;
  for (; i + 32 <= bytes.size(); i += 32) {
    std::uint64_t word[4];
    std::memcpy(word, bytes.data() + i, 32);
    for (int k = 0; k < 4; ++k) lanes[k] = std::rotl((lanes[k] ^ word[k]) * kFactor, 29);
  }
  std::uint64_t sum = bytes.size();
  for (; i < bytes.size(); ++i) sum = (sum ^ static_cast<unsigned char>(bytes[i])) * kFactor;
  for (const std::uint64_t lane : lanes) sum = std::rotl((sum ^ lane) * kFactor, 31);
  return sum ^ sum >> 32;
}

Gazetteer::Gazetteer(Gazetteer&& other) noexcept { *this = std::move(other); }

Gazetteer& Gazetteer::operator=(Gazetteer&& other) noexcept {
  if (this == &other) return *this;
  release();
  // from_bytes owns an allocation that does not move with the string: short strings never get here (a header is
  // longer).
  owned_ = std::move(other.owned_);
  mapping_ = std::exchange(other.mapping_, nullptr);
  bytes_ = std::exchange(other.bytes_, {});
  nodes_ = other.nodes_;
  candidates_ = other.candidates_;
  places_ = other.places_;
  countries_ = other.countries_;
  admin1_ = other.admin1_;
  admin2_ = other.admin2_;
  words_ = other.words_;
  homes_ = other.homes_;
  dense_ = other.dense_;
  strings_ = other.strings_;
  string_bytes_ = other.string_bytes_;
  names_ = other.names_;
  return *this;
}

Gazetteer::~Gazetteer() { release(); }

void Gazetteer::release() {
  if (mapping_) ::munmap(mapping_, bytes_.size());
  mapping_ = nullptr;
}

Result<Gazetteer> Gazetteer::open(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return fail(path + ": cannot open the gazetteer image: " + std::strerror(errno));
  struct stat status {};
  if (::fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(file);
    return fail(rebuild_hint(path, "not a file"));
  }
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size < sizeof(ImageHeader)) {
    ::close(file);
    return fail(rebuild_hint(path, "too short for a gazetteer image"));
  }
  void* mapping = ::mmap(nullptr, size, PROT_READ, MAP_SHARED | MAP_POPULATE, file, 0);
  ::close(file);
  if (mapping == MAP_FAILED) return fail(path + ": cannot map the gazetteer image: " + std::strerror(errno));
  Gazetteer gazetteer;
  gazetteer.mapping_ = mapping;
  gazetteer.bytes_ = {static_cast<const char*>(mapping), size};
  return check(std::move(gazetteer), path);
}

Result<Gazetteer> Gazetteer::from_bytes(std::string bytes) {
  if (bytes.size() < sizeof(ImageHeader)) return fail(rebuild_hint("image", "too short for a gazetteer image"));
  Gazetteer gazetteer;
  gazetteer.owned_ = std::move(bytes);
  gazetteer.bytes_ = gazetteer.owned_;
  return check(std::move(gazetteer), "image");
}

Result<Gazetteer> Gazetteer::check(Gazetteer gazetteer, const std::string& path) {
  const std::string_view bytes = gazetteer.bytes_;
  ImageHeader header;
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.magic != kImageMagic) return fail(rebuild_hint(path, "not a gazetteer image"));
  if (header.version != kImageVersion || header.sections != kSections)
    return fail(rebuild_hint(path, "version " + std::to_string(header.version) +
                                       " of the image format, this program reads " + std::to_string(kImageVersion)));
  if (header.bytes != bytes.size())
    return fail(
        rebuild_hint(path, "cut: " + std::to_string(bytes.size()) + " of " + std::to_string(header.bytes) + " bytes"));
  if (header.checksum != image_checksum(bytes.substr(sizeof header)))
    return fail(rebuild_hint(path, "checksum does not fit"));
  for (std::uint32_t id = 0; id < kSections; ++id) {
    const auto& s = header.section[id];
    if (s.offset % kSectionAlignment != 0 || s.offset < sizeof header || s.offset > bytes.size() ||
        s.count > (bytes.size() - s.offset) / kRowBytes[id])
      return fail(rebuild_hint(path, "section " + std::to_string(id) + " lies outside the file"));
  }
  gazetteer.nodes_ = section<NameNode>(bytes, header, kNodes);
  gazetteer.candidates_ = section<std::uint32_t>(bytes, header, kCandidates);
  gazetteer.places_ = section<PlaceRow>(bytes, header, kPlaces);
  gazetteer.countries_ = section<CountryRow>(bytes, header, kCountries);
  gazetteer.admin1_ = section<AdminRow>(bytes, header, kAdmin1);
  gazetteer.admin2_ = section<AdminRow>(bytes, header, kAdmin2);
  gazetteer.words_ = section<WordRow>(bytes, header, kWords);
  gazetteer.homes_ = section<HomeRow>(bytes, header, kHomes);
  gazetteer.dense_ = section<float>(bytes, header, kDense);
  gazetteer.strings_ = bytes.data() + header.section[kStrings].offset;
  gazetteer.string_bytes_ = header.section[kStrings].count;
  if (auto wrong = gazetteer.check_rows()) return fail(rebuild_hint(path, *wrong));
  for (const NameNode& node : gazetteer.nodes_) gazetteer.names_ += node.key != 0 && node.count != 0;
  return gazetteer;
}

std::optional<std::string> Gazetteer::check_rows() const {
  if (!is_hash_table(nodes_) || !is_hash_table(words_) || !is_hash_table(homes_))
    return "a table without an empty slot";
  if (string_bytes_ == 0 || strings_[0] != 0 || strings_[string_bytes_ - 1] != 0) return "strings do not end";
  if (countries_.empty() || admin1_.empty() || admin2_.empty()) return "a table without its first row";
  for (const NameNode& node : nodes_)
    if (node.first > candidates_.size() || node.count > candidates_.size() - node.first)
      return "a name without candidates";
  for (const std::uint32_t candidate : candidates_)
    if (place_of(candidate) >= places_.size()) return "a candidate without a place";
  for (const PlaceRow& p : places_) {
    if (p.name >= string_bytes_ || p.own_id >= string_bytes_ || p.kind >= string_bytes_)
      return "a place without a name";
    if (p.country >= countries_.size() || p.admin1 >= admin1_.size() || p.admin2 >= admin2_.size())
      return "a place in no country";
    if (static_cast<int>(p.place_class) >= kPlaceClasses) return "a place of no class";
    if (!(std::abs(p.lat) <= 90.0f) || !(std::abs(p.lon) <= 180.0f)) return "a place off the globe";
  }
  for (const CountryRow& c : countries_) {
    if (c.iso2[3] != 0 || c.iso3[3] != 0) return "a country code that does not end";
    if (c.place >= places_.size() && &c != &countries_[0]) return "a country without a place";
    if (c.capital >= places_.size() && c.capital != 0xffffffff) return "a country without its capital";
  }
  for (const auto admins : {admin1_, admin2_})
    for (const AdminRow& a : admins)
      if (a.code >= string_bytes_ || (a.place >= places_.size() && a.place != 0xffffffff) ||
          a.country >= countries_.size())
        return "a unit of no country";
  for (const HomeRow& h : homes_)
    if (h.key != 0 && h.place >= places_.size()) return "a source without a home";
  for (const float w : dense_)
    if (!std::isfinite(w)) return "a weight that is no number";
  for (const WordRow& w : words_)
    if (!std::isfinite(w.prev + w.next + w.prev2 + w.next2)) return "a weight that is no number";
  return std::nullopt;
}

std::string Gazetteer::hash() const {
  constexpr char kDigits[] = "0123456789abcdef";
  std::uint64_t sum = 0;
  std::memcpy(&sum, bytes_.data() + offsetof(ImageHeader, checksum), sizeof sum);
  std::string text(16, '0');
  for (std::size_t i = 0; i < 16; ++i) text[i] = kDigits[sum >> (60 - 4 * i) & 15];
  return text;
}

std::optional<std::uint32_t> Gazetteer::home(std::uint64_t key) const {
  const HomeRow* row = key ? probe(homes_, key) : nullptr;
  return row ? std::optional(row->place) : std::nullopt;
}

std::span<const std::uint32_t> Gazetteer::lookup(std::string_view name) const {
  Document tokens;
  tokens.assign(std::string(name));
  std::uint64_t key = 0;
  for (const Token& token : tokens.tokens()) key = extend_key(key, token.hash);
  const NameNode* node = key ? find(key) : nullptr;
  return node ? candidates(*node) : std::span<const std::uint32_t>();
}

}  // namespace tocsin
