// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohbuf test, of registers: what can be proved without touching one, and of those that
 * the user named that they are read, and hold what is written.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"
#include "registers.h"
#include "tap.h"

/* What a register had, until it has it again. */
static struct {
	const struct asked_register *where;
	uint64_t value;
} kept;

static void expect_error(const char *what, long ret, int error)
{
	if (ret == -1 && errno == error)
		return;
	tap_fail("%s: %s, not %s", what, ret == -1 ? strerror(errno) : "done", strerror(error));
	tap_note("means: the driver is another one than this tool is for, or it is broken");
}

/* A mapping that is made, or not; nothing of it is touched. */
static long map_and_unmap(int fd, uint64_t offset, size_t size, int prot, int flags)
{
	void *map = mmap(NULL, size, prot, flags, fd, offset);

	return map == MAP_FAILED ? -1 : munmap(map, size);
}

static void test_are_mapped(struct bench *bench)
{
	const int both = PROT_READ | PROT_WRITE, fd = cohbuf_fd(bench->target.buffer);
	long page = sysconf(_SC_PAGESIZE);

	for (uint64_t at = 0; at < bench->size; at += page)
		if (map_and_unmap(fd, at, page, both, MAP_SHARED)) {
			tap_fail("the page at offset 0x%" PRIx64 " cannot be mapped: %s: %s", at,
				 strerror(errno), "is its device still bound to the driver?");
			return;
		}
	expect_error("a mapping behind the end",
		     map_and_unmap(fd, bench->size, page, PROT_READ, MAP_SHARED), ENXIO);
}

/* A line of /proc/iomem that ends so: its range is 0-0 for who may not see addresses. */
static bool find_claim(const char *device, uint64_t *first, uint64_t *last)
{
	FILE *file = fopen("/proc/iomem", "re");
	char line[256], owner[128];
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file))
		found = sscanf(line, " %" SCNx64 "-%" SCNx64 " : %127s", first, last, owner) == 3 &&
			!strcmp(owner, device);
	if (file)
		fclose(file);
	return found;
}

static void test_are_claimed(struct bench *bench)
{
	uint64_t first, last;

	if (!find_claim(bench->facts.device, &first, &last)) {
		tap_fail("/proc/iomem has no line of %s", bench->facts.device);
		tap_note("means: nothing keeps another driver from the same registers");
		return;
	}
	if (!last)
		tap_note("claimed by %s; where they are takes root to see", bench->facts.device);
	else if (last - first + 1 == bench->size)
		tap_note("claimed by %s: 0x%" PRIx64 " to 0x%" PRIx64, bench->facts.device, first, last);
	else
		tap_fail("%s has claimed 0x%" PRIx64 " to 0x%" PRIx64 ", and the buffer has 0x%" PRIx64 " bytes",
			 bench->facts.device, first, last, bench->size);
}

static struct cohbuf_buffer *open_again(const struct bench *bench, int flags)
{
	struct cohbuf_buffer *buffer = cohbuf_open(bench->target.name, flags);

	if (!buffer)
		tap_fail("%s", cohbuf_error());
	return buffer;
}

/* Calls that move no byte: none would reach the device if it were not refused. */
static void test_modes_hold(struct bench *bench)
{
	struct cohbuf_buffer *reader = open_again(bench, O_RDONLY);
	struct cohbuf_buffer *writer = open_again(bench, O_WRONLY);
	const int both = PROT_READ | PROT_WRITE, fd = cohbuf_fd(bench->target.buffer);
	uint64_t size = bench->size;

	if (reader && writer) {
		int readable = cohbuf_fd(reader), writable = cohbuf_fd(writer);

		expect_error("a writable mapping of a file open for reading",
			     map_and_unmap(readable, 0, size, both, MAP_SHARED), EACCES);
		expect_error("a mapping of a file open for writing",
			     map_and_unmap(writable, 0, size, PROT_READ, MAP_SHARED), EACCES);
		expect_error("a private mapping that could be written",
			     map_and_unmap(fd, 0, size, both, MAP_PRIVATE), EINVAL);
		expect_error("write(2) to a file open for reading", pwrite(readable, "", 0, 0),
			     EBADF);
		expect_error("read(2) of a file open for writing", pread(writable, &size, 0, 0),
			     EBADF);
	}
	cohbuf_close(reader);
	cohbuf_close(writer);
}

/* Reads that are of no width, at no offset, of a register. What is refused is none. */
static void test_odd_reads_are_refused(struct bench *bench)
{
	const struct {
		uint64_t offset;
		size_t length;
	} odd[] = {
		{ 0, 3 },
		{ 0, 5 },
		{ 0, 16 },
		{ 0, 4096 },
		{ 1, 2 },
		{ 2, 4 },
		{ 4, 8 },
		{ bench->size - 2, 4 },
	};
	int fd = cohbuf_fd(bench->target.buffer);
	unsigned char bytes[4096];
	char what[64];

	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		snprintf(what, sizeof(what), "read(2) of %zu bytes at offset 0x%" PRIx64,
			 odd[i].length, odd[i].offset);
		expect_error(what, pread(fd, bytes, odd[i].length, odd[i].offset),
			     EINVAL);
	}
	if (pread(fd, bytes, 4, bench->size))
		tap_fail("read(2) at the end gives something else than 0 bytes");
}

