# SPDX-License-Identifier: GPL-2.0-only
BOARD_SUMMARY		:= Arm Versatile Express: 2 x Cortex-A15, 512 MiB
BOARD_ARCH		:= arm
BOARD_KERNEL_PACKAGE	:= linux-image-armmp
BOARD_QEMU		:= qemu-system-arm
BOARD_QEMU_ARGS		:= -M vexpress-a15 -smp 2 -m 512
BOARD_RAM_BASE		:= 0x80000000
BOARD_BASE_DTB		:= vexpress-v2p-ca15-tc1.dtb
BOARD_OVERLAYS		:= boards/emulated/vexpress-a15/buffers.dtso
BOARD_CONSOLE		:= ttyAMA0
BOARD_APPEND		:=
