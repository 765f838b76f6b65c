// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unbind and bind again and again while threads and processes use the buffer.
 */
#include "racers.h"

/* Seconds: bind and unbind wait for grace periods of the kernel. */
#define LIMIT	120

/* Memory that is given back to the system, and memory that is not. */
static const struct test_buffer *const raced_buffers[] = { &plain, &pool, NULL };

/* Whose entries of page tables mmap() makes, and whose the first touch. */
static const struct test_buffer *const raced_entries[] = { &plain, &kmalloc_buffer, NULL };

/* The others, with everything at once. */
static const struct test_buffer *const raced_kinds[] = { &pool, &cached, &vmalloc_buffer, NULL };

/*
 * The race that is lost by whoever does not wait for an mmap() in flight: in one
 * cycle of ten, with more processes than processors.
 */
TEST_EACH_LIMIT(race, unbind_against_mmap_in_flight, raced_buffers, LIMIT)
{
	run_processes(b, harness_rounds(40), RACERS(race_mmap, race_mmap, race_mmap, race_mmap));
}

/* The same, with a window that an unbind cannot miss. */
TEST_EACH_LIMIT(race, unbind_in_the_middle_of_an_mmap, raced_entries, LIMIT)
{
	const unsigned int cycles = 10;
	unsigned int hits;

	if (load_module("slow_mmap")) {
		EXPECT_EQ(errno, ENOENT);
		SKIP("the kernel has no kprobes");
	}
	hits = run_slow_mmaps(b, cycles);
	ASSERT_OK(unload_module("slow_mmap"));
	EXPECT_EQ(hits, cycles);
}

TEST_EACH_LIMIT(race, unbind_against_mmap_in_flight_in_threads, raced_buffers, LIMIT)
{
	run_threads(b, harness_rounds(30), RACERS(race_mmap, race_mmap, race_mmap, race_mmap));
}

TEST_EACH_LIMIT(race, unbind_against_touches, raced_entries, LIMIT)
{
	run_threads(b, harness_rounds(12), RACERS(race_touch, race_touch));
}

TEST_EACH_LIMIT(race, unbind_against_mremap, raced_entries, LIMIT)
{
	run_processes(b, harness_rounds(12), RACERS(race_mremap, race_mremap));
}

TEST_EACH_LIMIT(race, unbind_against_munmap_and_mprotect, raced_entries, LIMIT)
{
	run_processes(b, harness_rounds(12), RACERS(race_split, race_split));
}

TEST_EACH_LIMIT(race, unbind_against_fork, raced_entries, LIMIT)
{
	run_processes(b, harness_rounds(10), RACERS(race_fork, race_fork));
}

/* The mapping is inherited: the process that moves it never called mmap(). */
TEST_EACH_LIMIT(race, unbind_against_mremap_in_a_child, raced_entries, LIMIT)
{
	run_mremap_in_children(b, 10);
}

TEST_EACH_LIMIT(race, unbind_against_read_write_and_ioctl, raced_buffers, LIMIT)
{
	run_threads(b, harness_rounds(12), RACERS(race_calls, race_calls));
}

/* Who is woken up too early finds a living buffer, and sleeps for ever. */
TEST_EACH_LIMIT(race, unbind_against_poll, raced_buffers, LIMIT)
{
	run_processes(b, harness_rounds(20),
		      RACERS(race_poll, race_poll, race_poll, race_poll, race_mmap, race_mmap));
}

TEST_EACH_LIMIT(race, unbind_against_open_and_close, raced_buffers, LIMIT)
{
	run_threads(b, harness_rounds(12), RACERS(race_open, race_open));
}

TEST_EACH_LIMIT(race, unbind_against_everything, raced_kinds, LIMIT)
{
	const racer_fn all[] = { race_calls, race_touch, race_mmap, race_mremap, race_split,
				 race_fork, race_poll, race_sysfs, race_open,
				 race_export, NULL };

	run_processes(b, harness_rounds(10), all);
}
