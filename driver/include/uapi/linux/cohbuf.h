/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The ABI of cohbuf: DMA buffers that a devicetree node describes, one
 * character device each. Programs include this file as it is.
 *
 * Every structure has the same layout for 32-bit and 64-bit programs.
 * docs/abi.md describes read(2), write(2), mmap(2) and the errors of each call.
 */
#ifndef _UAPI_LINUX_COHBUF_H
#define _UAPI_LINUX_COHBUF_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* Size of a buffer's name, the terminating NUL included. */
#define COHBUF_NAME_SIZE	32

/**
 * enum cohbuf_memory - kind of memory behind a buffer
 * @COHBUF_MEMORY_COHERENT: memory of dma_alloc_coherent(): what the CPU writes
 *	the device sees, and the other way round, without a call in between.
 *	Uncached for the CPU unless %COHBUF_INFO_DMA_COHERENT is set.
 */
enum cohbuf_memory {
	COHBUF_MEMORY_COHERENT	= 0,
};

/**
 * enum cohbuf_info_flags - bits of &cohbuf_info.flags
 * @COHBUF_INFO_DMA_COHERENT: the device snoops the CPU's caches ("dma-coherent"
 *	in the devicetree), so the CPU's mappings are cached
 * @COHBUF_INFO_REGION: the memory comes from the node's "memory-region"
 * @COHBUF_INFO_DMA_ADDR: &cohbuf_info.dma_addr is valid
 */
enum cohbuf_info_flags {
	COHBUF_INFO_DMA_COHERENT	= 1 << 0,
	COHBUF_INFO_REGION		= 1 << 1,
	COHBUF_INFO_DMA_ADDR		= 1 << 2,
};

/**
 * struct cohbuf_info - what a buffer is (%COHBUF_IOC_INFO)
 * @size: size of the buffer in bytes, a multiple of the page size
 * @dma_addr: address of the buffer's first byte as the device sees it; not a
 *	physical address. Zero, and %COHBUF_INFO_DMA_ADDR clear, unless the file
 *	was opened with CAP_SYS_RAWIO.
 * @memory: kind of memory, one of &enum cohbuf_memory
 * @flags: bits of &enum cohbuf_info_flags; ignore those that you do not know
 * @dma_bits: width in bits of the addresses that the device can emit
 * @reserved0: zero
 * @name: name of the node below /dev, NUL-terminated
 * @reserved: zero
 */
struct cohbuf_info {
	__u64 size;
	__u64 dma_addr;
	__u32 memory;
	__u32 flags;
	__u32 dma_bits;
	__u32 reserved0;
	char name[COHBUF_NAME_SIZE];
	__u64 reserved[8];
};

#define COHBUF_IOC_MAGIC	0xBC

/**
 * COHBUF_IOC_INFO - describe the buffer behind a file
 *
 * Works on a file opened in any mode.
 *
 * Return: 0, or -1 with errno
 *   EFAULT	the argument does not point to writable memory
 *   ENODEV	the device was unbound from its driver
 */
#define COHBUF_IOC_INFO		_IOR(COHBUF_IOC_MAGIC, 0x00, struct cohbuf_info)

#endif /* _UAPI_LINUX_COHBUF_H */
