#include "common/events/rule_loader.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "common/article/nearest.h"
#include "common/events/phrases.h"
#include "common/wire/encoding.h"

namespace tocsin {
namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(Builtin::kCount)> kBuiltinNames = {
    "clause_break", "no_break",    "comma_break",  "background", "dead",    "target_word", "agent_word",
    "place_word",   "report_word", "another_word", "same_day",   "goes_on", "known_word"};

struct List {
  std::string file;
  int line = 0;
  ClassId cls = 0;
  std::vector<std::pair<std::string, int>> phrases;   // with their lines
  std::vector<std::pair<std::string, int>> includes;  // names of lists
};

// How a fault leaves the recursion of the reader; caught in load_tables, so that it crosses no folder.
struct Fault {
  std::string message;
};

class Loader {
 public:
  void read(const RuleSet::File& file) {
    file_ = file.name;
    check_utf8(file.content);
    if (file.name.ends_with(".tsv")) return read_weapons(file.content);
    check_depth(file.content);
    YAML::Node root;
    try {
      root = YAML::Load(file.content);
    } catch (const YAML::ParserException& e) {
      stop(e.mark.line + 1, e.msg);
    }
    if (root.IsNull()) return;
    if (!root.IsMap()) stop(line(root), "a rule file is a map");
    static const std::set<std::string_view> kKeys = {
        "lists",    "masks",    "actors",          "factuality",   "type",         "cameo",   "plover", "topics",
        "security", "severity", "weapon_severity", "takes_weapon", "deaths_raise", "exclude", "rules"};
    check_keys(root, kKeys);
    if (const auto n = root["lists"]) read_lists(n);
    if (const auto n = root["actors"]) read_actors(n);
    roots_.emplace_back(file.name, root);
  }

  std::unique_ptr<RuleTables> finish() {
    file_ = "actors";
    List& actor = new_list("actor", 0);
    for (const std::string& name : actor_lists_) actor.includes.emplace_back(name, 0);
    for (const std::string_view name : kBuiltinNames)
      if (!lists_.contains(std::string(name))) throw Fault{"no list \"" + std::string(name) + "\" in any file"};
    for (std::size_t i = 0; i < kBuiltinNames.size(); ++i)
      tables_->builtin[i] = lists_.at(std::string(kBuiltinNames[i])).cls;
    for (const auto& [name, root] : roots_) {
      file_ = name;
      if (const auto n = root["masks"]) read_masks(n);
      if (const auto n = root["factuality"]) read_cues(n);
      if (root["rules"]) read_rules(root);
    }
    compile();
    return std::move(tables_);
  }

 private:
  [[noreturn]] void stop(int at_line, const std::string& reason) const {
    throw Fault{file_ + ":" + std::to_string(at_line) + ": " + reason};
  }
  static int line(const YAML::Node& n) { return n.Mark().line + 1; }

  // Words and examples become documents, which take UTF-8 only.
  void check_utf8(std::string_view content) const {
    if (is_utf8(content)) return;
    int at_line = 1;
    while (is_utf8(content.substr(0, content.find('\n')))) {
      content.remove_prefix(content.find('\n') + 1);
      ++at_line;
    }
    stop(at_line, "it is no UTF-8; save the file as UTF-8");
  }

  // The YAML reader recurses: nesting beyond what rules need is refused before it is read.
  void check_depth(const std::string& content) const {
    int depth = 0;
    int at_line = 1;
    for (const char c : content) {
      at_line += c == '\n';
      if (c == '[' || c == '{') ++depth;
      if ((c == ']' || c == '}') && depth > 0) --depth;
      if (depth > 64) stop(at_line, "brackets nested deeper than 64");
    }
    int dashes = 0;
    for (std::size_t i = 0; i < content.size(); ++i) {
      if (content[i] == '\n') dashes = 0;
      if ((content[i] == '-' || content[i] == '?' || content[i] == ':') && i + 1 < content.size() &&
          content[i + 1] == ' ' && ++dashes > 64)
        stop(1 + static_cast<int>(std::count(content.begin(), content.begin() + static_cast<std::ptrdiff_t>(i), '\n')),
             "more than 64 indicators (- ? :) in a line");
    }
    std::size_t indent = 0;
    bool at_start = true;
    for (const char c : content) {
      if (c == '\n') {
        indent = 0;
        at_start = true;
      } else if (at_start && c == ' ') {
        if (++indent > 256) stop(1, "a line indented by more than 256 spaces");
      } else {
        at_start = false;
      }
    }
    // An alias may stand for as much as the file holds, many times over; rules have no use for them.
    if (content.find("<<:") != std::string::npos) stop(1, "merge keys (<<) are not read");
  }

