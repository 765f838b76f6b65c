// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which points of the instrumented code a task has run through; see cover.h.
 */
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/kcov.h>

#include "cover.h"

#define KCOV_FILE	"/sys/kernel/debug/kcov"
/* Points of one program that are kept; a loop takes more. */
#define TRACE_WORDS	(64 << 10)
/* More than any driver has. */
#define MAX_POINTS	(64 << 10)

static int kcov = -1;
static unsigned long *trace;
static unsigned long seen[MAX_POINTS];
static size_t num_seen;

bool cover_begin(void)
{
	kcov = open(KCOV_FILE, O_RDWR);
	if (kcov < 0 || ioctl(kcov, KCOV_INIT_TRACE, TRACE_WORDS))
		return false;
	trace = mmap(NULL, TRACE_WORDS * sizeof(*trace), PROT_READ | PROT_WRITE, MAP_SHARED,
		     kcov, 0);
	if (trace == MAP_FAILED)
		trace = NULL;
	return trace;
}

void cover_me(void)
{
	if (!trace)
		return;
	__atomic_store_n(&trace[0], 0, __ATOMIC_RELAXED);
	ioctl(kcov, KCOV_ENABLE, KCOV_TRACE_PC);
}

static bool is_new(unsigned long point)
{
	size_t at = point * 2654435761UL % MAX_POINTS;

	while (seen[at] && seen[at] != point)
		at = (at + 1) % MAX_POINTS;
	if (seen[at] == point || num_seen > MAX_POINTS / 2)
		return false;
	seen[at] = point;
	num_seen++;
	return true;
}

size_t cover_take(void)
{
	size_t count = trace ? __atomic_load_n(&trace[0], __ATOMIC_RELAXED) : 0, fresh = 0;

	for (size_t i = 0; i < count && i + 1 < TRACE_WORDS; i++)
		fresh += is_new(trace[i + 1]);
	return fresh;
}

size_t cover_points(void)
{
	return num_seen;
}

void cover_forget(void)
{
	memset(seen, 0, sizeof(seen));
	num_seen = 0;
}
