// SPDX-License-Identifier: GPL-2.0-only
/*
 * read(2), write(2) and lseek(2): ranges, borders and bad pointers.
 */
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tests/harness/buffers.h"

TEST_EACH(rw, whole_buffer_in_one_call, named_buffers)
{
	unsigned char *data = new_pattern(0, b->size, 1);
	unsigned char *back = new_bytes(b->size, 0);
	int fd = open_buffer(b, O_RDWR);

	EXPECT_EQ(write(fd, data, b->size), b->size);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), b->size);
	EXPECT_EQ(lseek(fd, 0, SEEK_SET), 0);
	EXPECT_EQ(read(fd, back, b->size), b->size);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), b->size);
	EXPECT_BYTES(back, data, b->size);
}

TEST_EACH(rw, read_at_and_past_the_end_is_0, named_buffers)
{
	int fd = open_buffer(b, O_RDONLY);
	unsigned char bytes[2] = { 0xa5, 0xa5 };

	EXPECT_EQ(lseek(fd, 0, SEEK_END), b->size);
	EXPECT_EQ(read(fd, bytes, 1), 0);
	EXPECT_EQ(pread(fd, bytes, 1, b->size), 0);
	EXPECT_EQ(pread(fd, bytes, 2, b->size + 1), 0);
	EXPECT_EQ(pread(fd, bytes, 1, 0x100000000LL), 0);
	EXPECT_EQ(pread(fd, bytes, 1, LLONG_MAX - 1), 0);
	EXPECT_EQ(bytes[0], 0xa5);
	EXPECT_EQ(bytes[1], 0xa5);
}

TEST_EACH(rw, write_at_and_past_the_end_is_enospc, named_buffers)
{
	int fd = open_buffer(b, O_RDWR);

	EXPECT_EQ(lseek(fd, 0, SEEK_END), b->size);
	EXPECT_ERRNO(write(fd, "x", 1), ENOSPC);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), b->size);
	EXPECT_ERRNO(pwrite(fd, "x", 1, b->size), ENOSPC);
	EXPECT_ERRNO(pwrite(fd, "x", 1, b->size + 1), ENOSPC);
	EXPECT_ERRNO(pwrite(fd, "x", 1, 0x100000000LL), ENOSPC);
	EXPECT_ERRNO(pwrite(fd, "x", 1, LLONG_MAX - 1), ENOSPC);
}

TEST_EACH(rw, call_that_crosses_the_end_is_short, named_buffers)
{
	unsigned char data[100], back[100];
	int fd = open_buffer(b, O_RDWR);

	fill_pattern(data, 0, sizeof(data), 2);
	memset(back, 0xa5, sizeof(back));
	EXPECT_EQ(pwrite(fd, data, 100, b->size - 60), 60);
	EXPECT_EQ(pread(fd, back, 100, b->size - 60), 60);
	EXPECT_BYTES(back, data, 60);
	EXPECT_EQ(back[60], 0xa5);
	EXPECT_EQ(back[99], 0xa5);

	/* The very last byte, and one byte more. */
	EXPECT_EQ(pwrite(fd, data, 1, b->size - 1), 1);
	EXPECT_EQ(pwrite(fd, data, 2, b->size - 1), 1);
	EXPECT_EQ(pread(fd, back, 2, b->size - 1), 1);
	EXPECT_EQ(back[0], data[0]);
}

TEST_EACH(rw, zero_length_is_0_everywhere, named_buffers)
{
	const off_t offsets[] = { 0, 1, PAGE, b->size - 1, b->size, b->size + 1 };
	int fd = open_buffer(b, O_RDWR);

	for (size_t i = 0; i < 6; i++) {
		EXPECT_EQ(pread(fd, NULL, 0, offsets[i]), 0);
		EXPECT_EQ(pwrite(fd, NULL, 0, offsets[i]), 0);
	}
}

TEST(rw, negative_offset_is_einval)
{
	int fd = open_buffer(&plain, O_RDWR);
	char byte;

	EXPECT_ERRNO(pread(fd, &byte, 1, -1), EINVAL);
	EXPECT_ERRNO(pwrite(fd, "x", 1, -1), EINVAL);
	EXPECT_ERRNO(pread(fd, &byte, 1, LLONG_MIN), EINVAL);
	EXPECT_ERRNO(pwrite(fd, "x", 1, LLONG_MIN), EINVAL);
}

