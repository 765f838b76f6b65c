// SPDX-License-Identifier: GPL-2.0-only
/*
 * The harness itself: a test that fails must be seen to fail. The suite "planted"
 * is there only for a run of this program that one of the tests starts.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#define PLANTED	"HARNESS_TEST_PLANTED"

static void passes(const void *arg __attribute__((unused)))
{
	EXPECT_EQ(1, 1);
}

static void expects(const void *arg __attribute__((unused)))
{
	EXPECT_EQ(1, 2);
	harness_note("goes on");
}

static void asserts(const void *arg __attribute__((unused)))
{
	ASSERT_EQ(1, 2);
	harness_note("goes on");
}

static void finds_no_error(const void *arg __attribute__((unused)))
{
	EXPECT_ERRNO(close(dup(0)), EBADF);
}

static void finds_another_error(const void *arg __attribute__((unused)))
{
	EXPECT_ERRNO(close(-1), EINVAL);
}

static void finds_other_bytes(const void *arg __attribute__((unused)))
{
	EXPECT_BYTES("abcd", "abxd", 4);
}

static void checks_nothing(const void *arg __attribute__((unused)))
{
}

static void skips(const void *arg __attribute__((unused)))
{
	SKIP("no %s", "moon");
}

static void skips_after_a_failure(const void *arg __attribute__((unused)))
{
	EXPECT_EQ(1, 2);
	SKIP("no moon");
}

static void crashes(const void *arg __attribute__((unused)))
{
	EXPECT_EQ(1, 1);
	raise(SIGSEGV);
}

static void exits(const void *arg __attribute__((unused)))
{
	EXPECT_EQ(1, 1);
	_exit(3);
}

static void hangs(const void *arg __attribute__((unused)))
{
	EXPECT_EQ(1, 1);
	signal(SIGTERM, SIG_IGN);
	for (;;)
		pause();
}

static void fails_in_a_child(const void *arg __attribute__((unused)))
{
	pid_t pid = harness_fork();

	if (!pid) {
		EXPECT_EQ(1, 2);
		_exit(0);
	}
	harness_join(pid);
}

static void crashes_in_a_child(const void *arg __attribute__((unused)))
{
	pid_t pid = harness_fork();

	if (!pid)
		raise(SIGSEGV);
	harness_join(pid);
}

static void *fail(void *arg)
{
	EXPECT_EQ(1, 2);
	return arg;
}

static void fails_in_a_thread(const void *arg __attribute__((unused)))
{
	pthread_t thread;

	ASSERT_EQ(pthread_create(&thread, NULL, fail, NULL), 0);
	ASSERT_EQ(pthread_join(thread, NULL), 0);
}

/* The child holds our end of the pipe: it is closed when the child is gone. */
static void leaves_a_child(const void *arg __attribute__((unused)))
{
	EXPECT_EQ(1, 1);
	if (!harness_fork())
		for (;;)
			pause();
}

static void __attribute__((constructor)) plant(void)
{
	if (!getenv(PLANTED))
		return;
	harness_add(passes, NULL, 5, "planted.passes");
	harness_add(expects, NULL, 5, "planted.expects");
	harness_add(asserts, NULL, 5, "planted.asserts");
	harness_add(finds_no_error, NULL, 5, "planted.finds_no_error");
	harness_add(finds_another_error, NULL, 5, "planted.finds_another_error");
	harness_add(finds_other_bytes, NULL, 5, "planted.finds_other_bytes");
	harness_add(checks_nothing, NULL, 5, "planted.checks_nothing");
	harness_add(skips, NULL, 5, "planted.skips");
	harness_add(skips_after_a_failure, NULL, 5, "planted.skips_after_a_failure");
	harness_add(crashes, NULL, 5, "planted.crashes");
	harness_add(exits, NULL, 5, "planted.exits");
	harness_add(hangs, NULL, 1, "planted.hangs");
	harness_add(fails_in_a_child, NULL, 5, "planted.fails_in_a_child");
	harness_add(crashes_in_a_child, NULL, 5, "planted.crashes_in_a_child");
	harness_add(fails_in_a_thread, NULL, 5, "planted.fails_in_a_thread");
	harness_add(leaves_a_child, NULL, 5, "planted.leaves_a_child");
}

/*
 * Run this program, called by @name, with @filter, and return all that it and its
 * children print.
 */
