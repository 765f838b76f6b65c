// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interrupt of a node: a level, the alarm of a PL031 clock, and an edge, what a PL061
 * lets through. Both by their registers, as a driver in a program does it.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "events.h"
#include "tests/lifetime/unbind.h"
#include "tests/registers/block.h"

/* Of the clock. */
#define SECONDS		0x00
#define ALARM		0x04
#define ALARM_ON	0x10
#define ALARM_IS	0x14
#define ALARM_CLEAR	0x1c

/* Of the lines: each is as it is, and a level that is low is let through. */
#define LINES_LEVEL	0x404
#define LINES_HIGH	0x40c
#define LINES_ON	0x410
#define LINES_ARE	0x414

/* Longer than any interrupt takes, milliseconds. */
#define NONE_COMES	200

static int open_clock(void)
{
	if (!(registers.flags & COHBUF_INFO_INTERRUPT))
		SKIP("no interrupt of %s on this board", registers.node);
	return open_buffer(&registers, O_RDWR);
}

/* In this very second; where that ends meanwhile, in the next one. */
static void raise_level(int clock)
{
	write_register(clock, ALARM_ON, 1);
	do {
		write_register(clock, ALARM, read_register(clock, SECONDS));
	} while (!read_register(clock, ALARM_IS));
}

static void drop_level(int clock)
{
	write_register(clock, ALARM_CLEAR, 1);
}

static void close_clock(int clock)
{
	write_register(clock, ALARM_ON, 0);
	drop_level(clock);
	close(clock);
}

static int open_lines(void)
{
	int fd;

	if (!gpio.present)
		SKIP("no %s on this board", gpio.node);
	fd = open_buffer(&gpio, O_RDWR);
	write_register(fd, LINES_ON, 0);
	write_register(fd, LINES_LEVEL, 0xff);
	/* Some are high, or some are low. */
	write_register(fd, LINES_HIGH, 0x0f);
	ASSERT_TRUE(read_register(fd, LINES_ARE));
	return fd;
}

static void make_edge(int lines)
{
	write_register(lines, LINES_ON, 0xff);
	write_register(lines, LINES_ON, 0);
}

static void acknowledge(int fd)
{
	post(fd, 1);
}

static void await_event(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	ASSERT_EQ(poll(&pfd, 1, -1), 1);
}

static bool comes(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	return ASSERT_OK(poll(&pfd, 1, NONE_COMES)) == 1;
}

TEST(interrupt, level_comes_once_for_each_acknowledgment)
{
	int clock = open_clock(), fd = events_of(clock, INTERRUPT, 0);
	uint64_t interrupts = counted(&registers, "interrupts");
	uint64_t events = counted(&registers, "events");

	/* Masked, until somebody says that he is there. */
	raise_level(clock);
	EXPECT_TRUE(!comes(fd));
	acknowledge(fd);
	EXPECT_EQ(take(fd), 1);

	/* It is there still. */
	acknowledge(fd);
	EXPECT_EQ(take(fd), 1);
	drop_level(clock);
	acknowledge(fd);
	EXPECT_TRUE(!comes(fd));

	raise_level(clock);
	EXPECT_EQ(take(fd), 1);
	EXPECT_EQ(counted(&registers, "interrupts"), interrupts + 3);
	EXPECT_EQ(counted(&registers, "events"), events);
	close_clock(clock);
}

/* What the kernel itself counted, of the line that has this name. */
static unsigned long kernel_counted(const char *name)
{
	FILE *file = fopen("/proc/interrupts", "r");
	unsigned long count = 0;
	char line[1024];

	ASSERT_TRUE(file);
	while (fgets(line, sizeof(line), file)) {
		char *at = strchr(line, ':'), *end = line + strcspn(line, "\n");
		unsigned long part;

		*end = '\0';
		if (!at || (size_t)(end - line) < strlen(name) || strcmp(end - strlen(name), name))
			continue;
		for (at++; part = strtoul(at, &end, 10), end != at; at = end)
			count += part;
	}
	fclose(file);
	return count;
}

