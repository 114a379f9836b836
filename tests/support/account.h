// The account of a wire: what became of each raw record, counted by the coordinates that every output names in its
// headers, over all output topics, committed records only, up to the high watermark.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "tests/support/articles.h"
#include "tests/support/instance.h"

namespace tocsin::test {

// (topic, partition, offset) of a raw record.
using Coordinate = std::tuple<std::string, int, std::int64_t>;

// One record that an article caused.
struct Told {
  Fate fate = Fate::kEnriched;
  std::string outcome;   // "" for a dead letter
  std::string relation;  // "" for none
  std::string of;        // uri of the head
  std::string cluster;
  std::string reason;  // of a dead letter
  Record record;
};

struct Rung {
  std::string incident;
  int sequence = 0;
  Coordinate at;
  Record record;
};

struct Account {
  std::map<Coordinate, std::vector<Told>> told;
  std::vector<Rung> rung;
};

Account read_account(Wire& wire, std::chrono::milliseconds timeout = std::chrono::seconds(60));
// Waits until the group's committed offsets stand at the end of the raw topics; false at the
// timeout. With the roles prepare and decide: until both groups' do.
bool wait_all_read(Wire& wire, std::chrono::milliseconds timeout);

// Where each article stands once it was sent: partitions count up from `first` in the order of sending.
std::vector<Coordinate> coordinates(const std::string& topic, const std::vector<MadeArticle>& sent);

// What is wrong, one line each, at most `kMostFindings` of a kind; empty when the account is right:
//   every article is told exactly once, one that stays held never, none before its embargo's end, and nothing that was
//   not sent; where it was told, and its outcome, are as made (of articles that cross partitions: exactly one head a
//   story; near copies and parts may be told as stories); each (incident, sequence) rings once and the sequences of an
//   incident have no gap.
inline constexpr std::size_t kMostFindings = 10;
std::vector<std::string> check_account(const Account& account, const std::string& topic,
                                       const std::vector<MadeArticle>& sent);
// The records of two runs on the same raw topic, byte for byte. Only where one partition gives one order.
std::vector<std::string> compare_accounts(const Account& account, const Account& undisturbed);

}  // namespace tocsin::test
