/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The platform device that a buffer belongs to, and files of the kernel that have one line.
 * Buffers themselves are lib/cohbuf.h's.
 *
 * All functions return -1 and set errno on error.
 */
#ifndef _DEVICE_H
#define _DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/cohbuf.h"

/* Room for the name of a platform device, the terminating NUL included. */
#define DEVICE_NAME_SIZE	128

int buffer_attr_u64(const char *name, const char *attr, uint64_t *value);
int buffer_device(const char *name, char device[DEVICE_NAME_SIZE]);

int device_find(const char *node, char device[DEVICE_NAME_SIZE]);
int device_buffer(const char *device, char name[COHBUF_NAME_SIZE]);
bool device_is_bound(const char *device);
int device_bind(const char *device);
int device_unbind(const char *device);

int file_read_line(const char *path, char *line, size_t size);
int file_link_name(const char *path, char *name, size_t size);
int file_write_bytes(const char *path, const void *bytes, size_t size);
int file_write(const char *path, const char *text);

#endif /* _DEVICE_H */
