"""The panels of the dashboards: what is asked, how it is drawn, which alert it belongs to. generate.py makes JSON of it.

A panel: title, what (its description), unit, queries [(PromQL, legend)], and where wanted type (timeseries), thresholds,
alert (a section of docs/runbooks.md), width (of 24 columns; else the row is shared evenly), stack, min, max, mappings.
In PromQL {S} stands for the matchers of job and instance and [R] for the rate interval. A row: title, height, panels.
"""

# As daemon/metrics.cc names them, in the order in which an instance goes through them; the number is drawn.
STATES = [("starting", "text"), ("waiting_for_broker", "red"), ("standby", "blue"), ("taking_over", "yellow"),
          ("active", "green"), ("stopping", "purple"), ("failed", "dark-red")]
STATE_NUMBER = " + ".join(f'{n} * max by (instance) (tocsin_state{{S, state="{name}"}})'
                          for n, (name, _) in enumerate(STATES, 1))
STATE_NAMES = [{"type": "value", "options": {str(n): {"text": name.replace("_", " "), "color": colour, "index": n}
                                             for n, (name, colour) in enumerate(STATES, 1)}}]

PER_S = "suffix:/s"


def quantiles(histogram, *wanted):
    return [(f"histogram_quantile({q}, sum by (le) (rate({histogram}_bucket{{S}}[R])))", f"p{q * 100:g}")
            for q in wanted]


OVERVIEW = [
    ("How it is", 4, [
        dict(title="Active instances", type="stat", unit="none", alert="TocsinNobodyActive",
             what="Instances that are at work. One for each group; none means that articles wait in the raw topic.",
             queries=[('sum(tocsin_state{S, state="active"})', "active")],
             thresholds=[("red", None), ("green", 1)]),
        dict(title="Lag", type="stat", unit="short", alert="TocsinLagGrows",
             what="Raw records between the position and the high watermark, over all partitions.",
             queries=[("sum(tocsin_lag{S})", "records")], thresholds=[("yellow", 1000), ("red", 10000)]),
        dict(title="Articles", type="stat", unit=PER_S, what="Raw articles decided in a second.",
             queries=[("sum(rate(tocsin_articles_total{S}[R]))", "articles")]),
        dict(title="Raw to alert, p99", type="stat", unit="s", alert="TocsinAlertsLate",
             what="From the raw record's timestamp to the committed alert, one in a hundred takes longer. Over an hour, "
                  "since alerts are few.",
             queries=[("histogram_quantile(0.99, sum by (le) (rate(tocsin_raw_to_alert_seconds_bucket{S}[1h])))", "p99")],
             thresholds=[("yellow", 2.5), ("red", 10)], noValue="no alert"),
        dict(title="Unreadable", type="stat", unit="percentunit", alert="TocsinDeadLetters",
             what="Dead letters among the articles of the last 15 minutes.",
             queries=[("sum(rate(tocsin_dead_letters_total{S}[15m])) / sum(rate(tocsin_articles_total{S}[15m]))",
                       "dead letters")], thresholds=[("yellow", 0.01), ("red", 0.05)]),
        dict(title="Last commit", type="stat", unit="s",
             what="How long ago the last transaction was committed. A quiet wire makes it grow too; look at the lag.",
             queries=[("time() - max(tocsin_last_commit_timestamp_seconds{S} > 0)", "ago")],
             thresholds=[("yellow", 300)]),
    ]),
    ("Goal: 99.5 % of the articles are out within 10 s of the raw record's timestamp", 7, [
        dict(title="In time", type="stat", unit="percentunit", alert="TocsinSlowBudgetBurns", width=4,
             what="Articles whose output was committed within 10 s, over the last hour.",
             queries=[('sum(rate(tocsin_raw_to_output_seconds_bucket{S, le="10"}[1h]))'
                       " / sum(rate(tocsin_raw_to_output_seconds_count{S}[1h]))", "in time")],
             thresholds=[("red", None), ("yellow", 0.99), ("green", 0.995)]),
        dict(title="How fast the error budget burns", unit="short", alert="TocsinFastBudgetBurns", width=10,
             what="1 uses up the budget of 30 days in 30 days; 14.4 uses 2 % of it in an hour and wakes somebody.",
             queries=[('(1 - sum(rate(tocsin_raw_to_output_seconds_bucket{S, le="10"}[' + w + ']))'
                       " / sum(rate(tocsin_raw_to_output_seconds_count{S}[" + w + "]))) / 0.005", w)
                      for w in ("5m", "1h", "6h")], thresholds=[("yellow", 1), ("orange", 6), ("red", 14.4)], min=0),
        dict(title="Raw to output", unit="s", alert="TocsinAlertsLate", width=10,
             what="From the raw record's timestamp to its committed output. A producer's wrong clock, or a backlog that "
                  "was just read, shows here too.",
             queries=quantiles("tocsin_raw_to_output_seconds", 0.5, 0.95, 0.99), thresholds=[("red", 10)]),
    ]),
    ("What happens", 8, [
        dict(title="Articles by outcome", unit=PER_S, stack=True,
             what="What became of the raw articles: told for the first time, revised, dropped as told before, held, "
                  "killed, unreadable.",
             queries=[("sum by (outcome) (rate(tocsin_articles_total{S}[R]))", "{{outcome}}")]),
        dict(title="Alerts an hour", unit="short", stack=True, what="Alerts that ring, by the type of the event.",
             queries=[("sum by (type) (increase(tocsin_alerts_total{S}[1h]))", "{{type}}")]),
        dict(title="Lag by instance", unit="short", alert="TocsinLagGrows",
             what="Raw records that wait. Only the instance that owns a partition reports it.",
             queries=[("sum by (instance) (tocsin_lag{S})", "{{instance}}")], thresholds=[("red", 10000)]),
    ]),
    ("Who does it", 7, [
        dict(title="State of each instance", type="state-timeline", unit="none", alert="TocsinNobodyActive",
             what="One is active; the others stand by, with the state restored.",
             queries=[(STATE_NUMBER, "{{instance}}")], mappings=STATE_NAMES),
        dict(title="Take-overs an hour", unit="short", alert="TocsinTakeovers",
             what="How often the work changed hands. More than a few an hour is a fault.",
             queries=[("sum by (instance) (increase(tocsin_takeovers_total{S}[1h]))", "{{instance}}")],
             thresholds=[("red", 5)], min=0),
    ]),
]

