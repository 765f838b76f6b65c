# SPDX-License-Identifier: GPL-2.0-only
KERNEL_SUMMARY		:= the kernel of Debian 14 in the making
KERNEL_RELEASE		:= 7.2
KERNEL_SUITE		:= forky
KERNEL_PACKAGE_arm	:= linux-image-armmp
KERNEL_PACKAGE_arm64	:= linux-image-arm64
KERNEL_PACKAGE_riscv64	:= linux-image-riscv64
# Its headers ask for -fmin-function-alignment, which the compiler of Debian 12 has not.
KERNEL_GCC		:= gcc-16
KERNEL_MATRIX		:= qemu-virt-arm qemu-virt-arm64
KERNEL_MATRIX_ALSO	:= qemu-virt-riscv64
