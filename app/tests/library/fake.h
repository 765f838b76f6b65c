/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A driver for programs that run where there is none: a shared library that is loaded before,
 * or linked to, a program, and answers its calls as docs/abi.md has them, out of a folder that
 * fake.py makes:
 *
 *	$COHBUF_FAKE/dev/NAME		the bytes of a buffer; its mode says who may open it
 *	$COHBUF_FAKE/sys/...		what sysfs says of it, and the devicetree
 *	$COHBUF_FAKE/pooled/POOL.N	the bytes of a buffer that a pool made
 *	$COHBUF_FAKE/unbound/NAME	a file there: the device is unbound from its driver
 *	$COHBUF_FAKE/fail/CALL		an errno: the next such call fails with it; or "ERRNO COUNT",
 *					where so many work before
 *	$COHBUF_FAKE/lies/CALL		bytes that the next such call gives: info, copy
 *	$COHBUF_FAKE/older		a file: the driver has the first two ioctls alone
 *	$COHBUF_FAKE/calls		a line for each call: "sync frames 0 4096 1 2 = 0"
 *
 * Calls that fail on demand are also "readdir"; "poll", of what is the driver's; "proc", which
 * is to read a link of /proc/thread-self/fd; and, where a program was linked with --wrap for
 * them, "calloc" and "realloc".
 *
 * With AddressSanitizer its library comes first in LD_PRELOAD, or this one is linked to the
 * program. For 64-bit programs. What the kernel does by itself it does here too: a touch of a
 * mapping whose file was made empty is SIGBUS. Not here: pointers that are none (EFAULT), and
 * epoll(7) and select(2), which do not see the unbind.
 */
#ifndef _FAKE_H
#define _FAKE_H

/* Each name is to be what it says: this comes before any other header. */
#undef _FILE_OFFSET_BITS
#undef _FORTIFY_SOURCE

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <linux/cohbuf.h>

#define FAKE_INTERNAL	__attribute__((visibility("hidden")))
/* What a program calls in place of the C library's. */
#define FAKE_CALL	__attribute__((visibility("default")))
/* The same function by another name, as programs of 64 bits have it. */
#define FAKE_ALSO(name, of) \
	FAKE_CALL __typeof__(of) fake_##name __asm__(#name) \
		__attribute__((alias(#of), nothrow, leaf))

/**
 * struct fake_buffer - what is behind a path, or an open file
 * @name: the buffer's; of one of a pool, the pool's
 * @file: its bytes
 * @pooled: a pool made it
 */
struct fake_buffer {
	char name[COHBUF_NAME_SIZE];
	char file[PATH_MAX];
	bool pooled;
};

/* fake_folder.c: what the folder says. An error is an errno, 0 is none. */
FAKE_INTERNAL const char *fake_folder(void);
FAKE_INTERNAL bool fake_buffer_at(const char *file, struct fake_buffer *buffer);
FAKE_INTERNAL bool fake_buffer_of(int fd, struct fake_buffer *buffer);
FAKE_INTERNAL bool fake_attribute(const char *name, const char *attribute, char value[64]);
FAKE_INTERNAL bool fake_is_pool(const struct fake_buffer *buffer);
FAKE_INTERNAL bool fake_is_unbound(const char *name);
FAKE_INTERNAL int fake_info(int fd, const struct fake_buffer *buffer, struct cohbuf_info *info);
FAKE_INTERNAL bool fake_is_older(void);
FAKE_INTERNAL int fake_told(const char *call);
FAKE_INTERNAL void fake_lie(const char *call, void *argument, size_t size);
FAKE_INTERNAL void fake_record(int error, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* fake_ioctl.c: 0 or an errno. */
FAKE_INTERNAL int fake_ioctl(int fd, const struct fake_buffer *buffer, unsigned long command,
			     void *argument);

/* fake_files.c: files that are not found by their path, of this process alone. */
enum fake_kind {
	FAKE_NONE,
	FAKE_EVENTS,
	FAKE_DMABUF,
};

/**
 * struct fake_file - a file of events, or a dma-buf
 * @kind: which, or FAKE_NONE
 * @fd: its number
 * @name: the buffer's
 * @inode: of events, that of the buffer's bytes
 * @pooled: of events, a pool made the buffer
 * @mode: of events, how the buffer was open, as open(2) has it
 * @source: of events, enum cohbuf_events_source
 * @offset: of a dma-buf, its first byte
 * @length: of a dma-buf
 */
struct fake_file {
	enum fake_kind kind;
	int fd;
	char name[COHBUF_NAME_SIZE];
	ino_t inode;
	bool pooled;
	int mode;
	uint32_t source;
	uint64_t offset;
	uint64_t length;
};

/* One more, or -1 with errno: then @fd is closed. */
FAKE_INTERNAL int fake_file_add(const struct fake_file *file);
FAKE_INTERNAL bool fake_file_get(int fd, struct fake_file *file);
FAKE_INTERNAL void fake_file_remove(int fd);
FAKE_INTERNAL void fake_file_each(void (*function)(struct fake_file *file, const void *what),
				  const void *what);

/* fake_events.c: as the system's calls, with errno. */
FAKE_INTERNAL int fake_events(int fd, const struct fake_buffer *buffer,
			      struct cohbuf_events *events);
FAKE_INTERNAL bool fake_events_are_over(const struct fake_file *file);
FAKE_INTERNAL ssize_t fake_events_read(const struct fake_file *file, void *to, size_t length);
FAKE_INTERNAL ssize_t fake_events_write(const struct fake_file *file, const void *from,
					size_t length);

/* The device of the buffer raises its interrupt, for this process. */
FAKE_CALL void cohbuf_fake_interrupt(const char *name);

#endif /* _FAKE_H */
