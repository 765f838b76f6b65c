// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel's log has from the driver about one device; see klog.h.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "klog.h"

int klog_open(int whence)
{
	int fd = ASSERT_OK(open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC));

	ASSERT_OK(lseek(fd, 0, whence));
	return fd;
}

struct klog klog_read(int place, const char *device, const char *wanted)
{
	struct klog said = { 0 };
	struct kmsg line;

	while (kmsg_next(place, device, &line) > 0) {
		said.lines++;
		if (line.level == KMSG_ERROR && strstr(line.text, wanted))
			said.fitting++;
		memcpy(said.last, line.text, sizeof(said.last));
	}
	return said;
}

void expect_refusal(const struct klog *said, const char *wanted)
{
	EXPECT_EQ(said->lines, 1);
	harness_check(HARNESS_HERE(false), said->fitting == 1,
		      "\"%s\" has the text \"%s\"", said->last, wanted);
}