  void check_keys(const YAML::Node& map, const std::set<std::string_view>& known) const {
    for (const auto& kv : map) {
      const std::string key = text(kv.first);
      if (!known.contains(key)) stop(line(kv.first), "unknown key \"" + key + "\"" + did_you_mean(key, names(known)));
    }
  }

  template <typename Names>
  static std::vector<std::string_view> names(const Names& known) {
    return {known.begin(), known.end()};
  }

  static std::vector<std::string_view> event_types() {
    std::vector<std::string_view> out(kEventTypes);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = to_string(static_cast<EventType>(i));
    return out;
  }

  std::string no_list(const std::string& name) const {
    std::vector<std::string_view> known;
    for (const auto& [other, list] : lists_) known.push_back(other);
    return "there is no list @" + name + did_you_mean(name, known);
  }

  std::string text(const YAML::Node& n) const {
    if (!n.IsScalar()) stop(line(n), "a word or a sentence is due here");
    return n.Scalar();
  }

  bool truth(const YAML::Node& n) const {
    const std::string s = text(n);
    if (s != "true" && s != "false") stop(line(n), "true or false is due here");
    return s == "true";
  }

  int severity(const YAML::Node& n) const {
    const std::string s = text(n);
    if (s.size() != 1 || s[0] < '1' || s[0] > '5') stop(line(n), "severity is 1 to 5");
    return s[0] - '0';
  }

  template <typename Use>
  void each(const YAML::Node& n, const Use& use) const {
    if (!n.IsSequence()) stop(line(n), "a list is due here: [a, b] or lines with -");
    for (const auto& item : n) use(item);
  }

  std::vector<std::string> texts(const YAML::Node& n) const {
    std::vector<std::string> out;
    each(n, [&](const YAML::Node& item) { out.push_back(text(item)); });
    return out;
  }

  ClassId new_class(int at_line) {
    if (tables_->classes >= RuleSet::kMaxClasses)
      stop(at_line, "more than " + std::to_string(RuleSet::kMaxClasses) + " lists and literals");
    return static_cast<ClassId>(tables_->classes++);
  }

  List& new_list(const std::string& name, int at_line) {
    const auto [it, is_new] = lists_.try_emplace(name);
    if (!is_new)
      stop(at_line, "list \"" + name + "\" is also in " + it->second.file + ":" + std::to_string(it->second.line));
    it->second.file = file_;
    it->second.line = at_line;
    it->second.cls = new_class(at_line);
    return it->second;
  }

  void fill(List& list, const YAML::Node& items) {
    each(items, [&](const YAML::Node& item) {
      std::string s = text(item);
      if (s.starts_with('@'))
        list.includes.emplace_back(s.substr(1), line(item));
      else
        list.phrases.emplace_back(std::move(s), line(item));
    });
  }

  void read_lists(const YAML::Node& n) {
    if (!n.IsMap()) stop(line(n), "lists: a map from a name to its phrases is due here");
    for (const auto& kv : n) fill(new_list(text(kv.first), line(kv.first)), kv.second);
  }

  // "PRK: [north korea, ...]" or "as_written: [hamas, ...]". All of them together are the list "actor".
  void read_actors(const YAML::Node& n) {
    if (!n.IsMap()) stop(line(n), "actors: a map is due here");
    for (const auto& kv : n) {
      const std::string name = text(kv.first);
      const bool state = name.size() == 3 && std::ranges::all_of(name, [](char c) { return c >= 'A' && c <= 'Z'; });
      if (!state && name != "as_written")
        stop(line(kv.first), "\"" + name + "\": an ISO 3166-1 alpha-3 code or as_written is due here");
      List& list = new_list("actor_" + name, line(kv.first));
      fill(list, kv.second);
      actor_names_.emplace_back(list.cls, state ? name : "=");
      actor_lists_.push_back("actor_" + name);
    }
  }

