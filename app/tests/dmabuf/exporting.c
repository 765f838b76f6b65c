// SPDX-License-Identifier: GPL-2.0-only
/*
 * What tests of COHBUF_IOC_EXPORT share; see exporting.h.
 */
#include <fcntl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/dma-buf.h>

#include "exporting.h"

size_t part_of(const struct test_buffer *b)
{
	return b->size > 2 * PAGE ? 2 * PAGE : PAGE;
}

int export_range(int fd, uint64_t offset, uint64_t length, uint32_t flags)
{
	struct cohbuf_export export = {
		.offset = offset,
		.length = length,
		.flags = flags,
		.fd = -1,
	};

	return ioctl(fd, COHBUF_IOC_EXPORT, &export) ? -1 : export.fd;
}

int export_buffer(const struct test_buffer *b, uint32_t flags)
{
	int fd = open_buffer(b, flags & O_ACCMODE);
	int dmabuf = ASSERT_OK(export_range(fd, 0, b->size, flags));

	EXPECT_EQ(close(fd), 0);
	return dmabuf;
}

int bracket(int dmabuf, uint64_t flags)
{
	const struct dma_buf_sync sync = { .flags = flags };

	return ioctl(dmabuf, DMA_BUF_IOCTL_SYNC, &sync);
}

unsigned int exports_of(const struct test_buffer *b)
{
	uint64_t value = 0;

	ASSERT_OK(buffer_attr_u64(name_of(b), "exports", &value));
	return value;
}

void await_exports(const struct test_buffer *b, unsigned int count)
{
	while (exports_of(b) != count)
		sched_yield();
}
