#include "tests/support/account.h"

#include <algorithm>
#include <cstdlib>
#include <set>

#include "tests/support/wait.h"

namespace tocsin::test {
namespace {

Coordinate coordinate_of(const Record& record) {
  return {record.header("tocsin.topic"), std::atoi(record.header("tocsin.partition").c_str()),
          std::atoll(record.header("tocsin.offset").c_str())};
}

std::string readable(const Coordinate& at) {
  return std::get<0>(at) + ":" + std::to_string(std::get<1>(at)) + ":" + std::to_string(std::get<2>(at));
}

std::string readable(const Told& told) {
  if (told.fate == Fate::kDeadLetter) return "dead letter " + told.reason;
  return told.outcome + (told.relation.empty() ? "" : " (" + told.relation + " of " + told.of + ")");
}

// Findings, a few of each kind and how many there were.
class Findings {
 public:
  void add(const std::string& kind, const std::string& detail) {
    std::vector<std::string>& lines = kinds_[kind];
    ++counts_[kind];
    if (lines.size() < kMostFindings) lines.push_back(kind + ": " + detail);
  }
  std::vector<std::string> take() const {
    std::vector<std::string> all;
    for (const auto& [kind, lines] : kinds_) {
      all.insert(all.end(), lines.begin(), lines.end());
      if (counts_.at(kind) > lines.size()) all.push_back(kind + ": " + std::to_string(counts_.at(kind)) + " in all");
    }
    return all;
  }

 private:
  std::map<std::string, std::vector<std::string>> kinds_;
  std::map<std::string, std::size_t> counts_;
};

void check_fate(const MadeArticle& made, const Coordinate& at, const Told& told, Findings& findings) {
  const std::string what = readable(at) + " " + made.uri + " became " + readable(told);
  if (told.fate != made.fate) return findings.add("told in a wrong topic", what);
  if (made.fate == Fate::kDeadLetter) {
    if (told.reason != made.reason) findings.add("wrong reason", what + ", not " + made.reason);
    if (told.record.value != made.record.value || told.record.key != made.record.key)
      findings.add("changed bytes", what);
    return;
  }
  if (told.outcome != made.outcome) findings.add("wrong outcome", what + ", not " + made.outcome);
  if (json_at(*told.record.value, "/uri") != made.uri) findings.add("wrong uri", what);
  if (made.made == Made::kRedelivery && told.relation != "redelivery") findings.add("not a redelivery", what);
}

void check_alerts(const Account& account, const std::set<Coordinate>& known, Findings& findings) {
  std::map<std::string, std::set<int>> sequences;
  for (const Rung& rung : account.rung) {
    const std::string what = rung.incident + " " + std::to_string(rung.sequence) + " by " + readable(rung.at);
    if (!known.contains(rung.at)) findings.add("rung for nothing that was sent", what);
    if (!sequences[rung.incident].insert(rung.sequence).second) findings.add("rung twice", what);
  }
  for (const auto& [incident, seen] : sequences)
    if (*seen.begin() != 1 || *seen.rbegin() != static_cast<int>(seen.size()))
      findings.add("a sequence with a gap", incident);
}

// Of articles that stand in several partitions: which is the head is not known, that there is one is.
struct Family {
  bool crosses = false;
  std::size_t heads = 0;
  std::size_t links = 0;
  std::set<std::string> clusters;
  std::string told;
};

}  // namespace

Account read_account(Wire& wire, std::chrono::milliseconds timeout) {
  Account account;
  const std::string bootstrap = wire.cluster().bootstrap();
  const auto take = [&](std::string_view stem, Fate fate) {
    for (Record& record : read_topic(bootstrap, wire.topic(stem), Isolation::kCommitted, timeout)) {
      Told told;
      told.fate = fate;
      told.reason = record.header("tocsin.reason");
      if (fate != Fate::kDeadLetter && record.value) {
        told.outcome = json_at(*record.value, "/enrichment/outcome");
        told.relation = json_at(*record.value, "/enrichment/duplicate/relation");
        told.of = json_at(*record.value, "/enrichment/duplicate/of");
        told.cluster = json_at(*record.value, "/enrichment/duplicate/cluster");
      }
      const Coordinate at = coordinate_of(record);
      told.record = std::move(record);
      account.told[at].push_back(std::move(told));
    }
  };
  take("enriched", Fate::kEnriched);
  take("duplicates", Fate::kLink);
  take("dead-letter", Fate::kDeadLetter);
  for (Record& record : read_topic(bootstrap, wire.topic("alerts"), Isolation::kCommitted, timeout)) {
    Rung rung;
    rung.incident = json_at(*record.value, "/incident");
    rung.sequence = std::atoi(json_at(*record.value, "/sequence").c_str());
    rung.at = coordinate_of(record);
    rung.record = std::move(record);
    account.rung.push_back(std::move(rung));
  }
  return account;
}

std::vector<Coordinate> coordinates(const std::string& topic, const std::vector<MadeArticle>& sent) {
  std::vector<Coordinate> all;
  std::map<int, std::int64_t> next;
  for (const MadeArticle& article : sent)
    all.emplace_back(topic, article.record.partition, next[article.record.partition]++);
  return all;
}

std::vector<std::string> check_account(const Account& account, const std::string& topic,
                                       const std::vector<MadeArticle>& sent) {
  Findings findings;
  const std::vector<Coordinate> at = coordinates(topic, sent);
  const std::set<Coordinate> known(at.begin(), at.end());
  std::map<std::size_t, Family> families;
  for (const MadeArticle& article : sent) families[article.story].crosses |= article.crosses && !article.likeness;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    const auto found = account.told.find(at[i]);
    const bool held = sent[i].fate == Fate::kNowhere;
    if (found == account.told.end()) {
      if (!held) findings.add("missing", readable(at[i]) + " " + sent[i].uri);
      continue;
    }
    for (std::size_t k = 1; k < found->second.size(); ++k)
      findings.add("told again", readable(at[i]) + " " + sent[i].uri + " as " + readable(found->second[0]) +
                                     " and as " + readable(found->second[k]));
    const Told& told = found->second.front();
    if (held || (told.fate == Fate::kEnriched && told.record.timestamp_ms < sent[i].not_before_ms))
      findings.add("told before its time", readable(at[i]) + " " + sent[i].uri + " as " + readable(told));
    if (sent[i].likeness && told.fate != Fate::kDeadLetter) continue;
    Family& family = families.at(sent[i].story);
    if (family.crosses) {
      family.heads += told.fate == Fate::kEnriched ? 1 : 0;
      family.links += told.fate == Fate::kLink ? 1 : 0;
      family.clusters.insert(told.cluster);
      family.told += "; " + readable(at[i]) + " " + sent[i].uri + " became " + readable(told);
    } else {
      check_fate(sent[i], at[i], told, findings);
    }
  }
  for (const auto& [story, family] : families)
    if (family.crosses && (family.heads != 1 || family.links == 0 || family.clusters.size() != 1))
      findings.add("a story with heads that are not one", "story " + std::to_string(story) + family.told);
  for (const auto& [where, told] : account.told)
    if (!known.contains(where)) findings.add("told and never sent", readable(where));
  check_alerts(account, known, findings);
  return findings.take();
}

