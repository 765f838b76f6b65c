// SPDX-License-Identifier: GPL-2.0-only
/*
 * What each operation costs, in instructions of the kernel and the C library together:
 * each test notes its figure, and holds it to a limit where there is one.
 *
 * An emulator that is started with "-icount shift=0" lets its clocks go on by one
 * nanosecond with each instruction, so a clock counts them, and the figures are the
 * same on any machine. Elsewhere the tests are skipped. The limits are for Debian 12's
 * kernel on qemu-virt-arm64 with one CPU. A percentage is of what the best other driver
 * takes in the same boot; the rest is what this one takes, with some room.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "tests/harness/buffers.h"

#define RW	(PROT_READ | PROT_WRITE)
#define MIB	0x100000

/* What one operation works with. */
struct work {
	int fd;
	int null;
	int pipefd[2];
	size_t size;
	unsigned char *memory;
	unsigned char *map;
	int unbind;
	const char *device;
	char path[64];
};

/*
 * An operation: what is counted, and the files and memory that it needs. @rounds are
 * counted each, of @times operations, and the cheapest one is the figure: an interrupt
 * costs as well.
 */
struct operation {
	const char *name;
	const char *buffer;
	void (*prepare)(struct work *work);
	void (*run)(struct work *work);
	void (*finish)(struct work *work);
	size_t size;
	unsigned int rounds;
	unsigned int times;
	unsigned int parts;
	unsigned long limit;
};

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

#define LOOPS	10000UL

/* Two instructions each time round; on a machine that no board has, nothing is measured. */
static void loop(void)
{
	unsigned long left __attribute__((unused)) = LOOPS;

#if defined(__riscv)
	asm volatile("1: addi %0, %0, -1\n\tbnez %0, 1b"
		     : "+r"(left));
#elif defined(__arm__) || defined(__aarch64__)
	asm volatile("1: subs %0, %0, #1\n\tbne 1b"
		     : "+r"(left)
		     :
		     : "cc");
#endif
}

/* In most of the tries no interrupt comes in between. */
static bool clock_counts_instructions(void)
{
	uint64_t start, took, least = -1ULL;

	for (int i = 0; i < 10; i++) {
		start = now();
		loop();
		took = now() - start;
		if (took < least)
			least = took;
	}
	return least >= 2 * LOOPS && least < 2 * LOOPS + LOOPS / 10;
}

static bool limits_apply(void)
{
	struct utsname system;

	ASSERT_OK(uname(&system));
	return !strncmp(system.release, "6.1.", 4) && !strcmp(system.machine, "aarch64") &&
	       !strstr(system.release, "-rt");
}

static const struct test_buffer *buffer_of(const struct operation *op)
{
	for (size_t i = 0; named_buffers[i]; i++)
		if (!strcmp(named_buffers[i]->name, op->buffer))
			return named_buffers[i];
	SKIP("this board has no buffer %s", op->buffer);
}

/* Nanoseconds of the cheapest round. */
static unsigned long cost_of(const struct operation *op, struct work *work)
{
	unsigned long least = -1UL;

	for (unsigned int round = 0; round < op->rounds; round++) {
		uint64_t start, took;

		if (op->prepare)
			op->prepare(work);
		start = now();
		for (unsigned int i = 0; i < op->times; i++)
			op->run(work);
		took = now() - start;
		if (took < least)
			least = took;
		if (op->finish)
			op->finish(work);
	}
	return least;
}

static void run_nothing(struct work *work)
{
	asm volatile(""
		     :
		     : "r"(work)
		     : "memory");
}

/* The test's own part is left out. */
static unsigned long instructions_of(const struct operation *op, struct work *work)
{
	const struct operation nothing = { .run = run_nothing, .rounds = 5, .times = op->times };

	return (cost_of(op, work) - cost_of(&nothing, work)) / op->times / op->parts;
}

