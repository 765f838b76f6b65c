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

/* Size of a buffer's and of an engine's name, the terminating NUL included. */
#define COHBUF_NAME_SIZE	32
#define COHBUF_ENGINE_NAME_SIZE	64

/**
 * enum cohbuf_memory - kind of memory behind a buffer
 * @COHBUF_MEMORY_COHERENT: memory of dma_alloc_coherent(): what the CPU writes
 *	the device sees, and the other way round, without a call in between.
 *	Uncached for the CPU unless %COHBUF_INFO_DMA_COHERENT is set.
 * @COHBUF_MEMORY_CACHED: memory that the CPU always maps cached. What the one side
 *	writes the other sees after %COHBUF_IOC_SYNC; only where
 *	%COHBUF_INFO_DMA_COHERENT is set is that call no more than a barrier.
 * @COHBUF_MEMORY_KMALLOC: as %COHBUF_MEMORY_CACHED, of the kernel's allocator of small
 *	contiguous memory
 * @COHBUF_MEMORY_VMALLOC: memory that the CPU maps cached and that no device sees, hence
 *	without a DMA address, and without %COHBUF_IOC_COPY
 * @COHBUF_MEMORY_REGISTERS: no memory but registers of a device: each read(2) and
 *	write(2) is one access of its width, and no ordinary memcpy() is right for them
 */
enum cohbuf_memory {
	COHBUF_MEMORY_COHERENT	= 0,
	COHBUF_MEMORY_CACHED	= 1,
	COHBUF_MEMORY_KMALLOC	= 2,
	COHBUF_MEMORY_VMALLOC	= 3,
	COHBUF_MEMORY_REGISTERS	= 4,
};

/**
 * enum cohbuf_info_flags - bits of &cohbuf_info.flags
 * @COHBUF_INFO_DMA_COHERENT: the device snoops the CPU's caches ("dma-coherent"
 *	in the devicetree), so the CPU's mappings are cached
 * @COHBUF_INFO_REGION: the memory comes from the node's "memory-region"
 * @COHBUF_INFO_DMA_ADDR: &cohbuf_info.dma_addr is valid
 * @COHBUF_INFO_ENGINE: the node's "dmas" name the DMA channel that copies; without,
 *	%COHBUF_IOC_COPY is EOPNOTSUPP
 * @COHBUF_INFO_INTERRUPT: the node's "interrupts" name the line that
 *	%COHBUF_EVENTS_INTERRUPT counts; without, that is EOPNOTSUPP
 * @COHBUF_INFO_POOL: no buffer but a pool of them: %COHBUF_IOC_ALLOC makes one, and no
 *	call works but that and %COHBUF_IOC_INFO; @size is the quota
 * @COHBUF_INFO_POOLED: the buffer was made by %COHBUF_IOC_ALLOC; @name is the pool's
 */
enum cohbuf_info_flags {
	COHBUF_INFO_DMA_COHERENT	= 1 << 0,
	COHBUF_INFO_REGION		= 1 << 1,
	COHBUF_INFO_DMA_ADDR		= 1 << 2,
	COHBUF_INFO_ENGINE		= 1 << 3,
	COHBUF_INFO_INTERRUPT		= 1 << 4,
	COHBUF_INFO_POOL		= 1 << 5,
	COHBUF_INFO_POOLED		= 1 << 6,
};

/**
 * struct cohbuf_info - what a buffer is (%COHBUF_IOC_INFO)
 * @size: size of the buffer in bytes, a multiple of the page size
 * @dma_addr: address of the buffer's first byte as the device sees it; not a
 *	physical address. Zero, and %COHBUF_INFO_DMA_ADDR clear, unless the file
 *	was opened with CAP_SYS_RAWIO, and where no device sees the memory.
 * @memory: kind of memory, one of &enum cohbuf_memory
 * @flags: bits of &enum cohbuf_info_flags; ignore those that you do not know
 * @dma_bits: width in bits of the addresses that the device can emit; 0 where no device
 *	sees the memory
 * @cache_line: the unit in bytes, a power of two, in which %COHBUF_IOC_SYNC takes
 *	ranges out of the CPU's caches; 0 where that call is only a barrier
 * @name: name of the node below /dev, NUL-terminated
 * @reserved: zero
 */
struct cohbuf_info {
	__u64 size;
	__u64 dma_addr;
	__u32 memory;
	__u32 flags;
	__u32 dma_bits;
	__u32 cache_line;
	char name[COHBUF_NAME_SIZE];
	__u64 reserved[8];
};

/* Limits of &cohbuf_copy.timeout_ms, in milliseconds. */
#define COHBUF_COPY_TIMEOUT_DEFAULT	1000
#define COHBUF_COPY_TIMEOUT_MAX		60000

