/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The buffer under test, mapped, and what the tests of "cohbuf test" share. A test is
 * a function that calls tap_fail() where something is wrong, and returns at once.
 */
#ifndef _BENCH_H
#define _BENCH_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "asked.h"
#include "facts.h"
#include "target.h"

/* Big buffers are sampled in pieces of this size. */
#define BENCH_PAGE	4096

/**
 * struct bench - the buffer under test
 * @target: the buffer
 * @facts: its addresses
 * @copy: cohbuf_dma_copy(), or what a test of the tests has in its place
 * @sync: handover(), or what a test of the tests has in its place
 * @remedy: what to do about the last error of @copy
 * @map: all of it, mapped
 * @size: bytes
 * @seed: what all patterns follow from
 * @unit: offsets and lengths of DMA transfers are multiples of it
 * @seconds: for all DMA tests together
 * @dma_end: when those seconds are over, in nanoseconds; 0: they have not begun
 * @dma_begun: how many of the timed tests have begun
 * @require_dma: without an engine the DMA tests fail
 * @asked: registers that may be touched
 * @engine: controller and channel of the last copy, or empty
 * @dma_error: errno of the first copy; 0: it worked
 * @last_ns: what the last copy took
 * @ns_per_page: what a page takes the engine, about; 0: not known
 */
struct bench {
	struct target target;
	struct facts facts;
	int (*copy)(const struct cohbuf_buffer *buffer, struct cohbuf_copy *copy);
	int (*sync)(const struct cohbuf_buffer *buffer, const struct cohbuf_sync *sync);
	const char *remedy;
	volatile unsigned char *map;
	uint64_t size;
	uint64_t seed;
	uint64_t unit;
	uint64_t seconds;
	uint64_t dma_end;
	unsigned int dma_begun;
	bool require_dma;
	struct asked asked;
	char engine[COHBUF_ENGINE_NAME_SIZE];
	int dma_error;
	uint64_t last_ns;
	uint64_t ns_per_page;
};

typedef void (*bench_test)(struct bench *bench);

/**
 * struct bench_suite - the tests of a kind of memory
 * @count: how many there are
 * @name: of the @i-th
 * @run: it
 * @put_back: after each, however it ended; or NULL
 * @gone: what a SIGBUS means
 */
struct bench_suite {
	unsigned int (*count)(const struct bench *bench);
	const char *(*name)(const struct bench *bench, unsigned int i);
	void (*run)(struct bench *bench, unsigned int i);
	void (*put_back)(struct bench *bench);
	const char *gone;
};

/* test_registers.c */
extern const struct bench_suite bench_of_registers;

/* Set by a signal that ends the program: no test goes on. */
extern volatile sig_atomic_t bench_stopped;

/* The pages that a test of @limit bytes goes through: how many, and where the @i-th is. */
uint64_t bench_pages(const struct bench *bench, uint64_t limit);
uint64_t bench_page(const struct bench *bench, uint64_t pages, uint64_t i);

/*
 * Hands a range over, where @length is not zero: 0 or an errno. bench_hand_over() does
 * it only where ranges have to be, and fails the test where it does not work.
 */
int bench_sync(const struct bench *bench, uint64_t offset, uint64_t length,
	       enum cohbuf_sync_direction direction, enum cohbuf_sync_owner owner);
bool bench_hand_over(const struct bench *bench, uint64_t offset, uint64_t length,
		     enum cohbuf_sync_owner owner);

/* What the mapping has there, or gets, by one access of 1, 2, 4 or 8 bytes. */
uint64_t bench_read(const struct bench *bench, uint64_t offset, unsigned int width);
void bench_write(const struct bench *bench, uint64_t offset, unsigned int width, uint64_t value);

/* Where a byte is, in all three ways to count, as a note. */
void bench_note_place(const struct bench *bench, const char *what, uint64_t offset);
/* Another program that has it open explains a lot. */
void bench_note_users(const struct bench *bench);

/* Fails the test: a word read through the mapping is wrong, and what that means. */
void bench_wrong_word(const struct bench *bench, uint64_t offset, unsigned int width,
		      uint64_t expected, uint64_t found);

/* test_memory.c, test_access.c, test_view.c */
void test_walking_ones(struct bench *bench);
void test_walking_zeros(struct bench *bench);
void test_power_of_two_offsets(struct bench *bench);
void test_each_page(struct bench *bench);
void test_moving_inversions(struct bench *bench);
void test_random(struct bench *bench);
void test_bytes(struct bench *bench);
void test_halves(struct bench *bench);
void test_words(struct bench *bench);
void test_doubles(struct bench *bench);
void test_user_to_kernel(struct bench *bench);
void test_kernel_to_user(struct bench *bench);

/* test_sync.c */
void test_sync(struct bench *bench);

/* test_dma.c */
void test_dma_moves_the_bytes(struct bench *bench);
void test_dma_guard_bands(struct bench *bench);
void test_dma_alignments(struct bench *bench);
void test_dma_lengths(struct bench *bench);
void test_dma_fresh_data(struct bench *bench);
void test_dma_kernel_view(struct bench *bench);
void test_dma_ping_pong(struct bench *bench);
void test_dma_every_part(struct bench *bench);
#define BENCH_TIMED_TESTS	7	/* those of them that look at the clock */

#endif /* _BENCH_H */
