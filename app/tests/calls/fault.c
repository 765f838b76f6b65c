// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's fault injection. Documentation/fault-injection/fault-injection.rst
 * in the kernel's source has what its files mean.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "device.h"
#include "fault.h"
#include "tests/harness/harness.h"

#define DEBUG	"/sys/kernel/debug/"

/* Allocations that may wait are what a driver mostly does; single pages count, too. */
static const struct {
	const char *path;
	const char *value;
} settings[] = {
	{ DEBUG "failslab/ignore-gfp-wait", "0" },
	{ DEBUG "failslab/verbose", "0" },
	{ DEBUG "fail_page_alloc/ignore-gfp-wait", "0" },
	{ DEBUG "fail_page_alloc/ignore-gfp-highmem", "0" },
	{ DEBUG "fail_page_alloc/min-order", "0" },
	{ DEBUG "fail_page_alloc/verbose", "0" },
	{ DEBUG "fail_usercopy/verbose", "0" },
};

struct faults faults_begin(void)
{
	struct faults faults = { .fd = open("/proc/thread-self/fail-nth", O_RDWR), .nth = 1, .step = 1 };

	if (faults.fd < 0)
		SKIP("the kernel has no fault injection: make check-debug has one");
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		ASSERT_OK(file_write(settings[i].path, settings[i].value));
	return faults;
}

/* So is writing: but then none is left, and the second one does it. */
static void set_nth(const struct faults *faults, unsigned int nth)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", nth);

	if (pwrite(faults->fd, text, len, 0) != len)
		ASSERT_EQ(pwrite(faults->fd, text, len, 0), len);
}

/**
 * fault_arm() - let the next place fail
 * @faults: the places
 */
void fault_arm(struct faults *faults)
{
	set_nth(faults, faults->nth);
}

/**
 * fault_disarm() - let all go well again
 * @faults: the places
 *
 * Keeps errno.
 *
 * Return: true if something failed; false if the call has fewer places.
 */
bool fault_disarm(struct faults *faults)
{
	int error = errno;
	char text[16] = "";
	bool left;

	/* Reading what is left is a call like any other: it may be what fails. */
	left = pread(faults->fd, text, sizeof(text) - 1, 0) <= 0 || atoi(text);
	set_nth(faults, 0);
	if (!left) {
		faults->nth += faults->step;
		faults->failed++;
	}
	errno = error;
	return !left;
}

void faults_end(struct faults *faults)
{
	harness_note("%u places failed, each once", faults->failed);
	ASSERT_GT(faults->failed, 0);
	close(faults->fd);
}
