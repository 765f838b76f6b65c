# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced, after say.sh, by what runs on the user's machine: where the cache is.
#
#	cache_folder		sets cache, from CACHE or the user's home; makes nothing
#	usable FOLDER NAME	makes it, or says in one line to give another with NAME=
#	machine_architecture	Debian's name of it, which the tools' folder has

cache_folder() {
	local home=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}

	[ -n "${CACHE:-}$home" ] || die "there is no HOME for a cache: name a folder with CACHE="
	# shellcheck disable=SC2034 # for who sources this
	cache=$(realpath -m -- "${CACHE:-$home/cohbuf}")
}

usable() {
	{ mkdir -p -- "$1" && [ -w "$1" ]; } 2> /dev/null || die "$1 cannot be written: name another folder with $2="
}

machine_architecture() { { dpkg --print-architecture 2> /dev/null || uname -m; } | sed 's/^x86_64$/amd64/; s/^aarch64$/arm64/'; }
