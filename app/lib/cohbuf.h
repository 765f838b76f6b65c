/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libcohbuf - DMA buffers that a devicetree node describes, from a program.
 *
 * Every function that can fail says so by its value, sets errno, and leaves a sentence with
 * what to do about it in cohbuf_error(). One that works leaves both as they were.
 *
 * Any number of threads may call any function at the same time, also on one buffer. The one
 * exception is cohbuf_close(): nobody may use the buffer by then.
 *
 * Once the device is unbound from its driver, calls give ENODEV, and a touch of a mapping
 * raises SIGBUS. docs/abi.md has what the driver does.
 */
#ifndef _COHBUF_H
#define _COHBUF_H

#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

#include <linux/cohbuf.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An open buffer, or a pool of them. What is in it is the library's. */
struct cohbuf_buffer;

/**
 * cohbuf_open() - open a buffer, or a pool, by its name
 * @name: the name below /dev, such as "frames", or a path, which has a slash
 * @flags: O_RDONLY, O_WRONLY or O_RDWR, as open(2) has them, and perhaps O_NONBLOCK; what is
 *	opened is closed by execve(2)
 *
 * What can be done with a buffer follows from how it was opened: to map one takes reading,
 * to write and to take what a device wrote takes writing too. A file that is none of the
 * driver's is refused before it is opened.
 *
 * Return: the buffer, for cohbuf_close(); or NULL with errno
 *   ENOENT	there is no such name
 *   EACCES	the user may not open it so
 *   EINVAL	@flags have others, or both O_WRONLY and O_RDWR
 *   ENOTTY	it is no cohbuf buffer
 *   ENODEV, ENXIO	the device was unbound from its driver
 *   ENOMEM, EMFILE, ENFILE	as open(2) has them
 */
struct cohbuf_buffer *cohbuf_open(const char *name, int flags);

/**
 * cohbuf_open_node() - open the buffer of a devicetree node
 * @node: the path of the node, such as "/soc/frames"
 * @flags: as cohbuf_open() has them
 *
 * The path stays the same where a label, and with it the name below /dev, is changed.
 *
 * Return: the buffer, for cohbuf_close(); or NULL with errno
 *   ENOENT	the devicetree has no such node
 *   ENODEV	the node has no buffer: its device is not bound, or is just being bound
 *   EINVAL	@node does not begin with a slash
 *   and those of cohbuf_open()
 */
struct cohbuf_buffer *cohbuf_open_node(const char *node, int flags);

/**
 * cohbuf_open_fd() - take over a file of a buffer
 * @fd: the file: one that another process sent (SCM_RIGHTS), or that was opened otherwise
 *
 * From then on the file is the library's. Where the call fails it stays the caller's. Whether
 * execve(2) closes it stays as it is: recvmsg(2) has MSG_CMSG_CLOEXEC for that.
 *
 * Return: the buffer, for cohbuf_close(); or NULL with errno
 *   EBADF	@fd is no file
 *   ENOTTY	it is no cohbuf buffer, or says what no buffer does: whoever sends a file can
 *		have made it to answer anything
 *   ENODEV	the device was unbound from its driver
 *   ENOMEM	there is no memory for it
 */
struct cohbuf_buffer *cohbuf_open_fd(int fd);

/**
 * cohbuf_alloc() - make a buffer out of a pool
 * @pool: the pool, open for reading and writing
 * @size: bytes, not zero, rounded up to whole pages
 *
 * The buffer is open for reading and writing, and closed by execve(2). It has no name of its
 * own: who is to have it too is sent its file, cohbuf_fd(), for cohbuf_open_fd(). It is free
 * again once nobody has the file, a mapping, or a dma-buf. The pool may be closed before.
 *
 * Return: the buffer, for cohbuf_close(), full of zeroes; or NULL with errno
 *   EDQUOT	the buffers of the pool would be more than its quota
 *   ENOMEM	so much memory is not free, or not the cgroup's
 *   ENOSPC	it is, but not in one piece
 *   EINVAL	@size is zero
 *   EBADF	@pool is not open for both reading and writing
 *   ENOTTY	@pool is a buffer; or the loaded driver is too old for pools
 *   ENODEV	the device was unbound from its driver
 *   EMFILE, ENFILE	as open(2) has them
 */
