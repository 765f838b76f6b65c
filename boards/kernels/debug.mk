# SPDX-License-Identifier: GPL-2.0-only
KERNEL_SUMMARY	:= 6.1 with KASAN, UBSAN, lockdep, kmemleak, dma-debug and fault injection
# Built from Debian's package of the source; later fragments win.
KERNEL_SOURCE	:= linux-source-6.1
# How much slower it is than Debian's: the time limits are that much longer.
KERNEL_SLOWER	:= 10
# KASAN sees more than poisoned objects show, which take as long again.
KERNEL_CHECKS	:=
KERNEL_ACCOUNT	:= slub_debug=U
# KCOV's points are for the fuzzer. Of UBSAN, arm does not give all of its kernel.
KERNEL_DRIVER	:= CONFIG_COHBUF_KUNIT_TEST=m KCOV_INSTRUMENT=y UBSAN_SANITIZE=y
KERNEL_CONFIG	:= base.config $(BOARD_ARCH).config debug.config $(notdir $(wildcard boards/kernels/config/debug-$(BOARD_ARCH).config)) kasan.config
# Suites for what only such a kernel has.
KERNEL_SUITES	:= fault storm fuzz
