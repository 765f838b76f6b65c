// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes that a program of tests starts; see process.h.
 */
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "process.h"

double monotonic(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

bool reap(pid_t pid, double deadline, int *status)
{
	struct timespec ts;
	sigset_t chld;
	double left;
	pid_t got;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	for (;;) {
		got = waitpid(pid, status, WNOHANG);
		if (got < 0 || (got > 0 && got == pid))
			return true;
		if (got > 0)
			continue;
		left = deadline - monotonic();
		if (left <= 0)
			return false;
		ts.tv_sec = (time_t)left;
		ts.tv_nsec = (long)((left - (double)ts.tv_sec) * 1e9);
		sigtimedwait(&chld, NULL, &ts);
	}
}
