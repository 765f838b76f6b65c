// SPDX-License-Identifier: GPL-2.0-only
/*
 * COPY while an engine does not end: who waits, for how long, what ends it, and who
 * does not notice. On boards with the test engine.
 */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "test_engine.h"
#include "tests/harness/asleep.h"

#define LONG_MS		COHBUF_COPY_TIMEOUT_MAX	/* longer than any of these tests */
#define AT_ONCE_MS	10000	/* on an emulated board of a busy machine */

static atomic_int signals;

static void on_signal(int sig __attribute__((unused)))
{
	signals++;
}

static void handle_signals(int flags)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = flags };

	signals = 0;
	ASSERT_OK(sigaction(SIGUSR1, &action, NULL));
}

static void interrupt(struct long_copy *copy)
{
	ASSERT_EQ(pthread_kill(copy->thread, SIGUSR1), 0);
}

TEST_EACH(copy_wait, signal_is_eintr, engine_buffers)
{
	struct subject s = open_subject(b, 5);
	struct long_copy copy = { .s = &s, .timeout_ms = LONG_MS };
	double start;

	handle_signals(0);
	start_copy_that_hangs(&copy);
	start = monotonic();
	interrupt(&copy);
	EXPECT_EQ(join_copy(&copy), EINTR);
	EXPECT_LT(elapsed_ms(start), AT_ONCE_MS);
	EXPECT_EQ(signals, 1);
	expect_untouched(&s);
}

/* A copy that waits for its turn can be interrupted, too, and leaves the other alone. */
TEST_EACH(copy_wait, signal_while_another_copy_runs_is_eintr, engine_buffers)
{
	struct subject s = open_subject(b, 6);
	struct long_copy first = { .s = &s, .timeout_ms = LONG_MS };
	struct long_copy second = { .s = &s, .timeout_ms = LONG_MS };
	double start;

	handle_signals(0);
	start_copy_that_hangs(&first);
	start_copy(&second);
	start = monotonic();
	interrupt(&second);
	EXPECT_EQ(join_copy(&second), EINTR);
	EXPECT_LT(elapsed_ms(start), AT_ONCE_MS);
	EXPECT_EQ(first.error, 0);

	interrupt(&first);
	EXPECT_EQ(join_copy(&first), EINTR);
	expect_untouched(&s);
}

/* The program does not notice: it is started again, on an engine that works by now. */
TEST_EACH(copy_wait, signal_with_sa_restart_restarts, engine_buffers)
{
	struct subject s = open_subject(b, 7);
	struct long_copy copy = { .s = &s, .timeout_ms = LONG_MS };

	handle_signals(SA_RESTART);
	start_copy_that_hangs(&copy);
	engine_behave();
	interrupt(&copy);
	EXPECT_EQ(join_copy(&copy), 0);
	EXPECT_EQ(signals, 1);
	expect_copied(&s, b->size / 2, 0, 64);
}

static void stop_and_continue(pid_t pid)
{
	ASSERT_OK(kill(pid, SIGSTOP));
	await_state(pid, 'T');
	ASSERT_OK(kill(pid, SIGCONT));
}

/* As a shell's Ctrl-Z and "fg", or a debugger: no handler ran, so nothing has been. */
TEST_EACH(copy_wait, stopped_and_continued_copy_ends_well, engine_buffers)
{
	unsigned int hung = engine_count("hung");
	struct subject s = open_subject(b, 8);
	pid_t pid;

	engine_set("hang", 1);
	pid = harness_fork();
	if (!pid) {
		EXPECT_OK(copy_within(s.fd, b->size / 2, 0, 64, LONG_MS));
		_exit(0);
	}
	engine_await("hung", hung + 1);
	engine_behave();
	stop_and_continue(pid);
	harness_join(pid);
	expect_copied(&s, b->size / 2, 0, 64);
}

TEST_EACH(copy_wait, stopped_and_continued_waiter_gets_its_turn, engine_buffers)
{
	struct subject s = open_subject(b, 9);
	struct long_copy first = { .s = &s, .timeout_ms = LONG_MS };
	pid_t pid;

	handle_signals(0);
	start_copy_that_hangs(&first);
	pid = harness_fork();
	if (!pid) {
		EXPECT_OK(copy_within(s.fd, b->size / 2, 0, 64, LONG_MS));
		_exit(0);
	}
	await_asleep(pid);
	stop_and_continue(pid);
	/*
	 * By now we have its SIGCHLD. While pthread_kill() blocks signals here, the other
	 * thread would get that: its copy would be started again, and end well.
	 */
	await_asleep(pid);
	engine_behave();
	interrupt(&first);
	EXPECT_EQ(join_copy(&first), EINTR);
	harness_join(pid);
	expect_copied(&s, b->size / 2, 0, 64);
}

