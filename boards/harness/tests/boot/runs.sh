# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced, after tap.sh, by the tests of "make run" with the folder of a board: runs of
# theirs.
#
#	status_is STATUS COMMAND...	what it says stays in $work/out and $work/err; its
#					standard input is $input
#	on_board [OPTION...] COMMAND	host/run
#	make_run [NAME=VALUE...]	make run, and make_verb VERB for others
#	ends_in TEXT			the last line of $work/err
#	says_once TEXT			of its lines, one has TEXT
#	await TEXT FILE			until the file has the text, a minute at most

runs_here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck disable=SC2154 # of who sources this
board=$(basename "$build")
work=$(mktemp -d)
# shellcheck disable=SC2154 # of tap.sh
trap 'rm -rf "$work" "$tap_diag"' EXIT
input=/dev/null

status_is() {
	local expected=$1 status

	shift
	"$@" > "$work/out" 2> "$work/err" < "$input"
	status=$?
	[ "$status" -eq "$expected" ] || {
		echo "exit status $status, not $expected"
		cat "$work/out" "$work/err"
		return 1
	}
}

on_board() { "$runs_here/../../boot/run" "$build" "$@"; }
make_verb() { make --no-print-directory -C "$runs_here/../../../.." O="$(dirname "$build")" BOARD="$board" "$@"; }
make_run() { make_verb run "$@"; }

ends_in() {
	[[ $(tail -n 1 "$work/err") == *"$1"* ]] || { diag "it does not end in: $1" "$(cat "$work/err")"; return 1; }
}
says_once() {
	[ "$(grep -cF -- "$1" "$work/err")" -eq 1 ] || { diag "it does not say once: $1" "$(cat "$work/err")"; return 1; }
}

await() { timeout 60 grep -q -m 1 -- "$1" < <(tail -f -n +1 --pid=$$ "$2" 2> /dev/null); }
