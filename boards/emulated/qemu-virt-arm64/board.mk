# SPDX-License-Identifier: GPL-2.0-only
BOARD_SUMMARY		:= QEMU virt, 64-bit: 2 x Cortex-A53, 512 MiB
BOARD_ARCH		:= arm64
BOARD_KERNEL_PACKAGE	:= linux-image-arm64
BOARD_QEMU		:= qemu-system-aarch64
BOARD_QEMU_ARGS		:= -M virt -cpu cortex-a53 -smp 2 -m 512 -device vmcoreinfo
# The tree that QEMU itself makes for these arguments.
BOARD_BASE_DTB		:= qemu
BOARD_OVERLAYS		:= dts/qemu-virt.dtso
BOARD_CONSOLE		:= ttyAMA0
# KASLR brings KPTI, which doubles the time of a system call in the emulator.
BOARD_APPEND		:= kpti=off
# dts/bad and dts/refused fit its memory map.
BOARD_IS_REFERENCE	:= yes
BOARD_RUNS_32_BIT	:= yes
# A DMA controller that copies, which the machine itself has none of.
BOARD_MODULES		:= fw_cfg_dma
BOARD_ENGINE		:= 9020000.fw-cfg
