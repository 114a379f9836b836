#include "daemon/kafka/reader.h"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>

namespace tocsin::kafka {
namespace {

constexpr std::chrono::milliseconds kAsk{5000};  // one question to the broker
constexpr std::size_t kTake = 256;               // messages taken from librdkafka's queue at once

Result<std::pair<std::int64_t, std::int64_t>> watermarks(rd_kafka_t* client, const std::string& topic,
                                                         std::int32_t partition, std::chrono::milliseconds timeout) {
  std::int64_t low = 0;
  std::int64_t high = 0;
  const auto error = rd_kafka_query_watermark_offsets(client, topic.c_str(), partition, &low, &high,
                                                      static_cast<int>(timeout.count()));
  if (error) return fail("offsets of " + topic + ": " + rd_kafka_err2str(error));
  return std::pair{low, high};
}

}  // namespace

RawRecord to_record(void* message) {
  auto* m = static_cast<rd_kafka_message_t*>(message);
  RawRecord r;
  r.owner = {m, [](void* p) { rd_kafka_message_destroy(static_cast<rd_kafka_message_t*>(p)); }};
  r.topic = rd_kafka_topic_name(m->rkt);
  r.partition = m->partition;
  r.offset = m->offset;
  r.timestamp_ms = rd_kafka_message_timestamp(m, nullptr);
  r.has_key = m->key != nullptr;
  if (m->key) r.key = {static_cast<const char*>(m->key), m->key_len};
  r.tombstone = m->payload == nullptr;
  if (m->payload) r.payload = {static_cast<const char*>(m->payload), m->len};
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(m, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR) {
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    for (std::size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
         ++i)
      r.headers.push_back({name, value ? std::string(static_cast<const char*>(value), size) : std::string(), !value});
  }
  return r;
}

Result<std::unique_ptr<Reader>> Reader::open(const ClientSettings& client, const ReaderSettings& settings) {
  std::unique_ptr<Reader> reader(new Reader);
  Reader* self = reader.get();
  if (client.events) self->events_ = *client.events;
  self->events_.on_rebalance = [self](int error, rd_kafka_topic_partition_list_t* list) {
    self->on_rebalance(error, list);
  };
  ClientSettings mine = client;
  mine.events = &self->events_;
  auto handle =
      make_client(mine, Kind::kConsumer,
                  {{"group.id", settings.group},
                   {"enable.auto.commit", "false"},
                   {"enable.auto.offset.store", "false"},
                   {"isolation.level", "read_committed"},
                   {"enable.partition.eof", "true"},
                   // Out of range: go on with what is still there, see arrived().
                   {"auto.offset.reset", "earliest"},
                   {"topic.metadata.refresh.interval.ms", "10000"},  // so soon an added partition is seen
                   {"partition.assignment.strategy", "cooperative-sticky"},
                   {"session.timeout.ms", std::to_string(settings.session_timeout.count())},
                   {"heartbeat.interval.ms", "500"},
                   {"allow.auto.create.topics", "false"},
                   {"fetch.wait.max.ms", std::to_string(settings.idle_fetch.count())},
                   {"queued.max.messages.kbytes", std::to_string(settings.queue_bytes / 1024)},
                   {"fetch.message.max.bytes", std::to_string(std::max<std::size_t>(settings.message_bytes, 1u << 20))},
                   {"receive.message.max.bytes", std::to_string((settings.message_bytes + (64u << 20)))},
                   {"fetch.queue.backoff.ms", "5"},  // 1 s by default: a stall at every full queue
                   {"fetch.error.backoff.ms", "100"}});
  if (!handle) return tl::unexpected(handle.error());
  self->client_ = std::move(*handle);
  self->from_end_ = settings.from_end;
  rd_kafka_poll_set_consumer(self->client_.get());
  self->queue_.reset(rd_kafka_queue_get_consumer(self->client_.get()));
  return reader;
}

Reader::~Reader() {
  queue_.reset();
  before_revoke_ = {};
  close_consumer(client_);
}

Result<void> Reader::subscribe(const std::vector<std::string>& topics, std::function<void()> before_revoke) {
  before_revoke_ = std::move(before_revoke);
  if (from_end_)
    if (auto r = find_first_start(topics); !r) return r;
  std::vector<Position> wanted;
  wanted.reserve(topics.size());
  for (const std::string& t : topics) wanted.push_back({t, RD_KAFKA_PARTITION_UA, RD_KAFKA_OFFSET_INVALID});
  const PartitionsHandle list = to_list(wanted);
  if (const auto error = rd_kafka_subscribe(client_.get(), list.get()))
    return fail(std::string("subscribe: ") + rd_kafka_err2str(error));
  return {};
}

Result<void> Reader::find_first_start(const std::vector<std::string>& topics) {
  std::vector<Position> all;
  for (const std::string& topic : topics) {
    const auto count = partitions_of(client_, topic, kAsk);
    if (!count) return tl::unexpected(count.error());
    for (std::int32_t p = 0; p < *count; ++p) all.push_back({topic, p, RD_KAFKA_OFFSET_INVALID});
  }
  const auto before = committed(client_, all, kAsk);
  if (!before) return tl::unexpected(before.error());
  if (std::ranges::all_of(*before, [](const Position& p) { return p.offset < 0; })) at_first_start_ = std::move(all);
  return {};
}

void Reader::begin_at_end(rd_kafka_topic_partition_list_t* partitions) const {
  const auto known = committed(client_, from_list(partitions), kAsk);
  if (!known) return;  // read from the beginning rather than lose what the group stands before
  for (std::size_t i = 0; i < known->size(); ++i) {
    const Position p{(*known)[i].topic, (*known)[i].partition, RD_KAFKA_OFFSET_INVALID};
    if ((*known)[i].offset < 0 && std::ranges::find(at_first_start_, p) != at_first_start_.end())
      partitions->elems[i].offset = RD_KAFKA_OFFSET_END;
  }
}

GroupMetadata Reader::metadata() const { return GroupMetadata(rd_kafka_consumer_group_metadata(client_.get())); }

void Reader::on_rebalance(int error, rd_kafka_topic_partition_list_t* partitions) {
  if (error == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    if (!at_first_start_.empty()) begin_at_end(partitions);
    ErrorHandle ignored(rd_kafka_incremental_assign(client_.get(), partitions));
    for (const Position& p : from_list(partitions)) partitions_.push_back(p);
    if (held_) hold(true);
    return;
  }
  ++revocations_;
  if (before_revoke_ && !rd_kafka_assignment_lost(client_.get())) before_revoke_();
  for (const Position& gone : from_list(partitions))
    std::erase_if(partitions_,
                  [&](const Position& p) { return p.topic == gone.topic && p.partition == gone.partition; });
  ErrorHandle ignored(rd_kafka_incremental_unassign(client_.get(), partitions));
}

void Reader::hold(bool held) {
  held_ = held;
  const PartitionsHandle list = to_list(partitions_);
  held ? rd_kafka_pause_partitions(client_.get(), list.get()) : rd_kafka_resume_partitions(client_.get(), list.get());
}

Position* Reader::find(std::string_view topic, std::int32_t partition) {
  const auto it = std::ranges::find_if(partitions_,
                                       [&](const Position& p) { return p.partition == partition && p.topic == topic; });
  return it == partitions_.end() ? nullptr : &*it;
}

// A step over markers, aborted or compacted records is none of our business; one over the beginning of the partition,
// as the last fetch told it, means that records went unread.
void Reader::arrived(const Position& before, std::int64_t at) {
  if (before.offset < 0 || at == before.offset) return;
  std::int64_t low = 0;
  std::int64_t high = 0;
  if (at > before.offset && (rd_kafka_get_watermark_offsets(client_.get(), before.topic.c_str(), before.partition, &low,
                                                            &high) != RD_KAFKA_RESP_ERR_NO_ERROR ||
                             low <= before.offset))
    return;
  gaps_.push_back({before.topic, before.partition, before.offset, at > before.offset ? std::min(low, at) : at});
}

Result<void> Reader::assign(const std::vector<Position>& positions) {
  const PartitionsHandle list = to_list(positions);
  if (const auto error = rd_kafka_assign(client_.get(), list.get()))
    return fail(std::string("assign: ") + rd_kafka_err2str(error));
  partitions_ = positions;
  return {};
}

bool Reader::read(std::vector<RawRecord>& out, const BatchLimits& limits, std::chrono::milliseconds wait) {
  std::array<rd_kafka_message_t*, kTake> taken{};
  std::size_t bytes = 0;
  std::size_t records = 0;
  int timeout_ms = static_cast<int>(wait.count());
  while (records < limits.records && bytes < limits.bytes) {
    // The first call waits for one message only, the next take what is there without waiting.
    const std::size_t want = timeout_ms ? 1 : std::min(kTake, limits.records - records);
    const ssize_t n = rd_kafka_consume_batch_queue(queue_.get(), timeout_ms, taken.data(), want);
    timeout_ms = 0;
    if (n <= 0) break;
    for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) {
      rd_kafka_message_t* m = taken[i];
      if (m->err) {
        Position* p = m->rkt ? find(rd_kafka_topic_name(m->rkt), m->partition) : nullptr;
        if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
          if (p) {
            arrived(*p, m->offset);
            p->offset = m->offset;
          }
        } else {
          problems_.push_back(std::string(rd_kafka_err2name(m->err)) + ": " + rd_kafka_message_errstr(m));
        }
        rd_kafka_message_destroy(m);
        continue;
      }
      RawRecord record = to_record(m);
      Position* p = find(record.topic, record.partition);
      if (!p) continue;  // of an assignment that was replaced
      arrived(*p, record.offset);
      p->offset = record.offset + 1;
      bytes += record.payload.size() + record.key.size();
      ++records;
      out.push_back(std::move(record));
    }
  }
  // A partition may have been taken away while later messages were being taken: what is left of it is not ours.
  return std::erase_if(out, [&](const RawRecord& r) { return !find(r.topic, r.partition); }) == 0;
}

