# SPDX-License-Identifier: GPL-2.0-only
BOARD_SUMMARY		:= Xilinx Versal: Cortex-A72, 1 GiB, 8 x zynqmp-dma
BOARD_ARCH		:= arm64
BOARD_KERNEL_PACKAGE	:= linux-image-arm64
BOARD_QEMU		:= qemu-system-aarch64
BOARD_QEMU_ARGS		:= -M xlnx-versal-virt -m 1G
# The tree that QEMU itself makes for these arguments.
BOARD_BASE_DTB		:= qemu
BOARD_OVERLAYS		:= boards/emulated/versal/buffers.dtso
BOARD_CONSOLE		:= ttyAMA0,115200
BOARD_APPEND		:=
# Debian's kernel is configured without the controller's driver.
BOARD_SOURCE_FILES	:= drivers/dma/xilinx/zynqmp_dma.c drivers/dma/dmaengine.h
BOARD_MODULES		:= zynqmp_dma
BOARD_ENGINE		:= ffa80000.dma ffa90000.dma ffaa0000.dma ffab0000.dma \
	ffac0000.dma ffad0000.dma ffae0000.dma ffaf0000.dma
# Where it was idle, the remove function of the 6.1 driver stops its clock twice.
BOARD_ENGINE_REBINDS	:= no
