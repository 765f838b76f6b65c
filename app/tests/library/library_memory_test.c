// SPDX-License-Identifier: GPL-2.0-only
/*
 * libcohbuf: the bytes of a buffer, by mappings and by calls, and for devices.
 */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "library.h"
#include "touch.h"

/* All that differ from their neighbours. */
static void fill(unsigned char *bytes, size_t size, unsigned int seed)
{
	for (size_t i = 0; i < size; i++)
		bytes[i] = i * 7 + i / 251 + seed;
}

TEST(library_memory, a_mapping_is_what_calls_see)
{
	struct cohbuf_buffer *buffer = opened("plain", O_RDWR);
	unsigned char *map = mapped(buffer, PROT_READ | PROT_WRITE), bytes[5000], seen[5000];

	fill(bytes, sizeof(bytes), 1);
	memcpy(map + 100, bytes, sizeof(bytes));
	ASSERT_OK(cohbuf_read(buffer, seen, 100, sizeof(seen)));
	EXPECT_BYTES(seen, bytes, sizeof(bytes));
	fill(bytes, sizeof(bytes), 2);
	ASSERT_OK(cohbuf_write(buffer, bytes, cohbuf_size(buffer) - sizeof(bytes), sizeof(bytes)));
	EXPECT_BYTES(map + cohbuf_size(buffer) - sizeof(bytes), bytes, sizeof(bytes));
	ASSERT_OK(cohbuf_unmap(map, cohbuf_size(buffer)));
	EXPECT_SIGNAL(touch_read(map, seen), SIGSEGV);
}

TEST(library_memory, a_mapping_outlives_the_close)
{
	struct cohbuf_buffer *buffer = opened("plain", O_RDWR);
	unsigned char *map = mapped(buffer, PROT_READ | PROT_WRITE);

	cohbuf_close(buffer);
	map[0] = 1;
	EXPECT_EQ(map[0], 1);
	EXPECT_OK(cohbuf_unmap(map, 1 << 20));
}

/* Of any alignment, with what is beside it as far as whole pages go. */
TEST(library_memory, ranges_begin_where_they_are_asked_to)
{
	struct cohbuf_buffer *buffer = opened("plain", O_RDWR);
	size_t page = sysconf(_SC_PAGESIZE), size = cohbuf_size(buffer);
	unsigned char *all = mapped(buffer, PROT_READ | PROT_WRITE), byte;
	const struct {
		uint64_t offset;
		size_t length;
	} ranges[] = {
		{ 0, 1 },
		{ 1, 1 },
		{ page - 1, 2 },
		{ page, page },
		{ 3 * page + 5, 2 * page },
		{ size - 1, 1 },
		{ size - page - 1, page + 1 },
		{ 0, size },
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		uint64_t last = ranges[i].offset + ranges[i].length - 1;
		unsigned char *map = cohbuf_map_range(buffer, ranges[i].offset, ranges[i].length,
						      PROT_READ | PROT_WRITE);

		ASSERT_TRUE(map);
		map[0] = i + 1;
		EXPECT_EQ(all[ranges[i].offset], i + 1);
		all[last] = i + 100;
		EXPECT_EQ(map[ranges[i].length - 1], i + 100);
		ASSERT_OK(cohbuf_unmap(map, ranges[i].length));
		EXPECT_SIGNAL(touch_read(map, &byte), SIGSEGV);
		EXPECT_SIGNAL(touch_read(map + ranges[i].length - 1, &byte), SIGSEGV);
	}
}