/* A level that nobody clears is one interrupt, for the kernel as well. */
TEST(interrupt, level_that_stays_does_not_take_the_cpu)
{
	int clock = open_clock(), fd = events_of(clock, INTERRUPT, 0);
	unsigned long before = kernel_counted("registers");

	raise_level(clock);
	acknowledge(fd);
	EXPECT_EQ(take(fd), 1);
	EXPECT_TRUE(!comes(fd));
	EXPECT_EQ(kernel_counted("registers"), before + 1);
	for (int i = 0; i < 100; i++) {
		acknowledge(fd);
		EXPECT_EQ(take(fd), 1);
	}
	EXPECT_EQ(kernel_counted("registers"), before + 101);
	close_clock(clock);
}

TEST(interrupt, every_waiter_is_told)
{
	int clock = open_clock();
	int first = events_of(clock, INTERRUPT, 0), second = events_of(clock, INTERRUPT, 0);

	raise_level(clock);
	acknowledge(first);
	EXPECT_EQ(take(first), 1);
	EXPECT_EQ(take(second), 1);
	drop_level(clock);
	/* Twice is as once. */
	acknowledge(first);
	acknowledge(second);
	EXPECT_TRUE(!comes(first));
	raise_level(clock);
	EXPECT_EQ(take(second), 1);
	EXPECT_TRUE(!comes(second));
	EXPECT_EQ(take(first), 1);
	close_clock(clock);
}

TEST(interrupt, last_close_masks_the_line)
{
	int clock = open_clock();
	int first = events_of(clock, INTERRUPT, 0), second = events_of(clock, INTERRUPT, 0);
	uint64_t before = counted(&registers, "interrupts");

	acknowledge(first);
	close(first);
	raise_level(clock);
	EXPECT_EQ(take(second), 1);
	drop_level(clock);
	acknowledge(second);
	close(second);
	raise_level(clock);
	second = events_of(clock, INTERRUPT, 0);
	EXPECT_TRUE(!comes(second));
	EXPECT_EQ(counted(&registers, "interrupts"), before + 1);
	acknowledge(second);
	EXPECT_EQ(take(second), 1);
	close_clock(clock);
}

TEST(interrupt, only_1_acknowledges)
{
	static const uint64_t others[] = { 0, 2, 1ULL << 32, UINT64_MAX };
	int clock = open_clock(), fd = events_of(clock, INTERRUPT, 0);

	raise_level(clock);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		EXPECT_ERRNO(write(fd, &others[i], 8), EINVAL);
	EXPECT_TRUE(!comes(fd));
	close_clock(clock);
}

TEST(interrupt, reader_cannot_acknowledge)
{
	int clock = open_clock();
	int fd = events_of(open_buffer(&registers, O_RDONLY), INTERRUPT, 0);
	int writer = events_of(clock, INTERRUPT, 0);
	uint64_t one = 1;

	raise_level(clock);
	EXPECT_ERRNO(write(fd, &one, 8), EBADF);
	EXPECT_TRUE(!comes(fd));
	acknowledge(writer);
	EXPECT_EQ(take(fd), 1);
	close_clock(clock);
}

TEST(interrupt, sources_are_apart)
{
	int clock = open_clock();
	int interrupts = events_of(clock, INTERRUPT, 0), events = events_of(clock, POSTED, 0);

	post(events, 3);
	EXPECT_TRUE(!comes(interrupts));
	raise_level(clock);
	acknowledge(interrupts);
	EXPECT_EQ(take(interrupts), 1);
	EXPECT_EQ(take(events), 3);
	EXPECT_TRUE(!comes(events));
	close_clock(clock);
}

TEST(interrupt, unbind_with_the_line_raised)
{
	int clock = open_clock(), fd = events_of(clock, INTERRUPT, 0);
	uint64_t one = 1;

	raise_level(clock);
	acknowledge(fd);
	await_event(fd);
	unbind_promptly(&registers);
	EXPECT_EQ(ready(fd, POLLIN), POLLIN | POLLHUP | POLLERR);
	EXPECT_ERRNO(write(fd, &one, 8), ENODEV);
	EXPECT_EQ(take(fd), 1);
	EXPECT_ERRNO(read(fd, &one, 8), ENODEV);
	EXPECT_EQ(kernel_counted("registers"), 0);
	close(clock);

	/* The next one finds the line as it is, and masked. */
	bind_buffer(&registers);
	clock = open_clock();
	fd = events_of(clock, INTERRUPT, 0);
	EXPECT_TRUE(!comes(fd));
	acknowledge(fd);
	EXPECT_EQ(take(fd), 1);
	close_clock(clock);
}

