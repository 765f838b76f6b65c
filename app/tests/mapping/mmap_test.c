// SPDX-License-Identifier: GPL-2.0-only
/*
 * mmap(2): which part of which buffer is seen, and what is out of range. Access
 * rights are in mmap_access_test.c, what becomes of a mapping in mmap_vma_test.c.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/harness/buffers.h"

#define RW	(PROT_READ | PROT_WRITE)

TEST_EACH(mmap, whole_buffer_shows_what_write_wrote, named_buffers)
{
	unsigned char *data = new_pattern(0, b->size, 1);
	int fd = open_buffer(b, O_RDWR);
	unsigned char *map;

	/* write(2) fills the buffer through the kernel's own mapping ... */
	ASSERT_EQ(pwrite(fd, data, b->size, 0), b->size);

	/* ... and a mapping of the program shows the same bytes. */
	map = ASSERT_MAP(mmap(NULL, b->size, RW, MAP_SHARED, fd, 0));
	EXPECT_BYTES(map, data, b->size);
}

TEST_EACH(mmap, read_shows_what_the_mapping_wrote, named_buffers)
{
	unsigned char *data = new_bytes(b->size, 0);
	int fd = open_buffer(b, O_RDWR);
	unsigned char *map = ASSERT_MAP(mmap(NULL, b->size, RW, MAP_SHARED, fd, 0));

	/* The other way round: the program stores, and read(2) fetches it. */
	fill_pattern(map, 0, b->size, 2);
	ASSERT_EQ(pread(fd, data, b->size, 0), b->size);
	EXPECT_BYTES(data, map, b->size);
}

TEST_EACH(mmap, each_page_is_at_its_offset, named_buffers)
{
	unsigned char *data = new_pattern(0, b->size, 3);
	int fd = open_buffer(b, O_RDWR);

	/* Each byte of the pattern tells its offset, so a page in the wrong place shows. */
	ASSERT_EQ(pwrite(fd, data, b->size, 0), b->size);
	for (size_t at = 0; at < b->size; at += PAGE) {
		void *map = ASSERT_MAP(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, at));

		EXPECT_BYTES(map, data + at, PAGE);
		munmap(map, PAGE);
	}
}

/* From each of the first, middle and last pages to the end. */
TEST_EACH(mmap, rest_of_the_buffer_maps_from_any_page, large_buffers)
{
	const size_t starts[] = { PAGE, b->size / 2, b->size - 2 * PAGE, b->size - PAGE };
	unsigned char *data = new_pattern(0, b->size, 4);
	int fd = open_buffer(b, O_RDWR);

	ASSERT_EQ(pwrite(fd, data, b->size, 0), b->size);
	for (size_t i = 0; i < 4; i++) {
		size_t at = starts[i];

		EXPECT_BYTES(ASSERT_MAP(mmap(NULL, b->size - at, PROT_READ, MAP_SHARED,
					     fd, at)),
			     data + at, b->size - at);
	}
}

TEST_EACH(mmap, two_mappings_show_the_same_memory, named_buffers)
{
	volatile unsigned char *first = map_buffer(b, open_buffer(b, O_RDWR));
	volatile unsigned char *second = map_buffer(b, open_buffer(b, O_RDWR));

	/* Each stores into one end of every page, and the other sees it. */
	for (size_t at = 0; at < b->size; at += PAGE) {
		first[at] = pattern(at, 5);
		second[at + PAGE - 1] = pattern(at, 6);
	}
	for (size_t at = 0; at < b->size; at += PAGE) {
		EXPECT_EQ(second[at], pattern(at, 5));
		EXPECT_EQ(first[at + PAGE - 1], pattern(at, 6));
	}
}

TEST(mmap, no_two_buffers_share_memory)
{
	size_t i;

	for (i = 0; named_buffers[i]; i++)
		fill_pattern(map_buffer(named_buffers[i],
					open_buffer(named_buffers[i], O_RDWR)),
			     0, named_buffers[i]->size, i);

	for (i = 0; named_buffers[i]; i++) {
		const struct test_buffer *b = named_buffers[i];

		EXPECT_BYTES(map_buffer(b, open_buffer(b, O_RDWR)),
			     new_pattern(0, b->size, i), b->size);
	}
}

