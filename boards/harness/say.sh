# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced by the host scripts: one voice for progress and for errors.

# say TEXT: progress, on standard error; standard output belongs to the guest
say() { printf 'cohbuf: %s\n' "$*" >&2; }

# die TEXT: an error that says what to do next; last-word says it where that is set
die() {
	if [ -n "${COHBUF_REASON:-}" ]; then
		printf '%s\n' "$*" > "$COHBUF_REASON"
	else
		say "error: $*"
	fi
	exit 1
}
