// What a ninjs article states beyond what is read, on its way into the record: checked to be JSON, named as ninjs 3
// names it (ninjs 2 writes the same members in lower case), and sorted into standard members and the source's own.
#pragma once

#include <string>
#include <string_view>

#include "common/article/article.h"

namespace tocsin {

enum class CarriedKind {
  kWritten,   // the encoder writes this member from what was read
  kList,      // a list that the encoder adds to
  kStandard,  // another member of ninjs 3
  kOwn,       // the source's own
};

struct CarriedAs {
  CarriedKind kind = CarriedKind::kOwn;
  std::string_view member;               // its name in ninjs 3
  std::string Carried::*list = nullptr;  // of kList
};

// By its name at the top level of a ninjs 2 or 3 document.
CarriedAs carried_as(std::string_view name);

// Each takes one JSON value as it stands in the document; what is no JSON or too deep is left out. Names inside become
// ninjs 3's. A single article carries at most kMostCarried bytes in each of its strings; what is over is left out.
inline constexpr std::size_t kMostCarried = 1U << 20;
void append_carried_member(std::string_view name, const CarriedAs& as, std::string_view json, std::size_t max_depth,
                           Carried& out);
void append_carried_list(std::string_view json, std::size_t max_depth, std::string& out);
void append_carried_element(std::string_view json, std::size_t max_depth, std::string& out);

}  // namespace tocsin
