// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suspend to idle with buffers open and mapped: what is in them stays, and they can be
 * used and revoked afterwards. The clock of the board wakes it up.
 */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tests/harness/buffers.h"
#include "unbind.h"

#define ALARM	"/sys/class/rtc/rtc0/wakealarm"
#define SECONDS	"+3"	/* enough to fall asleep before */

/* False where the alarm came while devices still fell asleep. */
static bool falls_asleep(void)
{
	ASSERT_OK(file_write(ALARM, "0"));
	ASSERT_OK(file_write(ALARM, SECONDS));
	return !file_write("/sys/power/state", "freeze");
}

static void suspend_to_idle(void)
{
	char states[64];

	if (file_read_line("/sys/power/state", states, sizeof(states)) ||
	    !strstr(states, "freeze"))
		SKIP("this kernel has no suspend to idle");
	if (access(ALARM, W_OK))
		SKIP("nothing here can wake the board up: no %s", ALARM);
	while (!falls_asleep())
		ASSERT_EQ(errno, EBUSY);
}

TEST_LIMIT(suspend, mappings_and_data_stay, 60)
{
	unsigned char *maps[MAX_BUFFERS], byte;
	size_t i;

	for (i = 0; named_buffers[i]; i++) {
		const struct test_buffer *b = named_buffers[i];

		maps[i] = map_buffer(b, open_buffer(b, O_RDWR));
		fill_pattern(maps[i], 0, b->size, i);
	}
	suspend_to_idle();
	for (i = 0; named_buffers[i]; i++) {
		const struct test_buffer *b = named_buffers[i];
		unsigned char *back = new_bytes(b->size, 0);

		EXPECT_BYTES(maps[i], new_pattern(0, b->size, i), b->size);
		EXPECT_EQ(pread(open_buffer(b, O_RDONLY), back, b->size, 0), b->size);
		EXPECT_BYTES(back, new_pattern(0, b->size, i), b->size);
		EXPECT_SIGNAL(touch_write(maps[i], 1), 0);
		unbind_promptly(b);
		EXPECT_SIGNAL(touch_read(maps[i], &byte), SIGBUS);
	}
}