PIPELINE = [
    ("Ingest", 7, [
        dict(title="Articles by instance", unit=PER_S, what="Raw articles decided in a second.",
             queries=[("sum by (instance) (rate(tocsin_articles_total{S}[R]))", "{{instance}}")]),
        dict(title="Payload", unit="Bps", what="Payload bytes of the raw articles decided.",
             queries=[("sum by (instance) (rate(tocsin_article_bytes_total{S}[R]))", "{{instance}}")]),
        dict(title="Size of an article", unit="bytes", what="Mean payload of the raw articles.",
             queries=[("sum(rate(tocsin_article_bytes_total{S}[R])) / sum(rate(tocsin_articles_total{S}[R]))", "mean")]),
    ]),
    ("Batches", 7, [
        dict(title="What closes a batch", unit=PER_S, stack=True,
             what="input_empty: all that had come was taken. articles, bytes: batches are full, so there is a backlog "
                  "or more load than one small batch takes.",
             queries=[("sum by (end) (rate(tocsin_batches_total{S}[R]))", "{{end}}")]),
        dict(title="Articles a batch", unit="short", what="Larger batches mean more throughput and more latency.",
             queries=quantiles("tocsin_batch_articles", 0.5, 0.99)),
        dict(title="Bytes a batch", unit="bytes", what="Payload bytes of a batch.",
             queries=quantiles("tocsin_batch_bytes", 0.5, 0.99)),
    ]),
    ("Where the time goes", 8, [
        dict(title="Seconds of each second", unit="percentunit", stack=True, alert="TocsinLagGrows",
             what="Share of wall time in preparing (all cores), deciding (one thread) and in transactions (Kafka). They "
                  "overlap: the next batch is prepared while one is committed. The one near 100 % is the bottleneck.",
             queries=[(f"sum(rate(tocsin_{stage}_seconds_sum{{S}}[R]))", stage)
                      for stage in ("prepare", "decide", "transaction")]),
        dict(title="Wall time of an article", unit="s",
             what="Mean wall time to prepare (all cores together) and to decide one article.",
             queries=[(f"sum(rate(tocsin_{stage}_seconds_sum{{S}}[R])) / sum(rate(tocsin_batch_articles_sum{{S}}[R]))",
                       stage) for stage in ("prepare", "decide")]),
        dict(title="CPU of an article", unit="s", what="CPU time of the whole process for one article, Kafka's client included.",
             queries=[("sum(rate(process_cpu_seconds_total{S}[R])) / sum(rate(tocsin_articles_total{S}[R]))", "CPU")]),
    ]),
    ("Stages", 8, [
        dict(title="Prepare a batch", unit="s", what="Wall time to prepare one batch on all cores.",
             queries=quantiles("tocsin_prepare_seconds", 0.5, 0.95, 0.99)),
        dict(title="Decide a batch", unit="s", what="Wall time to decide one batch, in order.",
             queries=quantiles("tocsin_decide_seconds", 0.5, 0.95, 0.99)),
        dict(title="Raw to output", type="heatmap", unit="s", alert="TocsinSlowBudgetBurns",
             what="From the raw record's timestamp to its committed output, each article.",
             queries=[("sum by (le) (increase(tocsin_raw_to_output_seconds_bucket{S}[R]))", "{{le}}")]),
    ]),
]

