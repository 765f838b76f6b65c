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
 *
 *   ->mmap() and ->fault() are called with mmap_lock held and take cohbuf.lock. Hence, under
 *   cohbuf.lock, nothing may wait for mmap_lock: a copy to or from user space may
 *   not fault there, and there is no mmput(). What faults goes through a bounce page,
 *   outside of the lock; it may sleep for ever, and must not hold up an unbind.
 *
 *   An unbind takes cohbuf.lock and, under it, i_mmap_rwsem of each inode that the
 *   buffer was opened by; mmap_lock of no process. The list of inodes, and each on
 *   it, is kept by cohbuf.lock.
 *
 *   A copy by an engine holds no lock while the engine works. It has the turn,
 *   &cohbuf.copying, which an unbind waits for after it has woken who has it.
 *
 *   &cohbuf_source.lock and &cohbuf_irq.lock (events.c, irq.c) are taken with none of the
 *   others held but those of probe. The first is for an interrupt's handler too, and
 *   waking who waits comes after it.
 *
 *   &cohbuf_pool.lock is inside of cohbuf.lock. &cohbuf_pool.search is outside of both, and
 *   no unbind takes it.
 *
 *   cohbuf_names_lock (chrdev.c) and cohbuf_region_lock (mem.c) are taken in probe
 *   only, outside of all others.
 */
#ifndef _COHBUF_H
#define _COHBUF_H

#include <linux/atomic.h>
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/dma-direction.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <uapi/linux/cohbuf.h>

/* Room for the name of a device: of a buffer that a pool made, with a dot and a number. */
#define COHBUF_DEVICE_NAME_SIZE	(COHBUF_NAME_SIZE + 21)

struct cohbuf_config;
struct cohbuf_mem;
struct cohbuf_pool;
struct dma_buf;
struct dma_chan;
struct iov_iter;
struct page;
struct poll_table_struct;
struct reserved_mem;
struct sg_table;
struct vm_area_struct;
struct vm_fault;

/**
 * struct cohbuf_mem_ops - one kind of memory, or one way to get it
 * @memory: the kind
 * @cpu_mapping: how the CPU maps it, "cached", "uncached" or "device", for a device that
 *	does not snoop
 * @alloc: fill in what of &struct cohbuf_mem is the kind's, or give -ENOMEM; -EIO where the
 *	DMA API would copy; in probe another error, after one line in the kernel's log, of
 *	the node's device; the config is that of probe, or NULL
 * @free: take @alloc back
 * @mmap: fill a shared mapping that is inside the memory, with the attributes that the
 *	kernel's own mapping has; 0, -ENXIO or -ENOMEM
 * @page: instead of @mmap, where pages are counted one by one and cached: the one with
 *	that index, which is inside the memory
 * @sync: hand a range over, or NULL where no cache is between the CPU and the device
 * @access: of registers: one access of that width, or -EINVAL; else NULL
 * @sgtable: make a table of the pages, which its user frees, for other devices than the
 *	node's: 0 or a negative errno; NULL where no device sees the memory
 */
struct cohbuf_mem_ops {
	enum cohbuf_memory memory;
	const char *cpu_mapping;
	int (*alloc)(struct device *dev, struct cohbuf_mem *mem,
		     const struct cohbuf_config *config);
	void (*free)(struct cohbuf_mem *mem);
	int (*mmap)(const struct cohbuf_mem *mem, struct vm_area_struct *vma);
	struct page *(*page)(const struct cohbuf_mem *mem, unsigned long index);
	void (*sync)(const struct cohbuf_mem *mem, size_t offset, size_t len,
		     enum dma_data_direction direction, bool for_cpu);
	int (*access)(const struct cohbuf_mem *mem, size_t offset, void *value, size_t len,
		      bool write);
	int (*sgtable)(const struct cohbuf_mem *mem, struct sg_table *sgt);
};

extern const struct cohbuf_mem_ops cohbuf_coherent_ops;
extern const struct cohbuf_mem_ops cohbuf_keep_ops;
extern const struct cohbuf_mem_ops cohbuf_cached_ops;
extern const struct cohbuf_mem_ops cohbuf_scattered_ops;
extern const struct cohbuf_mem_ops cohbuf_kmalloc_ops;
extern const struct cohbuf_mem_ops cohbuf_vmalloc_ops;
extern const struct cohbuf_mem_ops cohbuf_registers_ops;