TEST(library_memory, nothing_is_outside)
{
	struct cohbuf_buffer *buffer = opened("plain", O_RDWR);
	uint64_t size = cohbuf_size(buffer);
	const struct {
		uint64_t offset;
		size_t length;
	} outside[] = {
		{ size, 1 },
		{ size - 1, 2 },
		{ 0, size + 1 },
		{ 1, size },
		{ UINT64_MAX, 2 },
		{ UINT64_MAX - 4095, 4096 },
		{ 1, SIZE_MAX - 8191 },
		{ 1ULL << 40, 1 },
	};
	struct cohbuf_copy copy = { .src = size - 1, .length = 2 };
	char bytes[2] = "";

	for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
		uint64_t offset = outside[i].offset;
		size_t length = outside[i].length;

		EXPECT_NULL(cohbuf_map_range(buffer, offset, length, PROT_READ), ENXIO,
			    "the range is outside the buffer");
		EXPECT_FAILS(cohbuf_read(buffer, bytes, offset, length), ENXIO, "cannot read");
		EXPECT_FAILS(cohbuf_write(buffer, bytes, offset, length), ENXIO, "cannot write");
		EXPECT_FAILS(cohbuf_sync_for_device(buffer, offset, length, COHBUF_SYNC_TO_DEVICE),
			     ENXIO, "handing over");
		EXPECT_FAILS(cohbuf_sync_for_cpu(buffer, offset, length, COHBUF_SYNC_FROM_DEVICE),
			     ENXIO, "handing over");
	}
	/* What would be left of a write that reaches outside is none of it. */
	ASSERT_OK(cohbuf_write(buffer, "a", size - 1, 1));
	EXPECT_FAILS(cohbuf_write(buffer, "bc", size - 1, 2), ENXIO, "cannot write 2 bytes");
	ASSERT_OK(cohbuf_read(buffer, bytes, size - 1, 1));
	EXPECT_EQ(bytes[0], 'a');
	if (cohbuf_info(buffer)->flags & COHBUF_INFO_ENGINE)
		EXPECT_FAILS(cohbuf_dma_copy(buffer, &copy), ENXIO, "outside");
}

TEST(library_memory, lengths_of_zero)
{
	struct cohbuf_buffer *buffer = opened("plain", O_RDWR);
	char byte;

	EXPECT_OK(cohbuf_read(buffer, &byte, 0, 0));
	EXPECT_OK(cohbuf_write(buffer, &byte, cohbuf_size(buffer), 0));
	EXPECT_NULL(cohbuf_map_range(buffer, 0, 0, PROT_READ), EINVAL, "at least 1 byte");
	EXPECT_NULL(cohbuf_map(buffer, PROT_READ | PROT_EXEC), EINVAL, "perhaps with PROT_WRITE");
	EXPECT_NULL(cohbuf_map(buffer, PROT_NONE), EINVAL, "give a length");
	EXPECT_FAILS(cohbuf_unmap(&byte, 0), EINVAL, "what cohbuf_map() returned");
	/* What a mapping that failed is, and an address that is in the same page. */
	EXPECT_FAILS(cohbuf_unmap(NULL, 4096), EINVAL, "what cohbuf_map() returned");
	EXPECT_FAILS(cohbuf_unmap((void *)5, 100), EINVAL, "what cohbuf_map() returned");
	EXPECT_FAILS(cohbuf_sync_for_cpu(buffer, 0, 0, COHBUF_SYNC_TO_DEVICE), EINVAL,
		     "at least 1 byte");
	EXPECT_FAILS(cohbuf_export(buffer, 0, 0, O_RDONLY), EINVAL, "page size");
}

TEST(library_memory, the_mode_of_the_open_holds)
{
	struct cohbuf_buffer *reader = opened("cached", O_RDONLY);
	struct cohbuf_buffer *writer = opened("cached", O_WRONLY);
	char byte = 0;

	EXPECT_TRUE(cohbuf_map(reader, PROT_READ));
	EXPECT_NULL(cohbuf_map(reader, PROT_READ | PROT_WRITE), EACCES, "open it with O_RDWR");
	EXPECT_NULL(cohbuf_map(writer, PROT_READ), EACCES, "open it with O_RDWR");
	EXPECT_FAILS(cohbuf_write(reader, &byte, 0, 1), EBADF, "open it with O_RDWR");
	EXPECT_FAILS(cohbuf_read(writer, &byte, 0, 1), EBADF, "open it with O_RDWR");
	EXPECT_OK(cohbuf_sync_for_device(reader, 0, 64, COHBUF_SYNC_TO_DEVICE));
	EXPECT_FAILS(cohbuf_sync_for_device(reader, 0, 64, COHBUF_SYNC_BIDIRECTIONAL), EBADF,
		     "open for writing");
	EXPECT_FAILS(cohbuf_sync_for_cpu(reader, 0, 64, COHBUF_SYNC_FROM_DEVICE), EBADF,
		     "open for writing");
	EXPECT_OK(cohbuf_sync_for_cpu(writer, 0, 64, COHBUF_SYNC_FROM_DEVICE));
}

