# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced by what builds in the kernel trees of fetch-lint.
#
#	kmake TREE COMPILER ARCH ARG...		make in TREE of SOURCE/COMPILER-ARCH

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
