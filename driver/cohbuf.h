/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cohbuf: DMA buffers for user space, one per devicetree node.
 *
 * Two owners, two lifetimes:
 *
 *   the binding (devres) owns struct cohbuf_mem: the DMA memory and what it was
 *   allocated from. It ends at unbind, always, whoever has the device open.
 *
 *   the last file owns struct cohbuf: the character device and all that a file
 *   operation touches. It ends at the last close, which may be long after.
 *
 * &cohbuf.mem links the two. It is NULL from unbind on, and every file operation
 * looks at it first, under &cohbuf.lock.
 *
 * Lock order: mmap_lock -> cohbuf.lock -> i_mmap_rwsem
 *             cohbuf.copy_lock -> cohbuf_borrow_lock -> device_lock() of a DMA
 *             controller -> cohbuf.lock
 *
 *   ->mmap() is called with mmap_lock held and takes cohbuf.lock. Hence, under
 *   cohbuf.lock, nothing may take mmap_lock: no copy to or from user space (a
 *   fault takes it), no mmput(). Copies go through a bounce page, outside of
 *   the lock; they may sleep for ever, and must not hold up an unbind.
 *
 *   unmap_mapping_range() takes i_mmap_rwsem, and is called under cohbuf.lock,
 *   which keeps the list of files, and each file on it, alive.
 *
 *   cohbuf.copy_lock makes the copies of a buffer take turns. It is held while an
 *   engine works, so nothing that must not wait may take it; an unbind first tells
 *   the copy in flight to stop.
 *
 *   cohbuf_borrow_lock (engine.c) is held for reading while a copy has a channel that
 *   is not its own, and for writing in probe: a probe may wait for a copy.
 *
 *   cohbuf_names_lock (chrdev.c) is taken in probe only, outside of all others.
 */
#ifndef _COHBUF_H
#define _COHBUF_H

#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <uapi/linux/cohbuf.h>

struct dma_chan;
struct file;
struct reserved_mem;
struct vm_area_struct;

/**
 * struct cohbuf_config - what a devicetree node asks for, validated
 * @size: size of the buffer in bytes, a multiple of the page size, not zero
 * @dma_bits: width of the addresses that the device can emit, 16 to 64, or 0
 * @label: wanted name below /dev, or NULL for cohbufN; points into the node
 * @region: the node's "memory-region", or NULL
 * @region_no_map: @region is kept out of the kernel's linear mapping ("no-map")
 * @initial_len: bytes of "cohbuf,initial-data", 0 to @size
 */
struct cohbuf_config {
	size_t size;
	unsigned int dma_bits;
	const char *label;
	struct reserved_mem *region;
	bool region_no_map;
	size_t initial_len;
};

/**
 * struct cohbuf_transfer - what a DMA engine does for a copy
 * @wait: the task that runs the copy
 * @finished: the engine called back
 * @failed: the engine reported an error
 * @aborted: the buffer is being unbound
 */
struct cohbuf_transfer {
	wait_queue_head_t wait;
	bool finished;
	bool failed;
	bool aborted;
};

/**
 * struct cohbuf_engine - a DMA channel that can copy from memory to memory
 * @chan: the channel
 * @transfer: outlives the channel, whose last callback may come late
 */
struct cohbuf_engine {
	struct dma_chan *chan;
	struct cohbuf_transfer transfer;
};

/**
 * struct cohbuf_mem - the DMA memory of one binding
 * @dev: device that the memory is allocated for
 * @cpu_addr: the kernel's mapping of the buffer
 * @dma_addr: address of the first byte for the device; never a physical address
 * @size: size of the buffer in bytes, a multiple of the page size
 * @dma_bits: width in bits of the addresses that the device can emit
 * @dma_coherent: the device snoops the CPU's caches
 * @region: name of the reserved-memory region that it comes from, or NULL
 * @engine: the channel of the node's "dmas", or NULL
 *
 * Constant from the end of cohbuf_probe() to the unbind.
 */