/**
 * struct cohbuf_mem - the memory of one binding
 * @ops: its kind
 * @dev: device that the memory is allocated for
 * @cpu_addr: the kernel's mapping of the buffer; of registers NULL
 * @dma_addr: address of the first byte for the device; never a physical address
 * @size: size of the buffer in bytes, a multiple of the page size
 * @dma_bits: width in bits of the addresses that the device can emit, 0 without a device
 * @dma_coherent: the device snoops the CPU's caches
 * @registers: of registers: the kernel's mapping
 * @phys: of registers: where they are
 * @io_width: of registers: the one width in bytes of an access, or 0 for any
 * @gfp: how it is allocated
 * @region: name of the reserved-memory region that it comes from, or NULL
 * @reusable: that region, where the DMA API may take other memory instead, or NULL
 * @sgt: of "cached" memory behind an IOMMU: its pages
 * @kept: the region, where it is as it was found, or NULL
 * @engine: the channel of the node's "dmas", which copies, or NULL
 * @lost: somebody may write to the memory at any time, an engine that was told to stop and
 *	did not, or an importer: it is never freed
 *
 * Constant from the end of cohbuf_probe() to the unbind, but for @lost, which is for
 * who has the turn to copy, or has taken the memory from all others. Of a pool it has
 * the quota for a size and is no memory, but what its buffers' are made like.
 */
struct cohbuf_mem {
	const struct cohbuf_mem_ops *ops;
	struct device *dev;
	void *cpu_addr;
	dma_addr_t dma_addr;
	size_t size;
	unsigned int dma_bits;
	bool dma_coherent;
	void __iomem *registers;
	phys_addr_t phys;
	unsigned int io_width;
	gfp_t gfp;
	const char *region;
	const struct reserved_mem *reusable;
	struct sg_table *sgt;
	struct reserved_mem *kept;
	struct dma_chan *engine;
	bool lost;
};

/**
 * struct cohbuf_source - what events come from
 * @lock: protects @total, @over, and &cohbuf_waiter.seen of its files
 * @wait: who waits for an event
 * @total: how many there were since the bind
 * @over: there will be no more: the buffer is unbound
 */
struct cohbuf_source {
	spinlock_t lock; /* see above */
	wait_queue_head_t wait;
	u64 total;
	bool over;
};

/**
 * struct cohbuf_irq - the node's interrupt
 * @lock: protects @line and @files
 * @line: the kernel's number of it, or 0 where there is none, or none any more
 * @files: files that wait for it
 * @masked: how often it was masked since it was unmasked
 * @present: the node has one; constant from cohbuf_irq_request() on
 */
struct cohbuf_irq {
	struct mutex lock; /* see above */
	unsigned int line;
	unsigned int files;
	atomic_t masked;
	bool present;
};

/**
 * struct cohbuf - one buffer as user space sees it
 * @dev: device of class "cohbuf"; its release function frees the struct
 * @cdev: the character device; holds a reference to @dev while a file is open
 * @number: N of the name cohbufN, or negative for a node with a label
 * @one_access: each read and write is one access, of registers
 * @lock: protects all below but what is for copies, @pool, @num_imports, @sources, @irq and
 *	what its comment says of @mem
 * @mem: the memory, or NULL from unbind on; changes under @lock, once, and who has
 *	the turn to copy may use it until it gives the turn back
 * @inodes: what the buffer was opened by, &cohbuf_inode.node
 * @mappings: what mmap() has mapped, &cohbuf_mapping.node
 * @importers: devices that dma-bufs of the buffer are attached to, &cohbuf_importer.of_buffer
 * @num_files: open files
 * @num_mappings: VMAs that map the buffer
 * @num_exports: dma-bufs of the buffer
 * @fasync: files that get SIGIO at the unbind
 * @unbound: who polls; woken when @mem goes away
 * @copying: not 0 while a copy by a DMA engine has the turn
 * @copy_wait: who waits for the turn, or for the engine; woken when @mem goes away
 * @engine_lost: the engine was told to stop and did not; for who has the turn
 * @pool: of a pool: what is more of it; else NULL. Constant
 * @of_pool: of a buffer that a pool made: the pool, which it holds a reference to; else
 *	NULL. Constant. The turn to copy is the pool's then, which has one engine for all
 * @num_imports: how often dma-bufs of the buffer are mapped, for a device or in the kernel,
 *	or of all buffers of the pool; rises under the buffer's @lock, and only while there is
 *	its @mem
 * @imports_wait: the unbind, which waits for that to be none
 * @sources: of events, by &enum cohbuf_events_source
 * @irq: the node's interrupt
 */
