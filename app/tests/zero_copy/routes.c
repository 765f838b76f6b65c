// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ways by which the kernel takes a program's memory as pages; see routes.h.
 */
#include <fcntl.h>
#include <linux/errqueue.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "routes.h"
#include "tcp.h"
#include "tests/harness/ring.h"

int linux_version(void)
{
	struct utsname system;
	char *minor;

	ASSERT_OK(uname(&system));
	return strtol(system.release, &minor, 10) * 100 + atoi(minor + 1);
}

/*
 * A RAM disk of the kernel's, which the board has as a module, or an emulated disk; the
 * file systems that a board has without one go through the page cache.
 */
int open_disk(void)
{
	static const char *const disks[] = { "/dev/ram0", "/dev/vda" };
	int fd;

	if (load_module("brd") && errno != EEXIST && errno != ENOENT)
		ASSERT_OK(-1);
	for (size_t i = 0; i < sizeof(disks) / sizeof(disks[0]); i++) {
		fd = open(disks[i], O_RDWR | O_DIRECT);
		if (fd >= 0)
			return fd;
	}
	SKIP("no /dev/ram0 and no /dev/vda: %s", strerror(errno));
}

/* What O_DIRECT itself may have: memory at a multiple of a page. */
static unsigned char *new_page(void)
{
	return ASSERT_MAP(mmap(NULL, ROUTE_SIZE, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

static ssize_t direct_write(void *map, unsigned char *bytes)
{
	int disk = open_disk();
	unsigned char *page = new_page();
	ssize_t ret;

	ret = pwrite(disk, map, ROUTE_SIZE, 0);
	if (ret == (ssize_t)ROUTE_SIZE) {
		ASSERT_EQ(pread(disk, page, ROUTE_SIZE, 0), ROUTE_SIZE);
		memcpy(bytes, page, ROUTE_SIZE);
	}
	return ret;
}

static ssize_t direct_read(void *map, unsigned char *bytes)
{
	int disk = open_disk();
	unsigned char *page = new_page();

	memcpy(page, bytes, ROUTE_SIZE);
	ASSERT_EQ(pwrite(disk, page, ROUTE_SIZE, 0), ROUTE_SIZE);
	return pread(disk, map, ROUTE_SIZE, 0);
}

static ssize_t vmsplice_out(void *map, unsigned char *bytes)
{
	struct iovec vec = { map, ROUTE_SIZE };
	int pipefd[2];
	ssize_t ret;

	ASSERT_OK(pipe(pipefd));
	ret = vmsplice(pipefd[1], &vec, 1, 0);
	return ret > 0 ? read(pipefd[0], bytes, ret) : ret;
}

/* The mapping is also that of another process, which the kernel looks into. */
static ssize_t in_another_process(void *map, unsigned char *bytes, bool write)
{
	struct iovec there = { map, ROUTE_SIZE }, here = { bytes, ROUTE_SIZE };
	int until[2], error;
	ssize_t ret;
	pid_t pid;

	ASSERT_OK(pipe(until));
	pid = harness_fork();
	if (!pid) {
		close(until[1]);
		ASSERT_EQ(read(until[0], &error, 1), 0);
		_exit(0);
	}
	ret = write ? process_vm_writev(pid, &here, 1, &there, 1, 0) :
		      process_vm_readv(pid, &here, 1, &there, 1, 0);
	error = errno;
	close(until[1]);
	harness_join(pid);
	errno = error;
	return ret;
}

static ssize_t process_readv(void *map, unsigned char *bytes)
{
	return in_another_process(map, bytes, false);
}

static ssize_t process_writev(void *map, unsigned char *bytes)
{
	return in_another_process(map, bytes, true);
}

/* The kernel tells when it has let go of the pages. To itself it copies in the end. */
static void expect_completion(int fd)
{
	struct pollfd told = { .fd = fd };
	char control[128];
	struct msghdr msg = { .msg_control = control, .msg_controllen = sizeof(control) };
	const struct sock_extended_err *error;
	const struct cmsghdr *cmsg;

	ASSERT_EQ(poll(&told, 1, -1), 1);
	ASSERT_EQ(told.revents & POLLERR, POLLERR);
	ASSERT_OK(recvmsg(fd, &msg, MSG_ERRQUEUE));
	cmsg = CMSG_FIRSTHDR(&msg);
	ASSERT_TRUE(cmsg);
	error = (const void *)CMSG_DATA(cmsg);
	EXPECT_EQ(error->ee_origin, SO_EE_ORIGIN_ZEROCOPY);
	EXPECT_EQ(error->ee_errno, 0);
}

static ssize_t msg_zerocopy(void *map, unsigned char *bytes)
{
	ssize_t ret, part;
	int fds[2], one = 1;

	connect_tcp(fds);
	ASSERT_OK(setsockopt(fds[0], SOL_SOCKET, SO_ZEROCOPY, &one, sizeof(one)));
	ret = send(fds[0], map, ROUTE_SIZE, MSG_ZEROCOPY);
	for (ssize_t got = 0; got < ret; got += part) {
		part = ASSERT_OK(recv(fds[1], bytes + got, ret - got, 0));
		ASSERT_NE(part, 0);
	}
	if (ret > 0)
		expect_completion(fds[0]);
	return ret;
}

/* By a registered buffer: the kernel takes its pages once, for all that follows. */
static ssize_t uring_fixed(int opcode, int fd, void *map)
{
	struct ring ring = ring_new();
	const struct io_uring_sqe request = {
		.opcode = opcode,
		.fd = fd,
		.addr = (uintptr_t)map,
		.len = ROUTE_SIZE,
	};
	int ret;

	if (ring_register(&ring, map, ROUTE_SIZE))
		return -1;
	ring_submit(&ring, &request);
	ret = ring_await(&ring);
	ASSERT_GE(ret, 0);
	return ret;
}

static ssize_t uring_write(void *map, unsigned char *bytes)
{
	int fd = ASSERT_OK(memfd_create("uring", 0));
	ssize_t ret = uring_fixed(IORING_OP_WRITE_FIXED, fd, map);

	return ret > 0 ? pread(fd, bytes, ret, 0) : ret;
}

static ssize_t uring_read(void *map, unsigned char *bytes)
{
	int fd = ASSERT_OK(memfd_create("uring", 0));

	ASSERT_EQ(pwrite(fd, bytes, ROUTE_SIZE, 0), ROUTE_SIZE);
	return uring_fixed(IORING_OP_READ_FIXED, fd, map);
}

/* A table. */
/* clang-format off */

const struct route routes[] = {
	{ "o_direct_write",    false, false, 0,   direct_write },
	{ "o_direct_read",     true,  true,  0,   direct_read },
	{ "msg_zerocopy",      false, false, 0,   msg_zerocopy },
	{ "vmsplice",          false, false, 0,   vmsplice_out },
	{ "process_vm_readv",  false, false, 0,   process_readv },
	{ "process_vm_writev", true,  true,  0,   process_writev },
	{ "io_uring_write",    false, true,  605, uring_write },
	{ "io_uring_read",     true,  true,  605, uring_read },
	{}
};

/* clang-format on */