QUALITY = [
    ("Duplicates", 8, [
        dict(title="Told before", unit="percentunit", width=6, min=0, max=1,
             what="Share of the articles that were dropped as told before. A wire has its own usual figure; a jump means "
                  "a source that repeats itself, or one that was lost.",
             queries=[('sum(rate(tocsin_articles_total{S, outcome="duplicate"}[R])) / sum(rate(tocsin_articles_total{S}[R]))',
                       "duplicates")]),
        dict(title="How they relate", unit=PER_S, stack=True, width=9,
             what="Articles linked to a story that was told before: the same text, a near copy, a part of one, a revision.",
             queries=[("sum by (relation) (rate(tocsin_links_total{S}[R]))", "{{relation}}")]),
        dict(title="What is remembered", unit="short", width=9, log=True,
             what="Stories that a new article can be a copy of, article ids, incidents, articles under embargo.",
             queries=[(f"sum(tocsin_{what}{{S}})", what) for what in ("heads", "ids", "incidents", "held")]),
    ]),
    ("What comes in", 6, [
        dict(title="By preset", unit=PER_S, stack=True,
             what="Articles by the preset that read them. With `auto` a preset that nobody sends shows a form that is "
                  "misread (tocsin explain says why it was chosen).",
             queries=[("sum by (preset) (rate(tocsin_articles_read_total{S}[R]))", "{{preset}}")]),
        dict(title="In other languages", unit="percentunit", min=0, max=1,
             what="Share of the articles whose language the rules of events do not know (noEvents in the record). Copies "
                  "are found and places resolved all the same.",
             queries=[("sum(rate(tocsin_unsupported_language_total{S}[R])) / sum(rate(tocsin_articles_total{S}[R]))",
                       "no events")]),
    ]),
    ("Lines that sources repeat", 6, [
        dict(title="Lines removed as repeated", unit="short",
             what="Lines that are removed wherever their source prints them, learnt from the stream (repeated_lines). "
                  "Records list what was removed under repeatedLines.",
             queries=[("sum(tocsin_promoted_lines{S})", "lines")]),
        dict(title="Prepared twice", unit=PER_S,
             what="Articles prepared again because a line of theirs was found to be repeated in between. Few with role all; "
                  "with the roles prepare and decide every article with such a line, done by the one that decides.",
             queries=[("sum(rate(tocsin_prepared_again_total{S}[R]))", "again")]),
    ]),
    ("Memory of stories", 6, [
        dict(title="Forgotten too early", unit=PER_S, alert="TocsinMemoryGrows",
             what="Stories forgotten before their window was over because memory was full (max_heads).",
             queries=[("sum(rate(tocsin_heads_evicted_total{S}[R]))", "evicted")], thresholds=[("red", 0.01)]),
        dict(title="Embargoes that ended", unit=PER_S, stack=True,
             what="Held articles that were released, by what became of them.",
             queries=[("sum by (outcome) (rate(tocsin_held_released_total{S}[R]))", "{{outcome}}")]),
    ]),
    ("Events and alerts", 8, [
        dict(title="Events found", unit=PER_S, stack=True, what="Events in articles, whatever their factuality, by type.",
             queries=[("sum by (type) (rate(tocsin_events_total{S}[R]))", "{{type}}")]),
        dict(title="Alerts of the last day", type="bargauge", unit="short", what="Alerts that rang, by the type of the event.",
             queries=[("sort_desc(sum by (type) (increase(tocsin_alerts_total{S}[1d])))", "{{type}}")]),
        dict(title="Alerts marked as backfill", unit=PER_S,
             what="Alerts about articles older than alerts.max_age. They ring nobody; many of them mean that an archive is read.",
             queries=[("sum(rate(tocsin_alerts_backfill_total{S}[R]))", "backfill")]),
        dict(title="Raw to alert", unit="s", alert="TocsinAlertsLate",
             what="From the raw record's timestamp to the committed alert that rings; over 15 minutes, since alerts are few.",
             queries=[(f"histogram_quantile({q}, sum by (le) (rate(tocsin_raw_to_alert_seconds_bucket{{S}}[15m])))",
                       f"p{q * 100:g}") for q in (0.5, 0.99)], thresholds=[("red", 10)]),
    ]),
    ("Dead letters", 8, [
        dict(title="Unreadable", unit="percentunit", alert="TocsinDeadLetters", min=0,
             what="Dead letters among the articles.",
             queries=[("sum(rate(tocsin_dead_letters_total{S}[R])) / sum(rate(tocsin_articles_total{S}[R]))", "dead letters")],
             thresholds=[("red", 0.05)]),
        dict(title="Dead letters by reason", unit=PER_S, stack=True, alert="TocsinDeadLetters",
             what="Why articles could not be read. A new reason on a known source: its format has changed.",
             queries=[("sum by (reason) (rate(tocsin_dead_letters_total{S}[R]))", "{{reason}}")]),
        dict(title="Articles that crashed it", type="stat", unit="short", alert="TocsinCrashes",
             what="Dead letters with the reason crashed in the last day: each is a bug, and its bytes reproduce it.",
             queries=[('sum(increase(tocsin_dead_letters_total{S, reason="crashed"}[1d]))', "crashed")],
             thresholds=[("red", 1)]),
    ]),
]

