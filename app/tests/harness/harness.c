// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs the tests of a program, each in a process of its own, and prints TAP
 * version 13. harness.h shows how a test looks, check.c what the checks print.
 */
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "harness.h"
#include "process.h"

/* Seconds that a killed process has to disappear. */
#define REAP_LIMIT	10

struct test {
	char name[128];
	harness_fn run;
	const void *arg;
	unsigned int limit;
};

static struct test *tests;
static size_t num_tests;
static harness_fn teardowns[4];
static size_t num_teardowns;
static unsigned int time_factor = 1;

unsigned int harness_time_factor(void)
{
	return time_factor;
}

unsigned int harness_rounds(unsigned int rounds)
{
	return time_factor > 1 ? (rounds + 3) / 4 : rounds;
}

/* Shared with all processes of a test. */
struct harness_state *harness_state;

/**
 * harness_add() - add a test
 * @run: the test
 * @arg: given to @run
 * @limit: seconds that it may take
 * @name: printf() format of its name, SUITE.CASE
 */
void harness_add(harness_fn run, const void *arg, unsigned int limit,
		 const char *name, ...)
{
	struct test *test;
	va_list args;

	tests = realloc(tests, (num_tests + 1) * sizeof(*tests));
	if (!tests)
		abort();
	test = &tests[num_tests++];
	test->run = run;
	test->arg = arg;
	test->limit = limit;
	va_start(args, name);
	vsnprintf(test->name, sizeof(test->name), name, args);
	va_end(args);
}

void harness_add_teardown(harness_fn teardown)
{
	if (num_teardowns == sizeof(teardowns) / sizeof(teardowns[0]))
		abort();
	teardowns[num_teardowns++] = teardown;
}

__attribute__((weak)) char **harness_arguments(char **args)
{
	return args;
}

/* Where a process that SIGKILL does not end sits in the kernel. */
static void show_stack(pid_t pid)
{
	char path[64], line[256];
	FILE *stack;

	snprintf(path, sizeof(path), "/proc/%d/stack", pid);
	stack = fopen(path, "r");
	if (!stack)
		return;
	while (fgets(line, sizeof(line), stack))
		printf("#   %s", line);
	fclose(stack);
}

static void judge(int status)
{
	if (WIFSIGNALED(status)) {
		harness_fail();
		harness_note("killed by %s", signal_name(WTERMSIG(status)));
	} else if (WEXITSTATUS(status) && !harness_state->failures) {
		harness_fail();
		harness_note("exit status %d", WEXITSTATUS(status));
	}
}

static void bail_out(const char *name, pid_t pid)
{
	printf("# SIGKILL does not end process %d:\n", pid);
	show_stack(pid);
	printf("Bail out! %s is stuck in the kernel\n", name);
	fflush(stdout);
	_exit(1);
}

/* In a process of its own, with all that it forks, and none of it left behind. */
static void run_apart(const char *name, harness_fn run, const void *arg,
		      unsigned int limit)
{
	int status = 0;
	sigset_t none;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid < 0) {
		harness_fail();
		harness_note("fork: %s", strerror(errno));
		return;
	}
	if (!pid) {
		setpgid(0, 0);
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		run(arg);
		fflush(NULL);
		_exit(0);
	}
	setpgid(pid, pid);

	if (!reap(pid, monotonic() + limit, &status)) {
		harness_fail();
		harness_note("not done within %u s", limit);
		kill(-pid, SIGKILL);
		if (!reap(pid, monotonic() + REAP_LIMIT * time_factor, &status))
			bail_out(name, pid);
	} else {
		judge(status);
	}

	/* We are the subreaper: what the test forked is ours now. */
	kill(-pid, SIGKILL);
	if (!reap(-1, monotonic() + REAP_LIMIT * time_factor, &status))
		bail_out(name, -1);
}

static void tear_down(const void *arg)
{
	for (size_t i = num_teardowns; i-- > 0;)
		teardowns[i](arg);
}

