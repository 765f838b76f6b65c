# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced, after say.sh: how far something is that takes long.
#
#	progress WHAT [MEGABYTES]	standard input has the percents, one a line, or what apt
#					writes to APT::Status-Fd
#
# On a terminal it is one line that moves; elsewhere a line each 10 seconds or 25 percent.
# What is done within $progress_quiet seconds is not told.
progress_quiet=2

progress() {
	local what=$1 total=${2:-} line percent now start said told=0 moves=''

	now=${EPOCHREALTIME/[.,]/}
	start=$now said=$now
	while IFS= read -r line; do
		case $line in
		dlstatus:*)	line=${line#dlstatus:*:} line=${line%%:*} ;;
		esac
		percent=${line%%[.,]*}
		[[ $percent =~ ^[0-9]+$ ]] || continue
		now=${EPOCHREALTIME/[.,]/}
		[ $((now - start)) -ge $((progress_quiet * 1000000)) ] || continue
		line="$what: $percent %${total:+, $((total * percent / 100)) of $total MB}"
		if [ -t 2 ]; then
			printf '\r\033[Kcohbuf: %s' "$line" >&2
			moves=yes
		elif [ $((now - said)) -ge 10000000 ] || [ $((percent - told)) -ge 25 ]; then
			say "$line"
			said=$now told=$percent
		fi
	done
	[ -z "$moves" ] || printf '\r\033[K' >&2
}
