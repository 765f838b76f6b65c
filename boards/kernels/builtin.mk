# SPDX-License-Identifier: GPL-2.0-only
KERNEL_SUMMARY	:= 6.1 with the driver in the kernel itself, and without checkers
KERNEL_SOURCE	:= linux-source-6.1
# A copy of driver/ is built with it: an edit of the driver makes another kernel.
KERNEL_BUILTIN	:= yes
KERNEL_CONFIG	:= base.config $(BOARD_ARCH).config builtin.config