/* Returns what to count: 'p'assed, 'f'ailed or 's'kipped. */
static char run_test(const struct test *test, size_t number)
{
	double start = monotonic();

	memset(harness_state, 0, sizeof(*harness_state));
	run_apart(test->name, test->run, test->arg, test->limit * time_factor);
	if (!harness_state->failures && !harness_state->skipped &&
	    !harness_state->checks) {
		harness_fail();
		harness_note("the test checks nothing");
	}
	run_apart(test->name, tear_down, test->arg, HARNESS_LIMIT * time_factor);

	if (monotonic() - start > 1)
		harness_note("%s took %.1f s", test->name, monotonic() - start);
	if (harness_state->failures) {
		printf("not ok %zu - %s\n", number, test->name);
		return 'f';
	}
	if (harness_state->skipped) {
		printf("ok %zu - %s # SKIP %s\n", number, test->name,
		       harness_state->reason);
		return 's';
	}
	printf("ok %zu - %s\n", number, test->name);
	return 'p';
}

/* "SUITE." is a suite, any other filter a part of the name. */
static bool matches_filter(const char *name, const char *filter)
{
	const char *dot = strchr(filter, '.');

	if (dot && !dot[1])
		return !strncmp(name, filter, strlen(filter));
	return strstr(name, filter);
}

/* The one suite of a program that is called SUITE_test, with the dot; "": any. */
static char own_suite[64];

static void set_own_suite(const char *program)
{
	const char *slash = strrchr(program, '/');
	const char *name = slash ? slash + 1 : program;
	int len = (int)strlen(name) - (int)strlen("_test");

	if (len <= 0 || strcmp(name + len, "_test"))
		return;
	snprintf(own_suite, sizeof(own_suite), "%.*s.", len, name);
	for (size_t i = 0; i < num_tests; i++)
		if (!strncmp(tests[i].name, own_suite, strlen(own_suite)))
			return;
	own_suite[0] = '\0';
}

/* Without a filter all tests match, of the program's own suite. */
static bool matches(const struct test *test, char **filters)
{
	if (strncmp(test->name, own_suite, strlen(own_suite)))
		return false;
	if (!*filters)
		return true;
	for (; *filters; filters++)
		if (matches_filter(test->name, *filters))
			return true;
	return false;
}

static int run_tests(char **filters, size_t count)
{
	size_t passed = 0, failed = 0, skipped = 0, number = 0;

	printf("TAP version 13\n1..%zu\n", count);
	for (size_t i = 0; i < num_tests; i++) {
		if (!matches(&tests[i], filters))
			continue;
		switch (run_test(&tests[i], ++number)) {
		case 'p':
			passed++;
			break;
		case 's':
			skipped++;
			break;
		default:
			failed++;
		}
	}
	printf("# Totals: pass:%zu fail:%zu skip:%zu\n", passed, failed, skipped);
	return failed ? 1 : 0;
}

static int usage(const char *program, int status)
{
	fprintf(status ? stderr : stdout,
		"usage: %s [-l] [-t FACTOR] [FILTER...]\n"
		"\n"
		"Run the tests whose name contains a FILTER, by default all of them.\n"
		"A FILTER that ends with its only dot is a suite.\n"
		"  -l         list their names instead\n"
		"  -t FACTOR  multiply the time limits, for a slow machine or kernel\n"
		"\n"
		"Exit status: 0 none failed, 1 some failed, 2 wrong usage or no such test.\n",
		program);
	return status;
}

static void prepare(void)
{
	sigset_t chld;

	harness_state = mmap(NULL, sizeof(*harness_state), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (harness_state == MAP_FAILED)
		abort();
	setvbuf(stdout, NULL, _IOLBF, 0);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
}

int main(int argc, char **argv)
{
	bool list = false;
	size_t count = 0;
	char **filters;
	int option;

	while ((option = getopt(argc, argv, "hlt:")) != -1) {
		switch (option) {
		case 'h':
			return usage(argv[0], 0);
		case 'l':
			list = true;
			break;
		case 't':
			time_factor = atoi(optarg);
			if (time_factor)
				break;
			/* fall through */
		default:
			return usage(argv[0], 2);
		}
	}
	filters = harness_arguments(argv + optind);
	set_own_suite(argv[0]);

	for (size_t i = 0; i < num_tests; i++) {
		if (!matches(&tests[i], filters))
			continue;
		count++;
		if (list)
			printf("%s\n", tests[i].name);
	}
	if (!count) {
		fprintf(stderr, "%s: no such test; -l lists them\n", argv[0]);
		return 2;
	}
	if (list)
		return 0;
	prepare();
	return run_tests(filters, count);
}
