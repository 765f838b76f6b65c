// SPDX-License-Identifier: GPL-2.0-only
/*
 * ioctl(2): EXPORT. What the dma-buf is, what it lets do, every request that is refused,
 * and what becomes of it at the unbind. Who imports it is in importers_test.c.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <linux/dma-buf.h>

#include "exporting.h"

_Static_assert(sizeof(struct cohbuf_export) == 0x28, "size");
_Static_assert(offsetof(struct cohbuf_export, offset) == 0x00, "offset");
_Static_assert(offsetof(struct cohbuf_export, length) == 0x08, "length");
_Static_assert(offsetof(struct cohbuf_export, flags) == 0x10, "flags");
_Static_assert(offsetof(struct cohbuf_export, fd) == 0x14, "fd");
_Static_assert(offsetof(struct cohbuf_export, reserved) == 0x18, "reserved");
_Static_assert(COHBUF_IOC_EXPORT == 0xc028bc03, "EXPORT");

/* A page from inside of the buffer, or all of one that is a page. */
static size_t inside(const struct test_buffer *b)
{
	return b->size > PAGE ? PAGE : 0;
}

static unsigned char *map_dmabuf(int dmabuf, size_t size, int prot)
{
	return ASSERT_MAP(mmap(NULL, size, prot, MAP_SHARED, dmabuf, 0));
}

TEST_EACH(export, is_the_range_and_no_more, dma_buffers)
{
	int fd = open_buffer(b, O_RDWR);
	int dmabuf = ASSERT_OK(export_range(fd, inside(b), PAGE, O_RDWR | O_CLOEXEC));
	unsigned char *map = map_buffer(b, fd);
	unsigned char *part = map_dmabuf(dmabuf, PAGE, PROT_READ | PROT_WRITE);
	unsigned char *wanted = new_pattern(0, b->size, 1);

	fill_pattern(map, 0, b->size, 1);
	EXPECT_BYTES(part, wanted + inside(b), PAGE);

	fill_pattern(part, inside(b), PAGE, 2);
	fill_pattern(wanted + inside(b), inside(b), PAGE, 2);
	EXPECT_BYTES(map, wanted, b->size);

	EXPECT_EQ(lseek(dmabuf, 0, SEEK_END), PAGE);
	EXPECT_EQ(fcntl(dmabuf, F_GETFD), FD_CLOEXEC);
	EXPECT_EQ(fcntl(dmabuf, F_GETFL) & O_ACCMODE, O_RDWR);
	EXPECT_ERRNO(mmap(NULL, 2 * PAGE, PROT_READ, MAP_SHARED, dmabuf, 0) == MAP_FAILED ? -1 : 0,
		     EINVAL);
	EXPECT_ERRNO(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, dmabuf, PAGE) == MAP_FAILED ? -1 : 0,
		     EINVAL);
	EXPECT_ERRNO(mremap(part, PAGE, 2 * PAGE, MREMAP_MAYMOVE) == MAP_FAILED ? -1 : 0, EFAULT);
}

/* In its middle, too: what is mapped is counted in pages of the dma-buf. */
TEST_EACH(export, page_of_the_range_is_that_of_the_buffer, large_buffers)
{
	unsigned char *map, *last;
	int fd, dmabuf;

	if (!has_dma(b))
		SKIP("no device sees it");
	fd = open_buffer(b, O_RDWR);
	dmabuf = ASSERT_OK(export_range(fd, PAGE, b->size - PAGE, O_RDWR));
	map = map_buffer(b, fd);
	fill_pattern(map, 0, b->size, 3);
	last = ASSERT_MAP(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, dmabuf, b->size - 2 * PAGE));
	EXPECT_BYTES(last, new_pattern(b->size - PAGE, PAGE, 3), PAGE);

	/* What is derived from it as well, after the original is gone. */
	last = ASSERT_MAP(mmap(NULL, 3 * PAGE, PROT_READ, MAP_SHARED, dmabuf, 0));
	EXPECT_EQ(munmap(last, PAGE), 0);
	last = ASSERT_MAP(mremap(last + PAGE, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE));
	EXPECT_EQ(munmap(last, PAGE), 0);
	EXPECT_BYTES(last + PAGE, new_pattern(3 * PAGE, PAGE, 3), PAGE);
}

