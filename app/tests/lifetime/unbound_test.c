// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unbind while a program has the buffer open: every call is ENODEV from then on,
 * poll says so, and the node is gone. Mappings are in lifetime_test.c.
 */
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tests/harness/asleep.h"
#include "tests/harness/buffers.h"

#define RW	(PROT_READ | PROT_WRITE)

TEST_EACH(unbound, calls_are_enodev, all_buffers)
{
	char byte;
	struct iovec iov = { &byte, 1 };
	struct cohbuf_info info;
	int fd = open_buffer(b, O_RDWR), pipefd[2];

	ASSERT_OK(pipe(pipefd));
	ASSERT_EQ(write(pipefd[1], "x", 1), 1);
	unbind_buffer(b);
	EXPECT_ERRNO(read(fd, &byte, 1), ENODEV);
	EXPECT_ERRNO(pread(fd, &byte, 1, 0), ENODEV);
	EXPECT_ERRNO(pread(fd, &byte, 1, b->size), ENODEV);
	EXPECT_ERRNO(readv(fd, &iov, 1), ENODEV);
	EXPECT_ERRNO(write(fd, "x", 1), ENODEV);
	EXPECT_ERRNO(pwrite(fd, "x", 1, 0), ENODEV);
	EXPECT_ERRNO(pwrite(fd, "x", 1, b->size), ENODEV);
	EXPECT_ERRNO(writev(fd, &iov, 1), ENODEV);
	EXPECT_ERRNO(lseek(fd, 0, SEEK_SET), ENODEV);
	EXPECT_ERRNO(lseek(fd, 0, SEEK_END), ENODEV);
	EXPECT_ERRNO(buffer_info(fd, &info), ENODEV);
	EXPECT_ERRNO(splice(fd, NULL, pipefd[1], NULL, 1, 0), ENODEV);
	EXPECT_ERRNO(splice(pipefd[0], NULL, fd, NULL, 1, 0), ENODEV);
	EXPECT_MAP_ERRNO(mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0), ENODEV);
	EXPECT_MAP_ERRNO(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, b->size), ENODEV);
}

TEST_EACH(unbound, calls_of_zero_length_are_enodev, all_buffers)
{
	int fd = open_buffer(b, O_RDWR);

	unbind_buffer(b);
	EXPECT_ERRNO(read(fd, NULL, 0), ENODEV);
	EXPECT_ERRNO(pread(fd, NULL, 0, 0), ENODEV);
	EXPECT_ERRNO(write(fd, NULL, 0), ENODEV);
	EXPECT_ERRNO(pwrite(fd, NULL, 0, 0), ENODEV);
}

/*
 * A program can be between finding a node and opening it for as long as it likes. Were
 * its number another buffer's by then, it would get that one, with the rights and the
 * data of this one.
 */
TEST(unbound, node_that_is_gone_opens_no_other_buffer)
{
	const struct test_buffer *const buffers[] = { &plain, &pool };
	char paths[2][64];

	for (int i = 0; i < 2; i++)
		snprintf(paths[i], sizeof(paths[i]), "/proc/self/fd/%d",
			 open_buffer(buffers[i], O_PATH));
	unbind_buffer(&plain);
	unbind_buffer(&pool);
	for (int i = 0; i < 2; i++)
		EXPECT_ERRNO(open(paths[i], O_RDWR), ENXIO);
	bind_buffer(&pool);
	bind_buffer(&plain);
	for (int i = 0; i < 2; i++)
		EXPECT_ERRNO(open(paths[i], O_RDWR), ENXIO);
}

TEST_LIMIT(unbound, node_of_an_unloaded_driver_opens_no_buffer, 60)
{
	char path[64];

	/* Twice, so that the numbers are those that come first both times. */
	need_module();
	reload_driver();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", open_buffer(&plain, O_PATH));
	reload_driver();
	EXPECT_ERRNO(open(path, O_RDWR), ENXIO);
}