struct cohbuf_buffer *cohbuf_alloc(const struct cohbuf_buffer *pool, uint64_t size);

/**
 * cohbuf_close() - close a buffer
 * @buffer: the buffer, or NULL, which is nothing to do
 *
 * Its mappings, files of events and dma-bufs stay, until they are unmapped or closed.
 * errno stays as it is.
 */
void cohbuf_close(struct cohbuf_buffer *buffer);

/**
 * cohbuf_fd() - the file of a buffer, for poll(2), sendfile(2), SCM_RIGHTS and the like
 * @buffer: the buffer
 *
 * The file stays the buffer's, and is closed by cohbuf_close(). A process that it is sent to
 * has the buffer by cohbuf_open_fd(); one that is forked goes on with what it has.
 *
 * Return: the file descriptor
 */
int cohbuf_fd(const struct cohbuf_buffer *buffer);

/**
 * cohbuf_info() - what a buffer is
 * @buffer: the buffer
 *
 * &cohbuf_info.size (64 bits) is in bytes; &cohbuf_info.dma_addr (64 bits) is there where
 * &cohbuf_info.flags (32 bits) have %COHBUF_INFO_DMA_ADDR; &cohbuf_info.memory (32 bits) is the
 * kind of memory, %COHBUF_MEMORY_COHERENT or another; &cohbuf_info.dma_bits (32 bits) is 0 where
 * no device sees it; &cohbuf_info.cache_line (32 bits, in bytes) is 0 where no range has to be
 * handed over; &cohbuf_info.name is text that ends with a NUL. Of a pool the size is the quota,
 * and the flags have %COHBUF_INFO_POOL; of a buffer that a pool made the name is the pool's.
 * Nothing of it changes while the buffer is open.
 *
 * Return: what the driver says of it; ends with cohbuf_close()
 */
const struct cohbuf_info *cohbuf_info(const struct cohbuf_buffer *buffer);

/**
 * cohbuf_size() - how large a buffer is
 * @buffer: the buffer
 *
 * Return: bytes, a multiple of the page size
 */
uint64_t cohbuf_size(const struct cohbuf_buffer *buffer);

/**
 * cohbuf_check() - is the buffer still there?
 * @buffer: the buffer
 *
 * The answer can be old by the time it is read: a device may be unbound at any time.
 *
 * Return: 0; or -1 with errno
 *   ENODEV	the device was unbound from its driver: a touch of a mapping is SIGBUS
 */
int cohbuf_check(const struct cohbuf_buffer *buffer);

/**
 * cohbuf_map() - map all of a buffer
 * @buffer: the buffer, open for reading, and for writing where @prot has PROT_WRITE
 * @prot: PROT_READ, or PROT_READ | PROT_WRITE, and no other
 *
 * The mapping is shared with every other one. Ordinary loads and stores work on memory;
 * of registers each access has to be aligned and of a width that the device knows, as those
 * of cohbuf_copy_from_registers() are.
 *
 * Return: its first byte, for cohbuf_unmap() with cohbuf_size(); or NULL with errno
 *   EACCES	the buffer is not open for that
 *   EINVAL	@prot is another one
 *   EOVERFLOW	a 32-bit program cannot have so much: map a smaller range
 *   ENOMEM	there is no room in the address space for it
 *   ENOTTY	it is a pool, and has no bytes of its own
 *   ENODEV	the device was unbound from its driver
 */
void *cohbuf_map(const struct cohbuf_buffer *buffer, int prot);