TEST(library_memory, who_has_a_range_is_handed_it)
{
	struct cohbuf_buffer *buffer = opened("cached", O_RDWR);

	EXPECT_OK(cohbuf_sync_for_device(buffer, 64, 128, COHBUF_SYNC_TO_DEVICE));
	expect_called("sync cached 64 128 1 2 = 0");
	EXPECT_OK(cohbuf_sync_for_device(buffer, 0, 4096, COHBUF_SYNC_FROM_DEVICE));
	expect_called("sync cached 0 4096 2 2 = 0");
	EXPECT_OK(cohbuf_sync_for_cpu(buffer, 0, cohbuf_size(buffer), COHBUF_SYNC_BIDIRECTIONAL));
	expect_called("sync cached 0 1048576 0 1 = 0");
}

TEST(library_memory, after_an_unbind_a_touch_is_sigbus)
{
	unsigned char *map = mapped(opened("plain", O_RDWR), PROT_READ | PROT_WRITE), byte;

	ASSERT_SIGNAL(touch_read(map, &byte), 0);
	unbind("plain");
	EXPECT_SIGNAL(touch_read(map, &byte), SIGBUS);
	EXPECT_SIGNAL(touch_write(map + (1 << 20) - 1, 1), SIGBUS);
	EXPECT_OK(cohbuf_unmap(map, 1 << 20));
}

TEST(library_memory, copies_of_the_cpu_refuse_registers)
{
	struct cohbuf_buffer *buffer = opened("registers", O_RDWR);
	char from[16] = "from", to[16] = "to";

	EXPECT_FAILS(cohbuf_copy_from(buffer, to, from, 16), EINVAL,
		     "use cohbuf_copy_from_registers()");
	EXPECT_FAILS(cohbuf_copy_to(buffer, to, from, 16), EINVAL, "\"registers\" is registers");
	EXPECT_STREQ(to, "to");
	EXPECT_FAILS(cohbuf_copy_from_registers(to, from, 1, 3), EINVAL, "give a width of 1, 2, 4");
}

TEST(library_memory, copies_of_the_cpu_move_all_bytes)
{
	static const char *const names[] = { "plain", "cached" };
	unsigned char bytes[300], seen[300];

	for (int i = 0; i < 2; i++) {
		struct cohbuf_buffer *buffer = opened(names[i], O_RDWR);
		unsigned char *map = mapped(buffer, PROT_READ | PROT_WRITE);

		fill(bytes, sizeof(bytes), i);
		ASSERT_OK(cohbuf_copy_to(buffer, map + 3, bytes, sizeof(bytes)));
		ASSERT_OK(cohbuf_copy_from(buffer, seen, map + 3, sizeof(seen)));
		EXPECT_BYTES(seen, bytes, sizeof(bytes));
	}
}

/* What is mapped here is memory: an access of each width gives what is there. */
TEST(library_memory, copies_of_registers_are_of_each_width)
{
	unsigned char *map = mapped(opened("plain", O_RDWR), PROT_READ | PROT_WRITE);
	unsigned char bytes[64], seen[64];

	for (size_t width = 1; width <= sizeof(long); width *= 2) {
		fill(bytes, sizeof(bytes), width);
		memset(map, 0, 2 * sizeof(bytes));
		ASSERT_OK(cohbuf_copy_to_registers(map + width, bytes, 64 / width, width));
		EXPECT_BYTES(map + width, bytes, sizeof(bytes));
		EXPECT_EQ(map[width - 1], 0);
		EXPECT_EQ(map[width + sizeof(bytes)], 0);
		ASSERT_OK(cohbuf_copy_from_registers(seen, map + width, 64 / width, width));
		EXPECT_BYTES(seen, bytes, sizeof(seen));
	}
}

/* One access is one call: what is none is refused, and none is made of another width. */
TEST(library_memory, of_registers_a_call_is_one_access)
{
	struct cohbuf_buffer *buffer = opened("registers", O_RDWR);
	uint32_t value, eight[2];

	EXPECT_OK(cohbuf_read(buffer, &value, 0, 4));
	EXPECT_FAILS(cohbuf_read(buffer, &value, 0, 3), EINVAL, "each call is one access");
	EXPECT_FAILS(cohbuf_read(buffer, eight, 2, 4), EINVAL, "each call is one access");
	EXPECT_FAILS(cohbuf_write(buffer, eight, 4, 3), EINVAL, "each call is one access");
	EXPECT_FAILS(cohbuf_read(buffer, &value, cohbuf_size(buffer) - 2, 4), ENXIO, "outside");
}

