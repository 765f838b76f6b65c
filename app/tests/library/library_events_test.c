// SPDX-License-Identifier: GPL-2.0-only
/*
 * libcohbuf: events that are posted, waited for, and over.
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/time.h>
#include <unistd.h>

#include "library.h"

static int events_of(const struct cohbuf_buffer *buffer)
{
	return ASSERT_OK(cohbuf_events(buffer, COHBUF_EVENTS_POSTED));
}

TEST(library_events, are_counted_for_each_who_waits)
{
	struct cohbuf_buffer *buffer = opened("plain", O_RDWR);
	int one = events_of(buffer), other = events_of(buffer);
	uint64_t count;

	EXPECT_EQ(fcntl(one, F_GETFD), FD_CLOEXEC);
	ASSERT_OK(cohbuf_post(one, 1));
	ASSERT_OK(cohbuf_post(other, 4));
	ASSERT_OK(cohbuf_wait(one, -1, &count));
	EXPECT_EQ(count, 5);
	EXPECT_FAILS(cohbuf_wait(one, 0, &count), ETIMEDOUT, "waiting for events");
	EXPECT_OK(cohbuf_wait(other, 0, NULL));
	EXPECT_FAILS(cohbuf_wait(other, 20, NULL), ETIMEDOUT, "waiting for events");
	/* From now on. */
	EXPECT_FAILS(cohbuf_wait(events_of(buffer), 0, NULL), ETIMEDOUT, "wait longer");
}

static void *wait_a_while(void *events)
{
	return cohbuf_wait(*(int *)events, 1000, NULL) ? (void *)(long)errno : NULL;
}

/* One file is one count, whoever waits: the others' time goes on. */
TEST(library_events, are_had_by_one_of_who_share_the_file)
{
	int events = events_of(opened("plain", O_RDWR)), had = 0, late = 0;
	pthread_t threads[4];

	/* Who finds that another was faster does not wait in read(), though few ever do. */
	EXPECT_TRUE(fcntl(events, F_GETFL) & O_NONBLOCK);
	for (int i = 0; i < 4; i++)
		ASSERT_EQ(pthread_create(&threads[i], NULL, wait_a_while, &events), 0);
	ASSERT_OK(cohbuf_post(events, 1));
	for (int i = 0; i < 4; i++) {
		void *error;

		ASSERT_EQ(pthread_join(threads[i], &error), 0);
		had += !error;
		late += (long)error == ETIMEDOUT;
	}
	EXPECT_EQ(had, 1);
	EXPECT_EQ(late, 3);
}

TEST(library_events, are_had_by_who_may_read)
{
	int events = events_of(opened("plain", O_WRONLY));

	ASSERT_OK(cohbuf_post(events, 1));
	EXPECT_FAILS(cohbuf_wait(events, 1000, NULL), EBADF, "open for reading");
	EXPECT_FAILS(cohbuf_wait(-1, -1, NULL), EBADF, "cohbuf_events()");
	/* One of which none could ever be had, at once. */
	EXPECT_FAILS(cohbuf_wait(events_of(opened("plain", O_WRONLY)), -1, NULL), EBADF,
		     "open for reading");
}

/* The easiest one to take by mistake: it has bytes to read, and to write over. */
TEST(library_events, are_none_of_the_buffers_own_file)
{
	static const char *const names[] = { "plain", "registers" };
	uint64_t before, after;

	for (int i = 0; i < 2; i++) {
		struct cohbuf_buffer *buffer = opened(names[i], O_RDWR);
		int fd = cohbuf_fd(buffer);

		ASSERT_OK(cohbuf_read(buffer, &before, 0, 4));
		EXPECT_FAILS(cohbuf_post(fd, 1), EINVAL, "give a file of cohbuf_events()");
		EXPECT_FAILS(cohbuf_wait(fd, 0, NULL), EINVAL, "give a file of cohbuf_events()");
		/* A clock may have gone on. */
		EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 0);
		ASSERT_OK(cohbuf_read(buffer, &after, 0, 4));
		EXPECT_TRUE(i || !memcmp(&before, &after, 4));
	}
}

static void expect_is_no_file_of_events(int reader, int writer)
{
	char bytes[8] = "";

	ASSERT_EQ(write(writer, "\1\0\0\0\0\0\0", 8), 8);
	EXPECT_FAILS(cohbuf_wait(reader, 0, NULL), EINVAL, "give a file of cohbuf_events()");
	EXPECT_FAILS(cohbuf_wait(reader, -1, NULL), EINVAL, "give a file of cohbuf_events()");
	EXPECT_FAILS(cohbuf_post(writer, 1), EINVAL, "give a file of cohbuf_events()");
	/* Nothing came, and nothing went. */
	EXPECT_EQ(read(reader, bytes, sizeof(bytes)), 8);
	EXPECT_BYTES(bytes, "\1\0\0\0\0\0\0", 8);
	EXPECT_ERRNO(read(reader, bytes, sizeof(bytes)), EAGAIN);
}

