// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pools of dts/runtime/pools.dtso; see pools.h.
 */
#include <fcntl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "pools.h"

static struct test_buffer coherent = {
	.node = "pool-coherent",
	.name = "pool-coherent",
	.size = 8 << 20,
};

static struct test_buffer cached_pool = {
	.node = "pool-cached",
	.name = "pool-cached",
	.size = 4 << 20,
	.memory = COHBUF_MEMORY_CACHED,
};

static struct test_buffer of_kmalloc = {
	.node = "pool-kmalloc",
	.name = "pool-kmalloc",
	.size = 8 << 20,
	.memory = COHBUF_MEMORY_KMALLOC,
};

struct test_buffer pool_of_vmalloc = {
	.node = "pool-vmalloc",
	.name = "pool-vmalloc",
	.size = 8 << 20,
	.memory = COHBUF_MEMORY_VMALLOC,
};

static struct test_buffer of_engine = {
	.node = "pool-engine",
	.name = "pool-engine",
	.size = 4 << 20,
	.flags = COHBUF_INFO_ENGINE,
};

struct test_buffer pool_of_region = {
	.node = "pool-region",
	.name = "pool-region",
	.size = 1 << 20,
	.flags = COHBUF_INFO_REGION,
};

struct test_buffer pool_beside = {
	.node = "pool-beside",
	.name = "pool-beside",
	.size = 1 << 20,
	.flags = COHBUF_INFO_REGION,
};

const struct test_buffer *all_pools[MAX_BUFFERS];
const struct test_buffer *engine_pools[MAX_BUFFERS];

/* Before the tests are added, hence a number as low as a program may give. */
static void __attribute__((constructor(101))) read_tree(void)
{
	struct test_buffer *const known[] = {
		&coherent, &cached_pool, &of_kmalloc, &pool_of_vmalloc, &of_engine,
		&pool_of_region, &pool_beside
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct test_buffer *pool = known[i];
		char node[PATH_MAX];

		if (!find_buffer(pool, node))
			continue;
		add_to(all_pools, pool);
		if (pool->flags & COHBUF_INFO_ENGINE)
			add_to(engine_pools, pool);
	}
}

int pool_open(const struct test_buffer *pool)
{
	return open_buffer(pool, O_RDWR | O_CLOEXEC);
}

int pool_alloc(int pool, uint64_t size, uint32_t flags)
{
	struct cohbuf_alloc alloc = {
		.size = size,
		.flags = flags,
		.fd = -1,
	};

	return ioctl(pool, COHBUF_IOC_ALLOC, &alloc) ? -1 : alloc.fd;
}

int pool_buffer(const struct test_buffer *pool, size_t size)
{
	int fd = pool_open(pool);
	int buffer = ASSERT_OK(pool_alloc(fd, size, 0));

	EXPECT_EQ(close(fd), 0);
	return buffer;
}

unsigned char *map_pooled(int fd, size_t size)
{
	return ASSERT_MAP(mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
}

uint64_t pool_attr(const struct test_buffer *pool, const char *attr)
{
	uint64_t value = 0;

	ASSERT_OK(buffer_attr_u64(pool->name, attr, &value));
	return value;
}

void await_used(const struct test_buffer *pool, uint64_t used)
{
	while (pool_attr(pool, "used") != used)
		sched_yield();
}

/* Every test leaves all pools bound, and empty. */
static void restore_pools(const void *arg __attribute__((unused)))
{
	for (size_t i = 0; all_pools[i]; i++) {
		ASSERT_OK(ensure_bound(all_pools[i]));
		await_used(all_pools[i], 0);
		EXPECT_EQ(pool_attr(all_pools[i], "buffers"), 0);
		EXPECT_EQ(pool_attr(all_pools[i], "files"), 0);
	}
}

static void __attribute__((constructor)) pools_init(void)
{
	harness_add_teardown(restore_pools);
}