/**
 * cohbuf_map_range() - map a range of a buffer
 * @buffer: the buffer, open for reading, and for writing where @prot has PROT_WRITE
 * @offset: first byte, of any alignment
 * @length: how many bytes, not zero
 * @prot: as cohbuf_map() has it
 *
 * Whole pages are mapped: what is beside the range in them can be reached too.
 *
 * Return: the byte at @offset, for cohbuf_unmap() with @length; or NULL with errno
 *   EINVAL	@length is zero
 *   ENXIO	the range reaches outside the buffer
 *   and those of cohbuf_map()
 */
void *cohbuf_map_range(const struct cohbuf_buffer *buffer, uint64_t offset, size_t length,
		       int prot);

/**
 * cohbuf_unmap() - unmap a buffer, or a range of one
 * @at: what that returned
 * @length: bytes, as it was mapped
 *
 * Works whether or not the buffer is still there, or open. As munmap(2) it does not know
 * what was mapped: another address is unmapped as well.
 *
 * Return: 0; or -1 with errno
 *   EINVAL	@at is NULL, or @length is zero or more than there can be at @at
 *   ENOMEM	a part of a mapping was to go, and the process has too many mappings already
 */
int cohbuf_unmap(void *at, size_t length);

/**
 * cohbuf_read() - copy a range of a buffer to memory of the program
 * @buffer: the buffer, open for reading
 * @to: where to
 * @offset: first byte in the buffer
 * @length: how many bytes; of registers 1, 2, 4 or 8 at a multiple of it, which is one access;
 *	0 is nothing to do, and works
 *
 * Unlike a mapping it raises no signal after an unbind. What has to be handed over is the
 * caller's, as with a mapping.
 *
 * Return: 0 where all of it was read; or -1 with errno
 *   ENXIO	the range reaches outside the buffer
 *   EBADF	the buffer is not open for reading
 *   EFAULT	@to is no memory of that length
 *   EINVAL	an access that is none of registers; or that their device does not know
 *   ENOMEM	the kernel has no page to copy through
 *   ENOTTY	it is a pool, and has no bytes of its own
 *   ENODEV	the device was unbound from its driver
 */
int cohbuf_read(const struct cohbuf_buffer *buffer, void *to, uint64_t offset, size_t length);

/**
 * cohbuf_write() - copy memory of the program to a range of a buffer
 * @buffer: the buffer, open for writing
 * @from: where from
 * @offset: first byte in the buffer
 * @length: how many bytes; of registers 1, 2, 4 or 8 at a multiple of it, which is one access;
 *	0 is nothing to do, and works
 *
 * Where it fails, the first part of the range may have been written.
 *
 * Return: 0 where all of it was written; or -1 with errno
 *   ENXIO	the range reaches outside the buffer; nothing was written
 *   EBADF	the buffer is not open for writing
 *   EFAULT	@from is no memory of that length
 *   EINVAL	an access that is none of registers; or that their device does not know
 *   ENOMEM	the kernel has no page to copy through
 *   ENOTTY	it is a pool, and has no bytes of its own
 *   ENODEV	the device was unbound from its driver
 */
int cohbuf_write(const struct cohbuf_buffer *buffer, const void *from, uint64_t offset,
		 size_t length);

/**
 * cohbuf_sync_for_device() - hand a range over to the device: the CPU has done its part
 * @buffer: the buffer, open for writing unless @direction is %COHBUF_SYNC_TO_DEVICE
 * @offset: first byte
 * @length: how many bytes, not zero
 * @direction: which way the data goes next
 *
 * After the CPU wrote what a device is to read, and before a device is to write what the CPU
 * will read. Let ranges begin and end with a multiple of &cohbuf_info.cache_line; where
 * that is zero the call is a barrier only. %COHBUF_IOC_SYNC has more.
 *
 * Return: 0; or -1 with errno
 *   EBADF	the buffer is not open for that
 *   EINVAL	@length is zero, or @direction is none
 *   ENXIO	the range reaches outside the buffer
 *   ENOTTY	it is a pool; or the loaded driver is too old
 *   ENODEV	the device was unbound from its driver
 */
