// SPDX-License-Identifier: GPL-2.0-only
/*
 * One DMA transfer whose result is known beforehand; see trial.h.
 */
#include <errno.h>
#include <string.h>

#include "pattern.h"
#include "tap.h"
#include "trial.h"

/* Too big for a stack, and one at a time. */
static struct evidence evidence;
static unsigned char source[TRIAL_MAX];

int trial_copy(struct bench *bench, uint64_t src, uint64_t dst, uint64_t length)
{
	uint64_t expected_ns = bench->ns_per_page * (length / BENCH_PAGE + 1);
	struct cohbuf_copy copy = {
		.src = src,
		.dst = dst,
		.length = length,
		/* A slow engine is no dead one. */
		.timeout_ms = COHBUF_COPY_TIMEOUT_DEFAULT + expected_ns / 100000,
	};
	int error;

	if (copy.timeout_ms > COHBUF_COPY_TIMEOUT_MAX)
		copy.timeout_ms = COHBUF_COPY_TIMEOUT_MAX;
	error = bench->copy(bench->target.buffer, &copy) ? errno : 0;
	if (error)
		bench->remedy = cohbuf_remedy();
	if (copy.engine[0])
		memcpy(bench->engine, copy.engine, sizeof(bench->engine));
	bench->last_ns = copy.duration_ns;
	return error;
}

static bool put(struct bench *bench, const struct trial *t, uint64_t offset,
		const unsigned char *bytes, size_t len)
{
	if (!t->by_kernel) {
		memcpy((unsigned char *)bench->map + offset, bytes, len);
		return true;
	}
	if (!cohbuf_write(bench->target.buffer, bytes, offset, len))
		return true;
	tap_fail("pwrite: %s", cohbuf_error());
	return false;
}

static bool get(struct bench *bench, const struct trial *t, uint64_t offset,
		unsigned char *bytes, size_t len)
{
	if (!t->by_kernel) {
		memcpy(bytes, (unsigned char *)bench->map + offset, len);
		return true;
	}
	if (!cohbuf_read(bench->target.buffer, bytes, offset, len))
		return true;
	tap_fail("pread: %s", cohbuf_error());
	return false;
}

/* The guard bands end where the buffer does, or the source begins. */
void trial_expect(const struct bench *bench, const struct trial *t, struct evidence *e)
{
	uint64_t first = t->src < t->dst ? t->src + t->length : 0;
	uint64_t end = t->src > t->dst ? t->src : bench->size;
	uint64_t after = end - (t->dst + t->length);

	e->before = t->dst - first < TRIAL_GUARD ? t->dst - first : TRIAL_GUARD;
	e->area = t->dst - e->before;
	e->length = t->length;
	e->size = e->before + t->length + (after < TRIAL_GUARD ? after : TRIAL_GUARD);

	pattern_fill(e->was, ~t->seed, e->area, e->size);
	memcpy(e->wanted, e->was, e->size);
	pattern_fill(e->wanted + e->before, t->seed, 0, t->length);

	/* Each byte of the target differs: none looks as if it had arrived. */
	for (size_t i = e->before; i < e->before + t->length; i++)
		e->was[i] = ~e->wanted[i];
}

/* The data travel by their place in the transfer: no offset changes them. */
static bool prepare(struct bench *bench, const struct trial *t, struct evidence *e)
{
	pattern_fill(source, t->seed, 0, t->length);
	trial_expect(bench, t, e);
	return put(bench, t, e->area, e->was, e->size);
}

static bool source_is_kept(struct bench *bench, const struct trial *t)
{
	static unsigned char now[TRIAL_MAX];
	size_t i = 0;

	if (!get(bench, t, t->src, now, t->length))
		return false;
	if (!memcmp(now, source, t->length))
		return true;
	while (now[i] == source[i])
		i++;
	tap_fail("the source changed: expected 0x%02x, found 0x%02x", source[i], now[i]);
	bench_note_place(bench, "first wrong", t->src + i);
	tap_note("means: the controller wrote where it was to read, or somebody else did");
	bench_note_users(bench);
	return false;
}

/*
 * What is beside the target the engine must not write, and the source neither: that it
 * did the CPU sees only where these are handed over. The target is not among them, nor
 * what the CPU wrote to the source: COPY hands its own ranges over, and this is how it
 * shows that it does.
 */
static bool hand_over(const struct bench *bench, const struct trial *t, const struct evidence *e,
		      enum cohbuf_sync_owner owner)
{
	uint64_t end = t->dst + t->length;

	return bench_hand_over(bench, e->area, e->before, owner) &&
	       bench_hand_over(bench, end, e->area + e->size - end, owner) &&
	       (owner == COHBUF_SYNC_FOR_DEVICE ||
		bench_hand_over(bench, t->src, t->length, owner));
}

static bool transfer(struct bench *bench, const struct trial *t, struct evidence *e)
{
	int error;

	if (!hand_over(bench, t, e, COHBUF_SYNC_FOR_DEVICE))
		return false;
	error = trial_copy(bench, t->src, t->dst, t->length);
	tap_detail(bench->engine);
	if (error == EINTR && bench_stopped)
		return false;
	if (!hand_over(bench, t, e, COHBUF_SYNC_FOR_CPU))
		return false;
	if (!get(bench, t, e->area, e->found, e->size))
		return false;
	if (error) {
		diagnose_error(bench, t, e, error);
		return false;
	}
	if (memcmp(e->found, e->wanted, e->size)) {
		diagnose_target(bench, t, e);
		return false;
	}
	return source_is_kept(bench, t);
}

bool trial_run(struct bench *bench, const struct trial *t)
{
	return prepare(bench, t, &evidence) &&
	       put(bench, t, t->src, source, t->length) &&
	       transfer(bench, t, &evidence);
}

bool trial_return(struct bench *bench, const struct trial *t)
{
	return prepare(bench, t, &evidence) && transfer(bench, t, &evidence);
}
