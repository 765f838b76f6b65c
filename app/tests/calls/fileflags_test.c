// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every flag of open(2), of fcntl(F_SETFL) and of preadv2(2) and pwritev2(2): each is
 * honoured, or refused, or says nothing about a buffer. The table in docs/abi.md has a
 * line for each.
 */
#include <fcntl.h>
#include <linux/fs.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "tests/harness/buffers.h"
#include "tests/tool/run.h"

/* Newer than the headers of Debian 12. */
#ifndef RWF_NOAPPEND
#define RWF_NOAPPEND	0x20
#endif

static bool kernel_is(unsigned int major, unsigned int minor)
{
	struct utsname system;
	unsigned int is[2];
	int fields;

	ASSERT_OK(uname(&system));
	fields = sscanf(system.release, "%u.%u", &is[0], &is[1]);
	ASSERT_EQ(fields, 2);
	return is[0] > major || (is[0] == major && is[1] >= minor);
}

static int filled(const struct test_buffer *b, int flags)
{
	int fd = open_buffer(b, O_RDWR);

	ASSERT_EQ(pwrite(fd, new_pattern(0, b->size, 1), b->size, 0), b->size);
	close(fd);
	return open_buffer(b, flags);
}

static void expect_unchanged(const struct test_buffer *b)
{
	unsigned char *back = new_bytes(b->size, 0);

	EXPECT_EQ(pread(open_buffer(b, O_RDONLY), back, b->size, 0), b->size);
	EXPECT_BYTES(back, new_pattern(0, b->size, 1), b->size);
}

/* Behind the end there is no room, wherever the call wanted to go. */
static void expect_no_append(const struct test_buffer *b, int fd)
{
	struct iovec iov = { (void *)"zz", 2 };

	EXPECT_ERRNO(write(fd, "zz", 2), ENOSPC);
	EXPECT_ERRNO(pwrite(fd, "zz", 2, 0), ENOSPC);
	EXPECT_ERRNO(writev(fd, &iov, 1), ENOSPC);
	EXPECT_ERRNO(pwritev(fd, &iov, 1, 0), ENOSPC);
	EXPECT_EQ(write(fd, NULL, 0), 0);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 0);
	expect_unchanged(b);
}

TEST_EACH(fileflags, append_is_enospc_and_changes_nothing, named_buffers)
{
	expect_no_append(b, filled(b, O_RDWR | O_APPEND));
}

TEST(fileflags, append_that_is_set_later_is_enospc)
{
	int fd = filled(&plain, O_RDWR);

	ASSERT_OK(fcntl(fd, F_SETFL, O_APPEND));
	expect_no_append(&plain, fd);

	/* A read has nothing to do with it. */
	EXPECT_EQ(read(fd, new_bytes(10, 0), 10), 10);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 10);
	ASSERT_OK(fcntl(fd, F_SETFL, 0));
	EXPECT_EQ(write(fd, "zz", 2), 2);
}

TEST(fileflags, append_by_the_shell_fails)
{
	struct run r;

	filled(&plain, O_RDWR);
	r = run("printf zz >> /dev/plain");
	EXPECT_NE(r.status, 0);
	expect_unchanged(&plain);
}

TEST(fileflags, splice_to_the_end_is_refused)
{
	int fd = filled(&plain, O_RDWR | O_APPEND), pipefd[2];

	ASSERT_OK(pipe(pipefd));
	ASSERT_EQ(write(pipefd[1], "zz", 2), 2);
	EXPECT_ERRNO_IN(splice(pipefd[0], NULL, fd, NULL, 2, 0), EINVAL, ENOSPC);
	expect_unchanged(&plain);
}