static void expect_copied(struct cohbuf_buffer *buffer)
{
	unsigned char bytes[4096], seen[4096];
	struct cohbuf_copy copy = { .src = 4096, .dst = 65536, .length = sizeof(bytes) };

	fill(bytes, sizeof(bytes), 3);
	ASSERT_OK(cohbuf_write(buffer, bytes, copy.src, sizeof(bytes)));
	ASSERT_OK(cohbuf_dma_copy(buffer, &copy));
	EXPECT_TRUE(copy.engine[0]);
	EXPECT_GT(copy.duration_ns, 0);
	ASSERT_OK(cohbuf_read(buffer, seen, copy.dst, sizeof(seen)));
	EXPECT_BYTES(seen, bytes, sizeof(bytes));
}

TEST(library_memory, an_engine_copies)
{
	struct cohbuf_buffer *buffer = opened("engine", O_RDWR);
	struct cohbuf_copy overlaps = { .src = 0, .dst = 8, .length = 16 };
	struct cohbuf_copy stale = {
		.length = 4,
		.dst = 4096,
		.flags = 1,
		.duration_ns = 1,
		.transfers = 1,
		.engine = "stale",
	};

	if (!(cohbuf_info(buffer)->flags & COHBUF_INFO_ENGINE))
		SKIP("the node names no engine on this board");
	expect_copied(buffer);
	EXPECT_FAILS(cohbuf_dma_copy(buffer, &stale), EINVAL, "copying 4 bytes");
	EXPECT_TRUE(!stale.duration_ns && !stale.transfers && !stale.engine[0]);
	EXPECT_FAILS(cohbuf_dma_copy(buffer, &overlaps), EINVAL, "the two ranges overlap");
	EXPECT_FAILS(cohbuf_dma_copy(opened("engine", O_RDONLY), &overlaps), EBADF,
		     "open it with O_RDWR");
}

/* Whoever answers: it is printed. */
TEST(library_memory, the_name_of_an_engine_ends)
{
	struct cohbuf_copy copy = { .length = 4, .dst = 4096 }, lie = { .length = 4 };

	memset(lie.engine, 'A', sizeof(lie.engine));
	lie_next("copy", &lie, sizeof(lie));
	ASSERT_OK(cohbuf_dma_copy(opened("engine", O_RDWR), &copy));
	EXPECT_EQ(strnlen(copy.engine, sizeof(copy.engine)), sizeof(copy.engine) - 1);
}

TEST(library_memory, without_an_engine_says_what_is_missing)
{
	struct cohbuf_copy copy = { .dst = 4096, .length = 4 };

	EXPECT_FAILS(cohbuf_dma_copy(opened("plain", O_RDWR), &copy), EOPNOTSUPP,
		     "add dmas and dma-names");
	/* Wherever it is to go. */
	copy.dst = 1ULL << 40;
	EXPECT_FAILS(cohbuf_dma_copy(opened("vmalloc", O_RDWR), &copy), EOPNOTSUPP,
		     "no device sees it");
}

TEST(library_memory, dma_bufs_are_ranges)
{
	struct cohbuf_buffer *buffer = opened("cached", O_RDWR);
	size_t page = sysconf(_SC_PAGESIZE);
	unsigned char *map = mapped(buffer, PROT_READ | PROT_WRITE), *exported;
	int fd = cohbuf_export(buffer, page, 2 * page, O_RDWR);

	if (fd < 0 && errno == EOPNOTSUPP)
		SKIP("%s", cohbuf_error());
	ASSERT_OK(fd);
	EXPECT_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	/* The folder's are their buffer's file. */
	if (!is_fake())
		EXPECT_EQ(lseek(fd, 0, SEEK_END), 2 * page);
	exported = ASSERT_MAP(mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	exported[page + 1] = 7;
	EXPECT_EQ(map[2 * page + 1], 7);

	EXPECT_FAILS(cohbuf_export(buffer, 1, page, O_RDWR), EINVAL, "multiples of the page size");
	EXPECT_FAILS(cohbuf_export(buffer, 0, cohbuf_size(buffer) + page, O_RDWR), ENXIO, "outside");
	EXPECT_FAILS(cohbuf_export(opened("cached", O_RDONLY), 0, page, O_RDWR), EBADF,
		     "open it with O_RDWR");
	EXPECT_FAILS(cohbuf_export(opened("vmalloc", O_RDWR), 0, page, O_RDWR), EOPNOTSUPP,
		     "no device sees this kind of memory");
}
