/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the files of the library share, and programs do not see.
 */
#ifndef _BUFFER_H
#define _BUFFER_H

#include <stdbool.h>

#include "cohbuf.h"

/* Not among the symbols of the shared library. */
#define INTERNAL __attribute__((visibility("hidden")))

/**
 * struct cohbuf_buffer - an open buffer, or a pool of them
 * @fd: its file
 * @info: what the driver said of it when it was opened
 */
struct cohbuf_buffer {
	int fd;
	struct cohbuf_info info;
};

INTERNAL bool cohbuf_is_pool(const struct cohbuf_buffer *buffer);

/* What it is called in errors: "frames", or "a buffer of frames" where a pool made it. */
#define COHBUF_CALLED_SIZE 64
INTERNAL const char *cohbuf_called(const struct cohbuf_buffer *buffer,
				   char called[COHBUF_CALLED_SIZE]);

/*
 * What works leaves errno as it was, though what it calls may not: realpath(3) and malloc(3)
 * change it where they work. What is inside of the library hence returns an errno, or 0.
 *
 * Remembers for cohbuf_error() that what the text says did not work, with @error and what to
 * do; sets errno to @error. Returns -1.
 */
INTERNAL int cohbuf_fail(int error, const char *remedy, const char *text, ...)
	__attribute__((format(printf, 3, 4)));

/* What to do about an error of open(2), by that name or not, of any call, and of a certain one. */
INTERNAL const char *cohbuf_remedy_of_open(int error);
INTERNAL const char *cohbuf_remedy_of_name(const char *name, int error);
INTERNAL const char *cohbuf_remedy_of_call(const struct cohbuf_buffer *buffer, int error);
INTERNAL const char *cohbuf_remedy_of_copy(const struct cohbuf_buffer *buffer, int error);

/* The path of a node below /dev, or @name where that has a slash. Returns 0 or an errno. */
INTERNAL int cohbuf_path(const char *name, char *path, size_t size);

/* The same as cohbuf_find(), without words for cohbuf_error(). Returns 0 or an errno. */
INTERNAL int cohbuf_look_up(const char *name, char found[COHBUF_NAME_SIZE]);

#endif /* _BUFFER_H */
