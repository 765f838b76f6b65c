// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel's log has from the driver about one device; see klog.h.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device.h"
#include "harness.h"
#include "klog.h"

#define LEVEL_ERR	3
#define LEVEL_WARNING	4

int klog_open(int whence)
{
	int fd = ASSERT_OK(open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC));

	ASSERT_OK(lseek(fd, 0, whence));
	return fd;
}

/* "LEVEL,SEQUENCE,TIME,FLAGS;TEXT", and then lines that begin with a space. */
static void look_at_record(char *record, const char *device, const char *wanted,
			   struct klog *said)
{
	unsigned int level = strtoul(record, NULL, 10) & 7;
	char head[DEVICE_NAME_SIZE + 16];
	char *text = strchr(record, ';');

	if (!text || level > LEVEL_WARNING)
		return;
	text++;
	text[strcspn(text, "\n")] = '\0';
	snprintf(head, sizeof(head), "cohbuf %s: ", device);
	if (strncmp(text, head, strlen(head)))
		return;
	/* That is the driver core's own word, since 6.9 with the same head. */
	if (!strncmp(text + strlen(head), "probe with driver ", strlen("probe with driver ")))
		return;
	said->lines++;
	if (level == LEVEL_ERR && strstr(text, wanted))
		said->fitting++;
	snprintf(said->last, sizeof(said->last), "%s", text);
}

struct klog klog_read(int place, const char *device, const char *wanted)
{
	struct klog said = { 0 };
	char record[8192];
	ssize_t len;

	while ((len = read(place, record, sizeof(record) - 1)) > 0 || errno == EPIPE) {
		if (len < 0)
			continue;
		record[len] = '\0';
		look_at_record(record, device, wanted, &said);
	}
	return said;
}

void expect_refusal(const struct klog *said, const char *wanted)
{
	EXPECT_EQ(said->lines, 1);
	harness_check(HARNESS_HERE(false), said->fitting == 1,
		      "\"%s\" has the text \"%s\"", said->last, wanted);
}