/**
 * struct cohbuf_copy - a copy inside a buffer by a DMA engine (%COHBUF_IOC_COPY)
 * @src: in: offset of the first byte to read, in bytes
 * @dst: in: offset of the first byte to write, in bytes
 * @length: in: how many bytes; the two ranges must not overlap
 * @timeout_ms: in: time limit of the whole call in milliseconds, at most
 *	%COHBUF_COPY_TIMEOUT_MAX; 0 is %COHBUF_COPY_TIMEOUT_DEFAULT
 * @flags: in: zero
 * @duration_ns: out: time from the first transfer's start to the last one's end as
 *	the kernel saw it, in nanoseconds; zero where the copy failed
 * @transfers: out: how many transfers the copy was split into and were done
 * @reserved: in: zero
 * @engine: out: the controller's device, a slash, and its channel; NUL-terminated,
 *	empty where it did not come to one
 */
struct cohbuf_copy {
	__u64 src;
	__u64 dst;
	__u64 length;
	__u32 timeout_ms;
	__u32 flags;
	__u64 duration_ns;
	__u32 transfers;
	__u32 reserved[5];
	char engine[COHBUF_ENGINE_NAME_SIZE];
};

/**
 * enum cohbuf_sync_direction - which way the data of a range goes
 * @COHBUF_SYNC_BIDIRECTIONAL: both ways
 * @COHBUF_SYNC_TO_DEVICE: the CPU writes, the device reads
 * @COHBUF_SYNC_FROM_DEVICE: the device writes, the CPU reads
 *
 * The numbers are those of the kernel's enum dma_data_direction.
 */
enum cohbuf_sync_direction {
	COHBUF_SYNC_BIDIRECTIONAL	= 0,
	COHBUF_SYNC_TO_DEVICE		= 1,
	COHBUF_SYNC_FROM_DEVICE		= 2,
};

/**
 * enum cohbuf_sync_owner - who works on a range from now on
 * @COHBUF_SYNC_FOR_CPU: the CPU: its access begins, the device has finished
 * @COHBUF_SYNC_FOR_DEVICE: the device: the CPU's access has ended
 */
enum cohbuf_sync_owner {
	COHBUF_SYNC_FOR_CPU	= 1,
	COHBUF_SYNC_FOR_DEVICE	= 2,
};

/**
 * struct cohbuf_sync - hand a range over (%COHBUF_IOC_SYNC)
 * @offset: in: offset of the first byte, in bytes
 * @length: in: how many bytes, not zero
 * @direction: in: one of &enum cohbuf_sync_direction
 * @owner: in: one of &enum cohbuf_sync_owner
 * @reserved: in: zero
 */
struct cohbuf_sync {
	__u64 offset;
	__u64 length;
	__u32 direction;
	__u32 owner;
	__u64 reserved[2];
};

/**
 * struct cohbuf_export - a dma-buf of a range of the buffer (%COHBUF_IOC_EXPORT)
 * @offset: in: offset of the first byte, a multiple of the page size
 * @length: in: how many bytes, a multiple of the page size, not zero
 * @flags: in: O_RDONLY or O_RDWR, and perhaps O_CLOEXEC, as open(2) has them
 * @fd: out: the dma-buf's file descriptor
 * @reserved: in: zero
 */
struct cohbuf_export {
	__u64 offset;
	__u64 length;
	__u32 flags;
	__s32 fd;
	__u64 reserved[2];
};

/**
 * enum cohbuf_events_source - what events come from
 * @COHBUF_EVENTS_POSTED: programs post them
 * @COHBUF_EVENTS_INTERRUPT: the interrupt of the device, that the node's "interrupts" name
 */
enum cohbuf_events_source {
	COHBUF_EVENTS_POSTED	= 0,
	COHBUF_EVENTS_INTERRUPT	= 1,
};

/**
 * struct cohbuf_events - a new file that counts events (%COHBUF_IOC_EVENTS)
 * @source: in: which, one of &enum cohbuf_events_source
 * @flags: in: O_CLOEXEC and O_NONBLOCK, or'ed, or 0
 * @fd: out: the file
 * @reserved: in: zero
 */
struct cohbuf_events {
	__u32 source;
	__u32 flags;
	__s32 fd;
	__u32 reserved[5];
};

/**
 * struct cohbuf_alloc - a new buffer of a pool (%COHBUF_IOC_ALLOC)
 * @size: in: bytes, not zero, rounded up to whole pages
 * @flags: in: O_CLOEXEC, or 0
 * @fd: out: the buffer's file
 * @reserved: in: zero
 */