/* The limit is that of the call, whoever is before it. */
TEST_EACH(copy_wait, waiting_for_a_turn_counts_against_the_deadline, engine_buffers)
{
	struct cohbuf_copy copy = { .dst = b->size / 2, .length = 64, .timeout_ms = 300 };
	struct subject s = open_subject(b, 10);
	struct long_copy first = { .s = &s, .timeout_ms = LONG_MS };
	double start;

	handle_signals(0);
	start_copy_that_hangs(&first);
	memset(copy.engine, 0xa5, sizeof(copy.engine));
	start = monotonic();
	EXPECT_ERRNO(ioctl(s.fd, COHBUF_IOC_COPY, &copy), ETIMEDOUT);
	EXPECT_GE(elapsed_ms(start), 300);
	EXPECT_LT(elapsed_ms(start), 300 + AT_ONCE_MS);
	/* It did not come to one. */
	EXPECT_STREQ(copy.engine, "");
	EXPECT_EQ(copy.duration_ns, 0);
	EXPECT_EQ(copy.transfers, 0);

	/* The other one is as it was, and so is the turn after it. */
	EXPECT_EQ(first.error, 0);
	engine_behave();
	interrupt(&first);
	EXPECT_EQ(join_copy(&first), EINTR);
	EXPECT_OK(copy_within(s.fd, b->size / 2, 0, 64, 0));
	expect_copied(&s, b->size / 2, 0, 64);
}

TEST_EACH(copy_wait, unbind_ends_a_copy_that_hangs, engine_buffers)
{
	struct subject s = open_subject(b, 11);
	struct long_copy copy = { .s = &s, .timeout_ms = LONG_MS };
	double start;

	start_copy_that_hangs(&copy);
	start = monotonic();
	unbind_buffer(b);
	EXPECT_EQ(join_copy(&copy), ENODEV);
	EXPECT_LT(elapsed_ms(start), AT_ONCE_MS);
}

TEST_EACH(copy_wait, unbind_wakes_who_waits_for_a_turn, engine_buffers)
{
	struct subject s = open_subject(b, 12);
	struct long_copy first = { .s = &s, .timeout_ms = LONG_MS };
	struct long_copy waiters[3];
	double start;

	start_copy_that_hangs(&first);
	for (int i = 0; i < 3; i++) {
		waiters[i] = (struct long_copy){ .s = &s, .timeout_ms = LONG_MS };
		start_copy(&waiters[i]);
	}
	start = monotonic();
	unbind_buffer(b);
	for (int i = 0; i < 3; i++)
		EXPECT_EQ(join_copy(&waiters[i]), ENODEV);
	EXPECT_EQ(join_copy(&first), ENODEV);
	EXPECT_LT(elapsed_ms(start), AT_ONCE_MS);
}

/* The driver core takes the buffers of a controller first. */
TEST_EACH(copy_wait, unbind_of_the_controller_ends_a_copy_that_hangs, engine_buffers)
{
	struct subject s = open_subject(b, 13);
	struct long_copy copy = { .s = &s, .timeout_ms = LONG_MS };
	double start;

	start_copy_that_hangs(&copy);
	start = monotonic();
	unbind_controller(engine_device());
	EXPECT_EQ(join_copy(&copy), ENODEV);
	EXPECT_LT(elapsed_ms(start), AT_ONCE_MS);
	engine_behave();
	bind_controller(engine_device());
	bind_all_again();
}

/* A copy, an unbind and a bind, of who has the same engine, and of who has none. */
static void expect_not_held_up(const struct test_buffer *b)
{
	struct subject s = open_subject(b, 14);
	double start;

	if (engine_copies_in(b)) {
		EXPECT_OK(copy_within(s.fd, b->size / 2, 0, 64, AT_ONCE_MS));
		expect_copied(&s, b->size / 2, 0, 64);
	}
	start = monotonic();
	unbind_buffer(b);
	bind_buffer(b);
	EXPECT_LT(elapsed_ms(start), AT_ONCE_MS);
	munmap(s.map, b->size);
	close(s.fd);
}

TEST_EACH(copy_wait, copy_that_hangs_holds_up_no_other_buffer, engine_buffers)
{
	struct subject s = open_subject(b, 15);
	struct long_copy copy = { .s = &s, .timeout_ms = LONG_MS };

	handle_signals(0);
	start_copy_that_hangs(&copy);
	/* The transfer that the engine has by now stays where it is. */
	engine_behave();
	for (size_t i = 0; named_buffers[i]; i++)
		if (named_buffers[i] != b)
			expect_not_held_up(named_buffers[i]);
	EXPECT_EQ(copy.error, 0);

	interrupt(&copy);
	EXPECT_EQ(join_copy(&copy), EINTR);
	expect_untouched(&s);
}