  // name <tab> class <tab> rank <tab> kind, where kind is "name" or "word". Class `icbm` makes the list @weapon_icbm.
  void read_weapons(const std::string& content) {
    int at_line = 0;
    for (std::size_t begin = 0; begin < content.size();) {
      const std::size_t end = std::min(content.find('\n', begin), content.size());
      const std::string row = content.substr(begin, end - begin);
      begin = end + 1;
      ++at_line;
      if (row.empty() || row[0] == '#') continue;
      std::vector<std::string> cells;
      for (std::size_t at = 0; at <= row.size();) {
        const std::size_t tab = std::min(row.find('\t', at), row.size());
        cells.push_back(row.substr(at, tab - at));
        at = tab + 1;
      }
      if (cells.size() != 4) stop(at_line, "four cells parted by tabs are due: phrase, class, rank, name or word");
      if (cells[2].size() != 1 || cells[2][0] < '0' || cells[2][0] > '9') stop(at_line, "the rank is 0 to 9");
      if (cells[3] != "name" && cells[3] != "word") stop(at_line, "the fourth cell is name or word");
      const bool name = cells[3] == "name";
      const std::string list_name = "weapon_" + cells[1] + (name ? "_name" : "");
      auto found = lists_.find(list_name);
      if (found == lists_.end()) {
        List& list = new_list(list_name, at_line);
        weapon_senses_.push_back({list.cls, {cells[1], name, static_cast<std::uint8_t>(cells[2][0] - '0')}});
        found = lists_.find(list_name);
      }
      found->second.phrases.emplace_back(cells[0], at_line);
    }
  }

  Result<ClassId> class_of(std::string_view word, int at_line) {
    if (word.starts_with('@')) {
      const auto found = lists_.find(std::string(word.substr(1)));
      if (found == lists_.end()) return fail(no_list(std::string(word.substr(1))));
      return found->second.cls;
    }
    std::string literal(word);
    std::ranges::replace(literal, '_', ' ');
    const auto found = literals_.find(literal);
    if (found != literals_.end()) return found->second.first;
    const ClassId cls = new_class(at_line);
    literals_.emplace(literal, std::pair(cls, std::pair(file_, at_line)));
    return cls;
  }

  Pattern pattern(const YAML::Node& n) {
    if (++patterns_ > RuleSet::kMaxPatterns)
      stop(line(n), "more than " + std::to_string(RuleSet::kMaxPatterns) + " patterns");
    const int at_line = line(n);
    auto p = parse_pattern(text(n), [&](std::string_view word) { return class_of(word, at_line); });
    if (!p) stop(at_line, p.error().message);
    return std::move(*p);
  }

  void read_masks(const YAML::Node& n) {
    each(n, [&](const YAML::Node& item) {
      tables_->masks.push_back(pattern(item));
      if (tables_->masks.back().relative) stop(line(item), "a mask has no *");
    });
  }

  void read_cues(const YAML::Node& n) {
    each(n, [&](const YAML::Node& group) {
      check_keys(group, {"is", "cues"});
      if (!group["is"] || !group["cues"]) stop(line(group), "`is` and `cues` are due here");
      const std::string name = text(group["is"]);
      const auto factuality = factuality_from(name);
      if (!factuality && name != "as_it_stands") stop(line(group["is"]), "\"" + name + "\" is no factuality");
      each(group["cues"], [&](const YAML::Node& item) {
        Cue cue{factuality, pattern(item)};
        if (!cue.pattern.relative) stop(line(item), "a cue has a * for the trigger that it is about");
        tables_->cues.push_back(std::move(cue));
      });
    });
  }

  std::vector<Condition> conditions(const YAML::Node& n) {
    std::vector<Condition> out;
    check_keys(n, {"overlap", "clause", "sentence"});
    const auto read = [&](const char* name, Scope scope) {
      if (const auto items = n[name])
        each(items, [&](const YAML::Node& item) { out.push_back({scope, pattern(item)}); });
    };
    read("overlap", Scope::kOverlap);
    read("clause", Scope::kClause);
    read("sentence", Scope::kSentence);
    return out;
  }

  std::vector<Example> examples(const YAML::Node& n) const {
    std::vector<Example> out;
    each(n, [&](const YAML::Node& item) { out.push_back({text(item), line(item)}); });
    return out;
  }

