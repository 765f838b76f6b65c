// SPDX-License-Identifier: GPL-2.0-only
/*
 * mmap(2): what becomes of a mapping by munmap, mremap, fork and another mmap.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/harness/buffers.h"

#define RW	(PROT_READ | PROT_WRITE)

/* A whole mapping, filled with pattern 1. */
static unsigned char *filled(const struct test_buffer *b)
{
	unsigned char *map = map_buffer(b, open_buffer(b, O_RDWR));

	fill_pattern(map, 0, b->size, 1);
	return map;
}

static void expect_pattern(const unsigned char *map, size_t at, size_t size)
{
	EXPECT_BYTES(map, new_pattern(at, size, 1), size);
}

static void expect_gone(const unsigned char *map)
{
	unsigned char byte;

	EXPECT_SIGNAL(touch_read(map, &byte), SIGSEGV);
}

static void *room_for(size_t size)
{
	return ASSERT_MAP(mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

TEST_EACH(mmap_vma, munmap_of_the_front_leaves_the_rest, large_buffers)
{
	unsigned char *map = filled(b);

	ASSERT_OK(munmap(map, 3 * PAGE));
	expect_gone(map + 3 * PAGE - 1);
	expect_pattern(map + 3 * PAGE, 3 * PAGE, b->size - 3 * PAGE);
	EXPECT_EQ(mappings_of(b), 1);
}

TEST_EACH(mmap_vma, munmap_of_the_middle_leaves_both_ends, large_buffers)
{
	unsigned char *map = filled(b);
	size_t half = b->size / 2;

	ASSERT_OK(munmap(map + half, 2 * PAGE));
	expect_pattern(map, 0, half);
	expect_gone(map + half);
	expect_gone(map + half + 2 * PAGE - 1);
	expect_pattern(map + half + 2 * PAGE, half + 2 * PAGE, half - 2 * PAGE);
	EXPECT_EQ(mappings_of(b), 2);
}

TEST_EACH(mmap_vma, munmap_of_the_end_leaves_the_front, large_buffers)
{
	unsigned char *map = filled(b);

	ASSERT_OK(munmap(map + b->size - PAGE, PAGE));
	expect_pattern(map, 0, b->size - PAGE);
	expect_gone(map + b->size - PAGE);
	EXPECT_EQ(mappings_of(b), 1);
}

TEST_EACH(mmap_vma, mprotect_of_the_middle_leaves_both_ends, large_buffers)
{
	unsigned char *map = filled(b);

	ASSERT_OK(mprotect(map + PAGE, PAGE, PROT_READ));
	EXPECT_EQ(mappings_of(b), 3);
	EXPECT_SIGNAL(touch_write(map + PAGE, 0), SIGSEGV);
	expect_pattern(map, 0, b->size);
	EXPECT_SIGNAL(touch_write(map + PAGE - 1, 0), 0);
	EXPECT_SIGNAL(touch_write(map + 2 * PAGE, 0), 0);
}

TEST_EACH(mmap_vma, mremap_does_not_grow_it, named_buffers)
{
	unsigned char *map = filled(b);

	EXPECT_MAP_ERRNO(mremap(map, b->size, b->size + PAGE, 0), EFAULT);
	EXPECT_MAP_ERRNO(mremap(map, b->size, b->size + PAGE, MREMAP_MAYMOVE), EFAULT);
	EXPECT_MAP_ERRNO(mremap(map, b->size, 2 * b->size, MREMAP_MAYMOVE | MREMAP_FIXED,
				room_for(2 * b->size)),
			 EFAULT);
	expect_pattern(map, 0, b->size);
	EXPECT_EQ(mappings_of(b), 1);
}

/* Not even to where the buffer does have pages. */
TEST_EACH(mmap_vma, mremap_does_not_grow_a_part_of_it, large_buffers)
{
	unsigned char *map = ASSERT_MAP(mmap(NULL, PAGE, RW, MAP_SHARED,
					     open_buffer(b, O_RDWR), PAGE));

	EXPECT_MAP_ERRNO(mremap(map, PAGE, 2 * PAGE, MREMAP_MAYMOVE), EFAULT);
	EXPECT_EQ(mappings_of(b), 1);
}

TEST_EACH(mmap_vma, mremap_does_not_duplicate_it, named_buffers)
{
	unsigned char *map = filled(b);

	EXPECT_MAP_ERRNO(mremap(map, 0, b->size, MREMAP_MAYMOVE), EFAULT);
	EXPECT_MAP_ERRNO(mremap(map, 0, PAGE, MREMAP_MAYMOVE), EFAULT);
	EXPECT_MAP_ERRNO(mremap(map, b->size, b->size, MREMAP_MAYMOVE | MREMAP_DONTUNMAP,
				NULL),
			 EINVAL);
	EXPECT_EQ(mappings_of(b), 1);
}

TEST_EACH(mmap_vma, mremap_moves_it, named_buffers)
{
	unsigned char *map = filled(b);
	unsigned char *moved = ASSERT_MAP(mremap(map, b->size, b->size,
						 MREMAP_MAYMOVE | MREMAP_FIXED,
						 room_for(b->size)));

	EXPECT_NE((uintptr_t)moved, (uintptr_t)map);
	/* First: memory for a pattern may get the place that has become free. */
	expect_gone(map);
	expect_pattern(moved, 0, b->size);
	EXPECT_EQ(mappings_of(b), 1);
	EXPECT_SIGNAL(touch_write(moved + b->size - 1, 0x42), 0);
}

TEST_EACH(mmap_vma, mremap_moves_a_page_out_of_it, large_buffers)
{
	unsigned char *map = filled(b);
	unsigned char *moved = ASSERT_MAP(mremap(map + PAGE, PAGE, PAGE,
						 MREMAP_MAYMOVE | MREMAP_FIXED,
						 room_for(PAGE)));

	expect_pattern(moved, PAGE, PAGE);
	expect_pattern(map, 0, PAGE);
	expect_gone(map + PAGE);
	expect_pattern(map + 2 * PAGE, 2 * PAGE, b->size - 2 * PAGE);
	EXPECT_EQ(mappings_of(b), 3);
}

TEST_EACH(mmap_vma, mremap_shrinks_it, large_buffers)
{
	unsigned char *map = filled(b);

	EXPECT_EQ((uintptr_t)mremap(map, b->size, PAGE, 0), (uintptr_t)map);
	expect_pattern(map, 0, PAGE);
	expect_gone(map + PAGE);

	/* ... for good. */
	EXPECT_MAP_ERRNO(mremap(map, PAGE, 2 * PAGE, MREMAP_MAYMOVE), EFAULT);
}

TEST_EACH(mmap_vma, map_fixed_replaces_a_part_of_it, large_buffers)
{
	unsigned char *map = filled(b);

	ASSERT_MAP(mmap(map + PAGE, PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
			-1, 0));
	EXPECT_EQ(map[PAGE], 0);
	expect_pattern(map, 0, PAGE);
	expect_pattern(map + 2 * PAGE, 2 * PAGE, b->size - 2 * PAGE);
	EXPECT_EQ(mappings_of(b), 2);
}

TEST_EACH(mmap_vma, map_fixed_puts_another_page_in_its_place, large_buffers)
{
	int fd = open_buffer(b, O_RDWR);
	unsigned char *map = filled(b);

	ASSERT_MAP(mmap(map, PAGE, RW, MAP_SHARED | MAP_FIXED, fd, b->size - PAGE));
	expect_pattern(map, b->size - PAGE, PAGE);
	expect_pattern(map + PAGE, PAGE, PAGE);
}

TEST_EACH(mmap_vma, remap_file_pages_rearranges_inside_the_buffer_only, large_buffers)
{
	unsigned char *map = filled(b);

	EXPECT_OK(remap_file_pages(map, PAGE, 0, 2, 0));
	expect_pattern(map, 2 * PAGE, PAGE);
	EXPECT_ERRNO(remap_file_pages(map, PAGE, 0, b->size / PAGE, 0), ENXIO);
}

TEST_EACH(mmap_vma, fork_shares_it, named_buffers)
{
	unsigned char *map = filled(b);
	pid_t pid = harness_fork();

	if (!pid) {
		expect_pattern(map, 0, b->size);
		map[0] = 0x42;
		map[b->size - 1] = 0x43;
		_exit(0);
	}
	harness_join(pid);
	EXPECT_EQ(map[0], 0x42);
	EXPECT_EQ(map[b->size - 1], 0x43);
	EXPECT_EQ(mappings_of(b), 1);
}

TEST(mmap_vma, child_keeps_it_when_the_parent_unmaps)
{
	unsigned char *map = filled(&plain);
	int go[2];
	pid_t pid;
	char c;

	ASSERT_OK(pipe(go));
	pid = harness_fork();
	if (!pid) {
		ASSERT_EQ(read(go[0], &c, 1), 1);
		expect_pattern(map, 0, plain.size);
		_exit(0);
	}
	ASSERT_OK(munmap(map, plain.size));
	EXPECT_EQ(mappings_of(&plain), 1);
	ASSERT_EQ(write(go[1], "g", 1), 1);
	harness_join(pid);
	EXPECT_EQ(mappings_of(&plain), 0);
}

TEST(mmap_vma, madv_dontfork_keeps_it_from_the_child)
{
	unsigned char *map = filled(&plain);
	pid_t pid;

	ASSERT_OK(madvise(map, plain.size, MADV_DONTFORK));
	pid = harness_fork();
	if (!pid) {
		expect_gone(map);
		EXPECT_EQ(mappings_of(&plain), 1);
		_exit(0);
	}
	harness_join(pid);
	expect_pattern(map, 0, plain.size);
}

/* Two processes that map on their own, in turns. */
TEST_EACH(mmap_vma, processes_see_what_the_other_wrote, named_buffers)
{
	int there[2], back[2];
	unsigned char *map;
	pid_t pid;
	char c;

	ASSERT_OK(pipe(there));
	ASSERT_OK(pipe(back));
	pid = harness_fork();
	if (!pid) {
		map = map_buffer(b, open_buffer(b, O_RDWR));
		for (int i = 0; i < 50; i++) {
			ASSERT_EQ(read(there[0], &c, 1), 1);
			ASSERT_EQ(map[b->size - 1], i);
			map[0] = i + 100;
			ASSERT_EQ(write(back[1], "b", 1), 1);
		}
		_exit(0);
	}
	close(there[0]);
	close(back[1]);
	map = map_buffer(b, open_buffer(b, O_RDWR));
	for (int i = 0; i < 50; i++) {
		map[b->size - 1] = i;
		ASSERT_EQ(write(there[1], "t", 1), 1);
		ASSERT_EQ(read(back[0], &c, 1), 1);
		EXPECT_EQ(map[0], i + 100);
	}
	harness_join(pid);
}

TEST(mmap_vma, exec_takes_it_away)
{
	int fd = open_buffer(&plain, O_RDWR);
	int exec_done[2];
	pid_t pid;
	char c;

	ASSERT_OK(pipe2(exec_done, O_CLOEXEC));
	pid = harness_fork();
	if (!pid) {
		map_buffer(&plain, fd);
		ASSERT_OK(dup2(ASSERT_OK(open("/dev/null", O_WRONLY)), STDOUT_FILENO));
		execl("/proc/self/exe", "mmap_vma_test", "-h", NULL);
		_exit(1);
	}

	/* The end of file comes with the exec, which closes the other end. */
	close(exec_done[1]);
	EXPECT_EQ(read(exec_done[0], &c, 1), 0);
	EXPECT_EQ(mappings_of(&plain), 0);
	EXPECT_EQ(files_of(&plain), 1);
	harness_join(pid);
}
