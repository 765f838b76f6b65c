# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# TAP from shell, for update-kernels; suites are Python, and have lib/tap.py.

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

# plan: the last line
plan() { echo "1..$tap_count"; }
