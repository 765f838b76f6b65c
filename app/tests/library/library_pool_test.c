// SPDX-License-Identifier: GPL-2.0-only
/*
 * libcohbuf: buffers that are made of a pool.
 */
#include <string.h>
#include <unistd.h>

#include "library.h"

#define POOL	"pool-coherent"

TEST(library_pool, gives_buffers)
{
	struct cohbuf_buffer *pool = opened(POOL, O_RDWR), *buffer = cohbuf_alloc(pool, 100000);
	size_t page = sysconf(_SC_PAGESIZE), size = (100000 + page - 1) / page * page;
	unsigned char *map;

	ASSERT_TRUE(buffer);
	cohbuf_close(pool);
	EXPECT_EQ(cohbuf_size(buffer), size);
	EXPECT_TRUE(cohbuf_info(buffer)->flags & COHBUF_INFO_POOLED);
	EXPECT_STREQ(cohbuf_info(buffer)->name, POOL);
	EXPECT_EQ(fcntl(cohbuf_fd(buffer), F_GETFD), FD_CLOEXEC);
	map = mapped(buffer, PROT_READ | PROT_WRITE);
	EXPECT_EQ(map[size - 1], 0);
	ASSERT_OK(cohbuf_write(buffer, "x", size - 1, 1));
	EXPECT_EQ(map[size - 1], 'x');
}

TEST(library_pool, says_why_there_is_none)
{
	struct cohbuf_buffer *pool = opened(POOL, O_RDWR);

	EXPECT_NULL(cohbuf_alloc(pool, 0), EINVAL, "at least 1 byte");
	EXPECT_NULL(cohbuf_alloc(pool, cohbuf_size(pool) + 1), EDQUOT,
		    "bytes out of \"" POOL "\": Disk quota exceeded: the buffers of the pool would be more");
	EXPECT_NULL(cohbuf_alloc(pool, UINT64_MAX), EDQUOT, "18446744073709551615 bytes");
	EXPECT_NULL(cohbuf_alloc(opened(POOL, O_RDONLY), 4096), EBADF, "open it with O_RDWR");
	EXPECT_NULL(cohbuf_alloc(opened("plain", O_RDWR), 4096), ENOTTY, "it is a buffer, and no pool");
}

TEST(library_pool, has_no_bytes_of_its_own)
{
	struct cohbuf_buffer *pool = opened(POOL, O_RDWR);
	struct cohbuf_copy copy = { .dst = 4096, .length = 4 };
	char byte = 0;

	EXPECT_TRUE(cohbuf_info(pool)->flags & COHBUF_INFO_POOL);
	EXPECT_NULL(cohbuf_map(pool, PROT_READ), ENOTTY, "take a buffer from it");
	EXPECT_FAILS(cohbuf_read(pool, &byte, 0, 1), ENOTTY, "take a buffer from it");
	EXPECT_FAILS(cohbuf_write(pool, &byte, 0, 1), ENOTTY, "take a buffer from it");
	EXPECT_FAILS(cohbuf_dma_copy(pool, &copy), ENOTTY, "take a buffer from it");
	EXPECT_FAILS(cohbuf_export(pool, 0, sysconf(_SC_PAGESIZE), O_RDWR), ENOTTY,
		     "take a buffer from it");
	EXPECT_FAILS(cohbuf_events(pool, COHBUF_EVENTS_POSTED), ENOTTY, "take a buffer from it");
	EXPECT_FAILS(cohbuf_sync_for_device(pool, 0, 1, COHBUF_SYNC_TO_DEVICE), ENOTTY,
		     "take a buffer from it");
}

TEST(library_pool, ends_with_the_unbind)
{
	struct cohbuf_buffer *pool = opened(POOL, O_RDWR), *buffer = cohbuf_alloc(pool, 4096);

	ASSERT_TRUE(buffer);
	unbind(POOL);
	EXPECT_FAILS(cohbuf_check(buffer), ENODEV,
		     "a buffer of \"" POOL "\" is not there: No such device");
	EXPECT_NULL(cohbuf_alloc(pool, 4096), ENODEV, "the device was unbound");
}
