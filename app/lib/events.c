// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Events of buffers, counted, waited for and posted.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "buffer.h"

#define GIVE_EVENTS	"give a file of cohbuf_events()"

static const char *remedy_of_events(const struct cohbuf_buffer *buffer, int error)
{
	if (error == EOPNOTSUPP)
		return "its node has no interrupt: add interrupts to it";
	return cohbuf_remedy_of_call(buffer, error);
}

int cohbuf_events(const struct cohbuf_buffer *buffer, enum cohbuf_events_source source)
{
	struct cohbuf_events events = { .source = source, .flags = O_CLOEXEC | O_NONBLOCK };
	char called[COHBUF_CALLED_SIZE];

	if (!ioctl(buffer->fd, COHBUF_IOC_EVENTS, &events))
		return events.fd;
	return cohbuf_fail(errno, remedy_of_events(buffer, errno), "events of %s",
			   cohbuf_called(buffer, called));
}

/*
 * Of another file 8 bytes would be read or written all the same, of a buffer's too. The driver
 * gives a name to its own; where there is no /proc to read it from, all but buffers pass.
 */
static bool is_of_events(int file)
{
	static const char name[] = "anon_inode:[cohbuf-events]";
	char link[40], found[sizeof(name)];
	struct cohbuf_info info;
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/thread-self/fd/%d", file);
	len = readlink(link, found, sizeof(found));
	if (len >= 0)
		return len == sizeof(name) - 1 && !memcmp(found, name, len);
	return ioctl(file, COHBUF_IOC_INFO, &info) && errno == ENOTTY;
}

/* Is it a file of events, and not open for @refused alone? Returns 0 or an errno. */
static int check_events(int file, int refused)
{
	int flags = fcntl(file, F_GETFL);

	if (flags < 0)
		return errno;
	if (!is_of_events(file))
		return EINVAL;
	return (flags & O_ACCMODE) == refused ? EBADF : 0;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Returns 0 or an errno. The file may be another thread's too, who may be faster. */
static int next_count(int events, int timeout_ms, uint64_t *count)
{
	int64_t end = now_ms() + timeout_ms;
	struct pollfd ready = { .fd = events, .events = POLLIN };
	/* poll() would wait for what is never there to be read, too. */
	int error = check_events(events, O_WRONLY);

	if (error)
		return error;
	for (;;) {
		int64_t left = end - now_ms();
		int wait = left > 0 ? left : 0;
		int ret = poll(&ready, 1, timeout_ms < 0 ? -1 : wait);
		ssize_t len;

		if (ret < 0)
			return errno;
		if (!ret)
			return ETIMEDOUT;
		len = read(events, count, sizeof(*count));
		if (len == sizeof(*count))
			return 0;
		if (len >= 0)
			return EINVAL;
		if (errno != EAGAIN)
			return errno;
	}
}

static const char *remedy_of_wait(int error)
{
	switch (error) {
	case ETIMEDOUT:
		return "wait longer, or look whether who posts is running, and an interrupt was let through by cohbuf_post()";
	case ENODEV:
		return "the device was unbound from its driver meanwhile: bind it again and start over";
	case EINTR:
		return "a signal came: call it again";
	case EBADF:
		return "take the file of cohbuf_events() from a buffer that is open for reading";
	default:
		return GIVE_EVENTS;
	}
}

int cohbuf_wait(int events, int timeout_ms, uint64_t *count)
{
	uint64_t came;
	int before = errno, error = next_count(events, timeout_ms, &came);

	errno = before;
	if (error)
		return cohbuf_fail(error, remedy_of_wait(error), "waiting for events");
	if (count)
		*count = came;
	return 0;
}

static const char *remedy_of_post(int error)
{
	switch (error) {
	case EINVAL:
		return "post 1 to 4294967295 events; of an interrupt, 1";
	case EBADF:
		return "take the file of cohbuf_events() from a buffer that is open for writing";
	case EOVERFLOW:
		return "since the bind as many were posted as can be counted, read or not: bind the device anew, which counts from 0";
	default:
		return remedy_of_wait(error);
	}
}

int cohbuf_post(int events, uint64_t count)
{
	int before = errno, error = check_events(events, O_RDONLY);
	bool is_another = error == EINVAL;

	if (!error && write(events, &count, sizeof(count)) < 0)
		error = errno;
	errno = before;
	if (!error)
		return 0;
	return cohbuf_fail(error, is_another ? GIVE_EVENTS : remedy_of_post(error),
			   "posting %" PRIu64 " events", count);
}
