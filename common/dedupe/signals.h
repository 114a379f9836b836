// The words by which wires mark what an item is: "UPDATE 2-", "CORRECTED-", "RPT-", "WRAPUP 3-", "STORY WITHDRAWN".
#pragma once

#include <string_view>

#include "common/article/article.h"

namespace tocsin {

struct Signal {
  Mark mark = Mark::kNone;
  int number = 0;  // of "UPDATE 2-" or "3rd Ld-Writethru"; 0 when none is written
};

// Reads the head of a headline ("UPDATE 2-Oil rises", "RPT-UPDATE 1-...": the first mark that changes what is to be
// done wins, so this one is a repeat) and, for marks that stand at the top of the text instead (AP's "Eds: 3rd
// Ld-Writethru",
// "(Corrects figure in paragraph 2)", "STORY WITHDRAWN"), the first 300 bytes of the body. Either may be empty.
Signal read_signal(std::string_view headline, std::string_view body);

}  // namespace tocsin
