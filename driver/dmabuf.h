/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A dma-buf of a range of a buffer, and who imports it.
 *
 * A third lifetime: a dma-buf lives until its last file and importer are gone, which may
 * be long after the unbind. It holds a reference to the struct cohbuf, and looks at its
 * memory as a file does. The kernel's lock of a dma-buf (its reservation object) goes
 * before &cohbuf.lock.
 */
#ifndef _COHBUF_DMABUF_H
#define _COHBUF_DMABUF_H

#include <linux/dma-direction.h>
#include <linux/list.h>
#include <linux/scatterlist.h>
#include <linux/types.h>

#include "cohbuf.h"

struct device;
struct dma_buf;
struct dma_buf_attachment;
struct file;
struct inode;

/**
 * struct cohbuf_dmabuf - one dma-buf
 * @ci: how an unbind finds what programs have mapped of it
 * @cb: the buffer; the dma-buf holds a reference to it
 * @dmabuf: what the kernel has of it; valid until it is released, but its file, which
 *	goes first, while it has importers only
 * @inode: of that file, with a reference: an unbind may look into it to the end
 * @buffer: the buffer's file, which keeps the memory of one that a pool made, or NULL
 * @name: "cohbuf/NAME", for who lists dma-bufs
 * @cpu_addr: the kernel's mapping of it, for as long as there is the memory
 * @first: its first page in the buffer
 * @size: in bytes, a multiple of the page size
 * @writable: it may be written to, by the CPU and by devices
 * @importers: who has it attached, &cohbuf_importer.node, under &cohbuf.lock
 * @in_kernel: it is mapped by a driver for itself, under &cohbuf.lock
 */
struct cohbuf_dmabuf {
	struct cohbuf_inode ci;
	struct cohbuf *cb;
	struct dma_buf *dmabuf;
	struct inode *inode;
	struct file *buffer;
	char name[COHBUF_DEVICE_NAME_SIZE + 8];
	void *cpu_addr;
	unsigned long first;
	size_t size;
	bool writable;
	struct list_head importers;
	bool in_kernel;
};

/**
 * struct cohbuf_importer - one device that has a dma-buf attached
 * @node: entry of &cohbuf_dmabuf.importers, under &cohbuf.lock
 * @of_buffer: entry of &cohbuf.importers, under &cohbuf.lock
 * @cd: the dma-buf, whose file it holds a reference to
 * @dev: the device
 * @sgt: the pages; while it is @mapped, with the device's addresses
 * @given: a copy, for the importer: CONFIG_DMABUF_DEBUG has the pages of it wrong on
 *	purpose, while it is @mapped
 * @direction: what it is mapped for, while it is @mapped
 * @cached: the CPU has the memory in its caches
 * @mapped: the device sees it, under &cohbuf.lock
 * @unmapping: not for long, under &cohbuf.lock
 * @num_syncs: by how many it is being handed over, which its unmapping waits for, under
 *	&cohbuf.lock
 * @pass: the last time that it was asked to let go, counted from 1, under &cohbuf.lock
 */
struct cohbuf_importer {
	struct list_head node;
	struct list_head of_buffer;
	struct cohbuf_dmabuf *cd;
	struct device *dev;
	struct sg_table sgt;
	struct sg_table given;
	enum dma_data_direction direction;
	bool cached;
	bool mapped;
	bool unmapping;
	unsigned int num_syncs;
	unsigned int pass;
};

/* imports.c */
void cohbuf_import_begins(struct cohbuf *cb);
void cohbuf_import_ends(struct cohbuf *cb);

/* importer.c */
int cohbuf_importer_attach(struct dma_buf *dmabuf, struct dma_buf_attachment *attach);
void cohbuf_importer_detach(struct dma_buf *dmabuf, struct dma_buf_attachment *attach);
struct sg_table *cohbuf_importer_map(struct dma_buf_attachment *attach,
				     enum dma_data_direction direction);
void cohbuf_importer_unmap(struct dma_buf_attachment *attach, struct sg_table *sgt,
			   enum dma_data_direction direction);
bool cohbuf_importers_have_mapped(const struct cohbuf_dmabuf *cd);
int cohbuf_importers_sync(struct cohbuf_dmabuf *cd, enum dma_data_direction direction,
			  bool for_cpu);

#endif /* _COHBUF_DMABUF_H */
