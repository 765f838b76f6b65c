# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced, after kernel-set.sh, by what fetches the headers of a Debian kernel.
#
#	headers_unpack TOOLS	of $debs, into $work/root; TOOLS is empty or a folder
#				of "fetch tools", whose C library the programs need
#	busybox_unpack FILE	the program, of $debs, where it is no more then
#
# shellcheck disable=SC2154 # host_arch, work, debs: of apt-root.sh; release: of kernel-set.sh

# busybox_unpack FILE: it is in another folder in newer packages
busybox_unpack() {
	dpkg-deb --fsys-tarfile "$debs"/busybox-static_*.deb | tar -xOf - --wildcards './*bin/busybox' > "$1"
	chmod 755 "$1"
	rm "$debs"/busybox-static_*.deb
}

# unpack_into FOLDER: newer packages are below /usr only, older ones in /lib
unpack_into() {
	mkdir -p "$1/usr/lib"
	ln -s usr/lib "$1/lib"
}

headers_unpack() {
	local tools=$1 headers kbuild deb other

	headers=linux-headers-$release
	kbuild=$(set_package linux-kbuild-)
	other=$debs/$kbuild-of-armhf
	unpack_into "$work/root"
	for deb in "$debs/$kbuild"_*_armhf.deb; do
		[ "$host_arch" = armhf ] || [ ! -e "$deb" ] || mv "$deb" "$other"
	done
	debs_unpack "$work/root" "$debs"/*.deb

	# Found from where it is, and not from where the package would be.
	# shellcheck disable=SC2016 # make's
	sed -i -e 's|^KBUILD_OUTPUT=.*|KBUILD_OUTPUT := $(abspath $(dir $(lastword $(MAKEFILE_LIST))))|' \
		-e 's|^include /usr/src/|include $(dir $(lastword $(MAKEFILE_LIST)))../|' "$work/root/usr/src/$headers/Makefile"
	[ -z "$tools" ] || use_libc "$tools/root" "$work/root/usr/lib/$kbuild"
	[ ! -e "$other" ] || use_modpost_of "$other" "$work/root/usr/lib/$kbuild/scripts/mod" "$tools"
	# With one, kbuild wants pahole, to put type information into modules.
	rm -f "$work/root/usr/src/$headers/vmlinux"
	ln -s "root/usr/src/$headers" "$work/headers"
}

# use_modpost_of PACKAGE FOLDER TOOLS: modpost has the size of the target's tables built
# in, as those of the machine that it runs on, and a 64-bit one refuses those of a 32-bit
# module. Debian has it for 32-bit Arm as well, which QEMU runs, with the C library that
# comes with the cross compiler.
use_modpost_of() {
	local package=$1 folder=$2 tools=$3 libc=/usr/arm-linux-gnueabihf

	# shellcheck disable=SC2016 # the wrapper's
	[ -z "$tools" ] || libc='${0%/*}/'$(realpath -s --relative-to="$folder" "$tools/root$libc")
	dpkg-deb --fsys-tarfile "$package" | tar -xOf - "./usr/lib/${kbuild}/scripts/mod/modpost.real-lsb-32" > "$folder/modpost.armhf"
	rm "$folder"/modpost.real-*
	cat > "$folder/modpost" <<-WRAPPER
		#!/bin/sh
		exec qemu-arm -L "$libc" "\${0%/*}/modpost.armhf" "\$@"
	WRAPPER
	chmod 755 "$folder/modpost" "$folder/modpost.armhf"
}