int cohbuf_sync_for_device(const struct cohbuf_buffer *buffer, uint64_t offset, uint64_t length,
			   enum cohbuf_sync_direction direction);

/**
 * cohbuf_sync_for_cpu() - hand a range over to the CPU: the device has done its part
 * @buffer: the buffer, open for writing unless @direction is %COHBUF_SYNC_TO_DEVICE
 * @offset: first byte
 * @length: how many bytes, not zero
 * @direction: which way the data went
 *
 * After a device wrote what the CPU is to read. What programs wrote to the range, and did not
 * hand over, may be lost. Let ranges begin and end with a multiple of
 * &cohbuf_info.cache_line. Between programs there is nothing to hand over: their mappings are
 * one memory.
 *
 * Return: 0; or -1 with errno, as cohbuf_sync_for_device() has them
 */
int cohbuf_sync_for_cpu(const struct cohbuf_buffer *buffer, uint64_t offset, uint64_t length,
			enum cohbuf_sync_direction direction);

/**
 * cohbuf_dma_copy() - let the DMA engine of the node copy one range of a buffer to another
 * @buffer: the buffer, open for reading and writing
 * @copy: &cohbuf_copy.src, &cohbuf_copy.dst and &cohbuf_copy.length (64 bits, in bytes) say
 *	what; a &cohbuf_copy.timeout_ms of 0 is %COHBUF_COPY_TIMEOUT_DEFAULT; flags and reserved
 *	are zero
 *
 * Filled in are &cohbuf_copy.duration_ns (64 bits), &cohbuf_copy.transfers (32 bits) and
 * &cohbuf_copy.engine, text that ends with a NUL, also where it fails; for another copy they
 * need not be cleared. Both ranges are handed over by the call. When it returns, however it does,
 * nothing is in flight. A signal whose handler has SA_RESTART starts it again.
 *
 * Return: 0; or -1 with errno
 *   EOPNOTSUPP	the node names no engine; or no device sees the memory, whatever the range
 *   EINVAL	zero length, ranges that overlap, a time limit above
 *		%COHBUF_COPY_TIMEOUT_MAX, or an alignment that the engine cannot do
 *   ENXIO	a range reaches outside the buffer
 *   EIO	the engine reported an error
 *   ETIMEDOUT	the time is up; the engine was stopped
 *   EINTR	a signal came; the engine was stopped
 *   EBADF	the buffer is not open for both
 *   ENOTTY	it is a pool
 *   ENODEV	the device was unbound from its driver, before or meanwhile
 */
int cohbuf_dma_copy(const struct cohbuf_buffer *buffer, struct cohbuf_copy *copy);

/**
 * cohbuf_export() - give a range of a buffer to other drivers, as a dma-buf
 * @buffer: the buffer, open for reading, and for writing where @flags have O_RDWR
 * @offset: first byte, a multiple of the page size
 * @length: how many bytes, a multiple of the page size, not zero
 * @flags: O_RDONLY or O_RDWR; it is closed by execve(2), with O_CLOEXEC or without
 *
 * Return: the dma-buf's file, for close(2); or -1 with errno
 *   EINVAL	a range that is not of whole pages, or other flags
 *   ENXIO	the range reaches outside the buffer
 *   EBADF	the buffer is not open for that
 *   EOPNOTSUPP	no device sees this kind of memory, or the kernel has no dma-bufs
 *   EOVERFLOW	a coherent buffer of 4 GiB or more
 *   ENOTTY	it is a pool; or the loaded driver is too old
 *   ENODEV	the device was unbound from its driver
 *   ENOMEM, EMFILE, ENFILE	as open(2) has them
 */
int cohbuf_export(const struct cohbuf_buffer *buffer, uint64_t offset, uint64_t length,
		  int flags);

