# SPDX-License-Identifier: GPL-2.0-only
BOARD_SUMMARY		:= Raspberry Pi 3B: 4 x Cortex-A53, 1 GiB, bcm2835-dma
BOARD_ARCH		:= arm64
BOARD_KERNEL_PACKAGE	:= linux-image-arm64
BOARD_QEMU		:= qemu-system-aarch64
BOARD_QEMU_ARGS		:= -M raspi3b
BOARD_BASE_DTB		:= broadcom/bcm2837-rpi-3-b.dtb
BOARD_OVERLAYS		:= dts/raspi.dtso
BOARD_CONSOLE		:= ttyAMA0,115200
BOARD_APPEND		:=
# Debian's tree has no labels: what the overlay refers to.
BOARD_SYMBOLS		:= dma=/soc/dma@7e007000
BOARD_ENGINE		:= 3f007000.dma
# QEMU's controller counts words: another length hangs the emulator.
BOARD_ENGINE_UNIT	:= 4
# The 6.1 driver leaves its entry in the kernel's list of controllers behind.
BOARD_ENGINE_REBINDS	:= no
# A 32-bit image of Raspberry Pi OS may run a 64-bit kernel.
BOARD_RUNS_32_BIT	:= yes
