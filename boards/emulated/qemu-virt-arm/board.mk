# SPDX-License-Identifier: GPL-2.0-only
BOARD_SUMMARY		:= QEMU virt, 32-bit: 2 x Cortex-A15, 512 MiB
BOARD_ARCH		:= arm
BOARD_KERNEL_PACKAGE	:= linux-image-armmp
BOARD_QEMU		:= qemu-system-arm
# highmem=off: a kernel without LPAE cannot reach what lies above 4 GiB.
BOARD_QEMU_ARGS		:= -M virt,highmem=off -cpu cortex-a15 -smp 2 -m 512 -device vmcoreinfo
BOARD_RAM_BASE		:= 0x40000000
# The tree that QEMU itself makes for these arguments.
BOARD_BASE_DTB		:= qemu
BOARD_OVERLAYS		:= dts/qemu-virt.dtso
BOARD_CONSOLE		:= ttyAMA0
BOARD_APPEND		:=
# dts/bad and dts/refused fit its memory map.
BOARD_IS_REFERENCE	:= yes
# A DMA controller that copies, which the machine itself has none of.
BOARD_MODULES		:= fw_cfg_dma
BOARD_ENGINE		:= 9020000.fw-cfg