static void test_have_no_dma(struct bench *bench)
{
	struct cohbuf_copy copy = { .dst = 4, .length = 4 };

	if (bench->require_dma)
		tap_fail("--require-dma: no device sees registers as memory: test a buffer of memory");
	if (bench->target.info.dma_addr || bench->target.info.dma_bits)
		tap_fail("INFO has a DMA address, or bits of one");
	expect_error("COPY", bench->copy(bench->target.buffer, &copy), EOPNOTSUPP);
}

static void test_sync_is_a_barrier(struct bench *bench)
{
	for (int owner = COHBUF_SYNC_FOR_CPU; owner <= COHBUF_SYNC_FOR_DEVICE; owner++) {
		int error = bench_sync(bench, 0, bench->size, COHBUF_SYNC_BIDIRECTIONAL, owner);

		if (error)
			tap_fail("SYNC, owner %d: %s: %s", owner, strerror(error), cohbuf_remedy());
	}
}

static bool call_works(int ret, const char *call)
{
	if (ret)
		tap_fail("%s: %s: %s", call, strerror(errno), remedy_of_register(errno));
	return !ret;
}

static bool get(const struct bench *bench, const struct asked_register *r, uint64_t *value)
{
	return call_works(register_read(&bench->target, r->offset, r->width, value), "read(2)");
}

static bool put(const struct bench *bench, const struct asked_register *r, uint64_t value)
{
	return call_works(register_write(&bench->target, r->offset, r->width, value), "write(2)");
}

/*
 * The mapping first: where nothing answers, a program gets SIGBUS, and the kernel, which
 * read(2) is, would fall.
 */
static void test_read(struct bench *bench, const struct asked_register *r)
{
	int digits = 2 * r->width;
	uint64_t before = bench_read(bench, r->offset, r->width), value, after;

	if (!get(bench, r, &value))
		return;
	after = bench_read(bench, r->offset, r->width);
	tap_note("mapping 0x%0*" PRIx64 ", read(2) 0x%0*" PRIx64 ", mapping 0x%0*" PRIx64,
		 digits, before, digits, value, digits, after);
	if (value == before || value == after)
		return;
	if (before != after) {
		tap_skip("the register changes by itself, or by being read: there is nothing to compare");
		return;
	}
	tap_fail("the mapping has another value than read(2)");
	tap_note("means: the two are not the same register, or it changes by itself");
}

/* Is it there by the way that did not write it? */
static bool holds(struct bench *bench, const struct asked_register *r, uint64_t wanted,
		  bool by_kernel)
{
	int digits = 2 * r->width;
	uint64_t found;

	if (!by_kernel)
		found = bench_read(bench, r->offset, r->width);
	else if (!get(bench, r, &found))
		return false;
	if (found == wanted)
		return true;
	tap_fail("written by %s 0x%0*" PRIx64 ", read by %s 0x%0*" PRIx64 ", wrong bits 0x%0*" PRIx64,
		 by_kernel ? "the mapping" : "write(2)", digits, wanted,
		 by_kernel ? "read(2)" : "the mapping", digits, found, digits, wanted ^ found);
	tap_note("means: these bits cannot be written, or the register changes by itself: name one that holds what is written");
	return false;
}

static void test_write(struct bench *bench, const struct asked_register *r)
{
	uint64_t all = UINT64_MAX >> (64 - 8 * r->width);
	uint64_t fives = 0x5555555555555555 & all;

	kept.value = bench_read(bench, r->offset, r->width);
	tap_note("before: 0x%0*" PRIx64, 2 * (int)r->width, kept.value);
	kept.where = r;
	if (!put(bench, r, fives) || !holds(bench, r, fives, false))
		return;
	bench_write(bench, r->offset, r->width, fives ^ all);
	holds(bench, r, fives ^ all, true);
}

/* By the kernel, as the mapping may be what is gone. */
static void put_back(struct bench *bench)
{
	const struct asked_register *r = kept.where;
	uint64_t now;

	kept.where = NULL;
	if (!r || !put(bench, r, kept.value) || !get(bench, r, &now))
		return;
	if (now != kept.value)
		tap_fail("0x%" PRIx64 " was put back, and the register has 0x%" PRIx64, kept.value, now);
}

static const struct {
	const char *name;
	bench_test run;
} tests[] = {
	{ "registers.are_mapped", test_are_mapped },
	{ "registers.are_claimed", test_are_claimed },
	{ "registers.modes_hold", test_modes_hold },
	{ "registers.odd_reads_are_refused", test_odd_reads_are_refused },
	{ "registers.have_no_dma", test_have_no_dma },
	{ "sync.is_a_barrier", test_sync_is_a_barrier },
};

#define NUM_TESTS	(sizeof(tests) / sizeof(tests[0]))

static unsigned int count(const struct bench *bench)
{
	return NUM_TESTS + bench->asked.count;
}

static const char *name(const struct bench *bench, unsigned int i)
{
	if (i < NUM_TESTS)
		return tests[i].name;
	return bench->asked.registers[i - NUM_TESTS].write ? "register.holds_what_is_written" :
							     "register.is_read";
}

static void run(struct bench *bench, unsigned int i)
{
	const struct asked_register *r;
	char detail[32];

	if (i < NUM_TESTS) {
		tests[i].run(bench);
		return;
	}
	r = &bench->asked.registers[i - NUM_TESTS];
	snprintf(detail, sizeof(detail), "0x%" PRIx64 ":%u", r->offset, r->width);
	tap_detail(detail);
	(r->write ? test_write : test_read)(bench, r);
}

const struct bench_suite bench_of_registers = {
	.count = count,
	.name = name,
	.run = run,
	.put_back = put_back,
	.gone = "SIGBUS: nothing answers there, or not in this width; or the mapping was taken away",
};
