// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's log, record by record; see kmsg.h.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device.h"
#include "kmsg.h"

/* Since 6.9 with the same head as the driver's own words. */
#define OF_DRIVER_CORE	"probe with driver "

/* A record: "LEVEL,SEQUENCE,TIME,FLAGS;TEXT\n KEY=VALUE\n". */
static bool parse(const char *record, const char *device, struct kmsg *line)
{
	char head[DEVICE_NAME_SIZE + 16];
	const char *text = strchr(record, ';');

	line->level = strtoul(record, NULL, 10) & 7;
	if (!text || line->level > KMSG_WARNING)
		return false;
	text++;
	snprintf(head, sizeof(head), "cohbuf %s: ", device);
	if (strncmp(text, head, strlen(head)))
		return false;
	text += strlen(head);
	snprintf(line->text, sizeof(line->text), "%.*s", (int)strcspn(text, "\n"), text);
	return strncmp(text, OF_DRIVER_CORE, strlen(OF_DRIVER_CORE));
}

int kmsg_next(int fd, const char *device, struct kmsg *line)
{
	char record[8192];
	ssize_t len;

	for (;;) {
		len = read(fd, record, sizeof(record) - 1);
		/* The oldest were overwritten meanwhile; go on. */
		if (len < 0 && errno == EPIPE)
			continue;
		if (len <= 0)
			return len && errno != EAGAIN ? -1 : 0;
		record[len] = '\0';
		if (parse(record, device, line))
			return 1;
	}
}
