# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced, after tap.sh, by the tests of "make farm": a run, and what it has left in $work,
# as NAME.out (its words, with the table), NAME.status and NAME.xml (the report).

# farm NAME COMMANDS [VARIABLE=VALUE]...: run them
# shellcheck disable=SC2154 # out, work: of who sources this
farm() {
	local name=$1 commands=$2

	shift 2
	env O="$out" "$@" sh -e <<< "$commands" > "$work/$name.out" 2>&1
	echo $? > "$work/$name.status"
	cp "$out/farm.xml" "$work/$name.xml"
	diag "$(tail -n 40 "$work/$name.out")"
}
status_is() { [ "$(cat "$work/$1.status")" = "$2" ] || { tail -n 40 "$work/$1.out"; return 1; }; }
# row NAME BOARD RESULT: one, with some tests passed
row() { [ "$(grep -cE "^$2 +$3 +[1-9][0-9]* " "$work/$1.out")" -eq 1 ] || { tail -n 40 "$work/$1.out"; return 1; }; }
one_table() { [ "$(grep -c '^board  ' "$work/$1.out")" -eq 1 ]; }
# junit NAME FUNCTION: lines of the report, by an expression of Python over its cases
junit() {
	/usr/bin/python3 - "$work/$1.xml" "$2" <<-'PYTHON'
		import sys, xml.etree.ElementTree as xml
		cases = list(xml.parse(sys.argv[1]).iter("testcase"))
		bad = [c for c in cases if c.find("failure") is not None or c.find("error") is not None]
		print(eval(sys.argv[2]))
	PYTHON
}
# Names end in [PLACE] or [PLACE-SUITE].
places_in() { junit "$1" "' '.join(sorted({c.get('name').split('[')[1].split(']')[0].removesuffix('-open').removesuffix('-rw') for c in $2}))"; }
sorted() { printf '%s\n' "$@" | sort | paste -sd ' '; }
