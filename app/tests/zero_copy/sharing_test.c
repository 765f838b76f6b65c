// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program gives its open file to another one, or has it taken: both have the same buffer,
 * with the rights of that file, until it is unbound.
 */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/harness/buffers.h"

#define RW	(PROT_READ | PROT_WRITE)

#ifndef SYS_pidfd_open
#define SYS_pidfd_open	434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd	438
#endif

static void send_fd(int socket, int fd)
{
	char control[CMSG_SPACE(sizeof(int))] = {}, byte = 'f';
	struct iovec vec = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &vec,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	ASSERT_EQ(sendmsg(socket, &msg, 0), 1);
}

static int receive_fd(int socket)
{
	char control[CMSG_SPACE(sizeof(int))], byte;
	struct iovec vec = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &vec,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	const struct cmsghdr *cmsg;
	int fd;

	ASSERT_EQ(recvmsg(socket, &msg, 0), 1);
	cmsg = CMSG_FIRSTHDR(&msg);
	ASSERT_TRUE(cmsg && cmsg->cmsg_type == SCM_RIGHTS);
	memcpy(&fd, CMSG_DATA(cmsg), sizeof(fd));
	return fd;
}

static void tell(int socket)
{
	ASSERT_EQ(write(socket, "t", 1), 1);
}

static void await(int socket)
{
	char byte;

	ASSERT_EQ(read(socket, &byte, 1), 1);
}

/* Who could not open the node, and is given a file. */
static void use_what_is_sent(const struct test_buffer *b, int socket)
{
	unsigned char byte, *map;
	int fd;

	drop_privileges();
	EXPECT_ERRNO(buffer_open(b->name, O_RDONLY), EACCES);
	fd = receive_fd(socket);
	map = map_buffer(b, fd);
	EXPECT_BYTES(map, new_pattern(0, b->size, 1), b->size);
	fill_pattern(map, 0, b->size, 2);
	tell(socket);

	await(socket);
	EXPECT_SIGNAL(touch_read(map, &byte), SIGBUS);
	EXPECT_ERRNO(pread(fd, &byte, 1, 0), ENODEV);
	_exit(0);
}

TEST_EACH(sharing, file_that_is_sent_is_the_same_buffer, named_buffers)
{
	unsigned char *map;
	int sockets[2], fd;
	pid_t pid;

	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	pid = harness_fork();
	if (!pid)
		use_what_is_sent(b, sockets[1]);

	fd = open_buffer(b, O_RDWR);
	map = map_buffer(b, fd);
	fill_pattern(map, 0, b->size, 1);
	send_fd(sockets[0], fd);
	/* The other one has it all the same. */
	close(fd);

	await(sockets[0]);
	EXPECT_BYTES(map, new_pattern(0, b->size, 2), b->size);
	EXPECT_EQ(files_of(b), 1);
	EXPECT_EQ(mappings_of(b), 2);
	unbind_buffer(b);
	tell(sockets[0]);
	harness_join(pid);
}

TEST_EACH(sharing, file_that_is_sent_has_the_rights_that_it_was_opened_with, named_buffers)
{
	int sockets[2];
	pid_t pid;

	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	pid = harness_fork();
	if (!pid) {
		int fd = receive_fd(sockets[1]);
		void *map = ASSERT_MAP(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0));

		EXPECT_MAP_ERRNO(mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0), EACCES);
		EXPECT_ERRNO(mprotect(map, PAGE, RW), EACCES);
		EXPECT_ERRNO(write(fd, "x", 1), EBADF);
		_exit(0);
	}
	send_fd(sockets[0], open_buffer(b, O_RDONLY));
	harness_join(pid);
}

/* By number, out of another process: what a supervisor may do that could trace it. */
TEST_EACH(sharing, file_that_is_taken_is_the_same_buffer, named_buffers)
{
	unsigned char *map, byte;
	int sockets[2], theirs, pidfd, fd;
	pid_t pid;

	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	pid = harness_fork();
	if (!pid) {
		fd = open_buffer(b, O_RDWR);
		map = map_buffer(b, fd);
		fill_pattern(map, 0, b->size, 1);
		ASSERT_EQ(write(sockets[1], &fd, sizeof(fd)), sizeof(fd));
		await(sockets[1]);
		EXPECT_BYTES(map, new_pattern(0, b->size, 2), b->size);
		tell(sockets[1]);
		await(sockets[1]);
		EXPECT_SIGNAL(touch_read(map, &byte), SIGBUS);
		_exit(0);
	}

	ASSERT_EQ(read(sockets[0], &theirs, sizeof(theirs)), sizeof(theirs));
	pidfd = ASSERT_OK(syscall(SYS_pidfd_open, pid, 0));
	fd = ASSERT_OK(syscall(SYS_pidfd_getfd, pidfd, theirs, 0));
	map = map_buffer(b, fd);
	EXPECT_BYTES(map, new_pattern(0, b->size, 1), b->size);
	fill_pattern(map, 0, b->size, 2);
	tell(sockets[0]);
	await(sockets[0]);
	EXPECT_EQ(files_of(b), 1);

	unbind_buffer(b);
	EXPECT_SIGNAL(touch_read(map, &byte), SIGBUS);
	tell(sockets[0]);
	harness_join(pid);
}
