// tap, top, explain and replay beside a running daemon, on a live broker, as an operator types them.
#include <gmock/gmock.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/support/account.h"
#include "tests/support/articles.h"
#include "tests/support/broker.h"
#include "tests/support/child.h"
#include "tests/support/instance.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait.h"

namespace tocsin::test {
namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Record article(const std::string& id, const std::string& source, const std::string& title, const std::string& text) {
  Record record;
  record.key = id;
  record.value =
      plain_article({{"id", id}, {"provider", source}, {"source", source}, {"title", title}, {"text", text}});
  return record;
}

const std::string kLaunch =
    "North Korea fired a ballistic missile toward the Sea of Japan on Thursday, Japan's defence ministry said. The "
    "missile flew about 480 kilometres before it fell into the water, and nobody was hurt.";
const std::string kBlast =
    "A bomb blast in Mosul killed 12 people on Monday, the governor said. The bomb exploded at a crowded market in the "
    "centre of Mosul, and police closed the streets around it.";

class Tools : public testing::Test {
 protected:
  Tools() : wire_(shared_cluster()), tocsin_(wire_) {
    Record broken;
    broken.key = "d:1";
    broken.value = "{\"id\": \"d:1\", ";
    send(wire_.cluster(), wire_.raw(),
         {article("a:1", "North Line Press", "North Korea fires a missile", kLaunch),
          article("b:1", "Harbour News", "Bomb blast in Mosul kills 12", kBlast),
          article("c:1", "Third Agency", "North Korea fires a missile", kLaunch), broken});
    EXPECT_TRUE(wait_all_read(wire_, seconds(90))) << tocsin_.log();
  }

  RunResult tool(const std::vector<std::string>& words) const {
    std::vector<std::string> command = {tocsin_binary()};
    command.insert(command.end(), words.begin(), words.end());
    command.insert(command.end(), {"--config", tocsin_.config_path().string()});
    return run(command, {}, {}, seconds(90));
  }
  // What `tap` shows of all that stands there, with more words.
  std::string tap(const std::string& topic, std::vector<std::string> words = {}) const {
    words.insert(words.begin(), {"tap", topic, "--since", "2020-01-01T00:00:00Z", "--stop-at-end"});
    const RunResult shown = tool(words);
    EXPECT_EQ(shown.code, 0) << shown.err;
    return shown.out;
  }

