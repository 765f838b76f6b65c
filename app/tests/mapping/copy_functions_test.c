// SPDX-License-Identifier: GPL-2.0-only
/*
 * The copies of app/lib/cohbuf.h, out of mappings and into them: each byte, and none beside.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "lib/buffer.h"
#include "tests/harness/buffers.h"

/* More than two of what is loaded at once, and all that is in front of it and behind. */
#define MOST	70

/* A byte that a copy must not touch. */
#define BESIDE	0xee

static struct cohbuf_buffer *opened(int fd)
{
	struct cohbuf_buffer *buffer = cohbuf_open_fd(fd);

	ASSERT_TRUE(buffer);
	return buffer;
}

TEST_EACH(copy_functions, from_a_buffer_give_its_bytes, named_buffers)
{
	int fd = open_buffer(b, O_RDWR);
	struct cohbuf_buffer *buffer = opened(fd);
	unsigned char *map = map_buffer(b, fd), to[MOST + 2 * 16];

	fill_pattern(map, 0, PAGE, 1);
	for (size_t at = 0; at < 17; at++) {
		for (size_t length = 0; length <= MOST; length++) {
			/* Where it goes to need not be aligned alike. */
			size_t lead = 1 + (at + length) % 16;

			memset(to, BESIDE, sizeof(to));
			ASSERT_OK(cohbuf_copy_from(buffer, to + lead, map + at, length));
			ASSERT_TRUE(!memcmp(to + lead, map + at, length));
			ASSERT_EQ(to[lead - 1], BESIDE);
			ASSERT_EQ(to[lead + length], BESIDE);
		}
	}
}

TEST_EACH(copy_functions, to_a_buffer_write_its_bytes, named_buffers)
{
	int fd = open_buffer(b, O_RDWR);
	struct cohbuf_buffer *buffer = opened(fd);
	unsigned char *map = map_buffer(b, fd), *from = new_pattern(0, PAGE, 2);

	for (size_t at = 1; at < 18; at++) {
		for (size_t length = 0; length <= MOST; length++) {
			size_t lead = (at + length) % 16;

			memset(map, BESIDE, MOST + 32);
			ASSERT_OK(cohbuf_copy_to(buffer, map + at, from + lead, length));
			ASSERT_TRUE(!memcmp(map + at, from + lead, length));
			ASSERT_EQ(map[at - 1], BESIDE);
			ASSERT_EQ(map[at + length], BESIDE);
		}
	}
}

TEST_EACH(copy_functions, move_a_whole_buffer, named_buffers)
{
	unsigned char *data = new_pattern(0, b->size, 3), *back = new_bytes(b->size, 0);
	int fd = open_buffer(b, O_RDWR);
	struct cohbuf_buffer *buffer = opened(fd);
	unsigned char *map = map_buffer(b, fd);

	ASSERT_OK(cohbuf_copy_to(buffer, map, data, b->size));
	ASSERT_OK(cohbuf_copy_from(buffer, back, map, b->size));
	EXPECT_BYTES(back, data, b->size);
}

/* Ordinary memory does as registers: what is asked for is what is touched. */
TEST(copy_functions, of_registers_are_accesses_of_their_width)
{
	unsigned char *map = map_buffer(&plain, open_buffer(&plain, O_RDWR));
	unsigned char *from = new_pattern(0, 64, 4), back[64];

	for (size_t width = 1; width <= sizeof(long); width *= 2) {
		memset(map, BESIDE, 128);
		EXPECT_OK(cohbuf_copy_to_registers(map + 8, from, 3, width));
		EXPECT_BYTES(map + 8, from, 3 * width);
		EXPECT_EQ(map[7], BESIDE);
		EXPECT_EQ(map[8 + 3 * width], BESIDE);

		memset(back, BESIDE, sizeof(back));
		EXPECT_OK(cohbuf_copy_from_registers(back + 1, map + 8, 3, width));
		EXPECT_BYTES(back + 1, from, 3 * width);
		EXPECT_EQ(back[0], BESIDE);
		EXPECT_EQ(back[1 + 3 * width], BESIDE);
	}
}

TEST(copy_functions, of_registers_refuse_what_is_no_access)
{
	const size_t widths[] = { 0, 3, 5, 6, 7, 9, 16, 2 * sizeof(long) };
	unsigned char *map = map_buffer(&plain, open_buffer(&plain, O_RDWR)), bytes[64];

	memset(map, BESIDE, 64);
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		EXPECT_ERRNO(cohbuf_copy_from_registers(bytes, map, 1, widths[i]), EINVAL);
		EXPECT_ERRNO(cohbuf_copy_to_registers(map, bytes, 1, widths[i]), EINVAL);
	}
	EXPECT_ERRNO(cohbuf_copy_from_registers(bytes, map + 1, 1, 2), EINVAL);
	EXPECT_ERRNO(cohbuf_copy_to_registers(map + 2, bytes, 1, 4), EINVAL);
	EXPECT_EQ(map[0], BESIDE);
	EXPECT_EQ(map[2], BESIDE);
}

TEST(copy_functions, of_bytes_refuse_registers)
{
	const struct cohbuf_buffer *buffer = opened(open_buffer(&registers, O_RDWR));
	unsigned char from[16] = { 1 }, to[16] = { 2 };

	EXPECT_ERRNO(cohbuf_copy_from(buffer, to, from, 16), EINVAL);
	EXPECT_ERRNO(cohbuf_copy_to(buffer, to, from, 16), EINVAL);
	EXPECT_EQ(to[0], 2);
}

/*
 * What they do to a device, which the emulator counts: boards/harness/tests/boot/registers_test
 * runs this, with the registers of an emulated clock in place of uncached memory.
 */
TEST(copy_functions, out_of_registers_for_who_counts)
{
	/* A lie: copies are by the kind, and do not look at the file. */
	const struct cohbuf_buffer uncached = { .info.memory = COHBUF_MEMORY_COHERENT };
	unsigned char *map, to[PAGE];

	if (!getenv("COHBUF_COUNTED"))
		SKIP("nobody counts: boards/harness/tests/boot/registers_test does");
	map = ASSERT_MAP(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, open_buffer(&registers, O_RDONLY),
			      0));
	ASSERT_OK(cohbuf_copy_from(&uncached, to, map + 0xfd1, 0x2d));
	ASSERT_OK(cohbuf_copy_from_registers(to, map + 0xfc0, 2, 4));
}
