// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many buffers: what a bind costs, and which number a buffer without label gets. The
 * board was started with the nodes of "boards/harness/check/many_test plain", and with
 * "cohbuf_bind=later" on the kernel's command line or not.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "process.h"
#include "tests/harness/buffers.h"

/* Devices "PREFIX-0" and so on, of boards/harness/check/many_test; they need not be bound. */
static unsigned int count_devices(const char *prefix)
{
	char path[PATH_MAX];
	unsigned int count = 0;

	do
		snprintf(path, sizeof(path), "/sys/bus/platform/devices/%s-%u", prefix, count++);
	while (!access(path, F_OK));
	if (--count < 10)
		SKIP("the board has no nodes %s-0 to %s-9: start it with boards/harness/check/many_test",
		     prefix, prefix);
	return count;
}

static double for_all(const char *prefix, unsigned int count, int (*call)(const char *device))
{
	double start = monotonic();
	char device[DEVICE_NAME_SIZE];

	for (unsigned int i = 0; i < count; i++) {
		snprintf(device, sizeof(device), "%s-%u", prefix, i);
		ASSERT_OK(call(device));
	}
	return monotonic() - start;
}

static void unbind_those_bound(const char *prefix, unsigned int count)
{
	char device[DEVICE_NAME_SIZE];

	for (unsigned int i = 0; i < count; i++) {
		snprintf(device, sizeof(device), "%s-%u", prefix, i);
		if (device_is_bound(device))
			ASSERT_OK(device_unbind(device));
	}
}

static void take_bind_time(const char *prefix, unsigned int count, double *best)
{
	double time = for_all(prefix, count, device_bind);

	for_all(prefix, count, device_unbind);
	if (time < *best)
		*best = time;
}

/* A label is given, a number has to be found. */
TEST_LIMIT(nodes, without_label_bind_as_fast_as_those_with_one, 180)
{
	unsigned int count = count_devices("labelled");
	double with = 1e9, without = 1e9;

	ASSERT_EQ(count_devices("unlabelled"), count);
	unbind_those_bound("labelled", count);
	unbind_those_bound("unlabelled", count);
	/* A busy host makes any round longer, and none shorter: by turns, the best of each. */
	for (int round = 0; round < 2 || (round < 6 && without > with * 1.5); round++) {
		take_bind_time("labelled", count, &with);
		take_bind_time("unlabelled", count, &without);
	}
	harness_note("%u nodes: %.3f s with labels, %.3f s without", count, with, without);
	EXPECT_LT(without * 1000, with * 1000 * 2 + 50);
}

static unsigned int number_of(const char *device)
{
	char name[COHBUF_NAME_SIZE];

	ASSERT_OK(device_buffer(device, name));
	ASSERT_TRUE(!strncmp(name, "cohbuf", 6));
	return atoi(name + 6);
}

/* Of a buffer that is gone, whoever still has it open. */
TEST_LIMIT(nodes, lowest_free_number_is_taken, 60)
{
	unsigned int count = count_devices("unlabelled"), first;
	char name[COHBUF_NAME_SIZE];

	unbind_those_bound("unlabelled", count);
	for_all("unlabelled", 8, device_bind);
	first = number_of("unlabelled-0");
	EXPECT_EQ(number_of("unlabelled-7"), first + 7);

	ASSERT_OK(device_buffer("unlabelled-2", name));
	ASSERT_OK(buffer_open(name, O_RDWR));
	ASSERT_OK(device_unbind("unlabelled-5"));
	ASSERT_OK(device_unbind("unlabelled-2"));
	ASSERT_OK(device_bind("unlabelled-5"));
	EXPECT_EQ(number_of("unlabelled-5"), first + 2);
	ASSERT_OK(device_bind("unlabelled-2"));
	EXPECT_EQ(number_of("unlabelled-2"), first + 5);
	for_all("unlabelled", 8, device_unbind);
}
