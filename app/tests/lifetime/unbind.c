// SPDX-License-Identifier: GPL-2.0-only
/*
 * An unbind that must not wait for anything that a program does; see unbind.h.
 */
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "process.h"
#include "unbind.h"

/* Milliseconds: what it must not wait for never comes. */
#define PROMPTLY	5000

/*
 * In a process of its own: one that hangs in the kernel cannot be killed, and what it
 * waits for goes away with the processes of the test.
 */
void unbind_within(const struct test_buffer *b, unsigned int milliseconds)
{
	struct pollfd done = { .events = POLLIN };
	double start = monotonic();
	int pipefd[2];
	pid_t pid;

	ASSERT_OK(pipe(pipefd));
	pid = harness_fork();
	if (!pid) {
		unbind_buffer(b);
		ASSERT_EQ(write(pipefd[1], "d", 1), 1);
		_exit(0);
	}
	close(pipefd[1]);
	done.fd = pipefd[0];
	harness_check(HARNESS_HERE(true), poll(&done, 1, milliseconds) == 1,
		      "the unbind of %s ends within %u ms", b->node, milliseconds);
	harness_join(pid);
	close(pipefd[0]);
	harness_note("the unbind took %.0f ms", (monotonic() - start) * 1000);
}

void unbind_promptly(const struct test_buffer *b)
{
	unbind_within(b, PROMPTLY * harness_time_factor());
}
