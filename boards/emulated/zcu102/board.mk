# SPDX-License-Identifier: GPL-2.0-only
BOARD_SUMMARY		:= Xilinx ZCU102: 2 x Cortex-A53, 1 GiB, zynqmp-dma
BOARD_ARCH		:= arm64
BOARD_KERNEL_PACKAGE	:= linux-image-arm64
BOARD_QEMU		:= qemu-system-aarch64
BOARD_QEMU_ARGS		:= -M xlnx-zcu102 -smp 2 -m 1G
BOARD_BASE_DTB		:= boards/emulated/zcu102/zcu102.dts
BOARD_OVERLAYS		:= boards/emulated/zcu102/buffers.dtso
BOARD_CONSOLE		:= ttyPS0,115200
BOARD_APPEND		:=
# Debian's kernel is configured without the controller's driver.
BOARD_SOURCE_FILES	:= drivers/dma/xilinx/zynqmp_dma.c drivers/dma/dmaengine.h
BOARD_MODULES		:= zynqmp_dma
BOARD_ENGINE		:= fd500000.dma-controller ffa80000.dma-controller
# Where it was idle, the remove function of the 6.1 driver stops its clock twice.
BOARD_ENGINE_REBINDS	:= no