/**
 * cohbuf_events() - make a file that counts the events of a buffer
 * @buffer: the buffer, open for reading where the file is for cohbuf_wait(), for writing
 *	where it is for cohbuf_post()
 * @source: %COHBUF_EVENTS_POSTED or %COHBUF_EVENTS_INTERRUPT
 *
 * It counts from now on what anybody posts on this buffer, the file's own posts too, and works
 * with poll(2), epoll(7) and the like. It has O_NONBLOCK: read(2) of it is %EAGAIN where there
 * is no event.
 *
 * Interrupts take a buffer that is open for both. The line is masked at first, and again by each
 * interrupt: cohbuf_post() of 1 lets the next one through, cohbuf_wait() waits for it.
 *
 * Return: the file, for cohbuf_wait(), cohbuf_post() and close(2); or -1 with errno
 *   EOPNOTSUPP	the node has no interrupt
 *   EINVAL	@source is none
 *   ENOTTY	it is a pool; or the loaded driver is too old
 *   ENODEV	the device was unbound from its driver
 *   ENOMEM, EMFILE, ENFILE	as open(2) has them
 */
int cohbuf_events(const struct cohbuf_buffer *buffer, enum cohbuf_events_source source);

/**
 * cohbuf_wait() - wait for events
 * @events: a file of cohbuf_events()
 * @timeout_ms: milliseconds, 0 to look only, or less than 0 for as long as it takes
 * @count: filled in with how many came since the last call, 1 or more; or NULL
 *
 * A signal ends it, whatever its handler's SA_RESTART.
 *
 * Return: 0; or -1 with errno
 *   ETIMEDOUT	none came
 *   EINTR	a signal came
 *   EBADF	the buffer is not open for reading, or @events is no file
 *   EINVAL	@events is another kind of file, of which nothing is read; where /proc is not
 *		mounted a buffer's is known, and others are not
 *   ENODEV	the device was unbound from its driver, and what came before was read
 */
int cohbuf_wait(int events, int timeout_ms, uint64_t *count);

/**
 * cohbuf_post() - post events to who waits, or let the next interrupt through
 * @events: a file of cohbuf_events(), of a buffer that is open for writing
 * @count: how many, 1 to 2^32 - 1; of %COHBUF_EVENTS_INTERRUPT 1
 *
 * Return: 0; or -1 with errno
 *   EINVAL	@count is none; or @events is another kind of file, to which nothing is written,
 *		as cohbuf_wait() has it
 *   EBADF	the buffer is not open for writing, or @events is no file
 *   EOVERFLOW	since the bind more were posted than a count has room for, read or not
 *   ENODEV	the device was unbound from its driver
 */
int cohbuf_post(int events, uint64_t count);

/**
 * cohbuf_copy_from() - copy out of a mapping, as the kind of memory wants it
 * @buffer: the buffer that is mapped
 * @to: where to
 * @from: where from, in the mapping
 * @length: how many bytes, at any alignment
 *
 * memcpy(3) is written for memory that is cached: of uncached memory it fetches some bytes
 * twice, and each fetch goes to memory. What is handed over, and when, is the caller's.
 *
 * Return: 0; or -1 with errno
 *   EINVAL	@buffer is registers: use cohbuf_copy_from_registers()
 */
int cohbuf_copy_from(const struct cohbuf_buffer *buffer, void *to, const volatile void *from,
		     size_t length);

/**
 * cohbuf_copy_to() - copy into a mapping, as the kind of memory wants it
 * @buffer: the buffer that is mapped
 * @to: where to, in the mapping
 * @from: where from
 * @length: how many bytes, at any alignment
 *
 * Return: 0; or -1 with errno
 *   EINVAL	@buffer is registers: use cohbuf_copy_to_registers()
 */
int cohbuf_copy_to(const struct cohbuf_buffer *buffer, volatile void *to, const void *from,
		   size_t length);

