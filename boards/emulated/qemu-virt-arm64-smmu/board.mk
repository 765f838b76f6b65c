# SPDX-License-Identifier: GPL-2.0-only
BOARD_SUMMARY		:= QEMU virt, 64-bit, with an SMMUv3 in front of a DMA controller
BOARD_ARCH		:= arm64
BOARD_KERNEL_PACKAGE	:= linux-image-arm64
BOARD_QEMU		:= qemu-system-aarch64
# At a fixed place of the PCI bus: the overlay names it.
BOARD_QEMU_ARGS		:= -M virt,iommu=smmuv3 -cpu cortex-a53 -smp 2 -m 512 -device vmcoreinfo \
			   -device edu,addr=1,dma_mask=0xffffffff
BOARD_BASE_DTB		:= qemu
BOARD_OVERLAYS		:= dts/qemu-virt.dtso dts/qemu-virt-smmu.dtso
BOARD_CONSOLE		:= ttyAMA0
# KASLR brings KPTI, which doubles the time of a system call in the emulator.
BOARD_APPEND		:= kpti=off
# QEMU's tree has no labels: what the overlay refers to.
BOARD_SYMBOLS		:= smmu=/smmuv3@9050000
# One controller behind the SMMU, and one that is not.
BOARD_MODULES		:= edu_dma fw_cfg_dma
BOARD_ENGINE		:= 0000:00:01.0 9020000.fw-cfg
