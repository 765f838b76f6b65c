# SPDX-License-Identifier: GPL-2.0-only
BOARD_SUMMARY		:= Boundary Devices Sabre Lite (i.MX 6Q): Cortex-A9, 512 MiB
BOARD_ARCH		:= arm
BOARD_KERNEL_PACKAGE	:= linux-image-armmp
BOARD_QEMU		:= qemu-system-arm
BOARD_QEMU_ARGS		:= -M sabrelite -smp 1 -m 512
BOARD_RAM_BASE		:= 0x10000000
BOARD_BASE_DTB		:= imx6q-sabrelite.dtb
BOARD_OVERLAYS		:= boards/emulated/sabrelite/buffers.dtso
# QEMU's first UART; the tree's stdout-path is the second.
BOARD_CONSOLE		:= ttymxc0,115200
BOARD_APPEND		:=
# Debian's tree has no labels: what the overlay refers to.
BOARD_SYMBOLS		:= dma=/soc/bus@2000000/dma-controller@20ec000
BOARD_ENGINE		:= 20ec000.dma-controller
BOARD_ENGINE_STUCK	:= yes
# The remove function of the 6.1 driver oopses on channels that nobody has used.
BOARD_ENGINE_REBINDS	:= no
