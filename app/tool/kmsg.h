/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's log, record by record, as /dev/kmsg gives it.
 */
#ifndef _KMSG_H
#define _KMSG_H

enum {
	KMSG_ERROR = 3,
	KMSG_WARNING = 4
};

/**
 * struct kmsg - a line of the log
 * @level: severity; smaller is worse
 * @text: what is said, without the names of driver and device before it
 */
struct kmsg {
	unsigned int level;
	char text[1024];
};

/*
 * The next warning, or worse, of the driver about one of its devices, in a /dev/kmsg
 * that does not block: 1, 0 at the end of the log, or -1 with errno.
 */
int kmsg_next(int fd, const char *device, struct kmsg *line);

#endif /* _KMSG_H */
