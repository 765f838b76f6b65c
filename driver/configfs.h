/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Items of configfs: see configfs.c.
 */
#ifndef _COHBUF_CONFIGFS_H
#define _COHBUF_CONFIGFS_H

#include <linux/configfs.h>
#include <linux/mutex.h>

struct platform_device;

/* What an item can say, each as it was written. */
enum cohbuf_item_value {
	COHBUF_ITEM_TYPE,
	COHBUF_ITEM_SIZE,
	COHBUF_ITEM_MEMORY,
	COHBUF_ITEM_DMA_BITS,
	COHBUF_ITEM_LABEL,
	COHBUF_ITEM_INITIAL_DATA,
	COHBUF_ITEM_VALUES,
};

/**
 * struct cohbuf_item - a folder below /sys/kernel/config/cohbuf
 * @item: what configfs knows of it; its release function frees the struct
 * @lock: protects @values and @pdev
 * @id: number of the device, of this item alone
 * @values: by &enum cohbuf_item_value, not empty, or NULL where nothing is said
 * @pdev: the device while the item is live, or NULL
 */
struct cohbuf_item {
	struct config_item item;
	struct mutex lock; /* see above */
	int id;
	char *values[COHBUF_ITEM_VALUES];
	struct platform_device *pdev;
};

/* configfs_item.c */
const char *cohbuf_item_device(const struct cohbuf_item *ci);
int cohbuf_item_check(enum cohbuf_item_value which, const char *value);
int cohbuf_item_register(struct cohbuf_item *ci);
void cohbuf_item_unregister(struct cohbuf_item *ci);

#endif /* _COHBUF_CONFIGFS_H */
