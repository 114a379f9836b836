#include "daemon/kafka_properties.h"

#include <algorithm>
#include <array>

namespace tocsin {
namespace {

struct Refused {
  std::string_view name;
  std::string_view reason;
};

constexpr std::string_view kInTransaction =
    "offsets are committed inside the transaction and nowhere else; leave it out";
constexpr std::string_view kExactlyOnce = "exactly-once needs the value that Tocsin sets; leave it out";
constexpr std::string_view kAssignment =
    "who is active is decided by Tocsin's own use of the group protocol; leave it out";
constexpr std::string_view kFollowsTransaction = "it follows transaction_timeout; set that instead";

constexpr std::array kRefused{
    Refused{"acks", kExactlyOnce},
    Refused{"allow.auto.create.topics", "topics are made on purpose and checked at start; leave it out"},
    Refused{"auto.commit.enable", kInTransaction},
    Refused{"auto.commit.interval.ms", kInTransaction},
    Refused{"auto.offset.reset", "set start: earliest or start: latest instead"},
    Refused{"bootstrap.servers", "set brokers instead"},
    Refused{"delivery.timeout.ms", kFollowsTransaction},
    Refused{"enable.auto.commit", kInTransaction},
    Refused{"enable.auto.offset.store", kInTransaction},
    Refused{"enable.gapless.guarantee", kExactlyOnce},
    Refused{"enable.idempotence", kExactlyOnce},
    Refused{"enable.partition.eof", "Tocsin asks for it where it needs it; leave it out"},
    Refused{"group.id", "set group instead"},
    Refused{"group.instance.id", "static membership would delay a take-over to the session timeout; leave it out"},
    Refused{"group.protocol", kAssignment},
    Refused{"group.protocol.type", kAssignment},
    Refused{"group.remote.assignor", kAssignment},
    Refused{"isolation.level", "records of aborted transactions would be read as articles; leave it out"},
    Refused{"max.in.flight", kExactlyOnce},
    Refused{"max.in.flight.requests.per.connection", kExactlyOnce},
    Refused{"message.max.bytes", "it follows limits.record_bytes and limits.article_bytes; set those instead"},
    Refused{"message.send.max.retries", kExactlyOnce},
    Refused{"message.timeout.ms", kFollowsTransaction},
    Refused{"metadata.broker.list", "set brokers instead"},
    Refused{"offset.store.method", kInTransaction},
    Refused{"partition.assignment.strategy", kAssignment},
    Refused{"plugin.library.paths", "it would load code into the process; leave it out"},
    Refused{"queued.max.messages.kbytes", "it follows limits.queue_bytes; set that instead"},
    Refused{"queuing.strategy", "order is the log's; leave it out"},
    Refused{"request.required.acks", kExactlyOnce},
    Refused{"retries", kExactlyOnce},
    Refused{"session.timeout.ms", "set session_timeout instead"},
    Refused{"transaction.timeout.ms", "set transaction_timeout instead"},
    Refused{"transactional.id",
            "it is the group's name, the same for all instances: a successor fences by it; set group"},
};

constexpr std::array<std::string_view, 6> kSecretWords{"password", "secret", "jaas", "token", "key.pem", "assertion"};

}  // namespace

std::optional<std::string_view> refused_property(std::string_view name) {
  const auto* found = std::ranges::lower_bound(kRefused, name, {}, &Refused::name);
  if (found == kRefused.end() || found->name != name) return std::nullopt;
  return found->reason;
}

bool secret_property(std::string_view name) {
  return name == "sasl.oauthbearer.config" || std::ranges::any_of(kSecretWords, [&](std::string_view word) {
           return name.find(word) != std::string_view::npos;
         });
}

}  // namespace tocsin
