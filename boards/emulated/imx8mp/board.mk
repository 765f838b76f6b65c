# SPDX-License-Identifier: GPL-2.0-only
BOARD_SUMMARY		:= NXP i.MX 8M Plus EVK: 4 x Cortex-A53, 2 GiB
BOARD_ARCH		:= arm64
BOARD_KERNEL_PACKAGE	:= linux-image-arm64
BOARD_QEMU		:= qemu-system-aarch64
# QEMU 7.2 does not have this board.
BOARD_QEMU_SUITE	:= backports
# The console is the second UART.
BOARD_QEMU_ARGS		:= -M imx8mp-evk -smp 4 -m 2G -serial null
BOARD_BASE_DTB		:= freescale/imx8mp-evk.dtb
BOARD_OVERLAYS		:= boards/emulated/imx8mp/buffers.dtso
BOARD_CONSOLE		:= ttymxc1,115200
BOARD_APPEND		:=
# Debian's tree has no labels: what the overlay refers to.
BOARD_SYMBOLS		:= dma=/soc@0/bus@30800000/dma-controller@30bd0000
# They wait for an interconnect that has no driver in Debian's kernel, and the 6.1
# driver's way back out of probe warns of devices without a release function.
BOARD_DISABLED		:= /soc@0/bus@32c00000/blk-ctrl@32ec0000 /soc@0/bus@32c00000/blk-ctrl@32f10000 \
			   /soc@0/blk-ctrl@38330000
BOARD_MODULES		:= imx-sdma
BOARD_ENGINE		:= 30bd0000.dma-controller
BOARD_ENGINE_STUCK	:= yes
# The remove function of the 6.1 driver oopses on channels that nobody has used.
BOARD_ENGINE_REBINDS	:= no
