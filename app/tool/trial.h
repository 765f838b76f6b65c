/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One DMA transfer whose result is known beforehand: new data in the source, other
 * data in the target and in a guard band on either side of it.
 */
#ifndef _TRIAL_H
#define _TRIAL_H

#include "bench.h"

#define TRIAL_GUARD	256
#define TRIAL_MAX	(64 << 10)	/* bytes of one transfer */

/**
 * struct trial - a transfer
 * @src: offset of the source
 * @dst: offset of the target
 * @length: bytes, at most %TRIAL_MAX
 * @seed: what the data follow from
 * @old_seed: what the source held before, for whom it matters; 0: not known
 * @by_kernel: pwrite() and pread() instead of the mapping
 */
struct trial {
	uint64_t src;
	uint64_t dst;
	uint64_t length;
	uint64_t seed;
	uint64_t old_seed;
	bool by_kernel;
};

/* Fails the test, and says what it means, where not exactly the target is new. */
bool trial_run(struct bench *bench, const struct trial *trial);

/* The same without new data in the source: it holds them from an earlier transfer. */
bool trial_return(struct bench *bench, const struct trial *trial);

/* A bare copy; 0 or an errno. */
int trial_copy(struct bench *bench, uint64_t src, uint64_t dst, uint64_t length);

/**
 * struct evidence - what was there, and what is there now, of a transfer
 * @area: offset of the first guard band
 * @before: bytes of the guard band before the target
 * @length: of the target
 * @size: of both guard bands and the target
 * @wanted: what must be there
 * @was: what was there
 * @found: what is there
 */
struct evidence {
	uint64_t area;
	size_t before;
	size_t length;
	size_t size;
	unsigned char wanted[TRIAL_MAX + 2 * TRIAL_GUARD];
	unsigned char was[TRIAL_MAX + 2 * TRIAL_GUARD];
	unsigned char found[TRIAL_MAX + 2 * TRIAL_GUARD];
};

/* All of it but what is found. */
void trial_expect(const struct bench *bench, const struct trial *trial, struct evidence *e);

/* diagnose.c: fails the test with what the evidence means. */
void diagnose_target(const struct bench *bench, const struct trial *trial,
		     const struct evidence *e);
void diagnose_error(const struct bench *bench, const struct trial *trial,
		    const struct evidence *e, int error);

#endif /* _TRIAL_H */
