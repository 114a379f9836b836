// What `tocsin demo` feeds in: made-up news, written for it. The same articles every time.
#pragma once

#include <string>
#include <vector>

namespace tocsin {

struct DemoArticle {
  std::string key;
  std::string payload;
};

// A scraped page as plain text, its junk still in it: a summit, and in its middle a missile launch.
std::string demo_sample();
// Some hundred articles as JSON: ordinary news, copies of it by other sites, cut copies, a revision, a redelivery, two
// launches and one article that is broken.
std::vector<DemoArticle> demo_articles();

}  // namespace tocsin
