# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced by the host's own tests: TAP from shell.

tap_count=0
tap_diag=$(mktemp)
trap 'rm -f "$tap_diag"' EXIT

# diag TEXT...: what a failing check has to say
diag() { printf '%s\n' "$@" > "$tap_diag"; }

# check NAME COMMAND...: one test; its output, or what it gave to diag, is shown
# when it fails
check() {
	local name=$1 output

	shift
	: > "$tap_diag"
	tap_count=$((tap_count + 1))
	if output=$("$@" 2>&1); then
		echo "ok $tap_count - $name"
	else
		echo "not ok $tap_count - $name"
		{ [ -z "$output" ] || printf '%s\n' "$output"; cat "$tap_diag"; } | sed 's/^/# /'
	fi
}

# skip NAME REASON: a test that does not apply here
skip() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

# silent COMMAND...: for tools that exit with 0 whatever they found: only a run
# without a word is a good one
silent() {
	local said

	if said=$("$@" 2>&1) && [ -z "$said" ]; then
		return 0
	fi
	printf '%s\n' "${said:-$1 failed without a word}"
	return 1
}

# plan: the last line
plan() { echo "1..$tap_count"; }
