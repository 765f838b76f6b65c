# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced, after tap.sh, by the suites in shell that build a copy of the tree. Those in
# Python have boards/harness/lib/contract.py.
#
#	copy_tree DIR		what a builder gets to see: no file that is built
#	project_version

# A make that started this is not to be seen by those that are tested.
unset MAKEFLAGS MAKELEVEL MFLAGS

copy_tree() {
	rm -rf "$1"
	mkdir -p "$1/boards/harness/boot"
	cp -r COPYING app driver dts "$1"
	cp -r boards/harness/boot/guest "$1/boards/harness/boot"
	find "$1" \( -name '*.o' -o -name '*.ko' -o -name '*.cmd' -o -name '*.mod*' -o -name Module.symvers -o -name '*.d' \) \
		-type f -delete
	rm -f "$1/app/cohbuf" "$1/app/test_mmap"
}

project_version() { make -s -C app version; }