static unsigned long figure_of(const struct operation *op)
{
	const struct test_buffer *b = buffer_of(op);
	struct work work = { .size = op->size, .device = platform_device_of(b) };

	if (!clock_counts_instructions())
		SKIP("no clock counts instructions: QEMU_EXTRA=\"-icount shift=0\" APPEND=maxcpus=1");

	snprintf(work.path, sizeof(work.path), "/dev/%s", b->name);
	work.fd = open_buffer(b, O_RDWR);
	work.memory = new_bytes(MIB, 1);
	work.null = ASSERT_OK(open("/dev/null", O_RDWR));
	return instructions_of(op, &work);
}

static void measure(const void *arg)
{
	const struct operation *op = arg;
	unsigned long least = figure_of(op);

	if (op->limit && limits_apply())
		harness_note("%-40s %9lu instructions, at most %lu", op->name, least, op->limit);
	else
		harness_note("%-40s %9lu instructions", op->name, least);
	EXPECT_GT(least, 0);
	if (op->limit && limits_apply())
		EXPECT_LE(least, op->limit);
}

/* Without checks in what is counted; a call that fails is seen afterwards. */
static void expect(bool ok, const char *what)
{
	if (!ok)
		harness_check(HARNESS_HERE(true), false, "%s", what);
}

static void run_pread(struct work *work)
{
	expect(pread(work->fd, work->memory, work->size, 0) == (ssize_t)work->size, "pread()");
}

static void run_pwrite(struct work *work)
{
	expect(pwrite(work->fd, work->memory, work->size, 0) == (ssize_t)work->size, "pwrite()");
}

static void prepare_pipe(struct work *work)
{
	ASSERT_OK(pipe(work->pipefd));
}

static void finish_pipe(struct work *work)
{
	close(work->pipefd[0]);
	close(work->pipefd[1]);
}

/* Into a pipe and out of it, as a server does. */
static void run_sendfile(struct work *work)
{
	off_t at = 0;

	while (at < (off_t)work->size) {
		ssize_t len = sendfile(work->pipefd[1], work->fd, &at, 64 << 10);

		expect(len > 0, "sendfile()");
		expect(splice(work->pipefd[0], NULL, work->null, NULL, len, 0) == len, "splice()");
	}
}

static void run_map(struct work *work)
{
	int fd = open(work->path, O_RDWR);
	unsigned char *map = mmap(NULL, work->size, RW, MAP_SHARED, fd, 0);

	expect(map != MAP_FAILED, "mmap()");
	*(volatile unsigned char *)map = 1;
	munmap(map, work->size);
	close(fd);
}

static void prepare_map(struct work *work)
{
	work->map = ASSERT_MAP(mmap(NULL, work->size, RW, MAP_SHARED, work->fd, 0));
}

static void finish_map(struct work *work)
{
	ASSERT_OK(munmap(work->map, work->size));
}

static void run_touch(struct work *work)
{
	for (size_t at = 0; at < work->size; at += PAGE)
		*(volatile unsigned char *)(work->map + at) = 1;
}

static void run_copy(struct work *work)
{
	struct cohbuf_copy copy = { .src = 0, .dst = PAGE, .length = work->size };

	expect(!ioctl(work->fd, COHBUF_IOC_COPY, &copy), "COHBUF_IOC_COPY");
}

static void run_sync(struct work *work)
{
	struct cohbuf_sync sync = {
		.offset = 2 * PAGE,
		.length = work->size,
		.owner = COHBUF_SYNC_FOR_DEVICE,
	};

	expect(!ioctl(work->fd, COHBUF_IOC_SYNC, &sync), "COHBUF_IOC_SYNC");
}

#define FILES	500

/* They stay open: the next round has those of a buffer that is bound anew. */
static void prepare_files(struct work *work)
{
	close(work->fd);
	for (int i = 0; i < FILES; i++) {
		int fd = open_buffer(&plain, O_RDWR);

		ASSERT_MAP(mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0));
	}
	work->unbind = ASSERT_OK(open("/sys/bus/platform/drivers/cohbuf/unbind", O_WRONLY));
}

