# SPDX-License-Identifier: GPL-2.0-only
BOARD_SUMMARY		:= QEMU virt, RISC-V: 2 harts with Svpbmt and Zicbom, 1 GiB
BOARD_ARCH		:= riscv64
# Debian 12 has no RISC-V; this is the kernel of Debian 14 in the making.
BOARD_KERNEL_PACKAGE	:= linux-image-riscv64
BOARD_KERNEL_SUITE	:= forky
BOARD_KERNEL_GCC	:= gcc-16
BOARD_QEMU		:= qemu-system-riscv64
# QEMU 7.2 has no Zicbom, which the kernel needs for a device that does not snoop.
BOARD_QEMU_SUITE	:= backports
BOARD_QEMU_ARGS		:= -M virt -cpu rv64,svpbmt=on,zicbom=on -smp 2 -m 1024 -device vmcoreinfo
BOARD_BASE_DTB		:= qemu
BOARD_OVERLAYS		:= boards/emulated/qemu-virt-riscv64/buffers.dtso
BOARD_CONSOLE		:= ttyS0
BOARD_APPEND		:=
BOARD_MODULES		:= fw_cfg_dma
BOARD_ENGINE		:= 10100000.fw-cfg
