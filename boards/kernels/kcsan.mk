# SPDX-License-Identifier: GPL-2.0-only
KERNEL_SUMMARY	:= 6.1 with KCSAN, which watches the driver for data races; 64 bits only
KERNEL_SOURCE	:= linux-source-6.1
# The kernel's own races are not what this is for: its accesses are not watched, but
# what they change under the driver is noticed.
KERNEL_MAKE	:= KCSAN_SANITIZE=n
KERNEL_SLOWER	:= 10
KERNEL_CONFIG	:= base.config $(BOARD_ARCH).config debug.config kcsan.config
KERNEL_SUITES	:= storm
