// SPDX-License-Identifier: GPL-2.0-only
/*
 * The checks: count, and on a failure print where and what. Safe in threads and
 * in forked processes: the counters are atomic, a line is one write().
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "harness.h"

/* After so many the reader knows; the rest only counts. */
#define MAX_NOTES	20

void harness_fail(void)
{
	__atomic_add_fetch(&harness_state->failures, 1, __ATOMIC_RELAXED);
}

static void vnote(const char *head, const char *text, va_list args)
{
	char line[700];
	size_t len;

	len = snprintf(line, sizeof(line) - 1, "# %s", head);
	len += vsnprintf(line + len, sizeof(line) - 1 - len, text, args);
	if (len > sizeof(line) - 2)
		len = sizeof(line) - 2;
	line[len++] = '\n';
	fflush(stdout);
	if (write(STDOUT_FILENO, line, len) < 0)
		_exit(1);
}

/**
 * harness_note() - print a line that is no result
 * @text: printf() format
 */
void harness_note(const char *text, ...)
{
	va_list args;

	va_start(args, text);
	vnote("", text, args);
	va_end(args);
}

void harness_skip(const char *reason, ...)
{
	va_list args;

	va_start(args, reason);
	vsnprintf(harness_state->reason, sizeof(harness_state->reason), reason, args);
	va_end(args);
	harness_state->skipped = true;
	_exit(0);
}

void harness_check(const struct harness_where *where, bool ok, const char *text, ...)
{
	char head[80];
	va_list args;

	__atomic_add_fetch(&harness_state->checks, 1, __ATOMIC_RELAXED);
	if (ok)
		return;
	harness_fail();
	if (__atomic_load_n(&harness_state->failures, __ATOMIC_RELAXED) <= MAX_NOTES) {
		snprintf(head, sizeof(head), "%s:%d: ", where->file, where->line);
		va_start(args, text);
		vnote(head, text, args);
		va_end(args);
	}
	if (where->fatal)
		_exit(1);
}

static const char *errno_name(int error)
{
	return strerrorname_np(error) ?: "an unknown errno";
}

const char *signal_name(int sig)
{
	static __thread char text[32];

	snprintf(text, sizeof(text), "SIG%s", sigabbrev_np(sig) ?: "?");
	return text;
}

void harness_check_ok(const struct harness_where *where, bool ok, int error,
		      const char *text)
{
	harness_check(where, ok, "%s works, but gives %s", text, errno_name(error));
}

void harness_check_errno(const struct harness_where *where, bool failed, int error,
			 const int *wanted, const char *text)
{
	char names[100] = "";
	bool found = false;
	size_t len = 0;

	for (; *wanted; wanted++) {
		found |= error == *wanted;
		len += snprintf(names + len, sizeof(names) - len, "%s%s",
				len ? " or " : "", errno_name(*wanted));
	}
	if (failed)
		harness_check(where, found, "%s gives %s, not %s", text,
			      errno_name(error), names);
	else
		harness_check(where, false, "%s gives no error, not %s", text, names);
}

void harness_check_bytes(const struct harness_where *where, const void *a,
			 const void *b, size_t size, const char *text)
{
	const volatile unsigned char *x = a, *y = b;
	size_t i = 0;

	if (memcmp(a, b, size))
		while (i < size && x[i] == y[i])
			i++;
	else
		i = size;
	harness_check(where, i == size, "%s: at offset %zu (%#zx) of %zu %#x, not %#x",
		      text, i, i, size, i < size ? x[i] : 0, i < size ? y[i] : 0);
}

void harness_check_signal(const struct harness_where *where, int sig, int wanted,
			  const char *text)
{
	char got[32];

	snprintf(got, sizeof(got), "%s", sig ? signal_name(sig) : "no signal");
	harness_check(where, sig == wanted, "%s raises %s, not %s", text, got,
		      wanted ? signal_name(wanted) : "none");
}

/**
 * harness_fork() - fork a process of the test
 *
 * Return: as fork(), which must work.
 */
pid_t harness_fork(void)
{
	fflush(NULL);
	return ASSERT_OK(fork());
}

/**
 * harness_join() - wait for a process of the test, which must end with _exit(0)
 * @pid: from harness_fork()
 */
void harness_join(pid_t pid)
{
	int status = 0;

	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status))
		harness_check(HARNESS_HERE(false), false, "process %d is killed by %s",
			      pid, signal_name(WTERMSIG(status)));
	else
		harness_check(HARNESS_HERE(false), !WEXITSTATUS(status),
			      "process %d exits with %d", pid, WEXITSTATUS(status));
}

/**
 * harness_in_child() - run a part of a test in a process of its own, to its end
 * @run: the part
 * @arg: for it
 */
void harness_in_child(harness_fn run, const void *arg)
{
	pid_t pid = harness_fork();

	if (!pid) {
		run(arg);
		_exit(0);
	}
	harness_join(pid);
}
