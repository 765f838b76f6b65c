# SPDX-License-Identifier: GPL-2.0-only
BOARD_SUMMARY		:= Samsung SMDKC210: 2 x Cortex-A9 (Exynos 4210), 1 GiB, 3 x PL330
BOARD_ARCH		:= arm
BOARD_KERNEL_PACKAGE	:= linux-image-armmp
BOARD_QEMU		:= qemu-system-arm
BOARD_QEMU_ARGS		:= -M smdkc210 -smp 2 -m 1G
BOARD_RAM_BASE		:= 0x40000000
BOARD_BASE_DTB		:= exynos4210-smdkv310.dtb
BOARD_OVERLAYS		:= boards/emulated/smdkc210/buffers.dtso
BOARD_CONSOLE		:= ttySAC0,115200
BOARD_APPEND		:=
# Debian's tree has no labels: what the overlay refers to.
BOARD_SYMBOLS		:= dma=/soc/dma-controller@12680000
BOARD_ENGINE		:= 12680000.dma-controller 12690000.dma-controller 12850000.dma-controller
# The console's UART holds channels of the first, which cannot go from under it.
BOARD_ENGINE_REBINDS	:= no
