#!/bin/sh
# manpage.sh TOCSIN: the manual page tocsin(1) on stdout. What each command takes is what its --help says, so that the page is
# as true as that is.
set -eu
tocsin=$1

version=$("$tocsin" --version | sed 's/^[^0-9]*//; s/ .*//')
commands=$("$tocsin" --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p')

escape() { sed -e 's/\\/\\e/g' -e 's/-/\\-/g' -e "s/^\\([.']\\)/\\\\\\&\\1/"; }

# An option or argument and its description are one item; a description may stand on the lines below.
options() {
  awk '
    /^(Options|Positionals):/ { on = 1; next }
    /^[A-Z]/ { on = 0 }
    !on || /-h,--help/ || /^$/ { next }
    /^ ? ? ? ?[^ ]/ {
      line = $0; sub(/^ +/, "", line)
      name = line; text = ""
      if (match(line, /   +/)) { name = substr(line, 1, RSTART - 1); text = substr(line, RSTART + RLENGTH) }
      print ".TP"; print ".B " name; if (text != "") print text
      next
    }
    { sub(/^ +/, ""); print }'
}

cat <<END
.TH TOCSIN 1 "" "tocsin $version" "User commands"
.SH NAME
tocsin \\- the news-wire daemon
.SH SYNOPSIS
.B tocsin
.I command
.RI [ options ]
.SH DESCRIPTION
END
"$tocsin" --help | sed '/^Usage:/,$d' | escape
echo .SH COMMANDS
for command in $commands; do
  printf '.SS %s\n' "$(echo "$command" | escape)"
  "$tocsin" "$command" --help | head -n 1 | sed 's/$/./' | escape
  "$tocsin" "$command" --help | options | escape | sed 's/^\\&\.\(TP\|B \)/.\1/'
done
cat <<'END'
.SH SIGNALS
.TP
.B SIGTERM, SIGINT
what is in work is decided and committed within
.BR drain_timeout ,
then it ends with 0.
.TP
.B SIGHUP
rules, presets and gazetteer are read and checked, then swapped between batches; wrong ones are refused and the old stay.
.SH FILES
.TP
.I /etc/tocsin/tocsin.yaml
configuration; every key is described in
.IR /usr/share/doc/tocsin/configuration.md .
.TP
.I /usr/share/tocsin/knowledge
gazetteer, rules and presets.
.TP
.I /usr/share/tocsin/prometheus, /usr/share/tocsin/grafana
alert rules and dashboards.
.TP
.I /var/lib/tocsin
which articles crashed it; all other state is in Kafka.
.SH EXIT STATUS
0 done, 1 failed (try again), 2 a wrong configuration or command line (something must be changed first).
.SH SEE ALSO
.IR /usr/share/doc/tocsin/operating.md ,
.IR /usr/share/doc/tocsin/runbooks.md ,
.BR systemctl (1)
END
