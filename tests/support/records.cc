#include "tests/support/records.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <tuple>

#include "tests/support/wait.h"

namespace tocsin::test {
namespace {

constexpr int kTimeoutMs = 30'000;  // for one call to the broker

rd_kafka_conf_t* make_conf(const Config& config) {
  std::array<char, 512> message{};
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  rd_kafka_conf_set_log_cb(conf, nullptr);
  for (const auto& [name, value] : config) {
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), message.data(), message.size()) != RD_KAFKA_CONF_OK) {
      rd_kafka_conf_destroy(conf);
      throw std::runtime_error(message.data());
    }
  }
  return conf;
}

// Takes `conf` over.
Client make_client(rd_kafka_type_t type, rd_kafka_conf_t* conf) {
  std::array<char, 512> message{};
  Client client(rd_kafka_new(type, conf, message.data(), message.size()));
  if (!client) {
    rd_kafka_conf_destroy(conf);
    throw std::runtime_error(message.data());
  }
  if (type == RD_KAFKA_CONSUMER) rd_kafka_poll_set_consumer(client.get());
  return client;
}

void check(rd_kafka_resp_err_t code, const std::string& what) {
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) throw std::runtime_error(what + ": " + rd_kafka_err2str(code));
}

void check(rd_kafka_error_t* error, const std::string& what) {
  if (error == nullptr) return;
  const std::string text = rd_kafka_error_string(error);
  rd_kafka_error_destroy(error);
  throw std::runtime_error(what + ": " + text);
}

Config with(Config base, const Config& extra) {
  for (const auto& [name, value] : extra) base[name] = value;
  return base;
}

std::optional<std::string> bytes(const void* data, std::size_t size) {
  if (data == nullptr) return std::nullopt;
  return std::string(static_cast<const char*>(data), size);
}

struct PartitionListDeleter {
  void operator()(rd_kafka_topic_partition_list_t* list) const { rd_kafka_topic_partition_list_destroy(list); }
};
using PartitionList = std::unique_ptr<rd_kafka_topic_partition_list_t, PartitionListDeleter>;

PartitionList make_list() { return PartitionList(rd_kafka_topic_partition_list_new(8)); }

int partition_count(rd_kafka_t* client, const std::string& topic) {
  rd_kafka_topic_t* handle = rd_kafka_topic_new(client, topic.c_str(), nullptr);
  const rd_kafka_metadata_t* metadata = nullptr;
  const rd_kafka_resp_err_t code = rd_kafka_metadata(client, 0, handle, &metadata, kTimeoutMs);
  rd_kafka_topic_destroy(handle);
  check(code, "metadata of " + topic);
  const rd_kafka_resp_err_t topic_code = metadata->topics[0].err;
  const int count = metadata->topics[0].partition_cnt;
  rd_kafka_metadata_destroy(metadata);
  check(topic_code, "topic " + topic);
  return count;
}

// Of a client that reads uncommitted: for one that reads committed the broker answers with the last stable offset.
std::int64_t high_watermark(rd_kafka_t* client, const std::string& topic, int partition) {
  std::int64_t low = 0;
  std::int64_t high = 0;
  rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
  // A broker may hear later than the metadata tell that it leads a partition.
  eventually(std::chrono::milliseconds(kTimeoutMs), [&] {
    code = rd_kafka_query_watermark_offsets(client, topic.c_str(), partition, &low, &high, kTimeoutMs);
    return code != RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION;
  });
  check(code, "watermarks of " + topic);
  return high;
}

Client make_reader(const std::string& bootstrap, Isolation isolation, const std::string& group) {
  const char* level = isolation == Isolation::kCommitted ? "read_committed" : "read_uncommitted";
  return make_client(RD_KAFKA_CONSUMER, make_conf({{"bootstrap.servers", bootstrap},
                                                   {"group.id", group},
                                                   {"enable.auto.commit", "false"},
                                                   {"enable.partition.eof", "true"},
                                                   {"auto.offset.reset", "earliest"},
                                                   {"fetch.wait.max.ms", "50"},
                                                   {"isolation.level", level}}));
}

Record make_record(const rd_kafka_message_t& message) {
  Record record;
  record.topic = rd_kafka_topic_name(message.rkt);
  record.partition = message.partition;
  record.offset = message.offset;
  record.key = bytes(message.key, message.key_len);
  record.value = bytes(message.payload, message.len);
  record.timestamp_ms = rd_kafka_message_timestamp(&message, nullptr);
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR) {
    const char* name = nullptr;
    const void* data = nullptr;
    std::size_t size = 0;
    for (std::size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &data, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
         ++i) {
      record.headers.emplace_back(name, bytes(data, size));
    }
  }
  return record;
}

