# SPDX-License-Identifier: GPL-2.0-only
BOARD_SUMMARY		:= Raspberry Pi 2B: 4 x Cortex-A7, 1 GiB, bcm2835-dma
BOARD_ARCH		:= arm
BOARD_KERNEL_PACKAGE	:= linux-image-armmp
BOARD_QEMU		:= qemu-system-arm
BOARD_QEMU_ARGS		:= -M raspi2b
BOARD_RAM_BASE		:= 0x0
BOARD_BASE_DTB		:= bcm2836-rpi-2-b.dtb
BOARD_OVERLAYS		:= dts/raspi.dtso
BOARD_CONSOLE		:= ttyAMA0,115200
BOARD_APPEND		:=
BOARD_ENGINE		:= 3f007000.dma
# QEMU's controller counts words: another length hangs the emulator.
BOARD_ENGINE_UNIT	:= 4
# The 6.1 driver leaves its entry in the kernel's list of controllers behind.
BOARD_ENGINE_REBINDS	:= no