/* A program without CAP_SYS_RAWIO or with: what the mode forbids is forbidden. */
TEST_EACH(rw, call_against_the_open_mode_is_ebadf, named_buffers)
{
	int rdonly = open_buffer(b, O_RDONLY);
	int wronly = open_buffer(b, O_WRONLY);
	char byte;

	EXPECT_ERRNO(write(rdonly, "x", 1), EBADF);
	EXPECT_ERRNO(pwrite(rdonly, "x", 1, 0), EBADF);
	EXPECT_ERRNO(read(wronly, &byte, 1), EBADF);
	EXPECT_ERRNO(pread(wronly, &byte, 1, 0), EBADF);
	EXPECT_EQ(write(wronly, "x", 1), 1);
}

TEST_EACH(rw, lseek_stays_inside_the_buffer, named_buffers)
{
	int fd = open_buffer(b, O_RDWR);

	EXPECT_EQ(lseek(fd, 0, SEEK_END), b->size);
	EXPECT_EQ(lseek(fd, -1, SEEK_END), b->size - 1);
	EXPECT_EQ(lseek(fd, 1, SEEK_CUR), b->size);
	EXPECT_EQ(lseek(fd, b->size, SEEK_SET), b->size);

	/* A refused call leaves the position. */
	EXPECT_ERRNO(lseek(fd, 1, SEEK_CUR), EINVAL);
	EXPECT_ERRNO(lseek(fd, 1, SEEK_END), EINVAL);
	EXPECT_ERRNO(lseek(fd, b->size + 1, SEEK_SET), EINVAL);
	EXPECT_ERRNO(lseek(fd, -1, SEEK_SET), EINVAL);
	EXPECT_ERRNO(lseek(fd, -(off_t)b->size - 1, SEEK_END), EINVAL);
	EXPECT_ERRNO(lseek(fd, LLONG_MAX, SEEK_SET), EINVAL);
	EXPECT_ERRNO(lseek(fd, LLONG_MIN, SEEK_CUR), EINVAL);
	EXPECT_ERRNO(lseek(fd, LLONG_MAX, SEEK_CUR), EINVAL);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), b->size);
	EXPECT_EQ(lseek(fd, 0, SEEK_SET), 0);
}

TEST(rw, lseek_knows_no_other_origin)
{
	int fd = open_buffer(&plain, O_RDWR);

	EXPECT_ERRNO(lseek(fd, 0, 99), EINVAL);
	EXPECT_ERRNO(lseek(fd, 0, -1), EINVAL);
}

TEST_EACH(rw, unaligned_calls_across_pages_match_the_mapping, large_buffers)
{
	static const size_t starts[] = { 0, 1, 3, 4000, 4093, 4095, 4096, 4097, 12287 };
	static const size_t lengths[] = { 1, 2, 7, 96, 4095, 4096, 4097, 8191, 12289 };
	unsigned char *data = new_pattern(0, 1 << 16, 3);
	unsigned char *back = new_bytes(1 << 16, 0);
	int fd = open_buffer(b, O_RDWR);
	unsigned char *map = map_buffer(b, fd);
	unsigned char *wanted = new_bytes(1 << 16, 0);

	memset(map, 0, 1 << 16);
	for (size_t i = 0; i < 9; i++) {
		for (size_t j = 0; j < 9; j++) {
			size_t at = starts[i], len = lengths[j];

			memcpy(wanted + at, data + i + j, len);
			ASSERT_EQ(pwrite(fd, data + i + j, len, at), len);
			ASSERT_EQ(pread(fd, back, len, at), len);
			EXPECT_BYTES(back, wanted + at, len);
		}
	}
	EXPECT_BYTES(map, wanted, 1 << 16);
}

