# SPDX-License-Identifier: GPL-2.0-only
BOARD_SUMMARY		:= Orange Pi PC (Allwinner H3): 4 x Cortex-A7, 1 GiB
BOARD_ARCH		:= arm
BOARD_KERNEL_PACKAGE	:= linux-image-armmp
BOARD_QEMU		:= qemu-system-arm
BOARD_QEMU_ARGS		:= -M orangepi-pc -m 1G
BOARD_RAM_BASE		:= 0x40000000
BOARD_BASE_DTB		:= sun8i-h3-orangepi-pc.dtb
BOARD_OVERLAYS		:= boards/emulated/orangepi-pc/buffers.dtso
BOARD_CONSOLE		:= ttyS0,115200
BOARD_APPEND		:=
# Debian's tree has no labels: what the overlay refers to.
BOARD_SYMBOLS		:= dma=/soc/dma-controller@1c02000
BOARD_MODULES		:= sun6i-dma
BOARD_ENGINE		:= 1c02000.dma-controller
BOARD_ENGINE_STUCK	:= yes