/* What is wrong with a call does not depend on the unbind. */
TEST(unbound, wrong_calls_stay_wrong)
{
	int fd = open_buffer(&plain, O_RDONLY);

	unbind_buffer(&plain);
	EXPECT_MAP_ERRNO(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0), EINVAL);
	EXPECT_MAP_ERRNO(mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0), EACCES);
	EXPECT_ERRNO(write(fd, "x", 1), EBADF);
	EXPECT_EQ(close(fd), 0);
}

TEST_EACH(unbound, poll_is_hup_and_err, all_buffers)
{
	struct pollfd pfd = { .fd = open_buffer(b, O_RDWR), .events = POLLIN | POLLOUT };

	unbind_buffer(b);
	EXPECT_EQ(poll(&pfd, 1, 0), 1);
	EXPECT_EQ(pfd.revents, POLLHUP | POLLERR);
	pfd.events = 0;
	pfd.revents = 0;
	EXPECT_EQ(poll(&pfd, 1, -1), 1);
	EXPECT_EQ(pfd.revents, POLLHUP | POLLERR);
}

/* Edge-triggered: ready once, and only by what wakes it up. */
TEST_EACH(unbound, epoll_is_woken, all_buffers)
{
	struct epoll_event event = { .events = EPOLLET };
	int fd = open_buffer(b, O_RDWR);
	int epoll = ASSERT_OK(epoll_create1(0));

	ASSERT_OK(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
	EXPECT_EQ(epoll_wait(epoll, &event, 1, 0), 0);
	unbind_buffer(b);
	EXPECT_EQ(epoll_wait(epoll, &event, 1, 0), 1);
	EXPECT_EQ(event.events, EPOLLHUP | EPOLLERR);
	EXPECT_EQ(epoll_wait(epoll, &event, 1, 0), 0);
}

TEST_EACH(unbound, sleeping_poll_is_woken, all_buffers)
{
	struct pollfd pfd = { .fd = open_buffer(b, O_RDWR) };
	pid_t pid = harness_fork();

	if (!pid) {
		EXPECT_EQ(poll(&pfd, 1, -1), 1);
		EXPECT_EQ(pfd.revents, POLLHUP | POLLERR);
		_exit(0);
	}
	await_asleep(pid);
	unbind_buffer(b);
	harness_join(pid);
}

TEST_EACH(unbound, node_and_attributes_are_gone, all_buffers)
{
	char name[COHBUF_NAME_SIZE], path[PATH_MAX];

	snprintf(name, sizeof(name), "%s", name_of(b));
	open_buffer(b, O_RDWR);
	unbind_buffer(b);
	EXPECT_ERRNO(buffer_open(name, O_RDWR), ENOENT);
	snprintf(path, sizeof(path), "/sys/class/cohbuf/%s", name);
	EXPECT_ERRNO(access(path, F_OK), ENOENT);
}

TEST_EACH(unbound, attribute_that_is_open_is_enodev, all_buffers)
{
	char path[PATH_MAX], text[64];
	int fd;

	snprintf(path, sizeof(path), "/sys/class/cohbuf/%s/size", name_of(b));
	fd = ASSERT_OK(open(path, O_RDONLY));
	unbind_buffer(b);
	EXPECT_ERRNO(read(fd, text, sizeof(text)), ENODEV);
}

TEST_EACH(unbound, bind_of_a_bound_device_is_refused, all_buffers)
{
	char device[DEVICE_NAME_SIZE];
	unsigned char *map = map_buffer(b, open_buffer(b, O_RDWR));

	ASSERT_OK(buffer_device(name_of(b), device));
	EXPECT_ERRNO_IN(device_bind(device), EBUSY, ENODEV);
	EXPECT_SIGNAL(touch_write(map, 1), 0);
}

TEST_EACH(unbound, unbind_of_an_unbound_device_is_enodev, all_buffers)
{
	char device[DEVICE_NAME_SIZE];

	ASSERT_OK(buffer_device(name_of(b), device));
	ASSERT_OK(device_unbind(device));
	EXPECT_ERRNO(device_unbind(device), ENODEV);
}