/* A debugger's way into a mapping. */
TEST_EACH(export, debugger_reads_the_page_that_is_mapped, large_buffers)
{
	unsigned char *map, bytes[64];
	int fd, dmabuf, mem;

	if (!has_dma(b))
		SKIP("no device sees it");
	fd = open_buffer(b, O_RDWR);
	dmabuf = ASSERT_OK(export_range(fd, PAGE, 2 * PAGE, O_RDWR));
	map = map_buffer(b, fd);
	fill_pattern(map, 0, b->size, 4);
	map = ASSERT_MAP(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, dmabuf, PAGE));
	mem = ASSERT_OK(open("/proc/self/mem", O_RDONLY));
	/* Whether the kernel asks a driver at all, debugger_test.c knows. */
	if (pread(mem, bytes, sizeof(bytes), (uintptr_t)map) < 0 && errno == EIO)
		SKIP("this kernel lets no debugger look into a device's memory");
	EXPECT_EQ(pread(mem, bytes, sizeof(bytes), (uintptr_t)map), sizeof(bytes));
	EXPECT_BYTES(bytes, new_pattern(2 * PAGE, sizeof(bytes), 4), sizeof(bytes));
}

TEST_EACH(export, outlives_the_file, dma_buffers)
{
	int dmabuf = export_buffer(b, O_RDWR);
	unsigned char *part;

	EXPECT_EQ(files_of(b), 0);
	EXPECT_EQ(exports_of(b), 1);
	part = map_dmabuf(dmabuf, b->size, PROT_READ | PROT_WRITE);
	EXPECT_EQ(mappings_of(b), 1);
	EXPECT_EQ(close(dmabuf), 0);
	fill_pattern(part, 0, b->size, 5);
	EXPECT_BYTES(part, new_pattern(0, b->size, 5), b->size);
	EXPECT_EQ(exports_of(b), 1);
	EXPECT_EQ(munmap(part, b->size), 0);
	await_exports(b, 0);
	EXPECT_EQ(mappings_of(b), 0);
}

TEST_EACH(export, gives_no_right_that_the_file_has_not, dma_buffers)
{
	int reader = open_buffer(b, O_RDONLY), writer = open_buffer(b, O_WRONLY);
	unsigned char *part;
	int dmabuf;

	EXPECT_ERRNO(export_range(reader, 0, PAGE, O_RDWR), EBADF);
	EXPECT_ERRNO(export_range(writer, 0, PAGE, O_RDONLY), EBADF);
	EXPECT_ERRNO(export_range(writer, 0, PAGE, O_RDWR), EBADF);

	dmabuf = ASSERT_OK(export_range(reader, 0, PAGE, O_RDONLY));
	EXPECT_EQ(fcntl(dmabuf, F_GETFL) & O_ACCMODE, O_RDONLY);
	EXPECT_ERRNO(mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, dmabuf, 0) == MAP_FAILED ? -1 : 0,
		     EACCES);
	part = map_dmabuf(dmabuf, PAGE, PROT_READ);
	EXPECT_ERRNO(mprotect(part, PAGE, PROT_READ | PROT_WRITE), EACCES);
	EXPECT_SIGNAL(touch_write(part, 1), SIGSEGV);
}

TEST_EACH(export, private_mapping_is_einval, named_buffers)
{
	int dmabuf;

	if (!has_dma(b))
		SKIP("no device sees it");
	dmabuf = export_buffer(b, O_RDWR);
	EXPECT_ERRNO(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, dmabuf, 0) == MAP_FAILED ? -1 : 0,
		     EINVAL);
}

/* Who may not write must not make what others wrote go from the caches. */
TEST_EACH(export, bracket_asks_for_the_right_that_it_needs, dma_buffers)
{
	int reader = export_buffer(b, O_RDONLY);
	int writer = export_buffer(b, O_RDWR);
	const uint64_t ends[] = { DMA_BUF_SYNC_START, DMA_BUF_SYNC_END };

	for (int i = 0; i < 2; i++) {
		EXPECT_OK(bracket(writer, ends[i] | DMA_BUF_SYNC_READ));
		EXPECT_OK(bracket(writer, ends[i] | DMA_BUF_SYNC_WRITE));
		EXPECT_OK(bracket(writer, ends[i] | DMA_BUF_SYNC_RW));
		EXPECT_OK(bracket(reader, ends[i] | DMA_BUF_SYNC_WRITE));
		if (is_cpu_cached(b))
			EXPECT_ERRNO(bracket(reader, ends[i] | DMA_BUF_SYNC_READ), EACCES);
		else
			EXPECT_OK(bracket(reader, ends[i] | DMA_BUF_SYNC_READ));
	}
	EXPECT_ERRNO(bracket(writer, 0), EINVAL);
	EXPECT_ERRNO(bracket(writer, 1ULL << 40), EINVAL);
}

