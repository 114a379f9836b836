#include "daemon/kafka/transaction.h"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <cassert>
#include <thread>

namespace tocsin::kafka {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// One attempt of a call that librdkafka may tell us to repeat. Short, so that our own deadline is kept.
constexpr milliseconds kAttempt{3000};

constexpr int kFlush_ms = 1;

std::string describe(const char* what, const rd_kafka_error_t* error) {
  return std::string(what) + ": " + rd_kafka_error_name(error) + ": " + rd_kafka_error_string(error);
}

// The one place that sorts librdkafka's errors. Every one of them ends the transaction; the kind is for metrics and
// logs.
TransactionFailure classify(const rd_kafka_error_t* error) {
  switch (rd_kafka_error_code(error)) {
    case RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION:
      return TransactionFailure::kRegrouped;
    case RD_KAFKA_RESP_ERR__FENCED:
    case RD_KAFKA_RESP_ERR_PRODUCER_FENCED:
    case RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH:
    case RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID:
    case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID:
      return TransactionFailure::kFenced;
    default:
      return rd_kafka_error_txn_requires_abort(error) ? TransactionFailure::kAborted : TransactionFailure::kUnknown;
  }
}

}  // namespace

Result<std::unique_ptr<Transaction>> Transaction::open(const ClientSettings& client, TransactionSettings settings) {
  const auto timeout = settings.timeout.count();
  auto handle = make_client(client, Kind::kProducer,
                            {{"transactional.id", settings.id},
                             {"transaction.timeout.ms", std::to_string(timeout)},
                             // Below the transaction's, so that a record fails before the broker gives up on all.
                             {"message.timeout.ms", std::to_string(timeout - timeout / 8)},
                             {"enable.idempotence", "true"},
                             {"acks", "all"},
                             {"message.max.bytes", std::to_string(settings.message_bytes)},
                             {"batch.size", std::to_string(std::min<std::size_t>(settings.batch_bytes, 1'000'000))},
                             {"partitioner", "murmur2_random"},
                             // commit() flushes, so lingering only gathers the batch while it is being produced.
                             {"linger.ms", "1"},
                             // The pause between questions whether the markers of the transaction before are written
                             // (the default is 100 ms); it doubles with each, so a broker in trouble is not hurried.
                             {"retry.backoff.ms", "1"},
                             {"queue.buffering.max.messages", "100000"}});
  if (!handle) return tl::unexpected(handle.error());
  return std::unique_ptr<Transaction>(new Transaction(std::move(*handle), std::move(settings)));
}

Transaction::Transaction(ClientHandle client, TransactionSettings settings)
    : settings_(std::move(settings)), client_(std::move(client)) {}

Transaction::~Transaction() {
  // What was not committed must not be waited for.
  rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT | RD_KAFKA_PURGE_F_NON_BLOCKING);
}

template <typename Call>
Result<void> Transaction::retry(const char* what, milliseconds deadline, Call call) {
  const auto end = Clock::now() + deadline;
  for (milliseconds pause{20};; pause = std::min(pause * 2, milliseconds{500})) {
    ErrorHandle error(call());
    if (!error) return {};
    if (!rd_kafka_error_is_retriable(error.get()) || rd_kafka_error_is_fatal(error.get()) ||
        rd_kafka_error_txn_requires_abort(error.get()) || Clock::now() + pause >= end) {
      failure_ = classify(error.get());
      return fail(describe(what, error.get()));
    }
    std::this_thread::sleep_for(pause);
  }
}

Result<void> Transaction::init(milliseconds deadline) {
  return retry("init_transactions", deadline,
               [&] { return rd_kafka_init_transactions(client_.get(), static_cast<int>(kAttempt.count())); });
}

Result<void> Transaction::begin() {
  failure_ = TransactionFailure::kNone;
  return retry("begin_transaction", kAttempt, [&] { return rd_kafka_begin_transaction(client_.get()); });
}

rd_kafka_topic_s* Transaction::topic(const std::string& name) {
  TopicHandle& handle = topics_[name];
  if (!handle) handle.reset(rd_kafka_topic_new(client_.get(), name.c_str(), nullptr));
  return handle.get();
}

Result<void> Transaction::produce(const OutRecord& record) {
  rd_kafka_headers_t* headers = nullptr;
  if (!record.headers.empty()) {
    headers = rd_kafka_headers_new(record.headers.size());
    for (const Header& h : record.headers)
      rd_kafka_header_add(headers, h.name.data(), static_cast<ssize_t>(h.name.size()),
                          h.null ? nullptr : h.value.data(), h.null ? 0 : static_cast<ssize_t>(h.value.size()));
  }
  rd_kafka_topic_t* to = topic(record.topic);
  const auto end = Clock::now() + settings_.timeout;
  for (;;) {
    const rd_kafka_resp_err_t error = rd_kafka_producev(
        client_.get(), RD_KAFKA_V_RKT(to),
        RD_KAFKA_V_PARTITION(record.partition < 0 ? RD_KAFKA_PARTITION_UA : record.partition),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_KEY(record.has_key ? record.key.data() : nullptr, record.has_key ? record.key.size() : 0),
        RD_KAFKA_V_VALUE(record.tombstone ? nullptr : const_cast<char*>(record.value.data()),
                         record.tombstone ? 0 : record.value.size()),
        RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_END);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
    if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL || Clock::now() >= end) {
      if (headers) rd_kafka_headers_destroy(headers);  // ours again when producing failed
      return fail("produce to " + record.topic + ": " + rd_kafka_err2name(error) + ": " + rd_kafka_err2str(error));
    }
    rd_kafka_poll(client_.get(), 10);
  }
}

Result<void> Transaction::send_offsets(const std::vector<Position>& next, const GroupMetadata& group) {
  assert(!next.empty() && group);
  const PartitionsHandle list = to_list(next);
  return retry("send_offsets_to_transaction", settings_.timeout, [&] {
    return rd_kafka_send_offsets_to_transaction(client_.get(), list.get(), group.get(),
                                                static_cast<int>(kAttempt.count()));
  });
}

Result<void> Transaction::commit() {
  // commit_transaction flushes too, but wakes the threads that send only once and then looks every 10 ms: partitions
  // that are registered a moment later wait for its next look. Each flush of ours wakes them.
  const auto end = Clock::now() + settings_.timeout;
  while (rd_kafka_outq_len(client_.get()) > 0 && Clock::now() < end) rd_kafka_flush(client_.get(), kFlush_ms);
  return retry("commit_transaction", settings_.timeout,
               [&] { return rd_kafka_commit_transaction(client_.get(), static_cast<int>(kAttempt.count())); });
}

Result<void> Transaction::abort() {
  rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  return retry("abort_transaction", kAttempt,
               [&] { return rd_kafka_abort_transaction(client_.get(), static_cast<int>(kAttempt.count())); });
}

}  // namespace tocsin::kafka
