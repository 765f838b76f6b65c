# SPDX-License-Identifier: GPL-2.0-only
KERNEL_SUMMARY		:= the kernel of Debian 12
KERNEL_RELEASE		:= 6.1
KERNEL_SUITE		:= bookworm
KERNEL_PACKAGE_arm	:= linux-image-armmp
KERNEL_PACKAGE_arm64	:= linux-image-arm64
KERNEL_MATRIX		:= qemu-virt-arm qemu-virt-arm64
