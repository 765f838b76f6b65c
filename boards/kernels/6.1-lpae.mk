# SPDX-License-Identifier: GPL-2.0-only
KERNEL_SUMMARY		:= the kernel of Debian 12 with long descriptors: DMA addresses of 64 bits on 32-bit processors
KERNEL_RELEASE		:= 6.1
KERNEL_SUITE		:= bookworm
KERNEL_PACKAGE_arm	:= linux-image-armmp-lpae
KERNEL_MATRIX_ALSO	:= qemu-virt-arm
