// SPDX-License-Identifier: GPL-2.0-only
/*
 * What binding and unbinding leaves behind: pages of CMA and of the system, vmalloc
 * areas, and what the slab allocator knows to come from the module.
 */
#include <fcntl.h>
#include <unistd.h>

#include "tests/harness/buffers.h"
#include "tests/harness/memory.h"

#define CYCLES	100

struct cycles {
	void (*cycle)(const struct test_buffer *b);
	const struct test_buffer *b;
};

static void do_cycles(const void *arg)
{
	const struct cycles *cycles = arg;

	for (int i = 0; i < CYCLES; i++)
		cycles->cycle(cycles->b);
}

/*
 * A buffer that leaks with each cycle leaks CYCLES times its size. From the second cycle
 * on: the first may take what stays.
 */
static void expect_no_leak(void (*cycle)(const struct test_buffer *b), const struct test_buffer *b)
{
	const struct cycles cycles = { cycle, b };

	cycle(b);
	expect_memory_back(do_cycles, &cycles, CYCLES / 4 * (b->size >> 10));
}

TEST_EACH_LIMIT(leak, hundred_binds_leave_the_free_memory, large_buffers, 180)
{
	expect_no_leak(renew_buffer, b);
}

/* Memory that is given back to the system, memory that is not, and pages that are counted. */
static const struct test_buffer *const mapped_buffers[] = { &plain, &pool, &kmalloc_buffer, NULL };

static void renew_while_mapped(const struct test_buffer *b)
{
	int fd = open_buffer(b, O_RDWR);
	unsigned char *map = map_buffer(b, fd);

	map[0] = 1;
	renew_buffer(b);
	close(fd);
	munmap(map, b->size);
}

/* With files and mappings that are gone only after the unbind. */
TEST_EACH_LIMIT(leak, hundred_binds_while_mapped_leave_the_free_memory, mapped_buffers, 180)
{
	expect_no_leak(renew_while_mapped, b);
}

/* Minor numbers come back when the last file is closed: the driver warns of one left. */
TEST_LIMIT(leak, minor_numbers_come_back, 60)
{
	int fds[20];

	need_module();
	for (int i = 0; i < 20; i++) {
		fds[i] = open_buffer(&plain, O_RDONLY);
		renew_buffer(&plain);
	}
	for (int i = 0; i < 20; i++)
		close(fds[i]);
	EXPECT_EQ(files_of(&plain), 0);
	reload_driver();
}

/* Unbinds a buffer that it has mapped, which the driver needs its mm for. */
static void map_and_unbind(const void *arg __attribute__((unused)))
{
	map_buffer(&mmapdemo, open_buffer(&mmapdemo, O_RDWR));
	renew_buffer(&mmapdemo);
}

/* Some are of other processes, or free and not yet seen to be. */
TEST_LIMIT(leak, address_spaces_of_processes_that_mapped_are_freed, 60)
{
	long before;

	harness_in_child(map_and_unbind, NULL);
	before = slab_objects("mm_struct");
	if (before < 0)
		SKIP("no mm_struct in /proc/slabinfo");
	for (int i = 0; i < CYCLES; i++)
		harness_in_child(map_and_unbind, NULL);
	EXPECT_LE(slab_objects("mm_struct") - before, CYCLES / 2);
}

static void unbind_all(void)
{
	for (size_t i = 0; all_buffers[i]; i++)
		unbind_buffer(all_buffers[i]);
}

static void bind_all(void)
{
	for (size_t i = 0; all_buffers[i]; i++)
		bind_buffer(all_buffers[i]);
}

static void need_alloc_traces(void)
{
	unsigned int files, objects;

	/* By the module's name, which only its own functions have in a trace. */
	need_module();
	objects = count_objects(&files);
	if (!files)
		SKIP("no alloc_traces of slab caches: boot with slub_debug=FZPU");
	harness_note("%u caches, %u objects of the module while all is bound", files,
		     objects);

	/* Else the test would look for what cannot be seen. */
	ASSERT_GT(objects, 0);
}

/*
 * What it has without a buffer: its class and its driver, where the kernel remembers
 * more of an allocation than the last caller; else none.
 */
static unsigned int objects_without_buffers(void)
{
	unsigned int objects;

	set_autoprobe(false);
	reload_driver();
	/* Those of the buffers that were there take a while to go. */
	objects = steady_objects();
	set_autoprobe(true);
	bind_all();
	return objects;
}

TEST_LIMIT(leak, nothing_of_the_module_is_left_after_unbind, 180)
{
	unsigned int before;

	need_alloc_traces();
	before = objects_without_buffers();
	unbind_all();
	EXPECT_LE(settle_objects(before), before);
}

TEST_LIMIT(leak, nothing_of_the_module_is_left_after_use_and_unbind, 180)
{
	unsigned int before, files;
	int fds[16];
	void *maps[16];
	size_t i;

	need_alloc_traces();
	before = objects_without_buffers();
	for (i = 0; all_buffers[i]; i++) {
		const struct test_buffer *b = all_buffers[i];

		fds[i] = open_buffer(b, O_RDWR);
		maps[i] = map_buffer(b, fds[i]);
		ASSERT_EQ(pwrite(fds[i], "x", 1, 0), 1);
		EXPECT_MAP_ERRNO(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fds[i], b->size),
				 ENXIO);
	}
	unbind_all();
	EXPECT_GT(count_objects(&files), before);
	for (i = 0; all_buffers[i]; i++) {
		close(fds[i]);
		munmap(maps[i], all_buffers[i]->size);
	}
	EXPECT_LE(settle_objects(before), before);
}

#define REBINDS	20

/*
 * What each bind leaves would be that many objects, for each buffer. A few more or fewer
 * are nodes of the XArray of minor numbers, which has more of them where the numbers in
 * use, that go on with each bind, lie on both sides of a multiple of 64.
 */
TEST_LIMIT(leak, bound_buffers_do_not_grow, 180)
{
	unsigned int limit, files;

	need_alloc_traces();
	unbind_all();
	bind_all();
	limit = count_objects(&files) + REBINDS - 1;
	for (int i = 0; i < REBINDS; i++) {
		unbind_all();
		bind_all();
	}
	EXPECT_LE(settle_objects(limit), limit);
}
