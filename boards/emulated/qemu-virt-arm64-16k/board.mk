# SPDX-License-Identifier: GPL-2.0-only
BOARD_SUMMARY		:= QEMU virt, 64-bit with pages of 16 KiB: 2 x Cortex-A76, 1 GiB
BOARD_ARCH		:= arm64
BOARD_KERNEL_PACKAGE	:= linux-image-arm64-16k
# Debian 12 itself has none with such pages.
BOARD_KERNEL_SUITE	:= backports
BOARD_QEMU		:= qemu-system-aarch64
# The Cortex-A53 has no such pages.
BOARD_QEMU_ARGS		:= -M virt -cpu cortex-a76 -smp 2 -m 1024 -device vmcoreinfo
BOARD_BASE_DTB		:= qemu
BOARD_OVERLAYS		:= dts/qemu-virt.dtso boards/emulated/qemu-virt-arm64-16k/buffers.dtso
BOARD_CONSOLE		:= ttyAMA0
# KASLR brings KPTI, which doubles the time of a system call in the emulator.
BOARD_APPEND		:= kpti=off
BOARD_MODULES		:= fw_cfg_dma
BOARD_ENGINE		:= 9020000.fw-cfg
# The kernel has CONFIG_COMPAT.
BOARD_RUNS_32_BIT	:= yes
