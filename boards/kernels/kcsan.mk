# SPDX-License-Identifier: GPL-2.0-only
KERNEL_SUMMARY	:= 6.1 that looks for data races, arm64 only
KERNEL_SOURCE	:= linux-source-6.1
KERNEL_SLOWER	:= 10
KERNEL_CONFIG	:= base.config $(BOARD_ARCH).config debug.config $(notdir $(wildcard boards/kernels/debug-$(BOARD_ARCH).config)) kcsan.config
KERNEL_SUITES	:= storm
