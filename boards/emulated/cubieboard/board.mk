# SPDX-License-Identifier: GPL-2.0-only
BOARD_SUMMARY		:= Cubieboard (Allwinner A10): Cortex-A8, 512 MiB
BOARD_ARCH		:= arm
BOARD_KERNEL_PACKAGE	:= linux-image-armmp
BOARD_QEMU		:= qemu-system-arm
BOARD_QEMU_ARGS		:= -M cubieboard -m 512
BOARD_RAM_BASE		:= 0x40000000
BOARD_BASE_DTB		:= sun4i-a10-cubieboard.dtb
BOARD_OVERLAYS		:= boards/emulated/cubieboard/buffers.dtso
BOARD_CONSOLE		:= ttyS0,115200
BOARD_APPEND		:=
# Debian's tree has no labels: what the overlay refers to.
BOARD_SYMBOLS		:= dma=/soc/dma-controller@1c02000
BOARD_ENGINE		:= 1c02000.dma-controller
BOARD_ENGINE_STUCK	:= yes
