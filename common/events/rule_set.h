// RuleSet: what an event is, as data that analysts edit. docs/rules.md is its manual.
//
// A directory of *.yaml files (lists, masks, cues, one file a type), weapons.tsv and confidence.tsv. All of it is
// compiled once into hash tables over the tokens of a Document; it is then immutable and shared by threads. A fault is
// one Error that says file, line, reason; nothing of a faulty set is used.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/article/result.h"

namespace tocsin {

struct RuleTables;  // rule_tables.h; for events/ only
class Confidence;   // confidence.h; for events/ only

class RuleSet {
 public:
  // Limits on what is read: larger is an error, so that no file can make a load or a match slow.
  static constexpr std::size_t kMaxFiles = 256;
  static constexpr std::size_t kMaxFileBytes = 4u << 20;
  static constexpr std::size_t kMaxClasses = 60'000;  // lists and literals
  static constexpr std::size_t kMaxPhrases = 2'000'000;
  static constexpr std::size_t kMaxPatterns = 50'000;

  static Result<RuleSet> load(const std::string& directory);
  // The same from memory, for tests, fuzzing and checks before a reload: pairs of file name and content.
  struct File {
    std::string name;
    std::string content;
  };
  static Result<RuleSet> compile(std::vector<File> files);

  ~RuleSet();
  RuleSet(RuleSet&&) noexcept;
  RuleSet& operator=(RuleSet&&) noexcept;

  // Of the names and bytes of all files; 16 hexadecimal digits.
  const std::string& hash() const;
  std::size_t rules() const;
  const RuleTables& tables() const { return *tables_; }
  const Confidence& confidence() const { return *confidence_; }

 private:
  RuleSet(std::unique_ptr<RuleTables> tables, std::unique_ptr<Confidence> confidence);
  std::unique_ptr<RuleTables> tables_;
  std::unique_ptr<Confidence> confidence_;
};

struct RuleFailure {
  std::string rule;
  std::string file;
  int line = 0;  // of the example, from 1
  std::string example;
  std::string reason;  // "no event of type ... was found", "found by ... as occurred"
};
// Runs the `match` and `no_match` examples of every rule. An example of `match` must be found by its own rule and count
// (occurred, claimed or disputed; a rule with a fixed factuality: that one); one of `no_match` must give no event of
// the rule's type that counts.
std::vector<RuleFailure> test_rules(const RuleSet& rules);

}  // namespace tocsin
