// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of a program that is not there until somebody supplies it; see lazy.h.
 */
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lazy.h"
#include "tests/harness/buffers.h"

struct lazy lazy_new(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register area = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct lazy lazy;

	lazy.fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (lazy.fd < 0)
		SKIP("no userfaultfd: %s", strerror(errno));
	ASSERT_OK(ioctl(lazy.fd, UFFDIO_API, &api));
	lazy.pages = ASSERT_MAP(mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	area.range.start = (uintptr_t)lazy.pages;
	area.range.len = 2 * PAGE;
	ASSERT_OK(ioctl(lazy.fd, UFFDIO_REGISTER, &area));
	return lazy;
}

void lazy_await(const struct lazy *lazy)
{
	struct pollfd pfd = { .fd = lazy->fd, .events = POLLIN };
	struct uffd_msg msg;

	ASSERT_EQ(poll(&pfd, 1, -1), 1);
	ASSERT_EQ(read(lazy->fd, &msg, sizeof(msg)), sizeof(msg));
	ASSERT_EQ(msg.event, UFFD_EVENT_PAGEFAULT);
}

void lazy_supply(const struct lazy *lazy, const unsigned char *bytes)
{
	struct uffdio_copy copy = {
		.dst = (uintptr_t)lazy->pages,
		.src = (uintptr_t)bytes,
		.len = 2 * PAGE,
	};

	ASSERT_OK(ioctl(lazy->fd, UFFDIO_COPY, &copy));
}
