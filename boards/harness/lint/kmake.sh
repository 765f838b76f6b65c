# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced by what builds in the kernel trees of fetch-lint.
#
#	kmake SOURCE COMPILER ARCH ARG...	make in SOURCE/COMPILER-ARCH
#	known			a filter: what modpost has to say there

declare -A cross_of=([arm]=arm-linux-gnueabihf- [arm64]=aarch64-linux-gnu-)

# What an outer make passes down is not for the kernel's own.
kmake() {
	local source=$1 compiler=$2 arch=$3 tools

	shift 3
	case $compiler in
	gcc)	tools=CROSS_COMPILE=${cross_of[$arch]} ;;
	clang)	tools=LLVM=1 ;;
	esac
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$source" O="$compiler-$arch" ARCH="$arch" "$tools" "$@" < /dev/null
}

# The whole kernel is not built, so its symbols are unknown here; a board's build
# knows them.
known() {
	grep -vE '^WARNING: ((vmlinux\.o|Module\.symvers)( Module\.symvers)? is missing|modpost: (".*undefined!$|suppressed [0-9]+ unresolved))|Modules may not have dependencies or modversions|^ +You may get many unresolved symbol' || :
}
