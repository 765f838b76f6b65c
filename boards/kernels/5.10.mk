# SPDX-License-Identifier: GPL-2.0-only
KERNEL_SUMMARY		:= the kernel of Debian 11, oldoldstable
KERNEL_RELEASE		:= 5.10
KERNEL_SUITE		:= bullseye
KERNEL_PACKAGE_arm	:= linux-image-armmp
KERNEL_PACKAGE_arm64	:= linux-image-arm64
KERNEL_MATRIX		:= qemu-virt-arm qemu-virt-arm64
# It is read before the kernel can patch its code: a warning, and then it works.
KERNEL_WARNS_OF		:= $(if $(filter arm,$(BOARD_ARCH)),page_poison=1)