static const char *run_as(const char *name, const char *filter, int *status)
{
	static char out[8192];
	size_t done = 0;
	int pipefd[2];
	ssize_t len;
	pid_t pid;

	ASSERT_OK(pipe(pipefd));
	pid = harness_fork();
	if (!pid) {
		dup2(pipefd[1], STDOUT_FILENO);
		dup2(pipefd[1], STDERR_FILENO);
		close(pipefd[0]);
		close(pipefd[1]);
		setenv(PLANTED, "1", 1);
		execl("/proc/self/exe", name, filter, NULL);
		_exit(127);
	}
	close(pipefd[1]);
	while (done < sizeof(out) - 1 &&
	       (len = read(pipefd[0], out + done, sizeof(out) - 1 - done)) > 0)
		done += len;
	out[done] = '\0';
	close(pipefd[0]);
	ASSERT_EQ(waitpid(pid, status, 0), pid);
	ASSERT_TRUE(WIFEXITED(*status));
	*status = WEXITSTATUS(*status);
	return out;
}

static const char *run(const char *filter, int *status)
{
	return run_as("tests", filter, status);
}

static void expect_run(const char *filter, int wanted, const char *line)
{
	int status;
	const char *out = run(filter, &status);

	EXPECT_EQ(status, wanted);
	harness_check(HARNESS_HERE(false), strstr(out, line), "\"%s\" has \"%s\"", out, line);
}

TEST(harness, passed_test_is_ok)
{
	expect_run("planted.passes", 0, "1..1\nok 1 - planted.passes\n# Totals: pass:1 fail:0 skip:0\n");
}

TEST(harness, failed_check_is_not_ok)
{
	expect_run("planted.expects", 1, "# goes on\nnot ok 1 - planted.expects\n");
	expect_run("planted.expects", 1, "1 == 2, but these are 1 (0x1) and 2 (0x2)\n");
	expect_run("planted.expects", 1, "# tests/harness/harness_test.c:");
	expect_run("planted.finds_no_error", 1, "gives no error, not EBADF\nnot ok 1");
	expect_run("planted.finds_another_error", 1, "gives EBADF, not EINVAL\nnot ok 1");
	expect_run("planted.finds_other_bytes", 1, "at offset 2 (0x2) of 4 0x63, not 0x78\nnot ok 1");
}

TEST(harness, failed_assertion_ends_the_test)
{
	int status;

	EXPECT_TRUE(!strstr(run("planted.asserts", &status), "goes on"));
	EXPECT_EQ(status, 1);
	expect_run("planted.asserts", 1, "not ok 1 - planted.asserts\n");
}

TEST(harness, test_without_a_check_is_not_ok)
{
	expect_run("planted.checks_nothing", 1, "not ok 1 - planted.checks_nothing\n");
}

TEST(harness, skipped_test_does_not_count_as_passed)
{
	expect_run("planted.skips", 1, "pass:0 fail:1 skip:1\n");
	expect_run("planted.skips", 1, "ok 1 - planted.skips # SKIP no moon\n");
	expect_run("planted.skips", 1, "not ok 2 - planted.skips_after_a_failure\n");
}

TEST(harness, killed_test_is_not_ok)
{
	expect_run("planted.crashes", 1, "# killed by SIGSEGV\nnot ok 1 - planted.crashes\n");
	expect_run("planted.exits", 1, "# exit status 3\nnot ok 1 - planted.exits\n");
}

TEST(harness, test_that_hangs_is_not_ok)
{
	expect_run("planted.hangs", 1, "# not done within 1 s\n");
	expect_run("planted.hangs", 1, "not ok 1 - planted.hangs\n");
}

TEST(harness, failure_in_a_child_or_thread_is_not_ok)
{
	expect_run("planted.fails_in_a_child", 1, "not ok 1 - planted.fails_in_a_child\n");
	expect_run("planted.crashes_in_a_child", 1, "is killed by SIGSEGV\n");
	expect_run("planted.fails_in_a_thread", 1, "not ok 1 - planted.fails_in_a_thread\n");
}

/* It holds the pipe open that run() reads: this ends because it is killed. */
TEST(harness, children_are_gone_after_the_test)
{
	expect_run("planted.leaves_a_child", 0, "ok 1 - planted.leaves_a_child\n");
}

TEST(harness, filter_that_matches_nothing_is_an_error)
{
	expect_run("planted.no_such", 2, "no such test");
	expect_run("lanted.", 2, "no such test");
}

TEST(harness, filter_that_ends_with_a_dot_is_a_suite)
{
	expect_run("planted.", 1, "1..16\n");
}

TEST(harness, program_of_a_suite_runs_that_one)
{
	const char *const both[] = { "/a/planted_test", "harness_test" };
	int status;

	for (size_t i = 0; i < sizeof(both) / sizeof(both[0]); i++) {
		const char *out = run_as(both[i], "passe", &status);

		EXPECT_EQ(status, 0);
		EXPECT_EQ(!!strstr(out, "1..1\nok 1 - planted.passes\n"), !i);
	}
	/* One that has no suite of that name has all. */
	EXPECT_TRUE(strstr(run_as("other_test", "planted.", &status), "1..16\n"));
}
