# SPDX-License-Identifier: GPL-2.0-only
BOARD_SUMMARY		:= Raspberry Pi 4B: 4 x Cortex-A72, 2 GiB, bcm2835-dma
BOARD_ARCH		:= arm64
BOARD_KERNEL_PACKAGE	:= linux-image-arm64
BOARD_QEMU		:= qemu-system-aarch64
# QEMU 7.2 does not have this board.
BOARD_QEMU_SUITE	:= backports
BOARD_QEMU_ARGS		:= -M raspi4b
BOARD_BASE_DTB		:= broadcom/bcm2711-rpi-4-b.dtb
# What QEMU has nothing behind: a driver's first access would be an external abort.
BOARD_DISABLED		:= /soc/clock@7ef00000 /soc/interrupt-controller@7ef00100 /soc/hdmi@7ef00700 \
	/soc/hdmi@7ef05700 /soc/i2c@7ef04500 /soc/i2c@7ef09500 /soc/avs-monitor@7d5d2000 /gpu
BOARD_OVERLAYS		:= boards/emulated/raspi4b/buffers.dtso
BOARD_CONSOLE		:= ttyAMA0,115200
BOARD_APPEND		:=
# Debian's tree has no labels: what the overlay refers to.
BOARD_SYMBOLS		:= dma=/soc/dma@7e007000
BOARD_ENGINE		:= fe007000.dma
# QEMU's controller counts words: another length hangs the emulator.
BOARD_ENGINE_UNIT	:= 4
# The 6.1 driver leaves its entry in the kernel's list of controllers behind.
BOARD_ENGINE_REBINDS	:= no
