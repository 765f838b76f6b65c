// SPDX-License-Identifier: GPL-2.0-only
/*
 * "cohbuf test" itself: it passes on good buffers and leaves them as they were, and it
 * fails where something is wrong.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run.h"
#include "tests/copy/copying.h"

/* As a bystander sees it: by pread(), while nobody else has it. */
static void expect_pattern(const char *name, unsigned int seed)
{
	unsigned char *found, *wanted;
	uint64_t size = 0;
	int fd = ASSERT_OK(buffer_open(name, O_RDONLY));

	ASSERT_OK(buffer_attr_u64(name, "size", &size));
	found = new_bytes(size, 0);
	wanted = new_pattern(0, size, seed);
	for (size_t done = 0; done < size;) {
		ssize_t len = ASSERT_OK(pread(fd, found + done, size - done, done));

		ASSERT_GT(len, 0);
		done += len;
	}
	EXPECT_BYTES(found, wanted, size);
	close(fd);
}

static void write_pattern(const char *name, unsigned int seed)
{
	unsigned char *bytes;
	uint64_t size = 0;
	int fd = ASSERT_OK(buffer_open(name, O_RDWR));

	ASSERT_OK(buffer_attr_u64(name, "size", &size));
	bytes = new_pattern(0, size, seed);
	for (size_t done = 0; done < size;)
		done += ASSERT_OK(pwrite(fd, bytes + done, size - done, done));
	close(fd);
}

TEST_EACH_LIMIT(tool_bench, passes_and_puts_back, all_buffers, 120)
{
	const char *name = name_of(b);
	struct run r;

	write_pattern(name, 11);
	r = run("cohbuf test %s --seconds 2", name);
	expect_status(&r, 0);
	EXPECT_EQ(strncmp(r.out, "TAP version 13\n1..21\n", 21), 0);
	expect_not_in(&r, r.out, "not ok");
	expect_in(&r, r.out, "\nok 20 - dma.every_part");
	expect_in(&r, r.out, "\nok 21 - sync.keeps_the_bytes\n# ");
	(needs_sync(b) ? expect_in : expect_not_in)(&r, r.out, "\n# cached for the CPU, handed over in lines of ");
	EXPECT_STREQ(r.err, "");
	expect_pattern(name, 11);
}

TEST_LIMIT(tool_bench, seed_and_unit_are_said, 60)
{
	struct run r = run("COHBUF_UNIT=16 cohbuf test mmapdemo --seed 0x123 --seconds 1");

	expect_status(&r, 0);
	expect_in(&r, r.out, "--seed 0x123 repeats this");
	expect_in(&r, r.out, "# DMA unit 16,");
	r = run("COHBUF_UNIT=16 cohbuf test mmapdemo --unit 32 --seconds 1");
	expect_status(&r, 0);
	expect_in(&r, r.out, "# DMA unit 32,");
	r = run("COHBUF_UNIT=3 cohbuf test mmapdemo");
	expect_status(&r, 2);
}

/* One that writes all the time, as a device would that nobody stopped. */
static pid_t start_corrupter(const char *name, volatile unsigned char **map)
{
	int fd = ASSERT_OK(buffer_open(name, O_RDWR));
	pid_t pid;

	*map = ASSERT_MAP(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	pid = ASSERT_OK(fork());
	while (!pid)
		(*map)[0x208]++;
	close(fd);
	return pid;
}

TEST_LIMIT(tool_bench, fails_while_somebody_else_writes, 120)
{
	volatile unsigned char *map;
	pid_t pid = start_corrupter("plain", &map);
	struct run r;

	/* It need not have run between a write and its check. */
	for (int i = 0; i < 10; i++) {
		r = run("cohbuf test plain --seconds 1");
		if (r.status)
			break;
	}
	kill(pid, SIGKILL);
	expect_status(&r, 1);
	expect_in(&r, r.out, "\nnot ok ");
	expect_in(&r, r.out, "\n# first wrong: offset 0x208, virtual 0x");
	expect_in(&r, r.out, "DMA address 0x");
	expect_in(&r, r.out, "other file of this buffer is open");
}

TEST_LIMIT(tool_bench, signal_puts_back_and_ends_it, 60)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

	for (int i = 0; i < 3; i++) {
		int out, status;
		char *rest;
		pid_t pid;

		write_pattern("plain", 21 + i);
		pid = run_start("cohbuf test plain", &out);
		ASSERT_TRUE(run_await(out, "ok 4 "));
		ASSERT_OK(kill(pid, signals[i]));
		rest = run_finish(pid, out, &status);
		EXPECT_EQ(status, 128 + signals[i]);
		EXPECT_TRUE(strstr(rest, "Bail out! stopped by a signal; the contents were put back"));
		expect_pattern("plain", 21 + i);
	}
}

TEST(tool_bench, destroy_does_not_put_back)
{
	struct run r = run("cohbuf fill mmapdemo --byte 0x77; cohbuf test mmapdemo --destroy --seconds 1 > /dev/null;"
			   "cohbuf save mmapdemo /tmp/after; cohbuf fill mmapdemo --byte 0x77; cohbuf save mmapdemo - | cmp -s - /tmp/after");

	expect_status(&r, 1);
}

TEST_LIMIT(tool_bench, unbind_in_the_middle_is_a_failure_that_says_so, 60)
{
	int out, status;
	char *rest;
	pid_t pid;

	pid = run_start("cohbuf test plain 2> /dev/null", &out);
	ASSERT_TRUE(run_await(out, "ok 4 "));
	unbind_buffer(&plain);
	rest = run_finish(pid, out, &status);
	/* Between two of its tests no test fails. */
	EXPECT_EQ(status, 1);
	EXPECT_TRUE(strstr(rest, "Bail out! the device was unbound"));
	bind_buffer(&plain);
}

/* With what to add to the node, once: of each controller, or that there is none. */
static void expect_advice(const struct run *r)
{
	const char *line = *board_fact("BOARD_ENGINE") ? "\n# add to the node: dmas = <&" :
							 "\n# no DMA controller is there: ";
	const char *found = strstr(r->out, line);

	expect_in(r, r->out, line);
	expect_in(r, found ?: "", "\nok 14 - dma.guard_bands # SKIP ");
	expect_not_in(r, strstr(found ?: "", "ok 14 - ") ?: "", line);
}

TEST_LIMIT(tool_bench, without_an_engine_dma_is_skipped_unless_required, 60)
{
	struct run r = run("cohbuf test plain --seconds 1");

	expect_status(&r, 0);
	expect_in(&r, r.out, "\nok 13 - dma.moves_the_bytes # SKIP its node names no DMA controller: add dmas");
	expect_advice(&r);

	r = run("cohbuf test plain --seconds 1 --require-dma");
	expect_status(&r, 1);
	expect_in(&r, r.out, "\nnot ok 13 - dma.moves_the_bytes\n# --require-dma: its node names no DMA controller: add dmas");
	expect_in(&r, r.out, "\nnot ok 14 - dma.guard_bands\n# --require-dma: its node");
}