KAFKA = [
    ("Reading", 8, [
        dict(title="Lag by partition", unit="short", alert="TocsinLagGrows",
             what="Records between the position and the high watermark. One partition alone: a key that gets most of the wire.",
             queries=[("sum by (topic, partition) (tocsin_lag{S})", "{{topic}} {{partition}}")], thresholds=[("red", 10000)]),
        dict(title="Progress by partition", unit=PER_S, what="How fast the position moves.",
             queries=[("sum by (topic, partition) (deriv(tocsin_position{S}[R]))", "{{topic}} {{partition}}")]),
        dict(title="Lost", type="stat", unit="short", alert="TocsinRecordsLost",
             what="Raw records that the broker had deleted before they were read, in the last day. None should be.",
             queries=[("sum(increase(tocsin_lost_records_total{S}[1d]))", "lost")], thresholds=[("red", 1)]),
        dict(title="Caught up in", unit="s", alert="TocsinLagGrows",
             what="The lag at the present rate of articles.",
             queries=[("sum(tocsin_lag{S}) / sum(rate(tocsin_articles_total{S}[R]))", "lag")], thresholds=[("red", 600)]),
    ]),
    ("Writing", 8, [
        dict(title="Records by topic", unit=PER_S, stack=True, what="Records written in committed transactions.",
             queries=[("sum by (topic) (rate(tocsin_records_total{S}[R]))", "{{topic}}")]),
        dict(title="Bytes by topic", unit="Bps", stack=True, what="Value bytes written in committed transactions.",
             queries=[("sum by (topic) (rate(tocsin_record_bytes_total{S}[R]))", "{{topic}}")]),
    ]),
    ("Transactions", 8, [
        dict(title="Transactions by result", unit=PER_S, stack=True, alert="TocsinTransactionsFail",
             what="fenced: another instance has taken over. unknown: the broker did not say; the next take-over finds out.",
             queries=[("sum by (result) (rate(tocsin_transactions_total{S}[R]))", "{{result}}")]),
        dict(title="Not committed in the last hour", type="stat", unit="short", alert="TocsinTransactionsFail", width=4,
             what="Transactions that were aborted, fenced or whose end is not known. Nothing is lost by one; each costs a take-over.",
             queries=[('sum(increase(tocsin_transactions_total{S, result!="committed"}[1h]))', "failed")],
             thresholds=[("yellow", 1), ("red", 4)]),
        dict(title="Time of a transaction", unit="s", alert="TocsinLagGrows",
             what="From begin to commit. It follows the brokers' disks and network.",
             queries=quantiles("tocsin_transaction_seconds", 0.5, 0.95, 0.99), thresholds=[("red", 1)]),
    ]),
    ("Take-overs", 7, [
        dict(title="Time of a take-over", unit="s", alert="TocsinTakeovers",
             what="From being assigned to reading the input, the slowest of ten; over an hour, since they are few.",
             queries=[("histogram_quantile(0.9, sum by (le) (rate(tocsin_takeover_seconds_bucket{S}[1h])))", "p90")],
             thresholds=[("red", 15)]),
        dict(title="Restoring the state", unit="s", what="How long the last take-over took to restore the state.",
             queries=[("tocsin_restore_seconds{S}", "{{instance}}")]),
        dict(title="Last commit", unit="s", what="How long ago the last transaction was committed.",
             queries=[("time() - (tocsin_last_commit_timestamp_seconds{S} > 0)", "{{instance}}")]),
    ]),
]