TEST(library_events, are_none_of_other_files)
{
	int pipes[2], counter = eventfd(0, EFD_NONBLOCK);

	need_buffer("plain");
	ASSERT_OK(pipe2(pipes, O_NONBLOCK));
	expect_is_no_file_of_events(pipes[0], pipes[1]);
	expect_is_no_file_of_events(counter, counter);
	/* Of which the kind is told first. */
	EXPECT_FAILS(cohbuf_wait(pipes[1], 0, NULL), EINVAL, "give a file of cohbuf_events()");
}

/* There may be no /proc: what counts is that it is no buffer's. */
TEST(library_events, are_known_without_their_name)
{
	struct cohbuf_buffer *buffer = opened("plain", O_RDWR);
	int events = events_of(buffer);

	fail_next("proc", ENOENT);
	EXPECT_KEEPS_ERRNO(!cohbuf_post(events, 1));
	fail_next("proc", ENOENT);
	EXPECT_KEEPS_ERRNO(!cohbuf_wait(events, 0, NULL));
	fail_next("proc", ENOENT);
	EXPECT_FAILS(cohbuf_post(cohbuf_fd(buffer), 1), EINVAL, "give a file of cohbuf_events()");
	unbind("plain");
	fail_next("proc", ENOENT);
	EXPECT_FAILS(cohbuf_wait(cohbuf_fd(buffer), 0, NULL), EINVAL,
		     "give a file of cohbuf_events()");
}

/* Each is of all there were, so that to read them makes no room. */
TEST(library_events, are_too_many_until_the_next_bind)
{
	int events = events_of(opened("plain", O_RDWR));

	fail_next("post", EOVERFLOW);
	EXPECT_FAILS(cohbuf_post(events, 1), EOVERFLOW, "bind the device anew");
}

TEST(library_events, of_another_process_wake_who_waits)
{
	struct cohbuf_buffer *buffer = opened("plain", O_RDWR);
	int events = events_of(buffer);
	uint64_t count = 0;
	pid_t pid;

	if (is_fake())
		SKIP("the folder has events of one process");
	pid = harness_fork();
	if (!pid) {
		EXPECT_OK(cohbuf_post(events_of(buffer), 3));
		_exit(0);
	}
	EXPECT_OK(cohbuf_wait(events, -1, &count));
	EXPECT_EQ(count, 3);
	harness_join(pid);
}

TEST(library_events, are_refused_with_the_reason)
{
	struct cohbuf_buffer *buffer = opened("plain", O_RDONLY);
	int events = events_of(buffer), pipefd[2];

	EXPECT_FAILS(cohbuf_post(events, 1), EBADF, "open for writing");
	EXPECT_FAILS(cohbuf_post(events_of(opened("plain", O_RDWR)), 0), EINVAL, "post 1 to");
	EXPECT_FAILS(cohbuf_post(events_of(opened("plain", O_RDWR)), 1ULL << 32), EINVAL,
		     "post 1 to");
	EXPECT_FAILS(cohbuf_events(buffer, COHBUF_EVENTS_INTERRUPT), EOPNOTSUPP,
		     "add interrupts to it");
	ASSERT_OK(pipe(pipefd));
	ASSERT_EQ(write(pipefd[1], "abc", 3), 3);
	errno = EAGAIN;
	EXPECT_FAILS(cohbuf_wait(pipefd[0], -1, NULL), EINVAL, "give a file of cohbuf_events()");
	close(pipefd[0]);
	close(pipefd[1]);
	EXPECT_FAILS(cohbuf_post(pipefd[1], 1), EBADF, "posting 1 events");
}

static void do_nothing(int sig __attribute__((unused)))
{
}

TEST(library_events, a_signal_ends_the_wait)
{
	struct sigaction action = { .sa_handler = do_nothing };
	struct itimerval often = {
		.it_value.tv_usec = 20000,
		/* Again, where the first one comes before the wait. */
		.it_interval.tv_usec = 20000,
	};
	int events = events_of(opened("plain", O_RDWR));

	ASSERT_OK(sigaction(SIGALRM, &action, NULL));
	ASSERT_OK(setitimer(ITIMER_REAL, &often, NULL));
	EXPECT_FAILS(cohbuf_wait(events, -1, NULL), EINTR, "a signal came: call it again");
}

TEST(library_events, end_with_the_unbind)
{
	int events = events_of(opened("plain", O_RDWR));
	uint64_t count;

	ASSERT_OK(cohbuf_post(events, 2));
	unbind("plain");
	EXPECT_OK(cohbuf_wait(events, -1, &count));
	EXPECT_EQ(count, 2);
	EXPECT_FAILS(cohbuf_wait(events, -1, &count), ENODEV, "the device was unbound");
	EXPECT_FAILS(cohbuf_post(events, 1), ENODEV, "the device was unbound");
}
