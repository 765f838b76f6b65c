// SPDX-License-Identifier: GPL-2.0-only
/*
 * Making an item, setting it up, taking it live and removing it, where each place that could
 * lack memory does, one after the other.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "items.h"
#include "tests/calls/fault.h"

#define LIMIT 60

static void expect_excuse(int ret, bool hit, int error, const struct faults *faults)
{
	if (ret)
		harness_check(HARNESS_HERE(false),
			      hit && (error == ENOMEM || error == EFAULT || error == ENXIO),
			      "place %u: ENOMEM, EFAULT or ENXIO, not %s", faults->nth,
			      strerror(error));
}

/* A call with one fault; the value is that of the call. */
#define WITH_FAULT(faults, hit, call)						\
	({									\
		int ret__, error__;						\
										\
		fault_arm(faults);						\
		ret__ = (call);							\
		*(hit) = fault_disarm(faults);					\
		error__ = errno;						\
		expect_excuse(ret__, *(hit), error__, faults);			\
		ret__;								\
	})

/* Longer than what an item has room for by itself. */
#define LONG_NAME	"an-item-with-a-name-of-its-own-memory"

TEST_LIMIT(configfs_fault, making_an_item, LIMIT)
{
	struct faults faults;
	bool hit;

	need_items();
	faults = faults_begin();
	do {
		int ret;

		ret = WITH_FAULT(&faults, &hit, item_make(LONG_NAME));
		if (!ret)
			EXPECT_OK(item_remove(LONG_NAME));
	} while (hit);
	faults_end(&faults);
}

TEST_LIMIT(configfs_fault, setting_an_attribute, LIMIT)
{
	struct faults faults;
	bool hit;

	need_items();
	ASSERT_OK(item_make("a"));
	faults = faults_begin();
	do {
		int ret;

		ASSERT_OK(item_write("a", "size", "4K"));
		ret = WITH_FAULT(&faults, &hit, item_write("a", "size", "64K"));
		EXPECT_STREQ(item_read("a", "size"), ret ? "4K" : "64K");
	} while (hit);
	faults_end(&faults);
}

TEST_LIMIT(configfs_fault, going_live, 8 * LIMIT)
{
	struct faults faults;
	bool hit;

	need_items();
	ITEM("a", "size", "64K", "label", "frames", "memory", "coherent", "initial_data", "Hello");
	faults = faults_begin();
	do {
		int ret;

		ret = WITH_FAULT(&faults, &hit, item_write("a", "live", "1"));
		EXPECT_STREQ(item_read("a", "live"), ret ? "0" : "1");
		if (!ret)
			ASSERT_OK(item_write("a", "live", "0"));
		EXPECT_ERRNO(access("/dev/frames", F_OK), ENOENT);
		EXPECT_ERRNO(access("/sys/bus/platform/devices/cohbuf-buffer.0", F_OK), ENOENT);
	} while (hit);
	faults_end(&faults);
	close(item_open("a"));
}

/* It cannot fail: what is gone is gone, and with it the buffer. */
TEST_LIMIT(configfs_fault, removing_a_live_item, 4 * LIMIT)
{
	struct faults faults;
	bool hit;

	need_items();
	faults = faults_begin();
	do {
		int ret;

		ITEM("a", "size", "64K", "label", "frames");
		close(item_open("a"));
		ret = WITH_FAULT(&faults, &hit, item_remove("a"));
		if (ret)
			ASSERT_OK(item_remove("a"));
		EXPECT_ERRNO(access("/dev/frames", F_OK), ENOENT);
	} while (hit);
	faults_end(&faults);
}
