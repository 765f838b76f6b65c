# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced by the host scripts: one voice for progress and for errors.

# say TEXT: progress, on standard error; standard output belongs to the guest
say() { printf 'cohbuf: %s\n' "$*" >&2; }

# die TEXT: an error that says what to do next
die() { printf 'cohbuf: error: %s\n' "$*" >&2; exit 1; }
