// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devicetree nodes with made-up properties, of boards/harness/check/wild_test: "wild-0" and so
 * on, one test each. Nobody says what is right. But a node becomes a buffer that can
 * be used, or it is refused with one line that names a remedy; twice the same; and then
 * nothing is left of it.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/harness/buffers.h"
#include "tests/harness/klog.h"

/* Shared by the processes of all tests. */
struct tally {
	unsigned int bound;
	unsigned int refused;
};

static struct tally *tally;

static void node_name(size_t number, char *name, size_t size)
{
	snprintf(name, size, "wild-%zu", number);
}

static void use(const void *arg)
{
	const char *device = arg;
	char name[COHBUF_NAME_SIZE];
	struct cohbuf_info info;
	unsigned char *map;
	int fd;

	ASSERT_OK(device_buffer(device, name));
	fd = ASSERT_OK(buffer_open(name, O_RDWR));
	ASSERT_OK(buffer_info(fd, &info));
	EXPECT_STREQ(info.name, name);
	ASSERT_GT(info.size, 0);
	EXPECT_EQ(info.size % PAGE, 0);
	EXPECT_EQ(!(info.flags & COHBUF_INFO_DMA_ADDR), info.memory == COHBUF_MEMORY_VMALLOC);
	EXPECT_GE(info.dma_bits, info.memory == COHBUF_MEMORY_VMALLOC ? 0 : 16);
	EXPECT_LE(info.dma_bits, 64);
	if (info.dma_bits && info.dma_bits < 64)
		EXPECT_EQ((info.dma_addr + info.size - 1) >> info.dma_bits, 0);
	map = ASSERT_MAP(mmap(NULL, info.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	EXPECT_SIGNAL(touch_write(map, 1), 0);
	EXPECT_SIGNAL(touch_write(map + info.size - 1, 1), 0);
	EXPECT_EQ(lseek(fd, 0, SEEK_END), info.size);
}

/* Returns true where it becomes a buffer. */
static bool try(const char *device)
{
	int log = klog_open(SEEK_END);
	bool bound = !device_bind(device);
	int error = errno;
	struct klog said = klog_read(log, device, ":");

	close(log);
	EXPECT_EQ(device_is_bound(device), bound);
	if (!bound) {
		EXPECT_NE(error, EAGAIN);
		expect_refusal(&said, ":");
	} else {
		EXPECT_EQ(said.lines, 0);
		harness_in_child(use, device);
		ASSERT_OK(device_unbind(device));
	}
	expect_no_buffer(device);
	return bound;
}

static void test_node(const void *arg)
{
	char name[32], device[DEVICE_NAME_SIZE];
	bool bound;

	node_name((size_t)arg, name, sizeof(name));
	ASSERT_OK(device_find(name, device));
	/* All have been tried at the boot, one after the other. */
	if (device_is_bound(device))
		ASSERT_OK(device_unbind(device));
	bound = try(device);
	EXPECT_EQ(try(device), bound);
	if (bound)
		tally->bound++;
	else
		tally->refused++;
}

/* What the boot bound must not be in the way of what is tried alone. */
static void unbind_all(const void *arg)
{
	size_t count = (size_t)arg;

	for (size_t i = 0; i < count; i++) {
		char name[32], device[DEVICE_NAME_SIZE];

		node_name(i, name, sizeof(name));
		ASSERT_OK(device_find(name, device));
		if (device_is_bound(device))
			EXPECT_OK(device_unbind(device));
		expect_no_buffer(device);
	}
}

/* Made-up nodes of which none is right, or none is wrong, would show little. */
static void test_both(const void *arg __attribute__((unused)))
{
	harness_note("%u nodes became buffers, %u were refused", tally->bound, tally->refused);
	EXPECT_GT(tally->bound, 0);
	EXPECT_GT(tally->refused, 0);
}

static void __attribute__((constructor)) add_tests(void)
{
	char name[32], device[DEVICE_NAME_SIZE];
	size_t count = 0;

	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		     -1, 0);
	while (node_name(count, name, sizeof(name)), !device_find(name, device))
		count++;
	if (!count) {
		fprintf(stderr, "wild_test: the board has no node wild-0: start it with boards/harness/check/wild_test\n");
		exit(2);
	}
	harness_add(unbind_all, (void *)count, 10 * HARNESS_LIMIT, "wild.all_are_unbound");
	for (size_t i = 0; i < count; i++)
		harness_add(test_node, (void *)i, HARNESS_LIMIT, "wild.node_%zu", i);
	harness_add(test_both, NULL, HARNESS_LIMIT, "wild.some_are_buffers_and_some_are_refused");
}