  void read_rules(const YAML::Node& root) {
    EventKind kind;
    if (!root["type"]) stop(line(root), "rules without a `type`");
    const auto type = event_type_from(text(root["type"]));
    if (!type)
      stop(line(root["type"]),
           "\"" + text(root["type"]) + "\" is no event type" + did_you_mean(text(root["type"]), event_types()));
    kind.type = *type;
    if (const auto n = root["cameo"]) kind.cameo = texts(n);
    if (const auto n = root["plover"]) kind.plover = texts(n);
    if (const auto n = root["topics"]) kind.topics = texts(n);
    if (const auto n = root["takes_weapon"]) kind.takes_weapon = truth(n);
    if (const auto n = root["deaths_raise"]) kind.deaths_raise = truth(n);
    if (const auto n = root["weapon_severity"]) {
      if (!n.IsMap()) stop(line(n), "a map from weapon class to severity is due here");
      for (const auto& kv : n) kind.weapon_severity.emplace_back(text(kv.first), severity(kv.second));
    }
    Rule shared;
    shared.type = *type;
    shared.file = file_;
    shared.kind = static_cast<std::uint32_t>(tables_->kinds.size());
    tables_->kinds.push_back(std::move(kind));
    if (const auto n = root["security"]) shared.security = truth(n);
    if (const auto n = root["severity"]) shared.severity = severity(n);
    if (const auto n = root["exclude"]) shared.exclude = conditions(n);
    each(root["rules"], [&](const YAML::Node& n) { read_rule(n, shared); });
  }