/* Freed memory of the kernel must not be seen: 0x6b and 0xaa are its poison. */
TEST_EACH(mmap, new_buffer_is_zero_outside_its_initial_data, named_buffers)
{
	unsigned char *wanted = new_bytes(b->size, 0);

	renew_buffer(b);
	if (b->initial_data)
		strcpy((char *)wanted, b->initial_data);
	EXPECT_BYTES(map_buffer(b, open_buffer(b, O_RDWR)), wanted, b->size);
}

static void *try(int fd, size_t length, off_t offset)
{
	return mmap(NULL, length, RW, MAP_SHARED, fd, offset);
}

TEST_EACH(mmap, one_page_past_the_end_is_enxio, named_buffers)
{
	int fd = open_buffer(b, O_RDWR);

	ASSERT_MAP(try(fd, PAGE, b->size - PAGE));
	EXPECT_MAP_ERRNO(try(fd, PAGE, b->size), ENXIO);
	EXPECT_MAP_ERRNO(try(fd, PAGE, b->size + PAGE), ENXIO);
}

TEST_EACH(mmap, length_past_the_end_is_enxio, named_buffers)
{
	int fd = open_buffer(b, O_RDWR);

	EXPECT_MAP_ERRNO(try(fd, b->size + 1, 0), ENXIO);
	EXPECT_MAP_ERRNO(try(fd, b->size + PAGE, 0), ENXIO);
	EXPECT_MAP_ERRNO(try(fd, 2 * PAGE, b->size - PAGE), ENXIO);
	EXPECT_MAP_ERRNO(try(fd, PAGE + 1, b->size - PAGE), ENXIO);
}

TEST_EACH(mmap, length_past_the_end_from_the_second_page_is_enxio, large_buffers)
{
	int fd = open_buffer(b, O_RDWR);

	ASSERT_MAP(try(fd, b->size - PAGE, PAGE));
	EXPECT_MAP_ERRNO(try(fd, b->size, PAGE), ENXIO);
}

