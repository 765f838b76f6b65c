# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced by run: standard input for the command on the board, a piece at a time and
# only when the board asks for one ("host get" of guest/host.c), so that neither an
# endless input nor one that never comes does any harm.
#
#	input_is_there		none where it is a terminal, closed, or /dev/null
#	input_begin DIR		answer each line in DIR/asked, a fifo, with a file DIR/stdin; an empty
#				one is the end
#	input_end		whatever it waits for

input_pid=''

input_is_there() { [ -e /dev/fd/0 ] && [ ! -t 0 ] && ! [ /dev/fd/0 -ef /dev/null ]; }

input_answer() {
	while read -r; do
		# One read, so that what is there does not wait for more; and whole at once.
		dd bs=64K count=1 status=none of="$1/piece" <&3 || : > "$1/piece"
		mv "$1/piece" "$1/stdin"
	done
}

input_begin() {
	# A process group, for an end that does not wait for a read.
	set -m
	input_answer "$1" 3<&0 <> "$1/asked" &
	input_pid=$!
	set +m
	# Its end is no news.
	disown
}

input_end() {
	[ -z "$input_pid" ] || kill -KILL -- "-$input_pid" 2> /dev/null || true
	input_pid=''
}
