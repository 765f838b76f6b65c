// SPDX-License-Identifier: GPL-2.0-only
/*
 * A debugger looks into a mapping of another process, by ptrace(2) and by
 * /proc/PID/mem: it sees what is there, and writes where that process could.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/buffers.h"

#define RW	(PROT_READ | PROT_WRITE)

/*
 * A process that has mapped a part of a buffer, stopped as a debugger stops it. @map is
 * in its address space; what the test has mapped itself is @fd's.
 */
struct debuggee {
	pid_t pid;
	int mem;
	int fd;
	unsigned char *map;
	size_t size;
};

static void map_and_stop(struct debuggee *d, off_t at, int prot)
{
	/* With nothing behind it. */
	d->map = ASSERT_MAP(mmap(NULL, d->size + PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
				 -1, 0));
	ASSERT_OK(munmap(d->map + d->size, PAGE));
	d->map = ASSERT_MAP(mmap(d->map, d->size, prot, MAP_SHARED | MAP_FIXED, d->fd, at));
}

static struct debuggee debug(const struct test_buffer *b, off_t at, size_t size, int open_flags,
			     int prot)
{
	struct debuggee d = { .size = size };
	int told[2], status;
	char path[64];

	ASSERT_OK(pipe(told));
	d.fd = open_buffer(b, O_RDWR);
	ASSERT_EQ(pwrite(d.fd, new_pattern(0, b->size, 1), b->size, 0), b->size);
	d.pid = harness_fork();
	if (!d.pid) {
		d.fd = open_buffer(b, open_flags);
		map_and_stop(&d, at, prot);
		ASSERT_EQ(write(told[1], &d.map, sizeof(d.map)), sizeof(d.map));
		ASSERT_OK(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
		raise(SIGSTOP);
		_exit(0);
	}
	close(told[1]);
	ASSERT_EQ(read(told[0], &d.map, sizeof(d.map)), sizeof(d.map));
	ASSERT_EQ(waitpid(d.pid, &status, 0), d.pid);
	ASSERT_TRUE(WIFSTOPPED(status));
	snprintf(path, sizeof(path), "/proc/%d/mem", d.pid);
	d.mem = ASSERT_OK(open(path, O_RDWR));
	return d;
}

static ssize_t look(const struct debuggee *d, size_t at, void *to, size_t size)
{
	return pread(d->mem, to, size, (uintptr_t)d->map + at);
}

static ssize_t change(const struct debuggee *d, size_t at, const void *from, size_t size)
{
	return pwrite(d->mem, from, size, (uintptr_t)d->map + at);
}

/*
 * Pages that are counted it looks into itself. Whether it asks a driver at all depends on
 * the architecture.
 */
static void need_access(const struct test_buffer *b, const struct debuggee *d)
{
	struct utsname system;
	char byte;

	ASSERT_OK(uname(&system));
	if (is_pinnable(b))
		return;
	if (!strcmp(system.machine, "aarch64") && atoi(system.release) >= 6)
		return;
	if (look(d, 0, &byte, 1) == 1)
		return;
	ASSERT_EQ(errno, EIO);
	SKIP("Linux %s for %s lets no debugger look into a device's memory (HAVE_IOREMAP_PROT)",
	     system.release, system.machine);
}

TEST_EACH(debugger, sees_what_is_in_a_mapping, all_buffers)
{
	struct debuggee d = debug(b, 0, b->size, O_RDWR, RW);
	unsigned char *back = new_bytes(b->size, 0);

	need_access(b, &d);
	EXPECT_EQ(look(&d, 0, back, b->size), b->size);
	EXPECT_BYTES(back, new_pattern(0, b->size, 1), b->size);
	EXPECT_EQ(look(&d, 7, back, 100), 100);
	EXPECT_BYTES(back, new_pattern(7, 100, 1), 100);

	/* What the device or another process writes meanwhile. */
	ASSERT_EQ(pwrite(d.fd, "now", 3, 100), 3);
	EXPECT_EQ(look(&d, 100, back, 3), 3);
	EXPECT_BYTES(back, "now", 3);
}

/* In words, as gdb does it. */
TEST_EACH(debugger, peeks_and_pokes_words, all_buffers)
{
	struct debuggee d = debug(b, 0, b->size, O_RDWR, RW);
	const long last = b->size - sizeof(long);
	long word = 0, wanted;

	need_access(b, &d);
	errno = 0;
	word = ptrace(PTRACE_PEEKDATA, d.pid, d.map + last, NULL);
	EXPECT_EQ(errno, 0);
	ASSERT_EQ(pread(d.fd, &wanted, sizeof(wanted), last), sizeof(wanted));
	EXPECT_EQ(word, wanted);

	wanted = 0x12345678;
	EXPECT_OK(ptrace(PTRACE_POKEDATA, d.pid, d.map + last, (void *)wanted));
	ASSERT_EQ(pread(d.fd, &word, sizeof(word), last), sizeof(word));
	EXPECT_EQ(word, wanted);

	/* Half of it is not there. */
	EXPECT_ERRNO(ptrace(PTRACE_PEEKDATA, d.pid, d.map + b->size - 1, NULL), EIO);
	EXPECT_ERRNO(ptrace(PTRACE_PEEKDATA, d.pid, d.map + b->size, NULL), EIO);
}

TEST_EACH(debugger, changes_what_the_process_could, large_buffers)
{
	struct debuggee d = debug(b, 0, b->size, O_RDWR, RW);
	unsigned char *back = new_bytes(3 * PAGE, 0);

	need_access(b, &d);
	EXPECT_EQ(change(&d, PAGE - 5, new_pattern(0, PAGE + 10, 2), PAGE + 10), PAGE + 10);
	ASSERT_EQ(pread(d.fd, back, 3 * PAGE, 0), 3 * PAGE);
	EXPECT_BYTES(back, new_pattern(0, PAGE - 5, 1), PAGE - 5);
	EXPECT_BYTES(back + PAGE - 5, new_pattern(0, PAGE + 10, 2), PAGE + 10);
	EXPECT_BYTES(back + 2 * PAGE + 5, new_pattern(2 * PAGE + 5, 100, 1), 100);
}

TEST_EACH(debugger, sees_the_part_that_is_mapped, large_buffers)
{
	struct debuggee d = debug(b, 2 * PAGE, 2 * PAGE, O_RDWR, RW);
	unsigned char *back = new_bytes(4 * PAGE, 0xa5);

	need_access(b, &d);
	EXPECT_EQ(look(&d, 0, back, 4 * PAGE), 2 * PAGE);
	EXPECT_BYTES(back, new_pattern(2 * PAGE, 2 * PAGE, 1), 2 * PAGE);
	EXPECT_EQ(back[2 * PAGE], 0xa5);
	EXPECT_EQ(look(&d, 2 * PAGE - 10, back, 100), 10);
	EXPECT_ERRNO(look(&d, 2 * PAGE, back, 1), EIO);
	EXPECT_EQ(change(&d, 2 * PAGE - 2, "abcd", 4), 2);
	ASSERT_EQ(pread(d.fd, back, 4, 4 * PAGE - 2), 4);
	EXPECT_BYTES(back, "ab", 2);
	EXPECT_BYTES(back + 2, new_pattern(4 * PAGE, 2, 1), 2);
}

/* It may be forced into private memory; what is in here belongs to others as well. */
static void expect_read_only(const struct test_buffer *b, const struct debuggee *d)
{
	unsigned char *back = new_bytes(b->size, 0);

	need_access(b, d);
	EXPECT_EQ(look(d, 0, back, b->size), b->size);
	EXPECT_ERRNO(change(d, 0, "x", 1), EIO);
	EXPECT_ERRNO_IN(ptrace(PTRACE_POKEDATA, d->pid, d->map, NULL), EIO, EFAULT);
	ASSERT_EQ(pread(d->fd, back, b->size, 0), b->size);
	EXPECT_BYTES(back, new_pattern(0, b->size, 1), b->size);
}

TEST_EACH(debugger, does_not_write_where_the_process_may_only_read, named_buffers)
{
	struct debuggee d = debug(b, 0, b->size, O_RDONLY, PROT_READ);

	expect_read_only(b, &d);
}

TEST_EACH(debugger, does_not_write_through_a_mapping_that_is_read_only_now, named_buffers)
{
	struct debuggee d = debug(b, 0, b->size, O_RDWR, PROT_READ);

	expect_read_only(b, &d);
}

TEST_EACH(debugger, sees_nothing_after_an_unbind, all_buffers)
{
	struct debuggee d = debug(b, 0, b->size, O_RDWR, RW);
	unsigned char *back = new_bytes(PAGE, 0);
	int fd;

	need_access(b, &d);
	for (int i = 0; i < 2; i++) {
		if (i == 0)
			unbind_buffer(b);
		else
			bind_buffer(b);
		EXPECT_ERRNO(look(&d, 0, back, PAGE), EIO);
		EXPECT_ERRNO(change(&d, PAGE - 4, "abcd", 4), EIO);
		EXPECT_ERRNO(ptrace(PTRACE_PEEKDATA, d.pid, d.map, NULL), EIO);
		EXPECT_ERRNO_IN(ptrace(PTRACE_POKEDATA, d.pid, d.map, NULL), EIO, EFAULT);
	}
	fd = open_buffer(b, O_RDONLY);
	ASSERT_EQ(pread(fd, back, 4, PAGE - 4), 4);
	EXPECT_BYTES(back, new_bytes(4, 0), 4);
}