std::vector<std::string> compare_accounts(const Account& account, const Account& undisturbed) {
  Findings findings;
  std::map<Coordinate, const Told*> expected;
  for (const auto& [at, told] : undisturbed.told) expected[at] = &told.front();
  for (const auto& [at, told] : account.told) {
    const auto found = expected.find(at);
    if (found == expected.end()) {
      findings.add("not told undisturbed", readable(at));
    } else if (readable(told.front()) != readable(*found->second) || told.front().cluster != found->second->cluster) {
      findings.add("told otherwise",
                   readable(at) + " " + readable(told.front()) + ", undisturbed " + readable(*found->second));
    } else if (told.front().record.value != found->second->record.value) {
      findings.add("another record", readable(at));
    }
    if (found != expected.end()) expected.erase(found);
  }
  for (const auto& [at, told] : expected) findings.add("told undisturbed only", readable(at));
  const auto alerts = [](const Account& of) {
    std::map<std::pair<std::string, int>, std::pair<Coordinate, std::string>> all;
    for (const Rung& rung : of.rung) all[{rung.incident, rung.sequence}] = {rung.at, rung.record.value.value_or("")};
    return all;
  };
  const auto these = alerts(account);
  const auto those = alerts(undisturbed);
  for (const auto& [key, alert] : these)
    if (const auto other = those.find(key); other == those.end() || other->second != alert)
      findings.add("rung otherwise", key.first + " " + std::to_string(key.second));
  for (const auto& [key, alert] : those)
    if (!these.contains(key)) findings.add("not rung", key.first + " " + std::to_string(key.second));
  return findings.take();
}

bool wait_all_read(Wire& wire, std::chrono::milliseconds timeout) {
  const std::string bootstrap = wire.cluster().bootstrap();
  const auto at_end = [&](const std::string& group, const std::string& topic) {
    const auto ends = end_offsets(bootstrap, topic);
    const auto committed = committed_offsets(bootstrap, group, topic);
    for (std::size_t i = 0; i < ends.size(); ++i)
      if (ends[i] > std::max<std::int64_t>(0, committed[i])) return false;
    return true;
  };
  const bool split = wire.options().prepared_partitions > 0;
  return eventually(timeout, [&] {
    for (std::size_t i = 0; i < wire.options().presets.size(); ++i)
      if (!at_end(wire.name() + (split ? ".prepare" : ""), wire.raw(i))) return false;
    return !split || at_end(wire.name(), wire.topic("prepared"));
  });
}

}  // namespace tocsin::test