TEST_EACH(export, range_outside_the_buffer_is_enxio, dma_buffers)
{
	int fd = open_buffer(b, O_RDWR);

	EXPECT_ERRNO(export_range(fd, 0, b->size + PAGE, O_RDWR), ENXIO);
	EXPECT_ERRNO(export_range(fd, b->size, PAGE, O_RDWR), ENXIO);
	EXPECT_ERRNO(export_range(fd, -PAGE, PAGE, O_RDWR), ENXIO);
	EXPECT_ERRNO(export_range(fd, -PAGE, 2 * PAGE, O_RDWR), ENXIO);
	EXPECT_ERRNO(export_range(fd, PAGE, -PAGE, O_RDWR), ENXIO);
	EXPECT_ERRNO(export_range(fd, 1ULL << 32, PAGE, O_RDWR), ENXIO);
	EXPECT_ERRNO(export_range(fd, 0, (1ULL << 32) + PAGE, O_RDWR), ENXIO);
	EXPECT_EQ(close(fd), 0);
	await_exports(b, 0);
}

TEST_EACH(export, what_is_no_whole_page_is_einval, dma_buffers)
{
	int fd = open_buffer(b, O_RDWR);

	EXPECT_ERRNO(export_range(fd, 0, 0, O_RDWR), EINVAL);
	EXPECT_ERRNO(export_range(fd, b->size, 0, O_RDWR), EINVAL);
	EXPECT_ERRNO(export_range(fd, 1, PAGE, O_RDWR), EINVAL);
	EXPECT_ERRNO(export_range(fd, 0, PAGE - 1, O_RDWR), EINVAL);
	EXPECT_ERRNO(export_range(fd, 0, 1ULL << 32 | 1, O_RDWR), EINVAL);
	EXPECT_EQ(close(fd), 0);
	await_exports(b, 0);
}

static int next_fd(void)
{
	int fd = ASSERT_OK(dup(STDIN_FILENO));

	close(fd);
	return fd;
}

