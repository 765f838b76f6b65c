# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced, after say.sh, by run: what it was given is looked at before anything is built
# or booted, and the first thing that cannot be is one line.
#
#	arguments_check COMMAND SHELL FILES DTBOS	the time limits are looked at as well

seconds_check() {
	[[ ${!1:-1} =~ ^[1-9][0-9]{0,6}$ ]] ||
		die "$1=${!1} is no time limit: give whole seconds from 1 on, as in $1=300"
}

# there_check VARIABLE FILE: it is there, for us
there_check() {
	[ -e "$2" ] || die "$1: there is no $2 (each word is a name, which can have no space)"
	[ -r "$2" ] || die "$1: $2 cannot be read by $(id -un): see its permissions"
}

# What a compiled tree or overlay begins with.
readonly BLOB_MAGIC='d0 0d fe ed'
blob_check() {
	there_check DTBO "$1"
	[ "$(od -An -tx1 -N4 "$1" 2> /dev/null)" = " $BLOB_MAGIC" ] ||
		die "DTBO: $1 is no compiled overlay: make one of its source with dtc -@ -I dts -O dtb -o NAME.dtbo NAME.dtso"
}

arguments_check() {
	local command=$1 shell=$2 files=$3 dtbos=$4 file

	seconds_check TIMEOUT
	seconds_check UP_TIMEOUT
	seconds_check UNREAD_TIMEOUT
	if [ -n "$shell" ]; then
		[ -t 0 ] || die "make shell needs a terminal: for a command without one, make run CMD=..."
	else
		[[ $command =~ [^[:space:]] ]] || die "CMD= is empty: give it a command of the board's shell, or leave it out for the demo"
	fi
	for file in $files; do there_check FILES "$file"; done
	for file in $dtbos; do blob_check "$file"; done
}
