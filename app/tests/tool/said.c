// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a test of "cohbuf test" prints; see said.h.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "said.h"
#include "tests/harness/harness.h"
#include "tool/tap.h"

const char *said(void (*test)(const void *arg), const void *arg)
{
	static char text[16384];
	int file = ASSERT_OK(open("/tmp", O_TMPFILE | O_RDWR, 0600));
	pid_t pid = harness_fork();
	ssize_t len;

	if (!pid) {
		dup2(file, STDOUT_FILENO);
		tap_begin("test");
		test(arg);
		tap_end();
		_exit(0);
	}
	harness_join(pid);
	len = ASSERT_OK(pread(file, text, sizeof(text) - 1, 0));
	text[len] = '\0';
	close(file);
	return text;
}

void expect_said(const char *text, const char *part)
{
	harness_check(HARNESS_HERE(false), strstr(text, part), "\"%s\" is in: %.900s", part, text);
}

void expect_not_said(const char *text, const char *part)
{
	harness_check(HARNESS_HERE(false), !strstr(text, part), "\"%s\" is not in: %.900s",
		      part, text);
}