TEST_EACH(rw, vectors_are_gathered_and_scattered, large_buffers)
{
	unsigned char *data = new_pattern(0, 3 * PAGE, 4);
	unsigned char *back = new_bytes(3 * PAGE, 0);
	struct iovec out[] = {
		{ data, 1 }, { NULL, 0 }, { data + 1, PAGE }, { data + 1 + PAGE, 5000 }
	};
	struct iovec in[] = {
		{ back, 5000 }, { back + 5000, 1 }, { NULL, 0 }, { back + 5001, PAGE }
	};
	int fd = open_buffer(b, O_RDWR);

	EXPECT_EQ(pwritev(fd, out, 4, 77), 5001 + PAGE);
	EXPECT_EQ(preadv(fd, in, 4, 77), 5001 + PAGE);
	EXPECT_BYTES(back, data, 5001 + PAGE);

	memset(back, 0, 3 * PAGE);
	EXPECT_EQ(lseek(fd, 4095, SEEK_SET), 4095);
	EXPECT_EQ(writev(fd, out, 4), 5001 + PAGE);
	EXPECT_EQ(lseek(fd, 4095, SEEK_SET), 4095);
	EXPECT_EQ(readv(fd, in, 4), 5001 + PAGE);
	EXPECT_BYTES(back, data, 5001 + PAGE);

	/* Across the end. */
	EXPECT_EQ(pwritev(fd, out, 4, b->size - 10), 10);
	EXPECT_EQ(preadv(fd, in, 4, b->size - 10), 10);
	EXPECT_BYTES(back, data, 10);
	EXPECT_ERRNO(pwritev(fd, out, 4, b->size), ENOSPC);
}

/* Two pages of which the second is not there. */
static unsigned char *half_bad(void)
{
	unsigned char *map = ASSERT_MAP(mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
					     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	ASSERT_OK(munmap(map + PAGE, PAGE));
	return map;
}

/* The compiler would warn of what these tests are about. */
static void *volatile nowhere;
static volatile size_t huge = 0x7ffff000, most = SSIZE_MAX;

TEST_EACH(rw, bad_pointer_is_efault, named_buffers)
{
	unsigned char *bad = half_bad() + PAGE;
	int fd = open_buffer(b, O_RDWR);

	EXPECT_ERRNO(pread(fd, bad, 1, 0), EFAULT);
	EXPECT_ERRNO(pread(fd, bad, PAGE, 0), EFAULT);
	EXPECT_ERRNO(pread(fd, nowhere, 1, 0), EFAULT);
	EXPECT_ERRNO(pread(fd, (void *)-1L, 1, 0), EFAULT);
	EXPECT_ERRNO(pwrite(fd, bad, 1, 0), EFAULT);
	EXPECT_ERRNO(pwrite(fd, bad, PAGE, 0), EFAULT);
	EXPECT_ERRNO(pwrite(fd, nowhere, 1, 0), EFAULT);
	EXPECT_ERRNO(pwrite(fd, (void *)-1L, 1, 0), EFAULT);
	EXPECT_ERRNO(pread(fd, (void *)"constant", 1, 0), EFAULT);

	/* The position stays where it was. */
	EXPECT_ERRNO(read(fd, bad, 1), EFAULT);
	EXPECT_ERRNO(write(fd, bad, 1), EFAULT);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 0);
}

/*
 * Up to where the pointer turns bad, less the block that the copy of some
 * architecture gives up when it faults (arm: 32 bytes); never more.
 */
#define EXPECT_SHORT(ret, limit)			\
	do {						\
		EXPECT_GT((ret) + 32, limit);		\
		EXPECT_LE(ret, limit);			\
	} while (0)

TEST_EACH(rw, pointer_that_turns_bad_gives_a_short_count, large_buffers)
{
	unsigned char *half = half_bad();
	int fd = open_buffer(b, O_RDWR);
	unsigned char *map = map_buffer(b, fd);
	unsigned char *zeros = new_bytes(3 * PAGE, 0);
	ssize_t done;

	fill_pattern(map, 0, 4 * PAGE, 5);
	done = pread(fd, half + PAGE - 100, 200, 7);
	EXPECT_SHORT(done, 100);
	EXPECT_BYTES(half + PAGE - 100, map + 7, done);
	done = pread(fd, half, 2 * PAGE, 7);
	EXPECT_SHORT(done, (ssize_t)PAGE);
	EXPECT_BYTES(half, map + 7, done);

	memset(map, 0, 4 * PAGE);
	done = pwrite(fd, half + PAGE - 100, 200, 7);
	EXPECT_SHORT(done, 100);
	EXPECT_BYTES(map + 7, half + PAGE - 100, done);
	EXPECT_BYTES(map + 7 + done, zeros, PAGE);
	done = pwrite(fd, half, 2 * PAGE, 7);
	EXPECT_SHORT(done, (ssize_t)PAGE);
	EXPECT_BYTES(map + 7, half, done);
	EXPECT_BYTES(map + 7 + done, zeros, PAGE);
}