struct cohbuf {
	struct device dev;
	struct cdev cdev;
	int number;
	bool one_access;
	struct mutex lock; /* see above */
	struct cohbuf_mem *mem;
	struct list_head inodes;
	struct list_head mappings;
	struct list_head importers;
	unsigned int num_files;
	unsigned int num_mappings;
	unsigned int num_exports;
	struct fasync_struct *fasync;
	wait_queue_head_t unbound;
	atomic_t copying;
	wait_queue_head_t copy_wait;
	bool engine_lost;
	struct cohbuf_pool *pool;
	struct cohbuf *of_pool;
	atomic_t num_imports;
	wait_queue_head_t imports_wait;
	struct cohbuf_source sources[COHBUF_EVENTS_INTERRUPT + 1];
	struct cohbuf_irq irq;
};

/**
 * struct cohbuf_inode - an inode that the buffer is open by; mostly there is one
 * @node: entry of &cohbuf.inodes, under &cohbuf.lock
 * @cb: the buffer; each open file holds a reference to it
 * @mapping: where the kernel finds the VMAs of its files; valid while @num_files is
 *	not zero
 * @num_files: open files, whose private_data this is
 */
struct cohbuf_inode {
	struct list_head node;
	struct cohbuf *cb;
	struct address_space *mapping;
	unsigned int num_files;
};

static inline struct cohbuf *cohbuf_of(const struct file *file)
{
	const struct cohbuf_inode *ci = file->private_data;

	return ci->cb;
}

#define to_cohbuf(d)	container_of(d, struct cohbuf, dev)

/* kind.c */
const char *cohbuf_memory_name(enum cohbuf_memory memory);
bool cohbuf_memory_has_dma(enum cohbuf_memory memory);

/* region.c */
bool cohbuf_is_on_bus(struct device *dev, phys_addr_t phys, u64 size);
bool cohbuf_is_translated(struct device *dev);
bool cohbuf_device_reaches(struct device *dev, phys_addr_t phys, u64 size);

/* mem.c */
struct cohbuf_mem *devm_cohbuf_mem_alloc(struct device *dev,
					 const struct cohbuf_config *config,
					 struct dma_chan *engine);
struct cohbuf_mem *devm_cohbuf_mem_prepare(struct device *dev,
					   const struct cohbuf_config *config,
					   struct dma_chan *engine);
int cohbuf_mem_alloc_like(struct cohbuf_mem *mem, const struct cohbuf_mem *like, size_t size);
bool cohbuf_mem_is_fit(const struct cohbuf_mem *mem);

/* access.c */
size_t cohbuf_mem_clamp(const struct cohbuf_mem *mem, u64 offset, u64 len);
size_t cohbuf_mem_iter(const struct cohbuf_mem *mem, size_t offset, size_t len,
		       struct iov_iter *iter, bool write);
void cohbuf_mem_sync(const struct cohbuf_mem *mem, size_t offset, size_t len,
		     enum dma_data_direction direction, bool for_cpu);
bool cohbuf_mem_is_registers(const struct cohbuf_mem *mem);
int cohbuf_mem_access(const struct cohbuf_mem *mem, size_t offset, void *value, size_t len,
		      bool write);
const char *cohbuf_mem_cpu_mapping(const struct cohbuf_mem *mem);
unsigned int cohbuf_mem_cache_line(const struct cohbuf_mem *mem);
bool cohbuf_mem_is_cached(const struct cohbuf_mem *mem);
int cohbuf_mem_mmap(const struct cohbuf_mem *mem, struct vm_area_struct *vma);

/* mem_cached.c */
void cohbuf_dma_sync(const struct cohbuf_mem *mem, size_t offset, size_t len,
		     enum dma_data_direction direction, bool for_cpu);

/* mem_keep.c */
bool cohbuf_mem_is_kept(const struct reserved_mem *region);
int devm_cohbuf_mem_keep(struct device *dev, struct cohbuf_mem *mem);

