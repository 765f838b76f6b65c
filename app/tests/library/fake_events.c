// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files of events: an eventfd each, so that everything waits for them as for the driver's.
 */
#include "fake.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define MAX_POLLED	16

/* The line of each buffer is let through once; one buffer with an interrupt is enough. */
static atomic_bool unmasked;

static int fail(int error)
{
	errno = error;
	return -1;
}

int fake_events(int fd, const struct fake_buffer *buffer, struct cohbuf_events *events)
{
	int mode = syscall(SYS_fcntl, fd, F_GETFL) & O_ACCMODE;
	struct fake_file file = { .kind = FAKE_EVENTS };
	struct cohbuf_info info;
	struct stat status;
	int error;

	if (events->source > COHBUF_EVENTS_INTERRUPT ||
	    events->flags & ~(O_CLOEXEC | O_NONBLOCK))
		return EINVAL;
	for (size_t i = 0; i < sizeof(events->reserved) / sizeof(events->reserved[0]); i++)
		if (events->reserved[i])
			return EINVAL;
	error = fake_info(fd, buffer, &info);
	if (error)
		return error;
	if (events->source == COHBUF_EVENTS_INTERRUPT && !(info.flags & COHBUF_INFO_INTERRUPT))
		return EOPNOTSUPP;
	syscall(SYS_fstat, fd, &status);
	file.fd = eventfd(0, events->flags);
	if (file.fd < 0)
		return errno;
	strcpy(file.name, buffer->name);
	file.inode = status.st_ino;
	file.pooled = buffer->pooled;
	file.mode = mode;
	file.source = events->source;
	events->fd = fake_file_add(&file);
	return events->fd < 0 ? errno : 0;
}

/* Unbound, and perhaps bound anew since. */
bool fake_events_are_over(const struct fake_file *file)
{
	char path[PATH_MAX];
	struct stat status;

	if (fake_is_unbound(file->name))
		return true;
	snprintf(path, sizeof(path), "%s/dev/%s", fake_folder(), file->name);
	return !file->pooled &&
	       (syscall(SYS_newfstatat, AT_FDCWD, path, &status, 0) ||
		status.st_ino != file->inode);
}

static bool has_count(int fd)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	struct timespec none = { 0 };

	return syscall(SYS_ppoll, &ready, 1, &none, NULL, 0) == 1;
}

ssize_t fake_events_read(const struct fake_file *file, void *to, size_t length)
{
	struct pollfd ready = { .fd = file->fd, .events = POLLIN };

	if (file->mode == O_WRONLY)
		return fail(EBADF);
	if (length < sizeof(uint64_t))
		return fail(EINVAL);
	if (!has_count(file->fd)) {
		if (fake_events_are_over(file))
			return fail(ENODEV);
		if (syscall(SYS_fcntl, file->fd, F_GETFL) & O_NONBLOCK)
			return fail(EAGAIN);
		if (poll(&ready, 1, -1) < 0)
			return -1;
		if (fake_events_are_over(file) && !has_count(file->fd))
			return fail(ENODEV);
	}
	return syscall(SYS_read, file->fd, to, sizeof(uint64_t));
}

/**
 * struct post - what is told to files of events
 * @name: of the buffer of this name
 * @inode: and, where it is not zero, with these bytes: a pool has many of its name
 * @source: and of this source
 * @count: so many more
 */
struct post {
	const char *name;
	ino_t inode;
	uint32_t source;
	uint64_t count;
};

static void tell(struct fake_file *file, const void *what)
{
	const struct post *post = what;

	if (file->kind == FAKE_EVENTS && file->source == post->source &&
	    !strcmp(file->name, post->name) && (!post->inode || file->inode == post->inode) &&
	    syscall(SYS_write, file->fd, &post->count, sizeof(post->count)) < 0)
		abort();
}

ssize_t fake_events_write(const struct fake_file *file, const void *from, size_t length)
{
	struct post post = { file->name, file->inode, file->source, 0 };
	int error = fake_told("post");

	if (!error && file->mode == O_RDONLY)
		error = EBADF;
	if (!error && length != sizeof(post.count))
		error = EINVAL;
	if (!error) {
		memcpy(&post.count, from, sizeof(post.count));
		if (!post.count || post.count > (post.source ? 1 : UINT32_MAX))
			error = EINVAL;
		else if (fake_events_are_over(file))
			error = ENODEV;
	}
	fake_record(error, "post %s %u %llu", file->name, file->source,
		    (unsigned long long)post.count);
	if (error)
		return fail(error);
	if (post.source == COHBUF_EVENTS_POSTED)
		fake_file_each(tell, &post);
	else
		unmasked = true;
	return length;
}