/* Low in the address space, so that a huge length does not leave it. */
static unsigned char low[(4 << 20) + 4096];

TEST_EACH(rw, huge_length_is_cut_to_the_buffer, named_buffers)
{
	int fd = open_buffer(b, O_RDWR);
	ssize_t len;

	fill_pattern(map_buffer(b, fd), 0, b->size, 6);
	memset(low, 0xa5, sizeof(low));
	EXPECT_EQ(pread(fd, low, huge, 0), b->size);
	EXPECT_BYTES(low, new_pattern(0, b->size, 6), b->size);
	EXPECT_EQ(low[b->size], 0xa5);
	EXPECT_EQ(pwrite(fd, low, huge, 0), b->size);

	/* More than a pointer reaches: the kernel says so, or cuts it as well. */
	len = pread(fd, low, most, 0);
	EXPECT_TRUE(len == (ssize_t)b->size || (len == -1 && errno == EFAULT));
	EXPECT_EQ(low[b->size], 0xa5);
}

/* A lock held over the copy would wait for itself here. */
TEST_EACH(rw, buffer_reads_and_writes_its_own_mapping, large_buffers)
{
	int fd = open_buffer(b, O_RDWR);
	unsigned char *map = map_buffer(b, fd);
	unsigned char *wanted = new_pattern(0, 3 * PAGE, 7);

	fill_pattern(map, 0, b->size, 7);
	EXPECT_EQ(pread(fd, map + 4 * PAGE, 3 * PAGE, 0), 3 * PAGE);
	EXPECT_BYTES(map + 4 * PAGE, wanted, 3 * PAGE);
	EXPECT_EQ(pwrite(fd, map, 3 * PAGE, 8 * PAGE + 5), 3 * PAGE);
	EXPECT_BYTES(map + 8 * PAGE + 5, wanted, 3 * PAGE);

	/* Onto itself, where each page is its own copy. */
	EXPECT_EQ(pread(fd, map, 3 * PAGE, 0), 3 * PAGE);
	EXPECT_EQ(pwrite(fd, map, 3 * PAGE, 0), 3 * PAGE);
	EXPECT_BYTES(map, wanted, 3 * PAGE);
}

TEST(rw, buffer_is_copied_to_another_without_a_detour)
{
	int fd = open_buffer(&plain, O_RDWR);
	unsigned char *map = map_buffer(&snooped, open_buffer(&snooped, O_RDWR));

	fill_pattern(map, 0, snooped.size, 8);
	EXPECT_EQ(pwrite(fd, map, snooped.size, 0), snooped.size);
	EXPECT_BYTES(map_buffer(&plain, fd), new_pattern(0, plain.size, 8), plain.size);
}

/* One page a call, all of one letter: no call tears another's page. */
static void *write_letters(void *letter)
{
	unsigned char *page = new_bytes(PAGE, *(unsigned char *)letter);
	int fd = open_buffer(&plain, O_RDWR);

	for (int i = 0; i < 500; i++)
		EXPECT_EQ(pwrite(fd, page, PAGE, (i % 4) * PAGE), PAGE);
	return NULL;
}

/* Four processors that an emulator has to share: slow. */
TEST_LIMIT(rw, concurrent_page_writes_do_not_tear, 120)
{
	static unsigned char letters[] = "abcd";
	int fd = open_buffer(&plain, O_RDWR);
	unsigned char *page = new_bytes(PAGE, 0);
	pthread_t threads[4];

	memset(map_buffer(&plain, fd), 'z', 4 * PAGE);
	for (int i = 0; i < 4; i++)
		ASSERT_EQ(pthread_create(&threads[i], NULL, write_letters, &letters[i]), 0);
	for (int i = 0; i < 500; i++) {
		ASSERT_EQ(pread(fd, page, PAGE, (i % 4) * PAGE), PAGE);
		EXPECT_BYTES(page, new_bytes(PAGE, page[0]), PAGE);
	}
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
}
