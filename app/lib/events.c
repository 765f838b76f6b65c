// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Events of buffers, counted, waited for and posted.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "buffer.h"

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
	struct cohbuf_info info;

	/* Of a file that is none poll() would wait all the same. */
	if (events < 0)
		return EBADF;
	for (;;) {
		int64_t left = end - now_ms();
		int wait = left > 0 ? left : 0;
		int ret = poll(&ready, 1, timeout_ms < 0 ? -1 : wait);
		ssize_t len;

		if (ret < 0)
			return errno;
		if (!ret)
			return ETIMEDOUT;
		/* A buffer's own file could be read as well, and would move on. */
		if (!ioctl(events, COHBUF_IOC_INFO, &info))
			return EINVAL;
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
		return "give a file of cohbuf_events()";
	}
}

int cohbuf_wait(int events, int timeout_ms, uint64_t *count)
{
	uint64_t came;
	int error = next_count(events, timeout_ms, &came);

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
		return "nobody reads what was posted before: wait for those who are to";
	default:
		return remedy_of_wait(error);
	}
}

int cohbuf_post(int events, uint64_t count)
{
	ssize_t len = write(events, &count, sizeof(count));

	if (len == sizeof(count))
		return 0;
	return cohbuf_fail(len < 0 ? errno : EINVAL, remedy_of_post(len < 0 ? errno : EINVAL),
			   "posting %" PRIu64 " events", count);
}