struct cohbuf_alloc {
	__u64 size;
	__u32 flags;
	__s32 fd;
	__u64 reserved[2];
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

/**
 * COHBUF_IOC_COPY - let a DMA engine copy one range of the buffer to another
 *
 * The engine is the channel that the node's "dmas" name. One copy at a time runs on a
 * buffer; others wait, which their time limits include. When the call returns, however
 * it does, nothing is in flight; where it failed, any part of the target may have
 * been written. The results are filled in then as well.
 *
 * A signal whose handler has SA_RESTART, or that runs no handler, as SIGSTOP and
 * SIGCONT, has the copy started again, with its whole time limit.
 *
 * Return: 0, or -1 with errno
 *   EBADF	the file is not open for both reading and writing
 *   EFAULT	the argument does not point to readable and writable memory
 *   EINVAL	zero length, ranges that overlap, a time limit above the maximum,
 *		flags or reserved not zero, or an alignment that the engine cannot do
 *   ENXIO	a range reaches outside the buffer
 *   EOPNOTSUPP	the node names no engine
 *   EIO	the engine reported an error
 *   ETIMEDOUT	the time is up; the engine was stopped, or there was no turn until then
 *   EINTR	a signal came, with a handler without SA_RESTART; the engine was stopped
 *   ENODEV	the device was unbound from its driver, before or meanwhile
 */
#define COHBUF_IOC_COPY		_IOWR(COHBUF_IOC_MAGIC, 0x01, struct cohbuf_copy)

/**
 * COHBUF_IOC_SYNC - hand a range of the buffer over, to the CPU or to the device
 *
 * Before the device works on a range: %COHBUF_SYNC_FOR_DEVICE; before the CPU does:
 * %COHBUF_SYNC_FOR_CPU. The kernel keeps no state: a call is about its range, and
 * about nothing else. On memory that needs no more it is a barrier; a program that
 * always calls it works with every kind. %COHBUF_IOC_COPY does it for its own ranges.
 *
 * Caches work in units of &cohbuf_info.cache_line. In a unit that a range begins or ends
 * in the middle of, what the CPU wrote outside of the range is kept, and may be
 * written over what the device wrote there meanwhile: let ranges begin and end with
 * a unit.
 *
 * What other processes wrote, and did not hand over, may be lost where data comes
 * from the device. Hence the directions.
 *
 * Return: 0, or -1 with errno
 *   EBADF	the file is not open for writing, and @direction is not
 *		%COHBUF_SYNC_TO_DEVICE
 *   EFAULT	the argument does not point to readable memory
 *   EINVAL	zero length, a direction or an owner that is none, reserved not zero
 *   ENXIO	the range reaches outside the buffer
 *   EINTR	a fatal signal came
 *   ENODEV	the device was unbound from its driver, before or meanwhile
 */
#define COHBUF_IOC_SYNC		_IOW(COHBUF_IOC_MAGIC, 0x02, struct cohbuf_sync)

/**
 * COHBUF_IOC_EXPORT - give a range of the buffer to other drivers, as a dma-buf
 *
 * What is returned is a dma-buf as any other: a camera, a display or a codec imports it,
 * a program maps it, and brackets what the CPU does with DMA_BUF_IOCTL_SYNC. It may be
 * closed in any order with the buffer's file.
 *
 * A read-only one cannot be mapped for writing, not by a device either, nor by a driver
 * that does not say what for. Where the CPU caches the memory, it does not give what a
 * device wrote to the CPU (%COHBUF_IOC_SYNC says why): DMA_BUF_IOCTL_SYNC for reading is
 * EACCES.
 *
 * An importer whose device does not reach the memory, by its DMA mask or its bus, is
 * refused with EBUSY when it attaches. Nothing is copied on the way.
 *
 * Once the buffer is unbound, a touch of a mapping is SIGBUS, and to attach, to map and
 * to bracket is ENODEV. The unbind waits for importers that have it mapped, ten
 * seconds, and says in the kernel's log for which; then it gives the memory up, which
 * stays theirs until the machine is started anew.
 *
 * Return: 0, or -1 with errno
 *   EBADF	the file is not open for reading, or flags have O_RDWR and it is not open
 *		for writing
 *   EFAULT	the argument does not point to readable and writable memory
 *   EINVAL	an offset or a length that is no multiple of the page size, zero length,
 *		unknown flags, reserved not zero
 *   ENXIO	the range reaches outside the buffer
 *   EOPNOTSUPP	no device sees this kind of memory, or the kernel has no dma-bufs, or no
 *		pages of a "no-map" region (docs/abi.md)
 *   EOVERFLOW	a coherent buffer of 4 GiB or more
 *   EMFILE, ENFILE, ENOMEM	as open(2) has them
 *   ENODEV	the device was unbound from its driver
 */
#define COHBUF_IOC_EXPORT	_IOWR(COHBUF_IOC_MAGIC, 0x03, struct cohbuf_export)

/**
 * COHBUF_IOC_EVENTS - make a file that counts the events of a source
 *
 * Works as an eventfd does, for poll(2), epoll(7), io_uring and all the others: read(2) of
 * 8 bytes, a __u64, gives how many events came since this file's last one, or since it was
 * made, and waits until there is one. Each such file is told of every event; what fork()
 * and dup() share is one file. It has the rights of the file that it was made with.
 *
 * write(2) of 8 bytes, a __u64: to %COHBUF_EVENTS_POSTED, posts as many events, 1 to
 * 2^32 - 1. To %COHBUF_EVENTS_INTERRUPT, of 1, acknowledges: the line is masked at first,
 * by each interrupt, and when the last file is closed; this unmasks it. An edge that came
 * meanwhile comes then, once.
 *
 * After the unbind what was counted before can be read, and then there is ENODEV.
 *
 * Return: 0, or -1 with errno
 *   EFAULT	the argument does not point to readable and writable memory
 *   EINVAL	a source that is none, a flag that is none, reserved not zero
 *   EMFILE	the process has no file descriptor left
 *   EOPNOTSUPP	the node has no interrupt
 *   ENODEV	the device was unbound from its driver
 */
#define COHBUF_IOC_EVENTS	_IOWR(COHBUF_IOC_MAGIC, 0x04, struct cohbuf_events)

/**
 * COHBUF_IOC_ALLOC - make a buffer out of a pool
 *
 * The file that it gives, open for reading and writing, is that of a buffer with no node:
 * every call works as with one that has, mmap() and the others, and it starts with
 * zeroes. The memory is free again, and its part of the quota, once nobody has the file,
 * a mapping of it, or a dma-buf; pages that a call has pinned then stay with that call. Who
 * is to have it as well is given the file (SCM_RIGHTS): it cannot be opened by a name.
 *
 * The kernel charges the memory to the caller's memory cgroup, from Linux 5.11 on, where
 * it is not of a memory-region or of CMA.
 *
 * When the pool is unbound, it is as with any buffer.
 *
 * Return: 0, or -1 with errno
 *   EBADF	the file is not open for both reading and writing
 *   EDQUOT	the buffers of the pool would be more than its quota: close some
 *   ENOMEM	so much memory is not free, or not the cgroup's
 *   ENOSPC	it is, but not in one piece: ask for smaller buffers
 *   EFAULT	the argument does not point to readable and writable memory
 *   EINVAL	size zero, unknown flags, reserved not zero
 *   EINTR	a signal came that ends the program
 *   EMFILE, ENFILE	as open(2) has them
 *   ENOTTY	it is the file of a buffer
 *   ENODEV	the device was unbound from its driver
 */
#define COHBUF_IOC_ALLOC	_IOWR(COHBUF_IOC_MAGIC, 0x05, struct cohbuf_alloc)

#ifndef __KERNEL__
/* In one line each. */
/* clang-format off */

/**
 * cohbuf_publish() - what was written to a buffer so far, goes before what follows
 *
 * Between the last store of data and the store that tells a device of it: a flag in
 * the buffer, or a doorbell register. Without it processor and compiler may let the
 * second overtake the first. It is the order that the kernel's writel() relies on.
 *
 * On 32-bit Arm with an outer cache that holds stores back (PL310) no instruction of a
 * program is enough; there, and on cached memory, %COHBUF_IOC_SYNC is.
 */
static __inline__ void cohbuf_publish(void)
{
#if defined(__aarch64__) || (defined(__arm__) && __ARM_ARCH >= 7)
	__asm__ __volatile__("dmb oshst" : : : "memory");
#elif defined(__riscv)
	__asm__ __volatile__("fence w, ow" : : : "memory");
#elif defined(__x86_64__)
	__asm__ __volatile__("sfence" : : : "memory");
#else
	__sync_synchronize();
#endif
}

/**
 * cohbuf_acquire() - what was read so far, was read before what follows
 *
 * Between the load that says that a device is done (a flag in the buffer, or a status
 * register) and the first load of its data. Without it processor and compiler may have
 * loaded the data before. It is the order that the kernel's readl() gives.
 */
static __inline__ void cohbuf_acquire(void)
{
#if defined(__aarch64__)
	__asm__ __volatile__("dmb oshld" : : : "memory");
#elif defined(__arm__) && __ARM_ARCH >= 7
	/* Before Armv8 there is none for loads alone. */
	__asm__ __volatile__("dmb osh" : : : "memory");
#elif defined(__riscv)
	__asm__ __volatile__("fence ir, iorw" : : : "memory");
#elif defined(__x86_64__)
	__asm__ __volatile__("lfence" : : : "memory");
#else
	__sync_synchronize();
#endif
}

/* clang-format on */
#endif /* __KERNEL__ */

#endif /* _UAPI_LINUX_COHBUF_H */
