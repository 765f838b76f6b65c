# SPDX-License-Identifier: GPL-2.0-only
KERNEL_SUMMARY		:= the kernel of Debian 13, and Debian 12 by its backports
KERNEL_RELEASE		:= 6.12
KERNEL_SUITE		:= bookworm-backports
KERNEL_PACKAGE_arm	:= linux-image-armmp
KERNEL_PACKAGE_arm64	:= linux-image-arm64
KERNEL_MATRIX		:= qemu-virt-arm qemu-virt-arm64