Result<std::int64_t> Reader::end_of(const std::string& topic, std::int32_t partition,
                                    std::chrono::milliseconds timeout) {
  return watermarks(client_.get(), topic, partition, timeout).map([](auto low_high) { return low_high.second; });
}

Result<std::int64_t> Reader::begin_of(const std::string& topic, std::int32_t partition,
                                      std::chrono::milliseconds timeout) {
  return watermarks(client_.get(), topic, partition, timeout).map([](auto low_high) { return low_high.first; });
}

Result<std::int64_t> Reader::offset_at(const std::string& topic, std::int32_t partition, std::int64_t time_ms,
                                       std::chrono::milliseconds timeout) {
  const PartitionsHandle list = to_list({{topic, partition, time_ms}});
  if (const auto error = rd_kafka_offsets_for_times(client_.get(), list.get(), static_cast<int>(timeout.count())))
    return fail("offsets of " + topic + ": " + rd_kafka_err2str(error));
  const std::int64_t offset = list->elems[0].offset;
  return offset < 0 ? kEnd : offset;
}

Result<std::vector<Position>> Reader::committed_positions(std::chrono::milliseconds timeout) const {
  return committed(client_, partitions_, timeout);
}

std::int64_t Reader::position(const std::string& topic, std::int32_t partition) const {
  const Position* p = const_cast<Reader*>(this)->find(topic, partition);
  return p ? p->offset : kEnd;
}

std::vector<Position> Reader::positions() const {
  std::vector<Position> known = partitions_;
  std::erase_if(known, [](const Position& p) { return p.offset < 0; });
  return known;
}

std::vector<PartitionLag> Reader::lag() const {
  std::vector<PartitionLag> lags;
  for (const Position& p : partitions_) {
    PartitionLag lag{p.topic, p.partition, p.offset, -1};
    std::int64_t low = 0;
    std::int64_t high = 0;
    if (rd_kafka_get_watermark_offsets(client_.get(), p.topic.c_str(), p.partition, &low, &high) ==
            RD_KAFKA_RESP_ERR_NO_ERROR &&
        high >= 0) {
      lag.lag = std::max<std::int64_t>(0, high - std::max<std::int64_t>(0, p.offset));
    }
    lags.push_back(std::move(lag));
  }
  return lags;
}

std::vector<Gap> Reader::take_gaps() { return std::exchange(gaps_, {}); }

std::vector<std::string> Reader::take_problems() { return std::exchange(problems_, {}); }

}  // namespace tocsin::kafka
