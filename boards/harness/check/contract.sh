# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced, after tap.sh, by the checks that replay what a distribution builder runs.
#
#	board_facts BUILD_DIR		sets arch, deb_arch, cross, kernel, headers, release, base_dtb
#	loadable_modules DIR MODULE...	into DIR, by names in an order that can be loaded
#	copy_tree DIR			what a builder gets to see: no file that is built
#	holds_module FOLDER		one cohbuf.ko below it, for this kernel, found by udev
#	built_for FILE			FILE is a program for the board
#	project_version
#	group_of_rule			the group that the udev rule gives the nodes to
#	readme_blocks FILE		its blocks of commands, a NUL after each
#	readme_commands FILE TEXT	the block of commands in FILE that has TEXT; every block of a
#				README has a test that asks for it (host/readme_test)

# A make that started this is not to be seen by those that are tested.
unset MAKEFLAGS MAKELEVEL MFLAGS

declare -A cross_of=([arm]=arm-linux-gnueabihf- [arm64]=aarch64-linux-gnu-)
declare -A deb_arch_of=([arm]=armhf [arm64]=arm64)
declare -A machine_of=([arm]=ARM [arm64]=AArch64)

# shellcheck disable=SC2034 # for who sources this
board_facts() {
	local BOARD KERNEL BOARD_ARCH

	# shellcheck source=/dev/null
	. "$1/board.env"
	kernel=${KERNEL%/*} arch=$BOARD_ARCH deb_arch=${deb_arch_of[$BOARD_ARCH]} base_dtb=$1/base.dtb
	cross=${cross_of[$arch]} release=$(cat "$kernel/release") headers=$(readlink -f "$kernel/headers")
}

loadable_modules() {
	local folder=$1 number=10 module

	shift
	mkdir -p "$folder"
	for module; do
		modprobe -d "$kernel/root" -S "$release" --show-depends "$module" || return
	done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++' | while read -r module; do
		cp "$module" "$folder/$((number++))-${module##*/}"
	done
}

copy_tree() {
	rm -rf "$1"
	mkdir -p "$1/boards/harness/boot"
	cp -r COPYING app driver dts "$1"
	cp -r boards/harness/boot/guest "$1/boards/harness/boot"
	find "$1" \( -name '*.o' -o -name '*.ko' -o -name '*.cmd' -o -name '*.mod*' -o -name Module.symvers -o -name '*.d' \) \
		-type f -delete
	rm -f "$1/app/cohbuf" "$1/app/test_mmap"
}

holds_module() {
	local found

	found=$(find "$1" -name 'cohbuf.ko*')
	[ "$(grep -c . <<< "$found")" -eq 1 ] || { echo "not one cohbuf.ko below $1: $found"; return 1; }
	modinfo -F vermagic "$found" | grep "^$release " || { echo "it is not for $release"; return 1; }
	modinfo -F alias "$found" | grep -Fx 'of:N*T*Ccohbuf,buffer'
}

built_for() { "${cross}readelf" -h "$1" | grep -E "Machine: *${machine_of[$arch]}\$"; }

project_version() { make -s -C app version; }

group_of_rule() { sed -n 's/.*GROUP="\([^"]*\)".*/\1/p' app/install/60-cohbuf.rules; }

# shellcheck disable=SC2016 # the fences of Markdown
readme_blocks() {
	awk '/^ *```sh$/ { inside = 1; next }
		/^ *```$/ { if (inside) printf "%c", 0; inside = 0 }
		inside { sub(/^ +/, ""); print }' "$1"
}

readme_commands() {
	local block found=''

	while IFS= read -r -d '' block; do
		[[ $block != *"$2"* ]] || { printf '%s' "$block"; found=yes; }
	done < <(readme_blocks "$1")
	[ -n "$found" ]
}