/* Whatever is first, the unbind, the interrupt, the acknowledgment or the close. */
TEST(interrupt, unbinds_in_the_midst)
{
	for (int i = 0; i < 30; i++) {
		int clock = open_clock(), fd = events_of(clock, INTERRUPT, 0);
		uint64_t one = 1;
		pid_t pid;

		raise_level(clock);
		pid = harness_fork();
		if (!pid) {
			while (write(fd, &one, 8) == 8)
				continue;
			EXPECT_EQ(errno, ENODEV);
			_exit(0);
		}
		take(fd);
		unbind_buffer(&registers);
		harness_join(pid);
		close(fd);
		close(clock);
		bind_buffer(&registers);
	}
	close_clock(open_clock());
}

TEST(interrupt, each_edge_is_counted)
{
	int lines = open_lines(), fd = events_of(lines, INTERRUPT, 0);
	uint64_t before = counted(&gpio, "interrupts");

	acknowledge(fd);
	EXPECT_TRUE(!comes(fd));
	for (int i = 0; i < 1000; i++) {
		make_edge(lines);
		EXPECT_EQ(take(fd), 1);
		acknowledge(fd);
	}
	EXPECT_TRUE(!comes(fd));
	EXPECT_EQ(counted(&gpio, "interrupts"), before + 1000);
}

/* From the interrupt to the acknowledgment the line is masked. */
TEST(interrupt, edge_while_masked_is_not_lost)
{
	int lines = open_lines(), fd = events_of(lines, INTERRUPT, 0);
	uint64_t before = counted(&gpio, "interrupts");

	acknowledge(fd);
	make_edge(lines);
	EXPECT_EQ(take(fd), 1);
	make_edge(lines);
	EXPECT_TRUE(!comes(fd));
	acknowledge(fd);
	EXPECT_EQ(take(fd), 1);
	acknowledge(fd);
	EXPECT_TRUE(!comes(fd));
	EXPECT_EQ(counted(&gpio, "interrupts"), before + 2);
}

/* Many are one or two, one for each acknowledgment: never none, never more. */
TEST(interrupt, edges_that_storm_are_few)
{
	int lines = open_lines(), fd = events_of(lines, INTERRUPT, 0);
	unsigned long before = kernel_counted("gpio");
	int rest = 0;

	acknowledge(fd);
	make_edge(lines);
	EXPECT_EQ(take(fd), 1);
	for (int i = 0; i < 1000; i++)
		make_edge(lines);
	EXPECT_TRUE(!comes(fd));
	EXPECT_LE(kernel_counted("gpio"), before + 2);
	acknowledge(fd);
	do {
		EXPECT_EQ(take(fd), 1);
		rest++;
		acknowledge(fd);
	} while (comes(fd));
	EXPECT_LE(rest, 2);
}

/* Also one that came while no file was open. */
TEST(interrupt, edge_before_the_file_is_not_lost)
{
	int lines = open_lines(), fd = events_of(lines, INTERRUPT, 0);

	acknowledge(fd);
	close(fd);
	make_edge(lines);
	fd = events_of(lines, INTERRUPT, 0);
	EXPECT_TRUE(!comes(fd));
	acknowledge(fd);
	EXPECT_EQ(take(fd), 1);
	EXPECT_TRUE(!comes(fd));
}

static void expect_attribute(const struct test_buffer *b, bool wanted)
{
	char path[64 + COHBUF_NAME_SIZE];

	snprintf(path, sizeof(path), "/sys/class/cohbuf/%s/interrupts", name_of(b));
	EXPECT_EQ(!access(path, R_OK), wanted);
}

TEST(interrupt, info_and_attribute_say_which_node_has_one)
{
	struct cohbuf_info info;
	int clock = open_clock();

	ASSERT_OK(buffer_info(clock, &info));
	EXPECT_TRUE(info.flags & COHBUF_INFO_INTERRUPT);
	expect_attribute(&registers, true);
	ASSERT_OK(buffer_info(open_buffer(&plain, O_RDONLY), &info));
	EXPECT_TRUE(!(info.flags & COHBUF_INFO_INTERRUPT));
	expect_attribute(&plain, false);
}
