/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Take the buffer under test, and give it back as it was.
 */
#ifndef _BENCH_OPEN_H
#define _BENCH_OPEN_H

#include <setjmp.h>
#include <signal.h>

#include "bench.h"

#define BENCH_UNIT_MAX	128

/* Where a touch of a mapping that is gone ends, once, while armed. */
extern sigjmp_buf bench_gone;
extern volatile sig_atomic_t bench_gone_armed;

/* False after a line on standard error. @keep: save the contents. */
bool bench_open(struct bench *bench, const char *name, bool keep);

/*
 * Puts the contents back. After a signal that ended the tests, ends the program by
 * it. False, after a line on standard error, where they could not be put back.
 */
bool bench_close(struct bench *bench);

#endif /* _BENCH_OPEN_H */
