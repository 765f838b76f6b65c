# SPDX-License-Identifier: GPL-2.0-only
BOARD_SUMMARY		:= Xilinx Zynq-7000: Cortex-A9, 512 MiB, PL330
BOARD_ARCH		:= arm
BOARD_KERNEL_PACKAGE	:= linux-image-armmp
BOARD_QEMU		:= qemu-system-arm
BOARD_QEMU_ARGS		:= -M xilinx-zynq-a9 -m 512
BOARD_RAM_BASE		:= 0x0
BOARD_BASE_DTB		:= boards/emulated/zynq/zynq.dts
BOARD_OVERLAYS		:= boards/emulated/zynq/buffers.dtso
# The kernel has no driver for the UART: a module of ours is the console.
BOARD_CONSOLE		:= cdnscon
BOARD_MODULES		:= cdnscon
BOARD_APPEND		:=
BOARD_ENGINE		:= f8003000.dma-controller
