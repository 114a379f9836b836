#include "daemon/admin_page.h"

namespace tocsin {

namespace {

constexpr std::string_view kPage =
    R"html(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Tocsin</title><link rel="icon" href="data:,"><style>
:root{--ink:#1d2733;--soft:#5b6875;--line:#dfe5eb;--ground:#f5f7f9;--card:#fff;--sea:#e6edf3;--land:#b9c6d2;
--good:#177245;--busy:#9a6700;--bad:#b42318;--s5:#b3122f;--s4:#d9480f;--s3:#b07d00;--s2:#5b6875}
@media(prefers-color-scheme:dark){:root{--ink:#e4e9ee;--soft:#98a5b2;--line:#2c3640;--ground:#12171c;--card:#1a2128;
--sea:#161d24;--land:#3a4753;--good:#4cc38a;--busy:#e0b13c;--bad:#ff7b72;--s5:#ff5d73;--s4:#ff922b;--s3:#f2c94c;--s2:#98a5b2}}
*{box-sizing:border-box}
body{font:15px/1.45 system-ui,-apple-system,"Segoe UI",sans-serif;margin:0;color:var(--ink);background:var(--ground)}
main{max-width:76rem;margin:0 auto;padding:1rem}
header{display:flex;flex-wrap:wrap;gap:.3rem .8rem;align-items:baseline;margin-bottom:.8rem}
h1{font-size:1.35rem;margin:0}h2{font-size:1rem;margin:0 0 .6rem}
#state{font-weight:600;padding:.1rem .65rem;border-radius:1rem;border:1px solid currentColor}
.good{color:var(--good)}.busy{color:var(--busy)}.bad{color:var(--bad)}.soft{color:var(--soft)}
#reason{flex-basis:100%}
section{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.9rem;margin-bottom:1rem;min-width:0}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.8rem;margin-bottom:1rem}
.cards section{margin:0;padding:.7rem .9rem}
.cards b{display:block;font-size:1.5rem;line-height:1.25;font-variant-numeric:tabular-nums}
.cards svg{display:block;width:100%;height:1.6rem}
.cards polyline{fill:none;stroke:var(--soft);stroke-width:1.5;vector-effect:non-scaling-stroke}
.two{display:grid;grid-template-columns:minmax(0,3fr) minmax(0,2fr);gap:1rem;align-items:start}
#map{display:block;width:100%;background:var(--sea);border-radius:.4rem}
#map path{fill:var(--land)}
#map circle{stroke:var(--card);stroke-width:1.5;fill-opacity:.85}
#map circle.seen{stroke:var(--ink);stroke-width:3}
.s5{fill:var(--s5);color:var(--s5)}.s4{fill:var(--s4);color:var(--s4)}.s3{fill:var(--s3);color:var(--s3)}
.s2,.s1{fill:var(--s2);color:var(--s2)}
ol{list-style:none;margin:0;padding:0;max-height:21rem;overflow:auto}
li{padding:.45rem 0;border-top:1px solid var(--line);overflow-wrap:anywhere}li:first-child{border-top:0}
li strong{display:block;font-weight:600}
.table{overflow-x:auto}table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.25rem .8rem .25rem 0;vertical-align:top}th{color:var(--soft);font-weight:500}
#facts td:first-child{white-space:nowrap;color:var(--soft)}#lettertable td:not(:nth-child(3)),#parts td{white-space:nowrap}td{overflow-wrap:anywhere;border-top:1px solid var(--line)}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
code{font-size:.9em}a{color:inherit}nav a{margin-right:.8rem}
#ask{display:none}input{font:inherit;padding:.3rem .5rem;width:min(100%,24rem)}
@media(max-width:48rem){.two{grid-template-columns:minmax(0,1fr)}main{padding:.7rem}
.cards{grid-template-columns:repeat(2,minmax(0,1fr))}#map circle{r:11px;stroke-width:2.5}ol{max-height:none}
#lettertable thead{display:none}#lettertable tr{display:block;border-top:1px solid var(--line);padding:.35rem 0}
#lettertable td{display:inline;border:0}#lettertable td:nth-child(3){display:block}}
</style></head><body><main>
<header><h1>Tocsin</h1><span id="state" class="soft">asking</span><span id="who" class="soft"></span>
<span id="reason" class="bad"></span></header>
<section id="ask"><h2>This instance asks for its token</h2>
<input id="token" type="password" autocomplete="off" placeholder="token, then Enter" aria-label="token"></section>
<div class="cards">
<section>Articles a second<b id="rate">&ndash;</b><svg viewBox="0 0 100 20" preserveAspectRatio="none" role="img"
 aria-label="articles a second, the last five minutes"><polyline id="spark"/></svg></section>
<section>Lag<b id="lag">&ndash;</b><span class="soft" id="moved">records that wait</span></section>
<section>Told before<b id="links">&ndash;</b><span class="soft" id="linkshare">of all</span></section>
<section>Alerts<b id="rung">&ndash;</b><span class="soft" id="rungwhen">none yet</span></section>
<section>Dead letters<b id="letters">&ndash;</b><span class="soft" id="lettershare">of all</span></section>
<section>Last commit<b id="commit">&ndash;</b><span class="soft" id="commits"></span></section>
</div>
<div class="two">
<section><h2>Last alerts</h2>
<svg id="map" viewBox="-360 -168 720 284" role="img" aria-label="map of the last alerts"><path d=")html"
    // Natural Earth 1:110m land (public domain), simplified to 0.35 degrees, in half degrees.
    "M-136 108l6 1-1 1-3 0-2 1-9-2-4-3 7 2 3-3 2 0zM291 82l6 0 0 2-1 2-1 0-1 1-2 0-3-5 0-1zM346 82l2 1-3 4 1 1-3 0-2"
    " 4-4 1-4-1 1-2 7-4 3-4 2-1zM349 72l2 2 0-1 3 3 3-1-1 3-2 0-2 5-2 0-1 0 1-2 0-1-2-1 1-1 0-3-4-6 4 2zM100 27l1 4"
    "-2 0 1 3-6 16-3 1-3-1-1-7 2-3-1-5 1-3 4 0 2-3 3-5zM287 28l1 1 1-1 2 2 2 8 5 3 1 4 2 0 1 2 4 5 1 4-1 7-7 13-2 0"
    "-4 2-3-1 0-1-3 2-6-2-2-4-3-1 0-2-2 2 2-4 0-1-4 4-2-1-1-4-6-2-11 1-4 2-1 2-7 0-4 2-3 0-3-2 2-4-3-7-2-5 1 1-1-2 1"
    " 2-1-4 1-5 0 1 5-4 9-2 4-6 1 2 1-1-1-1 1-1 1 1 2-5 3 0 3 2 2 0 0-1 2-4 4-1-1-1 1-1 6 2 2 0 1 1-2 2-1 3 9 5 2 0"
    " 1-5 1-8 1-1 1 1zM249 20l-2 0 1-1 4-2 3 0zM217 14l4 0 1-1 9 4-2 1-8-2-10-2 1-2zM304 11l-5 2-2-2 3 0 0-1 2 1 1-1"
    " 0-2 1 0zM268 2l1 4 2 1 2-2 4-2 12 5 3 3 3 1 1 1-2 0 0 2 3 3 5 3-2 0-4-1-4-4-3-1-2 1 0 2-2 1-7-3-3 1 2-2-1-4-9"
    "-4-1 1-2-2 3-2-3 0-3-2 4-1zM250 -3l-3 3-7 0 0 1 2 2 5-2-4 3 3 7-2 0 1-2-2 0-1-4-1 1 0 5-2 0 0-4-1-1 2-7 2-2 4 1z"
    "M212 12l-3 0-4-4-8-12-6-6 0-1 4 1 6 6 2 0 5 4-1 1 5 5zM236 -4l2 2-2 0-1 4-2 1-1 5 0-1-2 1-3-2-3 1-1-1-3 0-2-7 1"
    "-3 2 1 1-1 1-1 3-1 7-8 5 3-3 5zM253 -17l0 3-1 1 0-2-1 1 0 3-3-1 0-3-1-1-1 1-2 1 1-2 6-2 0-2 1 1zM162 -12l-1 0-1"
    "-2 0-6 2 1 2 4zM243 -37l1 0 1 3-2 2 0 3 5 1 0 3-1-1-1-1-1 1-1-2-3 0 1-1-2-1 0-3 1 1 0-5zM-145 -40l5 1 3 2 0 1-5"
    "-1-1 2-2-1-4-1 4 0-2-2zM221 -37l-2 1-2-1 0-2 3-1 2 1zM-159 -46l11 5-8 1 2-1-5-2-5-1 0-1-6 1 5-2zM242 -46l-1 2-1"
    "-2 1-3 2-2 1 1zM31 -76l-1 3-2-1-3-1 0-1zM18 -82l2 1-1 3-2 0-1-4zM282 -74l-1 4-7 1-2 2-2-1 0-1-8 1 2 2-3 4-1-1 1"
    "-2-2-2 6-4 6 0 2-4 2 1 4-2 2-6 2-1 1 3zM288 -88l3-1 0 2-3 1-2 2-3-1-1 2-2 0 0-2 1-2 2 0 1-4zM-247 -97l-4-1-5-2"
    "-1-2 5 1zM-112 -101l-2 1 2 0 1 0-1 1 5 1-1 1 2 0 1 2-1 2-2-1 0-2-3 2-1 0 1-1-2 0-6 0 1-2 3-4 3-2 1 0zM287"
    " -101l2 3-3-1-1 3 2 2 0 2-2-1-1 1 0-7-1-5 0-3 2-1-1 0 1-1zM-14 -105l-6 1 2-2-1-2 4-2 4 1zM-6 -117l-2 2 4 0-2 3"
    " 2 0 5 6 2 1-1 1 1 1-2 1-13 2 5-3-4-1 3-1-2-1 1-1 3 0 0-1-4-2 0-2-1 1-1-3 2-3zM-170 -131l10 4-5 0-1-1-5 2-1-1-2"
    " 0 1-1 1-3zM-29 -133l0 1 2 2-10 3-9-1 2-1-4-1 4 0-5-1 2-2 3 0 3 2 3-2zM-360 -138l10 4 0 1 1 0 0-1 5 0 4 2-5 1-1"
    " 2-6-2-5 0 0-1-3 0 1 1-1 1-5 1 4 3-1 1-3 0-8 2-6 3-3-1-5 1-1 0-5 0-3 4 2 1 0 3-2 0-1 1 1 1-3 1-1 3-3 0-1 2-2 2"
    "-3-9 1-3 2-2 3 0 10-6 2-3-2 0-2 2-5 2-1-3-6 1-5 3 2 2-7 0 0-1-3 0-3 1-13 0-14 9 3 0 3 1 4 0 3 2 0 2-2 2-1 5-4 4"
    "-6 6-3 1-2-1-5 3-1 2-4 2 0 2 4 4-1 4-5 1-1-4 2-1-2-1-3-1 2-3-2-1-7 2 2-3-1-1-5 3-2 1-1 1 3 2 1 1 3-2 3 1 0 1-3"
    " 1-4 3 2 1 4 6 0 1-1 1 1 1-1 4-1 0-5 7-5 3-10 3-1 2-1 0 0-2-3 0-5 3-1 2 7 7 1 4-1 4-8 6 0-3-3-1-2-3-3-1 0-2-2 0"
    "-2 9 2 0 1 3 5 4 2 8-1 1-4-4-3-7-3-4 0 1 1-7-4-11-3 3-3-1 1-4-6-10-2 0 0 2-7 1-1 3-3 1-6 6-3 1-1 11-5 5-2-2-6"
    "-14-2-11-4 1-3-2 1-1 0-1-4-2-2-3-10 1-8-1-2-3-4 1-6-3-3-4-4 0 2 5 2 2 2 3 0-2 1 0 1 4 4 0 5-5 1 5 3 1 3 2-4 5-1"
    " 2-4 4-6 1-1 2-7 3-10 3-2-5 0-4-7-9-1-4-2-2-5-7-1 0 1-3-2 4-3-5 6 12 0 2 3 2 1 7 2 1 2 4 8 7-2 2 4 2 13-3 0 3-7"
    " 13-14 13-3 4-1 3 2 2-1 3 3 5 1 7-2 3-10 8 1 4 0 4-6 3 1 1-1 5-5 5-4 4-4 2-7 0-6 2-3-2 0-5-6-9-1-10-5-8 0-7 3-5"
    " 0-3-1-3 0-1-2-7-6-8 2-8-3-4-3 1-2 0-3-4-4 0-9 4-5-1-7 1-9-6-5-7-3-2 0-3-2-2 2-3 1-4-2-8 5-9 10-7-1-2 1-3 5-3 2"
    "-4 8 2 7-3 16-2 1 1 0 1 2-1-1 1 1 2-1 3 9 3 1 2 7 2 2-1 0-2 3-2 15 4 4-1 2 1 4 0 1-1 3-6 0-4-3-1-4 2-2-1-4 1-4"
    "-1-2-3 1-2-2-1 3-2 3 0 0-1 4 0 5-2 3 0 7 2 4 0 2-2 0-1-10-5 3-2-1-1 3-2-8 2 0 2 3 0 0 1-5 1-1 0 0-1-2-1 2-1-6-1"
    "-2 3-1 0-3 5 3 3-3 0-2 2-1-2-2 0-3 1 2 1-1 0-3-1 3 6-2-1 1 1-1 0 0 2-1 0-2-1-1-3-3-4 0-2-7-4-2-3-2 0 0-1-2 0-1"
    " 0 0 3 5 4 2 0 0 1 5 3-3-1-1 1 1 1 0 1-2 2-1 0 1-2-1-2-7-3-3-3-1-2-2-1-5 3-7 0 0 2-4 2-3 3 1 2-4 4-5 0-2 1-2-2"
    "-5 0 0-3-1 0 1-5-1-4 3-1 12 0 1-1 1-4-4-3-3-1 0-1 6 0-1-3 2 1 5-1 0-2 5-1 1-3 7-1 2-1-2-3 1-3 4-1 0 1 1 1-3 2 1"
    " 2 2 1 3-1 3 1 7-2 4 1 4-1-1-4 1-1 2-1 2 2 1 0 1-3-2 0 0-1 9-1 2-1-2-1-10 1-3-1 0-2-1-2 1-1 8-4-3-2-4 1-2 1 1 1"
    "-7 4-2 2 4 3-2 2-2 1-2 5-3 0-1 1-2 0-5-8-4 2-3 1-3-1-1-7 11-5 9-7 8-4 8 0 3-2 7 0 7 1-3 1 2 1 2-1 17 4 1 2-2 1"
    "-3 1-11-1 4 1 0 3 4 1-1-2 1 0 5 1 2-1-1-1 4-2 4 1 1-2-2-1 1-1-1-1 6 1 1 1-3 0 0 1 2 1 14-5 2 0-2 2 11-2 2 1 2-1"
    "-2-1 1-1 16 4 1-1-4-2 1-1-2-2 7-4 5 0 1 2-2 1 2 2-1 3 2 1-4 4 2 1 5-4-1-1 1-1-2 0-1-1 2-2-3-2 4-1-1-2 2 1 0 2 2"
    " 1-1-2 3-1 8 2-2-2 0-2 13-1-2-1 2-1 28-3 2-2 5 0 3 0-3 1 5 0 0 1 8 0 6 1 0 1-9 3 7 0 1 1 4-1 15 2 1-1 7 0 3 1 1"
    " 1-1 1 6 2 2-2 3 1 12 0-2-2 3-1 18 2 7 2 12 0 2 1-1 2 3 0 14 0 3 2 3-1-2-1 1-1 10 0zM360 -138l10 4 0 1 1 0 0-1"
    " 5 0 4 2-5 1-1 2-6-2-5 0 0-1-3 0 1 1-1 1-5 1 4 3-1 1-3 0-8 2-6 3-3-1-5 1-1 0-5 0-3 4 2 1 0 3-2 0-1 1 1 1-3 1-1"
    " 3-3 0-1 2-2 2-3-9 1-3 2-2 3 0 10-6 2-3-2 0-2 2-5 2-1-3-6 1-5 3 2 2-7 0 0-1-3 0-3 1-13 0-14 9 3 0 3 1 4 0 3 2 0"
    " 2-2 2-1 5-4 4-6 6-3 1-2-1-5 3-1 2-4 2 0 2 4 4-1 4-5 1-1-4 2-1-2-1-3-1 2-3-2-1-7 2 2-3-1-1-5 3-2 1-1 1 3 2 1 1"
    " 3-2 3 1 0 1-3 1-4 3 2 1 4 6 0 1-1 1 1 1-1 4-1 0-5 7-5 3-10 3-1 2-1 0 0-2-3 0-5 3-1 2 7 7 1 4-1 4-8 6 0-3-3-1-2"
    "-3-3-1 0-2-2 0-2 9 2 0 1 3 5 4 2 8-1 1-4-4-3-7-3-4 0 1 1-7-4-11-3 3-3-1 1-4-6-10-2 0 0 2-7 1-1 3-3 1-6 6-3 1-1"
    " 11-5 5-2-2-6-14-2-11-4 1-3-2 1-1 0-1-4-2-2-3-10 1-8-1-2-3-4 1-6-3-3-4-4 0 2 5 2 2 2 3 0-2 1 0 1 4 4 0 5-5 1 5"
    " 3 1 3 2-4 5-1 2-4 4-6 1-1 2-7 3-10 3-2-5 0-4-7-9-1-4-2-2-5-7-1 0 1-3-2 4-3-5 6 12 0 2 3 2 1 7 2 1 2 4 8 7-2 2"
    " 4 2 13-3 0 3-7 13-14 13-3 4-1 3 2 2-1 3 3 5 1 7-2 3-10 8 1 4 0 4-6 3 1 1-1 5-5 5-4 4-4 2-7 0-6 2-3-2 0-5-6-9-1"
    "-10-5-8 0-7 3-5 0-3-1-3 0-1-2-7-6-8 2-8-3-4-3 1-2 0-3-4-4 0-9 4-5-1-7 1-9-6-5-7-3-2 0-3-2-2 2-3 1-4-2-8 5-9 10"
    "-7-1-2 1-3 5-3 2-4 8 2 7-3 16-2 1 1 0 1 2-1-1 1 1 2-1 3 9 3 1 2 7 2 2-1 0-2 3-2 15 4 4-1 2 1 4 0 1-1 3-6 0-4-3"
    "-1-4 2-2-1-4 1-4-1-2-3 1-2-2-1 3-2 3 0 0-1 4 0 5-2 3 0 7 2 4 0 2-2 0-1-10-5 3-2-1-1 3-2-8 2 0 2 3 0 0 1-5 1-1 0"
    " 0-1-2-1 2-1-6-1-2 3-1 0-3 5 3 3-3 0-2 2-1-2-2 0-3 1 2 1-1 0-3-1 3 6-2-1 1 1-1 0 0 2-1 0-2-1-1-3-3-4 0-2-7-4-2"
    "-3-2 0 0-1-2 0-1 0 0 3 5 4 2 0 0 1 5 3-3-1-1 1 1 1 0 1-2 2-1 0 1-2-1-2-7-3-3-3-1-2-2-1-5 3-7 0 0 2-4 2-3 3 1 2"
    "-4 4-5 0-2 1-2-2-5 0 0-3-1 0 1-5-1-4 3-1 12 0 1-1 1-4-4-3-3-1 0-1 6 0-1-3 2 1 5-1 0-2 5-1 1-3 7-1 2-1-2-3 1-3 4"
    "-1 0 1 1 1-3 2 1 2 2 1 3-1 3 1 7-2 4 1 4-1-1-4 1-1 2-1 2 2 1 0 1-3-2 0 0-1 9-1 2-1-2-1-10 1-3-1 0-2-1-2 1-1 8-4"
    "-3-2-4 1-2 1 1 1-7 4-2 2 4 3-2 2-2 1-2 5-3 0-1 1-2 0-5-8-4 2-3 1-3-1-1-7 11-5 9-7 8-4 8 0 3-2 7 0 7 1-3 1 2 1 2"
    "-1 17 4 1 2-2 1-3 1-11-1 4 1 0 3 4 1-1-2 1 0 5 1 2-1-1-1 4-2 4 1 1-2-2-1 1-1-1-1 6 1 1 1-3 0 0 1 2 1 14-5 2 0-2"
    " 2 11-2 2 1 2-1-2-1 1-1 16 4 1-1-4-2 1-1-2-2 7-4 5 0 1 2-2 1 2 2-1 3 2 1-4 4 2 1 5-4-1-1 1-1-2 0-1-1 2-2-3-2 4"
    "-1-1-2 2 1 0 2 2 1-1-2 3-1 8 2-2-2 0-2 13-1-2-1 2-1 28-3 2-2 5 0 3 0-3 1 5 0 0 1 8 0 6 1 0 1-9 3 7 0 1 1 4-1 15"
    " 2 1-1 7 0 3 1 1 1-1 1 6 2 2-2 3 1 12 0-2-2 3-1 18 2 7 2 12 0 2 1-1 2 3 0 14 0 3 2 3-1-2-1 1-1 10 0zM98 -83l3 2"
    "-2 1-1 2 0 3 7 2 3-1 0-4-2-1 1-1-2 0 1-2 3 0-2-2-1 0 0 2-1-4-2 0-2-3 2 0 0-1 3-1 0-1 0-2-4 0-7 3-2 2zM-191"
    " -138l-6 0-3-1 2 0 2-1zM-181 -139l0 2 3-2 2 2-1 1 2 2 4-4 0-2 6 1 2 1-1 2 1 1 0 1-4 1-5 0-3 3-5 2-1 1-1 1-4 2-2"
    " 2-1 4 3 0 1 4 3-1 12 4 5 1 1 3 4 5 3-3-3-4 4-1 3-3-2-3-2-2 2-2-1-5 8 0 5 3 4 0 0 4 4 2 3-2 3-3 6 7-1 1 9 4 1 1"
    " 2 1 1 3-9 4-13 0-9 6 5-3 7-1 2 1-2 1 1 4 6 0 2-2 1 2-11 5-1 0 0-2 3-2-5 1-7 4-1 1 2 2-7 1 3 0-4 0-2 4-1-1 1 2"
    "-2 3 1-2-2-2 0 2-1 0 1 0 2 5-12 8 0 3 3 6-1 4-1 0-1-2-3-4 0-2-2-2-2 1-3-2-5 0-1 1 1 1-2 1-8-1-5 2-2 2 1 3-2 7 3"
    " 6 4 3 5-1 2-2 1-3 7-1 0 1-2 5-1 0 0 4-1 1 8 0 3 1-1 9 4 4 1 0 4-1 5 2 3-2 1-3 3 0 3-3 2 1-2 1 1 5 1-2-1-2 3-1"
    " 0-1 4 3 4 0 2 1 1-1 5 0-1 0 0 1 3 1 1 2 3 1 4 4 6 0 5 4 2 4 1 1-1 3 4 0 0 2 1-1 6 2 1 2 2 0 7 1 6 4 3 0 2 5-1"
    " 3-7 8-2 10-3 8-2 2-5 1-6 3-2 2-1 5-10 12-4 1-5-2 0 1 3 2 0 3-1 2-3 1-7 1 1 3-1 1-5 0 0 2 2 0 1 1-3 2-1 3-4 1 0"
    " 2 4 1-1 2-6 5 2 4-6 1-1 2-7-3-1-2 1-1-1-5 3-3-3-1 2-1 0-4 3 1 1-4-2-1 0 3-2-1 3-7-1-5 1 0 3-9 0-7 1-3 2-15-1-3"
    "-2-2-9-6-8-15-3-2 1-1-1-2 3-4-2-1 0-2 2-4 2-1 1-2 3-3-2-9-3-1-2 2 1 1-2 1 0-2-5-1-3-3 0 1-1-1 0-2-4-4 0-1-7-1-7"
    "-4-4 1-14-6-4-3 0-3-1-3-7-5 0-2-5-5-2-4-2-1-2-1 1 4 6 7 2 4 2 2-1 1-4-3-1-3-5-3 2-2-3-2-4-7-2-2-4-1-8-12 0-5 1"
    "-5-1-5 3 0 1 2-1-4-9-4-1-3-2-1-1-1-5-4-4-5-5 0-7-3-14-3-2 1 0 1-7 2 0-3 2-1 0-1-7 4 1 1-1 2-9 4-13 3 15-6 1-3-4"
    " 1-3-1-3 1 0-2-4-1-4-3 3-3 7-2-1-1 1-1-8 1-6-2 7-2 2 0-1 1 5 0-11-5 2-1 6-1 2-2 11-2 4 2 22 1 14 2 13-2 2 0 2-1"
    " 4 2 3-1 0 1 6-1 13 2 2 1-3 1 11 0 2 1 2-1-2-1 2 0 4-1 9 3 6-1 0-1 2 0 3 1 0 1 1-1 2 0 1-2-5-2 0-2 3-2 4 1 3 3"
    "-2 1zM-228 -146l-1 1 4-1 3 1 2-1 4 3 1-1-2-2 6 1 2 3 7 2 0 1-3 0 1 1-1 0-9 0-13 1-5-1-3-2 10-1-11 0-1-1 5-1-7 0"
    " 3-2zM-153 -146l-7 0-2-1 1-1zM-173 -146l1 1 2-2 5-1 4 3-1 1 6-2 8 2 0 1 4 0 8 3 2 2-4 1 14 3-4 4-5-3-3 0 0 2 5"
    " 2 2 2-1 2-8-2 6 3-10-2-8-3-5 1-2-1 1-2 8 0-1-1 4-3-1 0-8-3 2 0-6-2-5 1-14-2-2-1 2 0-3 0 0-2 3-3 5-1zM-201"
    " -148l7 1-2 1 3 1 0 2-4 0-8-2 4 0-2-2zM-186 -146l-3 2-2 0-1-2 1-2 10 0zM-241 -143l-5 1-6-2 4-3-2-2 7 0 8 1 4 1"
    "-7 2zM290 -151l-1 1-11 1-4-2 1-1 3 0zM-197 -153l2 0-1 3-6 0 0-1-3 0 0-2zM-216 -152l4 0 1 1-2 1-14 1-1 0 4-1-9 0"
    "-2 0 4-3 13 2-3-2 2-1zM115 -141l-8-1-4-1 0-1 6-3-2-1 5-1-1-1 11-3 14-1 2 1-21 4-6 4 0 2zM-189 -154l6 0 2 1-1 1"
    " 4 1 16 0 2 0 0 1-1 1-15 0-9-1-1-2-2-1-6-1 1 0zM-232 -155l-1 1-1 1-9 1-3 0 4-2zM-200 -157l1 1-4 0-7-1 2 0-3-2 4"
    " 1zM210 -157l-11 1 5-3 7 2zM37 -159l6 1-5 1-4 3-6-1 1 0-3-1-5-3 13-1zM51 -161l4 1-3 1-15-1-2-1 6 0zM102 -161l-7"
    " 1-2 0 1-1-4 0 10-1zM200 -158l-10 0-8-3 10-2 8 3zM-174 -159l2 0-10 3-6-2 2-1-6 0-1-1 4-2 4-1 9 2zM-137 -166l13"
    " 1-11 2 4 0-11 3-12 1 3 1-1 0 1 1-9 3 4 0-5 2-18-1 0-1 3 0-1-2 7 1-6-2 6-2-4-2 10 0-11 0-8-3 12-1 5 0 1-1 6 0z"
    "M-54 -167l12 2-21 1 17 0 2 1-2 1 14-2 8 1-16 3 5 0-4 2 0 3 2 1-6 1 3 1 1 2-2 0 2 1-4 1 2 0-1 1-5 0 2 3-5-1 6 2"
    " 0 2-3 0-4-2 1 1-3 2 8 0-10 3-9 1-4 3-12 2-2 4-4 2 1 1-2 4-3 0-3-2-4 0-1-1-5-4-2-3-2-2 0-2-1 0 2-3 3 0 1-3-5 1"
    "-2 0 0-3 6 1-9-2 3-2-6-4-8-3-14 0-6-2 9-1-8 0-5-1 1-1 15-2 0-1-5 0 15-4 15 0 5-1 12 2-5-1 0-1 7-1z"
    R"html("/><g id="dots"></g></svg>
<p class="soft" id="noalerts">None since this instance became active.</p></section>
<section><h2>What they say</h2><ol id="alerts"></ol></section></div>
<div class="two"><div><section><h2>Last dead letters</h2><p class="soft" id="noletters">None since this instance became active.</p>
<div class="table"><table id="lettertable" hidden><thead><tr><th>when<th>reason<th>detail<th>where</tr></thead>
<tbody id="letterrows"></tbody></table></div></section>
<section><h2>Input</h2><p class="soft" id="noparts">Read by the active instance.</p>
<div class="table"><table id="parttable" hidden><thead><tr><th>topic<th class="n">partition<th class="n">position
<th class="n">lag<th>moved</tr></thead><tbody id="parts"></tbody></table></div></section></div>
<section><h2>What it knows</h2><div class="table"><table><tbody id="facts"></tbody></table></div></section></div>
<nav class="soft"><a href="/status">/status</a><a href="/metrics">/metrics</a><a href="/live">/live</a><a href="/ready">/ready</a></nav>
</main><script>
"use strict";
// What is foreign (headlines, places, errors) only ever becomes text, never markup.
const byId = id => document.getElementById(id);
const set = (id, text) => { byId(id).textContent = text; };
function element(tag, text, kind) {
  const e = document.createElement(tag);
  if (text !== undefined) e.textContent = text;
  if (kind) e.className = kind;
  return e;
}
const count = n => n < 1e4 ? String(n) : n < 1e6 ? (n / 1e3).toFixed(1) + " k" : (n / 1e6).toFixed(1) + " M";
const share = (part, all) => all ? (100 * part / all).toFixed(1) + " % of all" : "of all";
const words = text => text.replaceAll("_", " ");
function ago(iso) {
  if (!iso) return "never";
  const s = Math.max(0, (Date.now() - Date.parse(iso)) / 1000);
  return s < 2 ? "now" : s < 120 ? Math.round(s) + " s ago" : s < 7200 ? Math.round(s / 60) + " min ago"
    : s < 172800 ? Math.round(s / 3600) + " h ago" : Math.round(s / 86400) + " days ago";
}
const kState = {active: "good", standby: "good", failed: "bad", waiting_for_broker: "bad"};
const samples = [];  // [ms, articles], of the last five minutes

function rates(totals) {
  const now = performance.now();
  if (samples.length && totals.articles < samples[samples.length - 1][1]) samples.length = 0;  // it was restarted
  samples.push([now, totals.articles]);
  while (samples.length > 150) samples.shift();
  const before = samples[Math.max(0, samples.length - 6)];  // over ten seconds
  set("rate", now > before[0] ? ((totals.articles - before[1]) * 1000 / (now - before[0])).toFixed(1) : "\u2013");
  const steps = samples.slice(1).map((s, i) => (s[1] - samples[i][1]) * 1000 / (s[0] - samples[i][0]));
  const most = Math.max(1, ...steps);
  byId("spark").setAttribute("points",
    steps.map((v, i) => (100 - 100 * (steps.length - 1 - i) / 149).toFixed(1) + "," + (19 - 18 * v / most).toFixed(1)).join(" "));
}

function alertRow(a, dot) {
  const row = element("li");
  const line = element("span", undefined, "soft");
  line.append(element("span", words(a.type), "s" + a.severity), " \u00b7 ",
    [a.place, a.country].filter(Boolean).join(", ") || "no place", " \u00b7 ", words(a.factuality), " \u00b7 ",
    ago(a.at), a.change === "first" ? "" : " \u00b7 " + words(a.change), a.backfill ? " \u00b7 backfill" : "");
  row.append(element("strong", a.headline), line);
  if (dot) for (const [event, on] of [["mouseenter", true], ["mouseleave", false]])
    row.addEventListener(event, () => dot.classList.toggle("seen", on));
  return row;
}

function showAlerts(alerts) {
  const dots = alerts.map(a => {
    if (a.lat === undefined) return null;
    const dot = document.createElementNS("http://www.w3.org/2000/svg", "circle");
    dot.setAttribute("cx", 2 * a.lon);
    dot.setAttribute("cy", -2 * a.lat);
    dot.setAttribute("r", 3 + a.severity);
    dot.classList.add("s" + a.severity);
    const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
    title.textContent = a.headline + " (" + [a.place, a.country].filter(Boolean).join(", ") + ")";
    dot.append(title);
    return dot;
  });
  byId("dots").replaceChildren(...dots.filter(Boolean).reverse());  // the newest on top
  byId("alerts").replaceChildren(...alerts.map((a, i) => alertRow(a, dots[i])));
  byId("noalerts").hidden = alerts.length > 0;
  set("rungwhen", alerts.length ? "last " + ago(alerts[0].at) : "none yet");
}

function rows(id, lines, numbers) {
  byId(id).replaceChildren(...lines.map(line => {
    const row = element("tr");
    row.append(...line.map((text, i) => element("td", text, numbers.includes(i) ? "n" : "")));
    return row;
  }));
}

function show(s) {
  const t = s.totals;
  set("state", words(s.state));
  byId("state").className = kState[s.state] || "busy";
  set("who", `role ${s.role}, group ${s.group}, ${s.instance}, ${words(s.state)} since ${s.since.slice(0, 16).replace("T", " ")} UTC`);
  set("reason", s.reason);
  document.title = "Tocsin: " + words(s.state);
  rates(t);
  const known = s.partitions.filter(p => p.lag !== null);
  set("lag", known.length ? count(known.reduce((sum, p) => sum + p.lag, 0)) : "\u2013");
  set("links", count(t.links)); set("linkshare", share(t.links, t.articles));
  set("letters", count(t.dead_letters)); set("lettershare", share(t.dead_letters, t.articles));
  byId("letters").className = t.dead_letters > 0.05 * t.articles ? "bad" : "";
  set("rung", count(t.alerts));
  set("commit", ago(s.last_commit)); set("commits", count(t.transactions_committed) + " transactions");
  showAlerts(s.alerts);
  rows("letterrows", s.dead_letters.slice(0, 10).map(l =>
    [ago(l.at), l.reason, l.detail, `${l.topic}:${l.partition}:${l.offset}`]), []);
  byId("lettertable").hidden = !s.dead_letters.length; byId("noletters").hidden = s.dead_letters.length > 0;
  rows("parts", s.partitions.map(p => [p.topic, p.partition, p.position ?? "\u2013", p.lag ?? "\u2013", ago(p.moved)]), [1, 2, 3]);
  byId("parttable").hidden = !s.partitions.length; byId("noparts").hidden = s.partitions.length > 0;
  rows("facts", [["articles decided", count(t.articles)], ["stories", count(s.memory.heads)], ["ids", count(s.memory.ids)],
    ["incidents", count(s.memory.incidents)], ["under embargo", count(s.memory.held)], ["rules", s.knowledge.rules],
    ["gazetteer", s.knowledge.gazetteer], ["loaded", ago(s.knowledge.loaded)], ["take-overs", String(t.takeovers)],
    ["started", ago(s.started)], ["last error", s.last_error ? `${s.last_error} (${ago(s.last_error_at)})` : "none"]], []);
}

let token = sessionStorage.getItem("token");
async function turn() {
  if (!document.hidden) {
    try {
      const answer = await fetch("/status", {headers: token ? {Authorization: "Bearer " + token} : {}});
      byId("ask").style.display = answer.status === 401 ? "block" : "none";
      if (answer.ok) show(await answer.json());
      else set("state", answer.status === 401 ? "locked" : "HTTP " + answer.status);
    } catch (error) {
      set("state", "does not answer");
      byId("state").className = "bad";
    }
  }
  setTimeout(turn, 2000);
}
byId("token").addEventListener("change", event => {
  token = event.target.value.trim();
  sessionStorage.setItem("token", token);
});
turn();
</script></body></html>
)html";

}  // namespace

std::string_view admin_page() { return kPage; }

}  // namespace tocsin
