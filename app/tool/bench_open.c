// SPDX-License-Identifier: GPL-2.0-only
/*
 * Take the buffer under test, and give it back as it was; see bench_open.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench_open.h"
#include "handover.h"
#include "tap.h"

sigjmp_buf bench_gone;
volatile sig_atomic_t bench_gone_armed;

static const int ending_signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE };

static unsigned char *contents;

static void note_signal(int sig)
{
	bench_stopped = sig;
}

static void caught_sigbus(int sig)
{
	if (bench_gone_armed) {
		bench_gone_armed = 0;
		siglongjmp(bench_gone, sig);
	}
	/* Not a touch of ours: the instruction repeats, and has its default effect. */
	signal(sig, SIG_DFL);
}

/* No SA_RESTART: a copy that waits for its engine ends with EINTR. */
static void catch_signals(void)
{
	struct sigaction stop = { .sa_handler = note_signal };
	struct sigaction gone = { .sa_handler = caught_sigbus };

	for (size_t i = 0; i < sizeof(ending_signals) / sizeof(ending_signals[0]); i++)
		sigaction(ending_signals[i], &stop, NULL);
	sigaction(SIGBUS, &gone, NULL);
}

static bool save_contents(const struct bench *bench)
{
	const struct range all = { .length = bench->size };

	contents = malloc(bench->size);
	if (!contents) {
		complain("no memory to save the %" PRIu64 " bytes of \"%s\": --destroy does without",
			 bench->size, bench->target.name);
		return false;
	}
	if (!handover_to_cpu(&bench->target, &all))
		return false;
	if (!cohbuf_read(bench->target.buffer, contents, 0, bench->size))
		return true;
	complain("saving the contents: %s", cohbuf_error());
	return false;
}

bool bench_open(struct bench *bench, const char *name, bool keep)
{
	if (!target_open(&bench->target, name, O_RDWR))
		return false;
	bench->size = bench->target.size;
	bench->copy = cohbuf_dma_copy;
	bench->sync = handover;
	if (facts_read(&bench->facts, bench->target.name)) {
		complain("\"%s\": %s: %s", name, strerror(errno), FACTS_REMEDY);
		return false;
	}
	/* Ours does not count. */
	bench->facts.files--;

	bench->map = cohbuf_map(bench->target.buffer, PROT_READ | PROT_WRITE);
	if (!bench->map)
		return !target_complain();
	/* To read all registers, and to write them, is what no test does unasked. */
	if (keep && !target_is_registers(&bench->target) && !save_contents(bench))
		return false;
	catch_signals();
	return true;
}

static bool restore_contents(const struct bench *bench)
{
	const struct range all = { .length = bench->size };
	uint64_t done = 0;

	if (!contents)
		return true;
	while (done < bench->size) {
		size_t length = bench->size - done < BENCH_PAGE ? bench->size - done : BENCH_PAGE;

		if (cohbuf_write(bench->target.buffer, contents + done, done, length))
			break;
		done += length;
	}
	if (done == bench->size)
		return handover_to_device(&bench->target, &all);
	complain("the contents of \"%s\" were put back up to byte %" PRIu64 " only: %s",
		 bench->target.name, done, cohbuf_error());
	return false;
}

bool bench_close(struct bench *bench)
{
	bool restored = restore_contents(bench);

	if (bench_stopped) {
		tap_bail_out(!restored ? "stopped by a signal; the contents are lost" :
			     contents ? "stopped by a signal; the contents were put back" :
					 "stopped by a signal");
		signal(bench_stopped, SIG_DFL);
		raise(bench_stopped);
	}
	free(contents);
	cohbuf_unmap((void *)bench->map, bench->size);
	target_close(&bench->target);
	return restored;
}
