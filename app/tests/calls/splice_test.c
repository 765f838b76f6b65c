// SPDX-License-Identifier: GPL-2.0-only
/*
 * sendfile(2) and splice(2): the way from a buffer of any kind to a file or a socket,
 * which O_DIRECT and MSG_ZEROCOPY of the mapping are for some kinds only.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sending.h"
#include "tests/harness/buffers.h"

static int new_file(void)
{
	char path[] = "/tmp/splice_test.XXXXXX";
	int fd = ASSERT_OK(mkstemp(path));

	unlink(path);
	return fd;
}

static int filled(const struct test_buffer *b, unsigned int seed)
{
	int fd = open_buffer(b, O_RDWR);

	ASSERT_EQ(pwrite(fd, new_pattern(0, b->size, seed), b->size, 0), b->size);
	return fd;
}

static size_t read_all(int fd, unsigned char *to, size_t count)
{
	size_t done = 0;

	while (done < count) {
		ssize_t len = ASSERT_OK(read(fd, to + done, count - done));

		if (!len)
			break;
		done += len;
	}
	return done;
}

TEST_EACH(splice, sendfile_copies_the_whole_buffer_to_a_file, named_buffers)
{
	int fd = filled(b, 1), file = new_file();
	unsigned char *back = new_bytes(b->size, 0);

	EXPECT_EQ(send_all(file, fd, NULL, b->size), b->size);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), b->size);
	EXPECT_EQ(pread(file, back, b->size, 0), b->size);
	EXPECT_BYTES(back, new_pattern(0, b->size, 1), b->size);
}

TEST_EACH(splice, sendfile_ends_at_the_end_of_the_buffer, named_buffers)
{
	int fd = filled(b, 2), file = new_file();
	off_t offset = b->size - 10;

	EXPECT_EQ(send_all(file, fd, &offset, b->size), 10);
	EXPECT_EQ(offset, b->size);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 0);
	EXPECT_EQ(send_some(file, fd, &offset, 1), 0);
}

TEST_EACH(splice, sendfile_from_an_unaligned_offset, large_buffers)
{
	int fd = filled(b, 3), file = new_file();
	unsigned char *back = new_bytes(3 * PAGE, 0);
	off_t offset = 4093;

	EXPECT_EQ(send_all(file, fd, &offset, 2 * PAGE + 7), 2 * PAGE + 7);
	EXPECT_EQ(pread(file, back, 3 * PAGE, 0), 2 * PAGE + 7);
	EXPECT_BYTES(back, new_pattern(4093, 2 * PAGE + 7, 3), 2 * PAGE + 7);
}

/* The pipe holds less than the buffer: who fills it waits for who empties it. */
static void drain_into_pattern_check(int from, size_t size, unsigned int seed)
{
	unsigned char *back = new_bytes(size, 0);

	EXPECT_EQ(read_all(from, back, size), size);
	EXPECT_BYTES(back, new_pattern(0, size, seed), size);
}

/* All of the buffer goes into one end; a child looks at what comes out of the other. */
static void expect_sent_through(const struct test_buffer *b, int in, int out)
{
	const unsigned int seed = 4;
	int fd = filled(b, seed);
	pid_t pid = harness_fork();

	if (!pid) {
		close(in);
		drain_into_pattern_check(out, b->size, seed);
		_exit(0);
	}
	EXPECT_EQ(send_all(in, fd, NULL, b->size), b->size);
	harness_join(pid);
}

TEST_EACH(splice, sendfile_to_a_pipe, named_buffers)
{
	int pipefd[2];

	ASSERT_OK(pipe(pipefd));
	expect_sent_through(b, pipefd[1], pipefd[0]);
}

TEST_EACH(splice, sendfile_to_a_socket, named_buffers)
{
	int sockets[2];

	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	expect_sent_through(b, sockets[0], sockets[1]);
}

TEST_EACH(splice, splice_out_of_the_buffer_is_a_copy, named_buffers)
{
	int fd = filled(b, 6), pipefd[2];
	unsigned char *back = new_bytes(PAGE, 0);
	loff_t offset = 0;

	ASSERT_OK(pipe(pipefd));
	EXPECT_EQ(splice(fd, &offset, pipefd[1], NULL, PAGE, 0), PAGE);
	EXPECT_EQ(offset, PAGE);

	/* What is in the pipe does not change with the buffer. */
	memset(map_buffer(b, fd), 0, b->size);
	EXPECT_EQ(read_all(pipefd[0], back, PAGE), PAGE);
	EXPECT_BYTES(back, new_pattern(0, PAGE, 6), PAGE);
}