RUNTIME = [
    ("Process", 8, [
        dict(title="CPU", unit="percentunit", what="Cores in use; 100 % is one core.",
             queries=[("sum by (instance) (rate(process_cpu_seconds_total{S}[R]))", "{{instance}}")]),
        dict(title="Memory", unit="bytes", alert="TocsinMemoryGrows", min=0,
             what="Resident memory. It grows while the first window fills and is flat then.",
             queries=[("process_resident_memory_bytes{S}", "{{instance}}")]),
        dict(title="Virtual memory", unit="bytes", what="Virtual memory, the mapped gazetteer included.", min=0,
             queries=[("process_virtual_memory_bytes{S}", "{{instance}}")]),
    ]),
    ("Limits", 7, [
        dict(title="File descriptors", unit="percentunit", what="Open descriptors as a share of what the limit allows.", min=0,
             queries=[("process_open_fds{S} / process_max_fds{S}", "{{instance}}")], thresholds=[("red", 0.8)]),
        dict(title="Threads", unit="short", what="Threads of the process, and those of them that prepare articles.", min=0,
             queries=[("process_threads{S}", "{{instance}}"), ("tocsin_threads{S}", "{{instance}} prepare")]),
        dict(title="Since the loop last turned", unit="s", alert="TocsinNoProgress", min=0,
             what="The loop of a healthy instance turns many times a second, with or without articles.",
             queries=[("time() - tocsin_last_progress_timestamp_seconds{S}", "{{instance}}")], thresholds=[("red", 30)]),
    ]),
    ("What runs", 7, [
        dict(title="Uptime", type="stat", unit="s", what="Since the process started.",
             queries=[("time() - process_start_time_seconds{S}", "{{instance}}")]),
        dict(title="Knowledge", type="table", unit="none", alert="TocsinKnowledgeDiffers",
             what="Hashes of the rules and the gazetteer in use. They should be the same everywhere.",
             queries=[("count by (instance, rules, gazetteer) (tocsin_knowledge_info{S})", "")]),
        dict(title="Versions", type="table", unit="none", what="Version of Tocsin and of librdkafka.",
             queries=[("count by (instance, version, librdkafka) (tocsin_build_info{S})", "")]),
    ]),
    ("Reloads", 6, [
        dict(title="Reloads an hour", unit="short", alert="TocsinReloadRefused", min=0,
             what="Reloads of rules, presets and gazetteer. A refused one leaves the old ones in use.",
             queries=[("sum by (instance, result) (increase(tocsin_reloads_total{S}[1h]))", "{{instance}} {{result}}")]),
        dict(title="Last reload", type="stat", unit="dateTimeAsIso", what="When rules and gazetteer were last taken.",
             noValue="never",
             queries=[("(tocsin_last_reload_timestamp_seconds{S} > 0) * 1000", "{{instance}}")]),
    ]),
]