static void run_unbind(struct work *work)
{
	size_t length = strlen(work->device);

	expect(write(work->unbind, work->device, length) == (ssize_t)length, "unbind");
}

#define PERCENT(of, percent)	((of) * (percent) / 100UL)

static const struct operation operations[] = {
	{ "pread_of_1_byte", "plain", NULL, run_pread, NULL,
	  1, 5, 1000, 1, PERCENT(1137, 110) },
	{ "pread_of_4_kib", "plain", NULL, run_pread, NULL,
	  4 << 10, 5, 1000, 1, PERCENT(2259, 110) },
	{ "pread_of_1_mib", "plain", NULL, run_pread, NULL,
	  MIB, 5, 10, 1, PERCENT(296008, 110) },
	{ "pwrite_of_1_byte", "plain", NULL, run_pwrite, NULL,
	  1, 5, 1000, 1, PERCENT(1137, 110) },
	{ "pwrite_of_4_kib", "plain", NULL, run_pwrite, NULL,
	  4 << 10, 5, 1000, 1, PERCENT(2259, 110) },
	{ "pwrite_of_1_mib", "plain", NULL, run_pwrite, NULL,
	  MIB, 5, 10, 1, PERCENT(295992, 110) },
	{ "sendfile_of_1_mib_to_a_pipe_and_on", "plain", prepare_pipe, run_sendfile, finish_pipe,
	  MIB, 5, 10, 1, PERCENT(223184, 250) },
	{ "open_map_touch_unmap_close_4_kib", "plain", NULL, run_map, NULL,
	  4 << 10, 5, 100, 1, 30000 },
	{ "open_map_touch_unmap_close_1_mib", "plain", NULL, run_map, NULL,
	  MIB, 5, 100, 1, 60000 },
	{ "first_write_to_a_page", "plain", prepare_map, run_touch, finish_map,
	  MIB, 10, 1, MIB / 4096, 100 },
	{ "copy_of_64_bytes", "engine", NULL, run_copy, NULL,
	  64, 5, 100, 1, 16000 },
	{ "pread_of_1_mib_of_cached_memory", "cached-16m", NULL, run_pread, NULL,
	  MIB, 5, 10, 1, PERCENT(296008, 110) },
	{ "sync_of_4_kib_of_coherent_memory", "plain", NULL, run_sync, NULL,
	  4 << 10, 5, 1000, 1, 1600 },
	{ "sync_of_1_mib", "cached-16m", NULL, run_sync, NULL,
	  MIB, 5, 10, 1, 75000 },
	{ "unbind_with_500_files_and_mappings", "plain", prepare_files, run_unbind, NULL,
	  0, 1, 1, 1, 3000000 },
};

/* A call is about its range, not about its buffer. */
static void measure_sync_in_two_sizes(const void *arg __attribute__((unused)))
{
	const struct operation small = {
		"", "cached-64k", NULL, run_sync, NULL, 4 << 10, 5, 1000, 1, 0
	};
	const struct operation large = {
		"", "cached-16m", NULL, run_sync, NULL, 4 << 10, 5, 1000, 1, 0
	};
	unsigned long few = figure_of(&small), many = figure_of(&large);

	harness_note("SYNC of 4 KiB: %lu instructions in a buffer of 64 KiB, %lu in one of 16 MiB",
		     few, many);
	EXPECT_LE(many, PERCENT(few, 101));
	EXPECT_LE(few, PERCENT(many, 101));
}

static void __attribute__((constructor)) add_operations(void)
{
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
		harness_add(measure, &operations[i], 120, "floor.%s", operations[i].name);
	harness_add(measure_sync_in_two_sizes, NULL, 120,
		    "floor.sync_of_4_kib_costs_the_same_in_16_mib_as_in_64_kib");
}
