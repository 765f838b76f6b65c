/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The buffers that the boards have, and what most tests do with them. Names and sizes
 * are the same on all boards (dts/); where the memory lies and what the device is
 * like, the board's devicetree says. Whatever fails in here ends the test.
 */
#ifndef _BUFFERS_H
#define _BUFFERS_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "abi.h"
#include "device.h"
#include "harness.h"
#include "touch.h"

/* Bytes of a page of this kernel, and so the smallest buffer. */
#define PAGE	page_size()
unsigned long page_size(void);

/**
 * struct test_buffer - one buffer
 * @node: name of its devicetree node
 * @name: name below /dev, or NULL for cohbufN
 * @size: bytes
 * @memory: kind of memory
 * @initial_data: text that probe puts at its start, or NULL
 * @present: this board has it
 * @device: name of its platform device, or "" where the kernel made none
 * @flags: bits of &enum cohbuf_info_flags, without %COHBUF_INFO_DMA_ADDR
 * @dma_bits: address bits, or 0 for those that the DMA controller's driver states
 * @dma_first: lowest DMA address that it may have
 * @dma_end: end of the addresses that it may have
 * @bus_offset: DMA address of a byte less its physical one
 * @has_iommu: an IOMMU translates: DMA addresses say nothing of physical ones
 * @region: name of its memory-region's node, or ""
 */
struct test_buffer {
	const char *node;
	const char *name;
	size_t size;
	enum cohbuf_memory memory;
	const char *initial_data;
	bool present;
	char device[DEVICE_NAME_SIZE];
	uint32_t flags;
	uint32_t dma_bits;
	uint64_t dma_first;
	uint64_t dma_end;
	uint64_t bus_offset;
	bool has_iommu;
	char region[64];
};

/* Those that this board has; lists end with NULL. */
#define MAX_BUFFERS	20
extern const struct test_buffer *all_buffers[];
extern const struct test_buffer *named_buffers[];
extern const struct test_buffer *large_buffers[];	/* more than a few pages */
extern const struct test_buffer *dma_buffers[];		/* a device sees them */
extern const struct test_buffer *pinnable_buffers[];	/* of pages that are counted */

/* A test that uses one that this board has not is skipped. */
extern struct test_buffer plain, pool, cma, snooped, cached, mmapdemo, kmalloc_buffer,
	vmalloc_buffer, registers, gpio;

/* For lists of others: has the board its node, which one, and which device? */
bool find_buffer(struct test_buffer *b, char node[PATH_MAX]);
/* To a list that has room. */
void add_to(const struct test_buffer **list, const struct test_buffer *b);

bool has_dma(const struct test_buffer *b);
bool is_cpu_cached(const struct test_buffer *b);
/* What needs pages (O_DIRECT and its like) can have those of a mapping. */
bool is_pinnable(const struct test_buffer *b);
/* As "cohbuf,memory" has it. */
const char *kind_of(const struct test_buffer *b);

/* Where what the one side wrote the other sees after COHBUF_IOC_SYNC only. */
bool needs_sync(const struct test_buffer *b);

/* A test for each buffer of a list; the buffer's name is added to the test's. */
#define TEST_EACH_LIMIT(suite, test, list, limit)				\
	static void suite##_##test(const struct test_buffer *b);		\
	static void suite##_##test##_run(const void *arg)			\
	{									\
		suite##_##test(arg);						\
	}									\
	static void __attribute__((constructor)) suite##_##test##_add(void)	\
	{									\
		for (size_t i = 0; (list)[i]; i++)				\
			harness_add(suite##_##test##_run, (list)[i], limit,	\
				    "%s.%s", #suite "." #test,			\
				    (list)[i]->name ?: "unnamed");		\
	}									\
	static void suite##_##test(const struct test_buffer *b)

#define TEST_EACH(suite, test, list)	\
	TEST_EACH_LIMIT(suite, test, list, HARNESS_LIMIT)

const char *platform_device_of(const struct test_buffer *b);
const char *name_of(const struct test_buffer *b);
int open_buffer(const struct test_buffer *b, int flags);
unsigned char *map_buffer(const struct test_buffer *b, int fd);
int hand_over(int fd, uint64_t offset, uint64_t length, uint32_t direction, uint32_t owner);
void expect_dma_bits(const struct test_buffer *b, uint64_t bits);
unsigned int files_of(const struct test_buffer *b);
unsigned int mappings_of(const struct test_buffer *b);

void bind_buffer(const struct test_buffer *b);
void unbind_buffer(const struct test_buffer *b);
void renew_buffer(const struct test_buffer *b);
int ensure_bound(const struct test_buffer *b);
void expect_no_buffer(const char *device);

/* Bytes that differ from page to page, from buffer to buffer and from zero. */
unsigned char pattern(size_t offset, unsigned int seed);
void fill_pattern(unsigned char *to, size_t offset, size_t size, unsigned int seed);
unsigned char *new_pattern(size_t offset, size_t size, unsigned int seed);
unsigned char *new_bytes(size_t size, unsigned char value);

void drop_privileges(void);
void drop_rawio(void);

/*
 * module_is_loaded() is about the driver, and so is need_module(): it ends the test as
 * skipped where the driver is built in. Loading and unloading give -1 and errno.
 */
bool module_is_loaded(void);
bool driver_is_built_in(void);
void need_module(void);
void reload_driver(void);
int open_module(const char *name);
int open_attributes(void);
int load_module(const char *name);
int unload_module(const char *name);
void set_autoprobe(bool on);

#endif /* _BUFFERS_H */
