/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copies out of a mapping of a buffer and into it, as its kind of memory wants them; to be
 * taken over by programs, with copy.c.
 *
 * memcpy() is written for memory that is cached. Of uncached memory it fetches some bytes
 * twice, where blocks that it loads overlap, and each fetch goes to memory. Of registers it
 * is wrong: there an access has to be aligned, and each one does something.
 *
 * What is handed over, and when, is left to the program (COHBUF_IOC_SYNC).
 */
#ifndef _COHBUF_COPY_H
#define _COHBUF_COPY_H

#include <stddef.h>

#include <linux/cohbuf.h>

/*
 * Any number of bytes, at any alignment. Returns 0, or -1 and EINVAL where @info is of
 * registers, of which the next two are.
 */
int cohbuf_copy_from(const struct cohbuf_info *info, void *to, const volatile void *from,
		     size_t length);
int cohbuf_copy_to(const struct cohbuf_info *info, volatile void *to, const void *from,
		   size_t length);

/*
 * @count registers of @width bytes, one access each, in order. Returns 0, or -1 and EINVAL
 * where @width is not 1, 2, 4 or, on a 64-bit machine, 8, or the address no multiple of it.
 */
int cohbuf_copy_from_registers(void *to, const volatile void *from, size_t count, size_t width);
int cohbuf_copy_to_registers(volatile void *to, const void *from, size_t count, size_t width);

#endif /* _COHBUF_COPY_H */