/**
 * cohbuf_copy_from_registers() - read registers through a mapping, one access each, in order
 * @to: where to, @count times @width bytes
 * @from: the first register, in the mapping
 * @count: how many
 * @width: bytes of each
 *
 * Return: 0; or -1 with errno
 *   EINVAL	@width is not 1, 2, 4 or, in a 64-bit program, 8; or @from is no multiple of it
 */
int cohbuf_copy_from_registers(void *to, const volatile void *from, size_t count, size_t width);

/**
 * cohbuf_copy_to_registers() - write registers through a mapping, one access each, in order
 * @to: the first register, in the mapping
 * @from: where from, @count times @width bytes
 * @count: how many
 * @width: bytes of each
 *
 * Return: 0; or -1 with errno
 *   EINVAL	@width is not 1, 2, 4 or, in a 64-bit program, 8; or @to is no multiple of it
 */
int cohbuf_copy_to_registers(volatile void *to, const void *from, size_t count, size_t width);

/**
 * cohbuf_names() - the names of all buffers and pools
 * @names: set to an array of them, in the order of strcmp(3), or to NULL where there is none;
 *	for free(3). What is bound or unbound meanwhile may be in it or not. %COHBUF_NAME_SIZE is
 *	32, the NUL included
 *
 * Return: how many there are; or -1 with errno
 *   ENOENT	the driver is not loaded
 *   ENOMEM, EMFILE, ENFILE	as open(2) has them
 */
int cohbuf_names(char (**names)[COHBUF_NAME_SIZE]);

/**
 * cohbuf_find() - which buffer a file is, without opening it
 * @path: a name below /dev, or a path, which has a slash
 * @name: filled in with the buffer's name
 *
 * Return: 0; or -1 with errno
 *   ENOENT	there is no such file
 *   ENOTTY	it is none of a buffer
 *   ENODEV	its device is gone
 */
int cohbuf_find(const char *path, char name[COHBUF_NAME_SIZE]);

/**
 * cohbuf_find_node() - which buffer a devicetree node has, without opening it
 * @node: the path of the node, such as "/soc/frames"
 * @name: filled in with the buffer's name
 *
 * Return: 0; or -1 with errno
 *   EINVAL	@node does not begin with a slash
 *   ENOENT	the devicetree has no such node
 *   ENODEV	the node has no buffer: its device is not bound
 */
int cohbuf_find_node(const char *node, char name[COHBUF_NAME_SIZE]);

/**
 * cohbuf_attribute() - read an attribute of a buffer, without opening it
 * @name: the buffer's name
 * @attribute: the attribute's, one of /sys/class/cohbuf/NAME; cohbuf(4) lists them
 * @value: filled in with its text, without the end of the line, and a NUL in any case
 * @size: bytes that @value has room for, not zero: 256 are enough for any; what does not fit is
 *	cut off
 *
 * Return: 0; or -1 with errno
 *   ENOENT	there is no such buffer, or it has no such attribute: each is a name, and no path
 *   EINVAL	@size is zero
 *   EACCES, EPERM	the user may not read it
 *   ENODEV	the device was unbound from its driver
 */
int cohbuf_attribute(const char *name, const char *attribute, char *value, size_t size);

/**
 * cohbuf_error() - what went wrong in this thread's last call that failed, and what to do
 *
 * Such as: cannot open "frames": No such file or directory: "cohbuf list" shows the buffers
 * that there are, "cohbuf doctor" why one is missing
 *
 * Return: one line without an end of line, valid until this thread's next call that fails; ""
 * before the first one. Control characters of names are question marks in it.
 */
const char *cohbuf_error(void);

/**
 * cohbuf_remedy() - what to do about what went wrong, the last part of its sentence
 *
 * Return: one line without an end of line, a constant; "" before the first call that fails
 */
const char *cohbuf_remedy(void);

/**
 * cohbuf_version() - the version of the library that runs
 *
 * Return: such as "0.1.0", a constant
 */
const char *cohbuf_version(void);

#ifdef __cplusplus
}
#endif

#endif /* _COHBUF_H */
