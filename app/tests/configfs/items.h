/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Buffers that are made by configfs: folders below /sys/kernel/config/cohbuf. Whatever
 * fails in need_items() and in functions that return nothing ends the test. After each test
 * there is no item, and the module is not loaded.
 */
#ifndef _ITEMS_H
#define _ITEMS_H

#include <limits.h>
#include <stddef.h>

#include "tests/harness/buffers.h"
#include "tests/harness/klog.h"

#define ITEMS "/sys/kernel/config/cohbuf"

/* Loads the module; skips the test where the kernel has no configfs. */
void need_items(void);

/* Each gives -1 with errno where it fails. */
int item_make(const char *item);
int item_remove(const char *item);
int item_write(const char *item, const char *attr, const char *value);
int item_write_bytes(const char *item, const char *attr, const void *bytes, size_t size);

/* The whole of the attribute, without the newline at its end. */
const char *item_read(const char *item, const char *attr);
void item_device(const char *item, char device[DEVICE_NAME_SIZE]);

/* Make an item of attributes and values, by turns, to a NULL. */
void item_make_of(const char *item, const char *const *words);
#define ITEM(item, ...) item_make_of(item, (const char *const[]){ __VA_ARGS__, NULL })

/* What goes live is a buffer, opened; what does not leaves one line, which has the text. */
int item_open(const char *item);
void expect_item_refused(const char *item, const char *wanted);

#endif /* _ITEMS_H */
