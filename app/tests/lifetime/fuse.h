/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file system of one file, which a process of the test serves as it likes: whoever
 * reads the file, or touches a mapping of it, waits for that process.
 */
#ifndef _FUSE_H
#define _FUSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct fuse_read - a read that somebody waits for
 * @unique: what the kernel calls it
 * @size: bytes wanted
 */
struct fuse_read {
	uint64_t unique;
	uint32_t size;
};

/*
 * Mounts it on a file; returns the connection. The file is as large as a page. Skips
 * the test where the kernel has no FUSE.
 */
int fuse_mount(const char *path);

/* Answers all else until somebody reads; false where the file system is gone. */
bool fuse_await_read(int fuse, struct fuse_read *read);
/* It is an error, or it is zeros. */
void fuse_fail_read(int fuse, const struct fuse_read *read, int error);
void fuse_answer_read(int fuse, const struct fuse_read *read);

#endif /* _FUSE_H */