// Takes note of the first delivery that failed, for flush().
void on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
  auto& first_error = *static_cast<rd_kafka_resp_err_t*>(opaque);
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR && first_error == RD_KAFKA_RESP_ERR_NO_ERROR) {
    first_error = message->err;
  }
}

}  // namespace

std::string Record::header(std::string_view name) const {
  for (auto it = headers.rbegin(); it != headers.rend(); ++it) {
    if (it->first == name) return it->second.value_or("");
  }
  return "";
}

Client make_client(rd_kafka_type_t type, const Config& config) { return make_client(type, make_conf(config)); }

Producer::Producer(const std::string& bootstrap, const Config& extra)
    : first_error_(std::make_unique<rd_kafka_resp_err_t>(RD_KAFKA_RESP_ERR_NO_ERROR)) {
  rd_kafka_conf_t* conf = make_conf(with({{"bootstrap.servers", bootstrap},
                                          {"enable.idempotence", "true"},
                                          {"linger.ms", "2"},
                                          {"message.max.bytes", "20000000"}},
                                         extra));
  rd_kafka_conf_set_opaque(conf, first_error_.get());
  rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
  client_ = make_client(RD_KAFKA_PRODUCER, conf);
  if (extra.contains("transactional.id")) {
    check(rd_kafka_init_transactions(client_.get(), kTimeoutMs), "init_transactions");
  }
}

void Producer::send(const Record& record) {
  rd_kafka_headers_t* headers = rd_kafka_headers_new(record.headers.size());
  for (const auto& [name, value] : record.headers) {
    rd_kafka_header_add(headers, name.data(), static_cast<ssize_t>(name.size()), value ? value->data() : nullptr,
                        value ? static_cast<ssize_t>(value->size()) : 0);
  }
  const auto data = [](const std::optional<std::string>& text) {
    return text ? const_cast<char*>(text->data()) : nullptr;
  };
  const auto size = [](const std::optional<std::string>& text) { return text ? text->size() : 0; };
  rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
  do {
    code =
        rd_kafka_producev(client_.get(), RD_KAFKA_V_TOPIC(record.topic.c_str()), RD_KAFKA_V_PARTITION(record.partition),
                          RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(data(record.key), size(record.key)),
                          RD_KAFKA_V_VALUE(data(record.value), size(record.value)),
                          RD_KAFKA_V_TIMESTAMP(record.timestamp_ms), RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_END);
    rd_kafka_poll(client_.get(), code == RD_KAFKA_RESP_ERR__QUEUE_FULL ? 100 : 0);
  } while (code == RD_KAFKA_RESP_ERR__QUEUE_FULL);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) rd_kafka_headers_destroy(headers);
  check(code, "produce to " + record.topic);
}

void Producer::flush() {
  int left = rd_kafka_outq_len(client_.get());
  rd_kafka_resp_err_t error;
  while ((error = rd_kafka_flush(client_.get(), kTimeoutMs)) == RD_KAFKA_RESP_ERR__TIMED_OUT &&
         rd_kafka_outq_len(client_.get()) < left) {
    left = rd_kafka_outq_len(client_.get());  // a long backlog, and it does get shorter
  }
  check(error, "flush");
  check(std::exchange(*first_error_, RD_KAFKA_RESP_ERR_NO_ERROR), "delivery");
}

void Producer::begin() { check(rd_kafka_begin_transaction(client_.get()), "begin_transaction"); }
void Producer::commit() { check(rd_kafka_commit_transaction(client_.get(), kTimeoutMs), "commit_transaction"); }
void Producer::abort() { check(rd_kafka_abort_transaction(client_.get(), kTimeoutMs), "abort_transaction"); }

Reader::Reader(const std::string& bootstrap, const std::vector<std::string>& topics, Isolation isolation)
    : bootstrap_(bootstrap), client_(make_reader(bootstrap, isolation, "tocsin-test-reader")) {
  const PartitionList list = make_list();
  for (const std::string& topic : topics) {
    const int count = partition_count(client_.get(), topic);
    for (int partition = 0; partition < count; ++partition) {
      rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = RD_KAFKA_OFFSET_BEGINNING;
      positions_[{topic, partition}] = 0;
    }
  }
  check(rd_kafka_assign(client_.get(), list.get()), "assign");
}