struct cohbuf_mem {
	struct device *dev;
	void *cpu_addr;
	dma_addr_t dma_addr;
	size_t size;
	unsigned int dma_bits;
	bool dma_coherent;
	const char *region;
	struct cohbuf_engine *engine;
};

/**
 * struct cohbuf - one buffer as user space sees it
 * @dev: device of class "cohbuf"; its release function frees the struct
 * @cdev: the character device; holds a reference to @dev while a file is open
 * @lock: protects @mem, @files, @mappings, @num_files, @num_mappings and @transfer
 * @copy_lock: held for the time of a copy by a DMA engine
 * @mem: the memory, or NULL from unbind on
 * @files: open files, &cohbuf_file.node
 * @mappings: what user space has mapped, &cohbuf_mapping.node
 * @num_files: length of @files
 * @num_mappings: VMAs that map the buffer
 * @unbound: who polls; woken when @mem goes away
 * @transfer: the copy in flight, or NULL
 */
struct cohbuf {
	struct device dev;
	struct cdev cdev;
	struct mutex lock; /* see above */
	struct mutex copy_lock; /* see above */
	struct cohbuf_mem *mem;
	struct list_head files;
	struct list_head mappings;
	unsigned int num_files;
	unsigned int num_mappings;
	wait_queue_head_t unbound;
	struct cohbuf_transfer *transfer;
};

/**
 * struct cohbuf_file - one open file
 * @node: entry of &cohbuf.files, under &cohbuf.lock
 * @cb: the buffer; the open file holds a reference to it
 * @file: the file itself, valid while on the list
 */
struct cohbuf_file {
	struct list_head node;
	struct cohbuf *cb;
	struct file *file;
};

#define to_cohbuf(d)	container_of(d, struct cohbuf, dev)

/* config.c */
int cohbuf_config_read(struct device *dev, struct cohbuf_config *config);

/* mem.c */
int devm_cohbuf_assign_region(struct device *dev,
			      const struct cohbuf_config *config);
struct cohbuf_mem *devm_cohbuf_mem_alloc(struct device *dev,
					 const struct cohbuf_config *config,
					 struct cohbuf_engine *engine);
size_t cohbuf_mem_clamp(const struct cohbuf_mem *mem, u64 offset, u64 len);
void cohbuf_mem_read(const struct cohbuf_mem *mem, size_t offset, void *to,
		     size_t len);
void cohbuf_mem_write(const struct cohbuf_mem *mem, size_t offset,
		      const void *from, size_t len);
int cohbuf_mem_mmap(const struct cohbuf_mem *mem, struct vm_area_struct *vma);

/* engine.c */
struct cohbuf_engine *devm_cohbuf_engine_get(struct device *dev);
bool cohbuf_engine_sees(const struct cohbuf_engine *engine,
			const struct cohbuf_mem *mem);
void cohbuf_engine_name(const struct cohbuf_engine *engine, char *name, size_t size);
int cohbuf_engine_get_public(struct cohbuf_engine *engine,
			     const struct cohbuf_mem *mem);
void cohbuf_engine_put_public(struct cohbuf_engine *engine);

/* copy.c */
int cohbuf_copy(struct cohbuf *cb, struct cohbuf_copy *copy);
void cohbuf_copy_stop(struct cohbuf *cb);

/* chrdev.c */
int cohbuf_chrdev_init(void);
void cohbuf_chrdev_exit(void);
int devm_cohbuf_register(struct device *dev, const struct cohbuf_config *config,
			 struct cohbuf_mem *mem);

/* fops.c */
extern const struct file_operations cohbuf_fops;

/* revoke.c */
int cohbuf_map(struct cohbuf *cb, struct vm_area_struct *vma);
void cohbuf_revoke(struct cohbuf *cb);

/* sysfs.c */
extern const struct attribute_group *cohbuf_groups[];

#if IS_ENABLED(CONFIG_KUNIT)
/* What is static elsewhere, for *_kunit.c. */
int cohbuf_copy_check(const struct cohbuf_mem *mem, const struct cohbuf_copy *copy);
#endif

#endif /* _COHBUF_H */