TEST_EACH(mmap, failed_mapping_leaves_nothing_at_its_address, named_buffers)
{
	int fd = open_buffer(b, O_RDWR);
	unsigned char *map = ASSERT_MAP(mmap(NULL, b->size + PAGE, PROT_NONE,
					     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	unsigned char byte;

	EXPECT_MAP_ERRNO(mmap(map, b->size + PAGE, RW, MAP_SHARED | MAP_FIXED, fd, 0),
			 ENXIO);
	EXPECT_SIGNAL(touch_read(map, &byte), SIGSEGV);
	EXPECT_EQ(mappings_of(b), 0);
}

/* Offsets that a careless addition or a cut to 32 bits brings back into range. */
TEST_EACH(mmap, huge_offset_never_maps, named_buffers)
{
	const uint64_t offsets[] = {
		0x7fffffffULL & -PAGE, 0x80000000ULL, 0xffffffffULL & -PAGE,
		0x100000000ULL, 0x100000000ULL + PAGE, 0x10000000000ULL,
		0x7ffffffff000ULL, 0x800000000000ULL, 0x7ffffffffffff000ULL,
		0x8000000000000000ULL, 0xfffffffffffff000ULL
	};
	int fd = open_buffer(b, O_RDWR);

	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		EXPECT_MAP_ERRNO_IN(try(fd, PAGE, offsets[i]), ENXIO, EOVERFLOW, EINVAL);
		EXPECT_MAP_ERRNO_IN(try(fd, 2 * PAGE, offsets[i]), ENXIO, EOVERFLOW,
				    EINVAL);
	}
}

#ifdef SYS_mmap2
/*
 * The system call counts in 4 KiB: here it can ask for more than an off_t can. Where
 * that is less than a page it takes what is a whole one.
 */
TEST_EACH(mmap, huge_page_number_never_maps, named_buffers)
{
	static const unsigned long units[] = {
		0x7ffff, 0x80000, 0xfffff, 0x100000, 0x100001, 0x7fffffff, 0x80000000,
		0xfff00000, 0xffffffff
	};
	int fd = open_buffer(b, O_RDWR);

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		EXPECT_ERRNO_IN(syscall(SYS_mmap2, NULL, PAGE, RW, MAP_SHARED, fd,
					units[i] & -(PAGE / 4096)),
				ENXIO, EOVERFLOW);
}
#endif

TEST_EACH(mmap, zero_length_is_einval, named_buffers)
{
	int fd = open_buffer(b, O_RDWR);

	EXPECT_MAP_ERRNO(try(fd, 0, 0), EINVAL);
	EXPECT_MAP_ERRNO(try(fd, 0, PAGE), EINVAL);
	EXPECT_MAP_ERRNO(try(fd, 0, b->size), EINVAL);
}

TEST_EACH(mmap, huge_length_never_maps, named_buffers)
{
	int fd = open_buffer(b, O_RDWR);

	EXPECT_MAP_ERRNO_IN(try(fd, 0x40000000, 0), ENXIO);
	EXPECT_MAP_ERRNO_IN(try(fd, SIZE_MAX, 0), ENOMEM);
	EXPECT_MAP_ERRNO_IN(try(fd, SIZE_MAX - PAGE + 1, PAGE), ENOMEM, EOVERFLOW);
}

TEST_EACH(mmap, unaligned_offset_is_einval, named_buffers)
{
	int fd = open_buffer(b, O_RDWR);

	EXPECT_MAP_ERRNO(try(fd, PAGE, 1), EINVAL);
	EXPECT_MAP_ERRNO(try(fd, PAGE, PAGE - 1), EINVAL);
	EXPECT_MAP_ERRNO(try(fd, 1, b->size - 1), EINVAL);
}

TEST_EACH(mmap, length_is_rounded_up_to_pages, named_buffers)
{
	int fd = open_buffer(b, O_RDWR);
	unsigned char *map = ASSERT_MAP(try(fd, b->size - PAGE + 1, 0));

	EXPECT_SIGNAL(touch_write(map + b->size - 1, 0x77), 0);
	map = ASSERT_MAP(try(fd, 1, b->size - PAGE));
	EXPECT_EQ(map[PAGE - 1], 0x77);
}

/* Atomic instructions and unaligned accesses work as in any memory. */
TEST_EACH(mmap, unaligned_words_are_accessible, named_buffers)
{
	struct __attribute__((packed)) packed {
		uint64_t value;
	};
	struct packed *word;
	unsigned char *map = map_buffer(b, open_buffer(b, O_RDWR));

	for (size_t at = 0; at < 16; at++) {
		word = (struct packed *)(map + at);
		*(volatile struct packed *)word = (struct packed){ 0x0123456789abcdefULL + at };
		EXPECT_EQ(word->value, 0x0123456789abcdefULL + at);
	}
}

TEST_EACH(mmap, mapping_outlives_its_file, named_buffers)
{
	int fd = open_buffer(b, O_RDWR);
	unsigned char *map = map_buffer(b, fd);
	unsigned char byte = 0;

	close(fd);
	EXPECT_SIGNAL(touch_write(map, 0x33), 0);
	EXPECT_EQ(pread(open_buffer(b, O_RDONLY), &byte, 1, 0), 1);
	EXPECT_EQ(byte, 0x33);
}

TEST_EACH(mmap, many_mappings_leave_nothing_behind, named_buffers)
{
	int fd = open_buffer(b, O_RDWR);

	for (unsigned int i = 0; i < harness_rounds(1000); i++) {
		unsigned char *map = ASSERT_MAP(try(fd, PAGE, 0));

		map[0] = i;
		ASSERT_OK(munmap(map, PAGE));
	}
	EXPECT_EQ(mappings_of(b), 0);
	EXPECT_EQ(files_of(b), 1);
}