NOTIFY = [
    ("Delivery", 7, [
        dict(title="Last delivery", type="stat", unit="s", alert="TocsinNotifyStuck",
             what="How long ago a webhook was last delivered an alert. A quiet day makes it grow too; look at what waits.",
             queries=[("time() - (tocsin_notify_last_delivery_timestamp_seconds{S} > 0)", "{{webhook}}")]),
        dict(title="Alerts that wait", unit="short", alert="TocsinNotifyStuck", min=0,
             what="Alerts between what is settled and the end of the topic, by webhook.",
             queries=[("sum by (webhook) (tocsin_notify_lag{S})", "{{webhook}}")], thresholds=[("red", 10)]),
        dict(title="Alert to delivery", unit="s", alert="TocsinNotifyStuck",
             what="From the alert's record time to its delivery; over an hour, since alerts are few.",
             queries=[(f"histogram_quantile({q}, sum by (le) (rate(tocsin_notify_delay_seconds_bucket{{S}}[1h])))",
                       f"p{q * 100:g}") for q in (0.5, 0.99)], thresholds=[("red", 60)]),
        dict(title="Breaker", unit="short", alert="TocsinNotifyStuck", min=0, max=1,
             what="1 while nothing is tried because too much has failed in a row.",
             queries=[("max by (webhook) (tocsin_notify_breaker_open{S})", "{{webhook}}")], thresholds=[("red", 1)]),
    ]),
    ("What becomes of them", 7, [
        dict(title="Posts by result", unit=PER_S, stack=True,
             what="Attempts to post. busy: the receiver asks to come later; failed: it is not as it must be.",
             queries=[("sum by (webhook, result) (rate(tocsin_notify_posts_total{S}[R]))", "{{webhook}} {{result}}")]),
        dict(title="Alerts by outcome", unit=PER_S, stack=True, what="Alerts settled, by what became of them.",
             queries=[("sum by (webhook, outcome) (rate(tocsin_notify_alerts_total{S}[R]))", "{{webhook}} {{outcome}}")]),
        dict(title="Dead letters and lost alerts of the last day", type="stat", unit="short", alert="TocsinNotifyDeadLetters",
             what="Alerts that no webhook took, by reason, and those that the broker had deleted before they were read.",
             queries=[("sum by (reason) (increase(tocsin_notify_dead_letters_total{S}[1d]))", "{{reason}}"),
                      ("sum(increase(tocsin_notify_lost_alerts_total{S}[1d]))", "lost")], thresholds=[("red", 1)]),
        dict(title="Time of a post", unit="s", what="Wall time of one attempt; it follows the receivers.",
             queries=[(f"histogram_quantile({q}, sum by (le) (rate(tocsin_notify_post_seconds_bucket{{S}}[1h])))",
                       f"p{q * 100:g}") for q in (0.5, 0.99)]),
    ]),
    ("Quiet times and debounce", 7, [
        dict(title="Alerts held back", unit="short", min=0,
             what="Alerts that wait for the end of a quiet time or of a debounce; they are told then.",
             queries=[("sum by (webhook) (tocsin_notify_waiting_alerts{S})", "{{webhook}}")]),
        dict(title="Held and folded in a day", type="stat", unit="short",
             what="Alerts that had to wait, by why, and those of them that a newer alert of their incident told.",
             queries=[("sum by (why) (increase(tocsin_notify_held_total{S}[1d]))", "{{why}}"),
                      ("sum(increase(tocsin_notify_folded_total{S}[1d]))", "folded")]),
    ]),
]

DAEMON = "tocsin_build_info"
# Name, title, description, rows, and the metric whose jobs and instances can be chosen.
DASHBOARDS = [
    ("overview", "Overview", "Whether the wire is read, in time, and by whom.", OVERVIEW, DAEMON),
    ("pipeline", "Pipeline", "From the raw article to the committed record: how much, and where the time goes.", PIPELINE,
     DAEMON),
    ("quality", "Quality", "What is found: duplicates, events, alerts, and what cannot be read.", QUALITY, DAEMON),
    ("kafka", "Kafka", "Lag, records, transactions and take-overs.", KAFKA, DAEMON),
    ("notify", "Notify", "`tocsin notify`: whether alerts reach whom they are for.", NOTIFY, "tocsin_notify_lag"),
    ("runtime", "Runtime", "The processes: CPU, memory, limits, versions, reloads.", RUNTIME, DAEMON),
]