TEST_EACH(splice, splice_at_the_end_is_0, named_buffers)
{
	int fd = filled(b, 7), pipefd[2];
	loff_t offset = b->size;

	ASSERT_OK(pipe(pipefd));
	EXPECT_EQ(splice(fd, &offset, pipefd[1], NULL, PAGE, 0), 0);
	offset = b->size + PAGE;
	EXPECT_EQ(splice(fd, &offset, pipefd[1], NULL, PAGE, 0), 0);
}

TEST(splice, full_pipe_is_eagain)
{
	int fd = filled(&plain, 8), pipefd[2];
	loff_t offset = 0;
	ssize_t len, total = 0;

	ASSERT_OK(pipe(pipefd));
	while ((len = splice(fd, &offset, pipefd[1], NULL, PAGE, SPLICE_F_NONBLOCK)) > 0)
		total += len;
	EXPECT_EQ(len, -1);
	EXPECT_EQ(errno, EAGAIN);
	EXPECT_EQ(offset, total);
	EXPECT_GT(total, 0);
}

TEST_EACH(splice, splice_into_the_buffer, large_buffers)
{
	int fd = filled(b, 9), pipefd[2];
	unsigned char *data = new_pattern(0, 3 * PAGE, 10);
	unsigned char *map = map_buffer(b, fd);
	size_t done = 0;
	loff_t offset = 4093;

	ASSERT_OK(pipe(pipefd));
	ASSERT_EQ(write(pipefd[1], data, 3 * PAGE), 3 * PAGE);
	while (done < 3 * PAGE)
		done += ASSERT_OK(splice(pipefd[0], NULL, fd, &offset, 3 * PAGE - done, 0));
	EXPECT_EQ(offset, 4093 + 3 * PAGE);
	EXPECT_BYTES(map + 4093, data, 3 * PAGE);
	EXPECT_EQ(map[4092], pattern(4092, 9));
	EXPECT_EQ(map[4093 + 3 * PAGE], pattern(4093 + 3 * PAGE, 9));
}

TEST_EACH(splice, splice_across_the_end_is_short_and_then_enospc, named_buffers)
{
	int fd = filled(b, 11), pipefd[2];
	loff_t offset = b->size - 10;

	ASSERT_OK(pipe(pipefd));
	ASSERT_EQ(write(pipefd[1], new_pattern(0, 100, 12), 100), 100);
	EXPECT_EQ(splice(pipefd[0], NULL, fd, &offset, 100, 0), 10);
	EXPECT_EQ(offset, b->size);
	EXPECT_ERRNO(splice(pipefd[0], NULL, fd, &offset, 90, 0), ENOSPC);
	EXPECT_BYTES(map_buffer(b, fd) + b->size - 10, new_pattern(0, 10, 12), 10);
}

TEST_EACH(splice, file_is_sent_into_the_buffer, named_buffers)
{
	unsigned char *data = new_pattern(0, b->size, 13);
	int fd = open_buffer(b, O_RDWR), file = new_file();

	ASSERT_EQ(write(file, data, b->size), b->size);
	ASSERT_EQ(lseek(file, 0, SEEK_SET), 0);
	EXPECT_EQ(send_all(fd, file, NULL, b->size), b->size);
	EXPECT_BYTES(map_buffer(b, fd), data, b->size);
}

TEST(splice, call_against_the_open_mode_is_ebadf)
{
	int rdonly = open_buffer(&plain, O_RDONLY);
	int wronly = open_buffer(&plain, O_WRONLY);
	int pipefd[2];

	ASSERT_OK(pipe(pipefd));
	ASSERT_EQ(write(pipefd[1], "x", 1), 1);
	EXPECT_ERRNO(splice(pipefd[0], NULL, rdonly, NULL, 1, 0), EBADF);
	EXPECT_ERRNO(splice(wronly, NULL, pipefd[1], NULL, 1, 0), EBADF);
	EXPECT_ERRNO(sendfile(rdonly, new_file(), NULL, 1), EBADF);
	EXPECT_ERRNO(sendfile(new_file(), wronly, NULL, 1), EBADF);
}
