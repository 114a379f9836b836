#include "daemon/admin_page.h"

namespace tocsin {

std::string_view admin_page() {
  static constexpr std::string_view kPage = R"html(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Tocsin</title><style>
body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}
dt{font-weight:600}dd{margin:0 0 .6rem 1rem}code{background:#f2f2f2;padding:.1rem .3rem}
@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}a{color:#8bf}code{background:#2a2a2a}}
</style></head><body><h1>Tocsin</h1><dl>
<dt><a href="/status">/status</a></dt><dd>what this instance does: role, state, positions and lag, knowledge, totals (JSON)</dd>
<dt><a href="/ready">/ready</a></dt><dd>200 when it is active, or stands by with its state restored; else 503 and why</dd>
<dt><a href="/live">/live</a></dt><dd>200 while its loop makes progress; else 503 and why</dd>
<dt><a href="/metrics">/metrics</a></dt><dd>for Prometheus</dd>
</dl></body></html>
)html";
  return kPage;
}

}  // namespace tocsin