TEST(export, bad_request_leaves_no_file)
{
	int fd = open_buffer(&plain, O_RDWR);
	int free_fd = next_fd();
	void *read_only = ASSERT_MAP(mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
					  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	const struct cohbuf_export good = { .length = PAGE, .flags = O_RDWR };

	for (int bit = 0; bit < 32; bit++) {
		uint32_t flags = 1U << bit;

		if (flags == O_CLOEXEC || flags == O_RDWR || flags == O_WRONLY)
			continue;
		EXPECT_ERRNO(export_range(fd, 0, PAGE, O_RDWR | flags), EINVAL);
	}
	EXPECT_ERRNO(export_range(fd, 0, PAGE, O_WRONLY), EINVAL);
	EXPECT_ERRNO(export_range(fd, 0, PAGE, O_WRONLY | O_RDWR), EINVAL);

	for (size_t at = offsetof(struct cohbuf_export, reserved);
	     at < sizeof(struct cohbuf_export); at++) {
		struct cohbuf_export export = good;

		((unsigned char *)&export)[at] = 1;
		EXPECT_ERRNO(ioctl(fd, COHBUF_IOC_EXPORT, &export), EINVAL);
	}

	EXPECT_ERRNO(ioctl(fd, COHBUF_IOC_EXPORT, NULL), EFAULT);
	memcpy(read_only, &good, sizeof(good));
	ASSERT_OK(mprotect(read_only, PAGE, PROT_READ));
	EXPECT_ERRNO(ioctl(fd, COHBUF_IOC_EXPORT, read_only), EFAULT);
	EXPECT_EQ(next_fd(), free_fd);
	EXPECT_EQ(close(fd), 0);
	await_exports(&plain, 0);
}

TEST(export, no_file_left_is_emfile)
{
	int fd = open_buffer(&plain, O_RDWR);
	const struct rlimit none_left = { .rlim_cur = next_fd(), .rlim_max = next_fd() };

	ASSERT_OK(setrlimit(RLIMIT_NOFILE, &none_left));
	EXPECT_ERRNO(export_range(fd, 0, PAGE, O_RDWR), EMFILE);
	EXPECT_EQ(close(fd), 0);
	await_exports(&plain, 0);
}

static void *close_it(void *arg)
{
	close(*(int *)arg);
	return NULL;
}

/* The file may go while a dma-buf is made of it, or just before. */
TEST_EACH(export, races_with_the_close_of_its_file, named_buffers)
{
	if (!has_dma(b))
		SKIP("no device sees it");
	for (int i = 0; i < 50; i++) {
		int fd = open_buffer(b, O_RDWR), dmabuf;
		pthread_t closer;

		ASSERT_EQ(pthread_create(&closer, NULL, close_it, &fd), 0);
		dmabuf = export_range(fd, 0, PAGE, O_RDWR);
		if (dmabuf < 0)
			EXPECT_EQ(errno, EBADF);
		ASSERT_EQ(pthread_join(closer, NULL), 0);
		if (dmabuf >= 0)
			EXPECT_SIGNAL(touch_write(map_dmabuf(dmabuf, PAGE, PROT_WRITE), 1), 0);
		close(dmabuf);
	}
	EXPECT_EQ(files_of(b), 0);
}

TEST(export, what_no_device_sees_is_eopnotsupp)
{
	int fd = open_buffer(&vmalloc_buffer, O_RDWR);

	EXPECT_ERRNO(export_range(fd, 0, PAGE, O_RDWR), EOPNOTSUPP);
	EXPECT_EQ(close(fd), 0);
	if (!registers.present)
		return;
	fd = open_buffer(&registers, O_RDWR);
	EXPECT_ERRNO(export_range(fd, 0, PAGE, O_RDWR), EOPNOTSUPP);
}

/* Who looks where memory went finds the buffer. */
TEST(export, is_named_by_its_buffer)
{
	char path[64], line[256];
	bool found = false;
	FILE *info;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", export_buffer(&plain, O_RDWR));
	info = fopen(path, "r");
	ASSERT_TRUE(info);
	while (fgets(line, sizeof(line), info))
		found = found || !strcmp(line, "exp_name:\tcohbuf/plain\n");
	fclose(info);
	EXPECT_TRUE(found);
}

TEST_EACH(export, is_gone_with_the_unbind, dma_buffers)
{
	int dmabuf = export_buffer(b, O_RDWR);
	unsigned char *map = map_dmabuf(dmabuf, b->size, PROT_READ | PROT_WRITE);
	unsigned char *part = ASSERT_MAP(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, dmabuf,
					      b->size - PAGE));
	unsigned char byte;
	int fd;

	fill_pattern(map, 0, b->size, 6);
	unbind_buffer(b);
	EXPECT_SIGNAL(touch_read(map, &byte), SIGBUS);
	EXPECT_SIGNAL(touch_write(map + b->size - 1, 1), SIGBUS);
	EXPECT_SIGNAL(touch_read(part, &byte), SIGBUS);
	EXPECT_ERRNO(bracket(dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW), ENODEV);
	EXPECT_ERRNO(bracket(dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW), ENODEV);
	EXPECT_ERRNO(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, dmabuf, 0) == MAP_FAILED ? -1 : 0,
		     ENODEV);
	EXPECT_EQ(lseek(dmabuf, 0, SEEK_END), b->size);

	/* The next buffer has nothing to do with it. */
	bind_buffer(b);
	EXPECT_EQ(exports_of(b), 0);
	fd = open_buffer(b, O_RDWR);
	map_buffer(b, fd)[0] = 1;
	EXPECT_SIGNAL(touch_read(map, &byte), SIGBUS);
	EXPECT_ERRNO(bracket(dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW), ENODEV);
}

TEST(export, file_that_is_unbound_is_enodev)
{
	int fd = open_buffer(&plain, O_RDWR);

	unbind_buffer(&plain);
	EXPECT_ERRNO(export_range(fd, 0, PAGE, O_RDWR), ENODEV);
	bind_buffer(&plain);
}

/* As the buffer's file does, a dma-buf keeps the driver. */
TEST(export, module_in_use_is_not_unloaded)
{
	int dmabuf;

	need_module();
	dmabuf = export_buffer(&plain, O_RDWR);
	EXPECT_ERRNO(unload_module("cohbuf"), EWOULDBLOCK);
	EXPECT_EQ(close(dmabuf), 0);
	await_exports(&plain, 0);
}