/* The caches have nothing that O_DIRECT could go past; for alignment, use the mapping. */
TEST_EACH(fileflags, direct_is_einval, named_buffers)
{
	int fd = open_buffer(b, O_RDWR);

	EXPECT_ERRNO(buffer_open(b->name, O_RDWR | O_DIRECT), EINVAL);
	EXPECT_ERRNO(fcntl(fd, F_SETFL, O_DIRECT), EINVAL);
	EXPECT_EQ(fcntl(fd, F_GETFL) & O_DIRECT, 0);
	EXPECT_EQ(files_of(b), 1);
}

TEST(fileflags, opens_that_are_not_of_a_device_are_refused)
{
	EXPECT_ERRNO(buffer_open("plain", O_RDWR | O_CREAT | O_EXCL), EEXIST);
	EXPECT_ERRNO(buffer_open("plain", O_RDONLY | O_DIRECTORY), ENOTDIR);
	EXPECT_ERRNO(open("/dev/plain", O_TMPFILE | O_RDWR, 0600), ENOTDIR);
	EXPECT_EQ(files_of(&plain), 0);
}

/* Its data is where it belongs when write() returns, and no call ever waits. */
TEST(fileflags, sync_and_nonblock_change_nothing)
{
	static const int flags[] = { O_SYNC, O_DSYNC, O_NONBLOCK, O_NOATIME, O_NOCTTY, O_NOFOLLOW,
				     O_TRUNC, O_CREAT, O_LARGEFILE };
	unsigned char back[3];

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		int fd = ASSERT_OK(open("/dev/plain", O_RDWR | flags[i], 0600));

		EXPECT_EQ(pwrite(fd, "abc", 3, i), 3);
		EXPECT_EQ(pread(fd, back, 3, i), 3);
		EXPECT_BYTES(back, "abc", 3);
	}
}

TEST(fileflags, path_is_no_open_file)
{
	int fd = open_buffer(&plain, O_PATH);
	struct cohbuf_info info;
	char byte;

	EXPECT_ERRNO(read(fd, &byte, 1), EBADF);
	EXPECT_ERRNO(buffer_info(fd, &info), EBADF);
	EXPECT_MAP_ERRNO(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0), EBADF);
	EXPECT_EQ(files_of(&plain), 0);
}

/* Who asks for it by F_SETFL or FIOASYNC gets a signal at the unbind. */
static void ask_for_signal(int fd, int sig)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	ASSERT_OK(sigprocmask(SIG_BLOCK, &set, NULL));
	ASSERT_OK(fcntl(fd, F_SETOWN, getpid()));
	ASSERT_OK(fcntl(fd, F_SETSIG, sig));
}

/* The limit NULL is none. */
static int take_signal(int sig, const struct timespec *limit, siginfo_t *info)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	return sigtimedwait(&set, info, limit);
}

static const struct timespec at_once;

TEST_EACH(fileflags, async_is_a_signal_at_the_unbind, all_buffers)
{
	int fd = open_buffer(b, O_RDWR);
	siginfo_t info = {};

	ask_for_signal(fd, SIGRTMIN);
	ASSERT_OK(fcntl(fd, F_SETFL, O_ASYNC));
	EXPECT_EQ(fcntl(fd, F_GETFL) & O_ASYNC, O_ASYNC);
	EXPECT_EQ(pwrite(fd, "x", 1, 0), 1);
	EXPECT_ERRNO(take_signal(SIGRTMIN, &at_once, &info), EAGAIN);
	unbind_buffer(b);
	EXPECT_EQ(take_signal(SIGRTMIN, NULL, &info), SIGRTMIN);
	EXPECT_EQ(info.si_code, POLL_HUP);
	EXPECT_EQ(info.si_fd, fd);
	EXPECT_ERRNO(take_signal(SIGRTMIN, &at_once, &info), EAGAIN);
}

TEST(fileflags, async_by_fioasync_is_sigio_at_the_unbind)
{
	int fd = open_buffer(&plain, O_RDWR), on = 1;
	siginfo_t info = {};

	ask_for_signal(fd, SIGIO);
	ASSERT_OK(ioctl(fd, FIOASYNC, &on));
	unbind_buffer(&plain);
	EXPECT_EQ(take_signal(SIGIO, NULL, &info), SIGIO);
	EXPECT_EQ(info.si_code, POLL_HUP);
}