/* engine.c */
struct dma_chan *devm_cohbuf_engine_get(struct device *dev);
bool cohbuf_engine_sees(struct dma_chan *engine, const struct cohbuf_mem *mem);
bool cohbuf_engine_stop(struct device *dev, struct dma_chan *engine);
void cohbuf_engine_name(struct dma_chan *engine, char *name, size_t size);

/* copy.c */
int cohbuf_copy(struct cohbuf *cb, struct cohbuf_copy *copy);
void cohbuf_copy_stop(struct cohbuf *cb);

/* sync.c */
size_t cohbuf_sync_piece(u64 offset, u64 len);
int cohbuf_sync(struct cohbuf *cb, const struct cohbuf_sync *sync);
int cohbuf_sync_range(struct cohbuf *cb, u64 offset, u64 len,
		      enum dma_data_direction direction, bool for_cpu);

/* events.c */
void cohbuf_events_init(struct cohbuf *cb);
int cohbuf_events_add(struct cohbuf *cb, enum cohbuf_events_source which, u64 count);
u64 cohbuf_events_total(struct cohbuf *cb, enum cohbuf_events_source which);
void cohbuf_events_stop(struct cohbuf *cb);
long cohbuf_ioctl_events(struct file *file, void __user *arg);

/* irq.c */
void cohbuf_irq_init(struct cohbuf *cb);
int cohbuf_irq_request(struct cohbuf *cb, unsigned int line);
void cohbuf_irq_free(struct cohbuf *cb);
int cohbuf_irq_get(struct cohbuf *cb);
void cohbuf_irq_put(struct cohbuf *cb);
int cohbuf_irq_unmask(struct cohbuf *cb, bool nowait);

/* chrdev.c */
int cohbuf_chrdev_init(void);
void cohbuf_chrdev_exit(void);
void cohbuf_set_up(struct cohbuf *cb, struct cohbuf_mem *mem);
void cohbuf_tear_down(struct cohbuf *cb);
int devm_cohbuf_register(struct device *dev, const struct cohbuf_config *config,
			 struct cohbuf_mem *mem);

/* fops.c */
extern const struct file_operations cohbuf_fops;
int cohbuf_open(struct inode *inode, struct file *file);
int cohbuf_close(struct inode *inode, struct file *file);
__poll_t cohbuf_poll(struct file *file, struct poll_table_struct *wait);
int cohbuf_fasync(int fd, struct file *file, int on);
long cohbuf_ioctl_info(struct file *file, void __user *arg);
int cohbuf_mmap_from(struct cohbuf *cb, struct vm_area_struct *vma, unsigned long first);

/* sgtable.c */
int cohbuf_sgtable_contiguous(struct sg_table *sgt, unsigned long pfn, size_t size);
int cohbuf_sgtable_cut(const struct cohbuf_mem *mem, size_t offset, size_t size,
		       unsigned int most, struct sg_table *sgt);

/* dmabuf.c */
struct dma_buf *cohbuf_export(struct file *file, const struct cohbuf_export *export);

/* imports.c */
bool cohbuf_exports_revoke(struct cohbuf *cb);

/* rw.c */
bool cohbuf_is_bound(struct cohbuf *cb);
ssize_t cohbuf_rw(struct kiocb *iocb, struct iov_iter *iter, bool write);
ssize_t cohbuf_rw_kernel(struct cohbuf *cb, loff_t pos, void *buf, size_t len, bool write);

/* revoke.c */
struct cohbuf_inode *cohbuf_attach(struct cohbuf *cb, struct address_space *mapping);
void cohbuf_detach(struct cohbuf_inode *ci);
int cohbuf_map(struct cohbuf *cb, struct vm_area_struct *vma, unsigned long first);
void cohbuf_revoke_memory(struct cohbuf *cb);
void cohbuf_revoke_waiters(struct cohbuf *cb);
void cohbuf_revoke(struct cohbuf *cb);

/* fault.c */
vm_fault_t cohbuf_fault(struct cohbuf *cb, struct vm_fault *vmf, unsigned long first);

/* sysfs.c */
extern const struct attribute_group *cohbuf_groups[];

#if IS_ENABLED(CONFIG_KUNIT)
/* What is static elsewhere, for *_kunit.c. */
int cohbuf_copy_check(const struct cohbuf_mem *mem, const struct cohbuf_copy *copy);
#endif

#endif /* _COHBUF_H */