  void read_rule(const YAML::Node& n, const Rule& shared) {
    if (!n.IsMap()) stop(line(n), "a rule is a map");
    check_keys(n, {"rule", "subtype", "severity", "security", "confidence", "factuality", "triggers", "exclude",
                   "company", "match", "no_match"});
    Rule rule = shared;
    rule.line = line(n);
    if (!n["rule"]) stop(line(n), "a rule without a name (rule:)");
    rule.name = text(n["rule"]);
    if (!names_.insert(rule.name).second) stop(line(n), "a second rule \"" + rule.name + "\"");
    const auto missing = [&](const std::string& key, const std::string& what) {
      stop(line(n), "rule \"" + rule.name + "\" has no `" + key + "`: write " + what);
    };
    if (!n["triggers"] || n["triggers"].size() == 0) missing("triggers", "the patterns that find it");
    if (!n["match"] || n["match"].size() == 0) missing("match", "a sentence that it must find");
    if (!n["no_match"] || n["no_match"].size() == 0) missing("no_match", "a sentence that must give no such event");
    if (const auto v = n["subtype"]) rule.subtype = text(v);
    if (const auto v = n["severity"]) rule.severity = severity(v);
    if (const auto v = n["security"]) rule.security = truth(v);
    if (const auto v = n["confidence"]) {
      const std::string s = text(v);
      const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), rule.confidence);
      if (error != std::errc{} || end != s.data() + s.size() || !(rule.confidence > 0 && rule.confidence <= 1))
        stop(line(v), "confidence is over 0 and at most 1");
    }
    if (const auto v = n["factuality"]) {
      rule.factuality = factuality_from(text(v));
      if (!rule.factuality) stop(line(v), "\"" + text(v) + "\" is no factuality");
    }
    if (const auto v = n["exclude"])
      for (Condition& c : conditions(v)) rule.exclude.push_back(std::move(c));
    if (const auto v = n["company"]) rule.company = conditions(v);
    rule.match = examples(n["match"]);
    rule.no_match = examples(n["no_match"]);
    each(n["triggers"], [&](const YAML::Node& item) {
      Trigger t{static_cast<std::uint32_t>(tables_->rules.size()), pattern(item)};
      if (t.pattern.relative) stop(line(item), "a trigger has no *");
      tables_->triggers.push_back(std::move(t));
    });
    tables_->rules.push_back(std::move(rule));
  }

  // Adds the phrases of a list and of the lists it includes to class `cls`.
  void gather(const List& list, ClassId cls, std::set<const List*>& seen) {
    if (!seen.insert(&list).second) return;
    for (const auto& [phrase, at_line] : list.phrases) add_phrase(phrase, cls, list.file, at_line);
    for (const auto& [name, at_line] : list.includes) {
      const auto found = lists_.find(name);
      if (found == lists_.end()) throw Fault{list.file + ":" + std::to_string(at_line) + ": " + no_list(name)};
      gather(found->second, cls, seen);
    }
  }

  void add_phrase(const std::string& phrase, ClassId cls, const std::string& file, int at_line) {
    auto cached = expanded_.find(phrase);
    if (cached == expanded_.end()) {
      auto made = expand_phrase(phrase, scratch_);
      if (!made) throw Fault{file + ":" + std::to_string(at_line) + ": " + made.error().message};
      cached = expanded_.emplace(phrase, std::move(*made)).first;
    }
    for (const HashedPhrase& h : cached->second) {
      if (tables_->lexicon.phrases() >= RuleSet::kMaxPhrases)
        throw Fault{file + ":" + std::to_string(at_line) + ": more than " + std::to_string(RuleSet::kMaxPhrases) +
                    " phrases"};
      tables_->lexicon.add(h.words, {cls, h.form, h.capital});
      const auto rank = common_.find(h.words[0]);
      likelihood_[cls] += rank == common_.end() ? 1e-5 : 0.1 / static_cast<double>(rank->second);
    }
  }

  // How likely any text holds a phrase of the class: by its first words, a common one counting by its rank (Zipf).
  double likelihood(ClassId c) const { return c < likelihood_.size() ? likelihood_[c] : 0; }
  void learn_common_words() {
    const auto found = lists_.find("common");
    if (found == lists_.end()) return;
    std::size_t rank = 0;
    for (const auto& [word, at_line] : found->second.phrases) common_.emplace(hash_word(fold(word)), ++rank);
  }

  const Element& gate_of(const Pattern& p) const {
    const Element* gate = &p.elements[p.anchor];
    double least = -1;
    for (const Element& e : p.elements) {
      if (e.kind != Element::Kind::kClass || e.optional) continue;
      double sum = 0;
      for (const ClassId c : e.classes) sum += likelihood(c);
      if (least >= 0 && sum >= least) continue;
      least = sum;
      gate = &e;
    }
    return *gate;
  }

  void compile() {
    learn_common_words();
    likelihood_.resize(tables_->classes);
    for (const auto& [name, list] : lists_) {
      std::set<const List*> seen;
      gather(list, list.cls, seen);
    }
    for (const auto& [literal, where] : literals_)
      add_phrase(literal, where.first, where.second.first, where.second.second);
    tables_->weapon_of_class.resize(tables_->classes);
    for (const auto& [cls, sense] : weapon_senses_) tables_->weapon_of_class[cls] = sense;
    tables_->actor_of_class.resize(tables_->classes);
    for (const auto& [cls, name] : actor_names_) tables_->actor_of_class[cls] = name;
    tables_->triggers_of_gate.resize(tables_->classes);
    tables_->masks_of_class.resize(tables_->classes);
    std::vector<char> anchors(tables_->classes, 0);
    for (std::uint32_t i = 0; i < tables_->triggers.size(); ++i) {
      for (const ClassId c : gate_of(tables_->triggers[i].pattern).classes) {
        tables_->triggers_of_gate[c].push_back(i);
        anchors[c] = 1;
      }
    }
    for (std::uint32_t i = 0; i < tables_->masks.size(); ++i) {
      const Pattern& p = tables_->masks[i];
      for (const ClassId c : p.elements[p.anchor].classes) tables_->masks_of_class[c].push_back(i);
    }
    tables_->lexicon.freeze(anchors);
  }

  std::unique_ptr<RuleTables> tables_ = std::make_unique<RuleTables>();
  std::string file_;
  std::map<std::string, List> lists_;
  std::map<std::string, std::pair<ClassId, std::pair<std::string, int>>> literals_;
  std::vector<std::pair<ClassId, WeaponSense>> weapon_senses_;
  std::vector<std::pair<ClassId, std::string>> actor_names_;
  std::vector<std::string> actor_lists_;
  std::vector<std::pair<std::string, YAML::Node>> roots_;
  std::set<std::string> names_;
  std::unordered_map<std::string, std::vector<HashedPhrase>> expanded_;
  std::unordered_map<std::uint64_t, std::size_t> common_;  // hashed word to its rank
  std::vector<double> likelihood_;                         // by class
  std::size_t patterns_ = 0;
  Document scratch_;
};

}  // namespace

namespace {

// An error is one line for a person, whatever the file held.
std::string one_line(std::string message) {
  constexpr std::size_t kMaxMessage = 400;
  message.resize(utf8_start(message, kMaxMessage).size());
  for (char& c : message)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  return message;
}

}  // namespace

Result<std::unique_ptr<RuleTables>> load_tables(const std::vector<RuleSet::File>& files) {
  try {
    Loader loader;
    for (const RuleSet::File& f : files) loader.read(f);
    return loader.finish();
  } catch (const Fault& f) {
    return fail(one_line(f.message));
  } catch (const YAML::Exception& e) {
    return fail(one_line("line " + std::to_string(e.mark.line + 1) + ": " + e.msg));
  }
}

}  // namespace tocsin