/* It is counted once, and then its line is masked. */
void cohbuf_fake_interrupt(const char *name)
{
	struct post post = { .name = name, .source = COHBUF_EVENTS_INTERRUPT, .count = 1 };

	if (atomic_exchange(&unmasked, false))
		fake_file_each(tell, &post);
}

static bool is_over(int fd)
{
	struct fake_buffer buffer;
	struct cohbuf_info info;
	struct fake_file file;

	if (fake_file_get(fd, &file) && file.kind == FAKE_EVENTS)
		return fake_events_are_over(&file);
	return fake_buffer_of(fd, &buffer) && fake_info(fd, &buffer, &info);
}

/* What the system does not see: that the device is gone. */
static int add_ends(struct pollfd *fds, nfds_t count)
{
	int ready = 0;

	for (nfds_t i = 0; i < count; i++) {
		if (is_over(fds[i].fd))
			fds[i].revents = (fds[i].revents & POLLIN) | POLLHUP | POLLERR;
		ready += !!fds[i].revents;
	}
	return ready;
}

static bool is_ours(const struct pollfd *fds, nfds_t count)
{
	struct fake_buffer buffer;
	struct fake_file file;

	for (nfds_t i = 0; i < count; i++)
		if (fake_file_get(fds[i].fd, &file) || fake_buffer_of(fds[i].fd, &buffer))
			return true;
	return false;
}

static struct timespec left_until(const struct timespec *end)
{
	struct timespec left;

	clock_gettime(CLOCK_MONOTONIC, &left);
	left.tv_sec = end->tv_sec - left.tv_sec;
	left.tv_nsec = end->tv_nsec - left.tv_nsec;
	if (left.tv_nsec < 0) {
		left.tv_sec--;
		left.tv_nsec += 1000000000;
	}
	if (left.tv_sec < 0)
		left = (struct timespec){ 0 };
	return left;
}

static struct timespec end_of(int timeout_ms)
{
	struct timespec end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += timeout_ms / 1000;
	end.tv_nsec += timeout_ms % 1000 * 1000000;
	if (end.tv_nsec >= 1000000000) {
		end.tv_sec++;
		end.tv_nsec -= 1000000000;
	}
	return end;
}

/* Woken up by a new file in the folder of what is unbound, too. */
static int poll_ours(struct pollfd *fds, nfds_t count, int timeout_ms, int watch)
{
	struct timespec end = end_of(timeout_ms > 0 ? timeout_ms : 0);
	struct pollfd all[MAX_POLLED + 1];
	int ready, ret;

	memcpy(all, fds, count * sizeof(*fds));
	for (nfds_t i = 0; i < count; i++)
		all[i].revents = 0;
	all[count] = (struct pollfd){ .fd = watch, .events = POLLIN };
	do {
		struct timespec left = left_until(&end), none = { 0 };
		char drained[4096];

		ready = add_ends(all, count);
		if (ready)
			left = none;
		ret = syscall(SYS_ppoll, all, count + 1, timeout_ms < 0 && !ready ? NULL : &left,
			      NULL, 0);
		if (ret < 0)
			return -1;
		if (all[count].revents && syscall(SYS_read, watch, drained, sizeof(drained)) < 0)
			abort();
		ready = add_ends(all, count);
	} while (!ready && ret);
	memcpy(fds, all, count * sizeof(*fds));
	return ready;
}

FAKE_CALL int poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
	struct timespec left = { timeout_ms / 1000, timeout_ms % 1000 * 1000000L };
	char path[PATH_MAX];
	int watch, ret, error;

	if (!fake_folder() || count > MAX_POLLED || !is_ours(fds, count))
		return syscall(SYS_ppoll, fds, count, timeout_ms < 0 ? NULL : &left, NULL, 0);

	error = fake_told("poll");
	if (error)
		return fail(error);
	snprintf(path, sizeof(path), "%s/unbound", fake_folder());
	watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (watch < 0 || inotify_add_watch(watch, path, IN_CREATE) < 0)
		abort();
	ret = poll_ours(fds, count, timeout_ms, watch);
	error = errno;
	syscall(SYS_close, watch);
	errno = error;
	return ret;
}

int __poll_chk(struct pollfd *fds, nfds_t count, int timeout_ms, size_t room);
FAKE_CALL int __poll_chk(struct pollfd *fds, nfds_t count, int timeout_ms, size_t room)
{
	if (room < count * sizeof(*fds))
		abort();
	return poll(fds, count, timeout_ms);
}
