# SPDX-License-Identifier: GPL-2.0-only
KERNEL_SUMMARY		:= the kernel of Debian 14 in the making with pages of 16 KiB
KERNEL_RELEASE		:= 7.2
KERNEL_SUITE		:= forky
KERNEL_PACKAGE_arm64	:= linux-image-arm64-16k
KERNEL_GCC		:= gcc-16
KERNEL_MATRIX_ALSO	:= qemu-virt-arm64-16k