TEST(fileflags, async_ends_with_the_flag_and_with_the_file)
{
	int first = open_buffer(&plain, O_RDWR), second = open_buffer(&plain, O_RDWR);
	siginfo_t info;

	ask_for_signal(first, SIGRTMIN);
	ask_for_signal(second, SIGRTMIN);
	ASSERT_OK(fcntl(first, F_SETFL, O_ASYNC));
	ASSERT_OK(fcntl(second, F_SETFL, O_ASYNC));
	ASSERT_OK(fcntl(first, F_SETFL, 0));
	ASSERT_OK(close(second));
	unbind_buffer(&plain);
	EXPECT_ERRNO(take_signal(SIGRTMIN, &at_once, &info), EAGAIN);

	/* After it none would come. */
	EXPECT_ERRNO(fcntl(first, F_SETFL, O_ASYNC), ENODEV);
	EXPECT_OK(fcntl(first, F_SETFL, 0));
}

static ssize_t read_with(int fd, int flags)
{
	unsigned char bytes[3];
	struct iovec iov = { bytes, 3 };

	return preadv2(fd, &iov, 1, 0, flags);
}

static ssize_t write_with(int fd, off_t at, int flags)
{
	struct iovec iov = { (void *)"zz", 2 };

	return pwritev2(fd, &iov, 1, at, flags);
}

/* Who polls for the end of a call finds that it has come. */
TEST_EACH(fileflags, rwf_sync_dsync_and_hipri_are_as_without, named_buffers)
{
	static const int flags[] = { 0, RWF_DSYNC, RWF_SYNC, RWF_HIPRI };
	int fd = open_buffer(b, O_RDWR);

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		EXPECT_EQ(read_with(fd, flags[i]), 3);
		EXPECT_EQ(write_with(fd, 0, flags[i]), 2);
		EXPECT_EQ(write_with(fd, b->size - 1, flags[i]), 1);
	}

	/* -1 is the position. */
	EXPECT_EQ(write_with(fd, -1, RWF_DSYNC), 2);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 2);
}

TEST_EACH(fileflags, rwf_append_is_enospc_and_changes_nothing, named_buffers)
{
	int fd = filled(b, O_RDWR);

	EXPECT_ERRNO(write_with(fd, 0, RWF_APPEND), ENOSPC);
	EXPECT_ERRNO(write_with(fd, -1, RWF_APPEND), ENOSPC);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 0);
	EXPECT_EQ(read_with(fd, RWF_APPEND), 3);
	expect_unchanged(b);
}

/* From 6.9 on: an offset is an offset, also of a file that appends. */
TEST(fileflags, rwf_noappend_writes_where_it_says)
{
	int fd = filled(&plain, O_RDWR | O_APPEND);
	unsigned char back[2];

	if (!kernel_is(6, 9)) {
		EXPECT_ERRNO(write_with(fd, 5, RWF_NOAPPEND), EOPNOTSUPP);
		return;
	}
	EXPECT_EQ(write_with(fd, 5, RWF_NOAPPEND), 2);
	EXPECT_EQ(pread(fd, back, 2, 5), 2);
	EXPECT_BYTES(back, "zz", 2);
}

/* A copy takes the time that it takes; and what no kernel knows yet. */
TEST_EACH(fileflags, other_rwf_flags_are_eopnotsupp, named_buffers)
{
	static const int flags[] = { RWF_NOWAIT, 0x40, 0x80, 0x200, 0x10000, 0x40000000 };
	int fd = filled(b, O_RDWR);

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		EXPECT_ERRNO(read_with(fd, flags[i]), EOPNOTSUPP);
		EXPECT_ERRNO(write_with(fd, 0, flags[i]), EOPNOTSUPP);
	}
	expect_unchanged(b);
}
