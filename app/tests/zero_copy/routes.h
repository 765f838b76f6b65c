/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ways by which the kernel takes a program's memory as pages, and not as bytes.
 */
#ifndef _ROUTES_H
#define _ROUTES_H

#include "tests/harness/buffers.h"

/* As much as the disk and a pipe take at once, of each page size. */
#define ROUTE_SIZE	PAGE

/**
 * struct route - one of them
 * @name: of its tests
 * @into: the mapping is written; else it is read
 * @writes: the kernel asks for pages that it may write to, whichever way the bytes go
 * @file_since: the first Linux, 100 * MAJOR + MINOR, that takes a mapping of a file; it is
 *	%EOPNOTSUPP before
 * @run: move %ROUTE_SIZE bytes between a mapping and @bytes; their number, or -1 with errno
 */
struct route {
	const char *name;
	bool into;
	bool writes;
	int file_since;
	ssize_t (*run)(void *map, unsigned char *bytes);
};

/* The last one has no name. */
extern const struct route routes[];

int linux_version(void);
/* A disk, open for O_DIRECT; ends the test as skipped where there is none. */
int open_disk(void);

#endif /* _ROUTES_H */