  Wire wire_;
  Instance tocsin_;
};

TEST_F(Tools, TapShowsWhatPassesByTypePlaceAndSource) {
  const auto both = AllOf(HasSubstr("fires a missile"), HasSubstr("Bomb blast"));
  const auto blast = AllOf(HasSubstr("Bomb blast"), Not(HasSubstr("fires a missile")));
  EXPECT_THAT(tap("alerts"), both);
  EXPECT_THAT(tap("alerts", {"--type", "bombing"}), blast);
  EXPECT_THAT(tap("alerts", {"--place", "Mosul"}), blast);
  EXPECT_THAT(tap("enriched", {"--place", "IQ"}), blast);
  EXPECT_THAT(tap("enriched", {"--source", "Harbour"}), blast);
  EXPECT_THAT(tap("enriched", {"--source", "Harbour", "--type", "missile_launch"}), IsEmpty());
  EXPECT_THAT(tap("duplicates"), AllOf(HasSubstr("c:1"), HasSubstr("a:1")));
  EXPECT_THAT(tap("dead-letter", {"--type", "cut_json"}), HasSubstr("cut_json"));
  EXPECT_THAT(tap("dead-letter", {"--type", "too_large"}), IsEmpty());
  const std::string json = tap(wire_.topic("enriched"), {"--source", "Harbour", "--json"});
  EXPECT_EQ(json_at(json, "/uri"), "b:1");
  // In no group: nobody's offsets are moved.
  EXPECT_EQ(settled_members(wire_.cluster().bootstrap(), wire_.name()), 1);
}

TEST_F(Tools, TapFollowsWhatComes) {
  const TempDir dir;
  Child child({.command = {tocsin_binary(), "tap", "enriched", "--since", "2020-01-01T00:00:00Z", "--source",
                           "Late News", "--count", "1", "--config", tocsin_.config_path().string()},
               .environment = {},
               .input = {},
               .output = dir.path() / "out",
               .errors = dir.path() / "err"});
  send(wire_.cluster(), wire_.raw(), {article("e:1", "Late News", "Notice of the day", made_up_text(7, 5))});
  EXPECT_EQ(child.wait(seconds(90)), 0) << read_file(dir.path() / "err");
  EXPECT_THAT(read_file(dir.path() / "out"), HasSubstr("Notice of the day"));
}

TEST_F(Tools, TopShowsTheStateAndTheLastAlerts) {
  const RunResult shown =
      run({tocsin_binary(), "top", "127.0.0.1:" + std::to_string(tocsin_.admin_port()), "--once"}, {}, {}, seconds(60));
  EXPECT_EQ(shown.code, 0) << shown.err;
  EXPECT_THAT(shown.out, AllOf(HasSubstr(" active "), HasSubstr("group " + wire_.name()), HasSubstr("cut_json 1"),
                               HasSubstr("bombing  Mosul  Bomb blast in Mosul kills 12")));
}

TEST_F(Tools, ExplainSaysOfARawRecordWhatItWasFoundToBe) {
  const RunResult copy = tool({"explain", wire_.raw() + ":0:2"});
  EXPECT_EQ(copy.code, 0) << copy.err;
  EXPECT_THAT(copy.out, AllOf(HasSubstr("exact of a:1"), HasSubstr("Sea of Japan")));
  const RunResult blast = tool({"explain", wire_.raw() + ":0:1"});
  EXPECT_THAT(blast.out, AllOf(HasSubstr("bombing"), HasSubstr("Mosul")));
  const RunResult none = tool({"explain", wire_.raw() + ":0:99"});
  EXPECT_NE(none.code, 0);
  EXPECT_THAT(none.err, HasSubstr("is not there yet"));
}

TEST_F(Tools, ReplayPutsALetterBackWhileTheDaemonRuns) {
  const RunResult back = tool({"replay", "--reason", "cut_json"});
  EXPECT_EQ(back.code, 0) << back.err;
  EXPECT_THAT(back.out, HasSubstr("1 put back"));
  ASSERT_TRUE(wait_all_read(wire_, seconds(60))) << tocsin_.log();
  EXPECT_TRUE(eventually(seconds(20), [&] {
    return tocsin_.metric("tocsin_dead_letters_total", "reason=\"cut_json\"") == 2;
  })) << tocsin_.log();
}

// What the broker deleted before it was read is neither skipped in silence nor waited for.
TEST(Lost, IsCountedAndSaid) {
  Wire wire(shared_cluster());
  const auto story = [](std::uint64_t number) {
    return article("a:" + std::to_string(number), "Harbour News", "Notice", made_up_text(number, 5));
  };
  {
    Instance tocsin(wire);
    send(wire.cluster(), wire.raw(), {story(1), story(2), story(3)});
    ASSERT_TRUE(wait_all_read(wire, seconds(60))) << tocsin.log();
    EXPECT_EQ(tocsin.metric("tocsin_lost_records_total"), 0);
    EXPECT_EQ(tocsin.stop(), 0);
  }
  send(wire.cluster(), wire.raw(), {story(4), story(5), story(6), story(7), story(8)});
  wire.cluster().delete_records(wire.raw(), 0, 7);
  {
    Instance tocsin(wire);
    ASSERT_TRUE(wait_all_read(wire, seconds(60))) << tocsin.log();
    ASSERT_TRUE(eventually(seconds(20), [&] { return tocsin.metric("tocsin_lost_records_total") == 4; }))
        << tocsin.log();
    EXPECT_THAT(tocsin.log(), AllOf(HasSubstr("event=input.lost"), HasSubstr("from=3 to=7")));
    EXPECT_THAT(tocsin.status("/last_error"), HasSubstr("4 records were deleted before they were read"));
    EXPECT_EQ(tocsin.stop(), 0);
  }
  EXPECT_EQ(read_account(wire).told.size(), 4U);
  // And where nothing is left to be read.
  send(wire.cluster(), wire.raw(), {story(9), story(10)});
  wire.cluster().delete_records(wire.raw(), 0, 10);
  Instance tocsin(wire);
  EXPECT_TRUE(eventually(seconds(60), [&] { return tocsin.metric("tocsin_lost_records_total") == 2; })) << tocsin.log();
  EXPECT_EQ(tocsin.stop(), 0);
}

}  // namespace
}  // namespace tocsin::test
