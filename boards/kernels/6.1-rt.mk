# SPDX-License-Identifier: GPL-2.0-only
KERNEL_SUMMARY		:= the kernel of Debian 12 with PREEMPT_RT: locks and interrupts that can be preempted
KERNEL_RELEASE		:= 6.1
KERNEL_SUITE		:= bookworm
KERNEL_PACKAGE_arm	:= linux-image-rt-armmp
KERNEL_PACKAGE_arm64	:= linux-image-rt-arm64
KERNEL_MATRIX_ALSO	:= qemu-virt-arm64