std::optional<Record> Reader::next(std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    const std::unique_ptr<rd_kafka_message_t, decltype(&rd_kafka_message_destroy)> message(
        rd_kafka_consumer_poll(client_.get(), static_cast<int>(std::max<std::int64_t>(left.count(), 0))),
        rd_kafka_message_destroy);
    if (!message) return std::nullopt;
    // At the end of a partition the offset is where the next fetch begins, behind markers and aborted records.
    if (message->rkt != nullptr) {
      auto& position = positions_[{rd_kafka_topic_name(message->rkt), message->partition}];
      position = std::max(position, message->offset + (message->err == RD_KAFKA_RESP_ERR_NO_ERROR ? 1 : 0));
    }
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) return make_record(*message);
    if (message->err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
        message->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET) {
      check(message->err, "read");
    }
    if (left.count() <= 0) return std::nullopt;
  }
}

std::vector<Record> Reader::read_to_end(std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  const Client asker = make_reader(bootstrap_, Isolation::kUncommitted, "tocsin-test-watermarks");
  std::map<std::pair<std::string, int>, std::int64_t> ends;
  for (const auto& [where, position] : positions_) ends[where] = high_watermark(asker.get(), where.first, where.second);
  const auto at_end = [&] {
    return std::all_of(ends.begin(), ends.end(),
                       [&](const auto& end) { return positions_.at(end.first) >= end.second; });
  };
  std::vector<Record> records;
  while (!at_end()) {
    if (std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error(
          "the high watermark was not reached in time: a transaction is still open, or the broker away");
    }
    if (std::optional<Record> record = next(std::chrono::milliseconds(100))) records.push_back(std::move(*record));
  }
  return records;
}

std::vector<Record> read_topic(const std::string& bootstrap, const std::string& topic, Isolation isolation,
                               std::chrono::milliseconds timeout) {
  std::vector<Record> records = Reader(bootstrap, {topic}, isolation).read_to_end(timeout);
  std::sort(records.begin(), records.end(), [](const Record& a, const Record& b) {
    return std::tie(a.partition, a.offset) < std::tie(b.partition, b.offset);
  });
  return records;
}

std::vector<std::int64_t> end_offsets(const std::string& bootstrap, const std::string& topic) {
  const Client client = make_reader(bootstrap, Isolation::kUncommitted, "tocsin-test-watermarks");
  std::vector<std::int64_t> ends;
  const int count = partition_count(client.get(), topic);
  for (int partition = 0; partition < count; ++partition)
    ends.push_back(high_watermark(client.get(), topic, partition));
  return ends;
}

std::vector<std::int64_t> committed_offsets(const std::string& bootstrap, const std::string& group,
                                            const std::string& topic) {
  const Client client = make_reader(bootstrap, Isolation::kCommitted, group);
  const PartitionList list = make_list();
  const int count = partition_count(client.get(), topic);
  for (int partition = 0; partition < count; ++partition) {
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition);
  }
  // A group's coordinator is appointed when it is first asked for, and moves when a broker stops; one that just came
  // back on a busy machine is slow: ask again.
  const auto moving = [](rd_kafka_resp_err_t error) {
    return error == RD_KAFKA_RESP_ERR_NOT_COORDINATOR || error == RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE ||
           error == RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS || error == RD_KAFKA_RESP_ERR__TIMED_OUT;
  };
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
  eventually(std::chrono::milliseconds(4 * kTimeoutMs), [&] {
    error = rd_kafka_committed(client.get(), list.get(), kTimeoutMs);
    return !moving(error);
  });
  check(error, "committed offsets of " + group);
  std::vector<std::int64_t> offsets;
  for (int i = 0; i < list->cnt; ++i) offsets.push_back(list->elems[i].offset >= 0 ? list->elems[i].offset : -1);
  return offsets;
}

int settled_members(const std::string& bootstrap, const std::string& group) {
  const Client client = make_client(RD_KAFKA_CONSUMER, {{"bootstrap.servers", bootstrap}});
  const rd_kafka_group_list* list = nullptr;
  if (rd_kafka_list_groups(client.get(), group.c_str(), &list, kTimeoutMs) != RD_KAFKA_RESP_ERR_NO_ERROR) return 0;
  int members = 0;
  for (int i = 0; i < list->group_cnt; ++i)
    if (std::string_view(list->groups[i].state) == "Stable") members = list->groups[i].member_cnt;
  rd_kafka_group_list_destroy(list);
  return members;
}

}  // namespace tocsin::test
