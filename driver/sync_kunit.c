// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit: which pieces a range is handed over in, and which ranges are refused. The
 * memory is made up: what it is asked for is written down.
 */
#include <kunit/test.h>
#include <linux/limits.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "cohbuf.h"
#include "compat.h"

#define SIZE	(5UL * SZ_1M)
#define PIECES	8

/* What the memory was asked for. */
struct sync_state {
	struct cohbuf cb;
	struct cohbuf_mem mem;
	unsigned int pieces;
	struct {
		size_t offset, len;
	} piece[PIECES];
	enum dma_data_direction direction;
	bool for_cpu;
};

static void write_down(const struct cohbuf_mem *mem, size_t offset, size_t len,
		       enum dma_data_direction direction, bool for_cpu)
{
	struct sync_state *s = container_of(mem, struct sync_state, mem);

	if (s->pieces < PIECES) {
		s->piece[s->pieces].offset = offset;
		s->piece[s->pieces].len = len;
	}
	s->pieces++;
	s->direction = direction;
	s->for_cpu = for_cpu;
}

static const struct cohbuf_mem_ops made_up_ops = {
	.memory = COHBUF_MEMORY_CACHED,
	.cpu_mapping = "cached",
	.sync = write_down,
};

static int sync_init(struct kunit *test)
{
	struct sync_state *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);

	if (!s)
		return -ENOMEM;
	s->mem.ops = &made_up_ops;
	s->mem.size = SIZE;
	mutex_init(&s->cb.lock);
	s->cb.dev.init_name = "kunit";
	s->cb.mem = &s->mem;
	test->priv = s;
	return 0;
}

static int sync_range(struct sync_state *s, u64 offset, u64 len)
{
	const struct cohbuf_sync sync = {
		.offset = offset,
		.length = len,
		.direction = COHBUF_SYNC_FROM_DEVICE,
		.owner = COHBUF_SYNC_FOR_DEVICE,
	};

	s->pieces = 0;
	return cohbuf_sync(&s->cb, &sync);
}

struct accepted_case {
	const char *desc;
	u64 offset, len;
	unsigned int pieces;
};

/* A table. */
/* */
/* clang-format off */
static const struct accepted_case accepted_cases[] = {
	{ "one byte", 0, 1, 1 },
	{ "the last byte", SIZE - 1, 1, 1 },
	{ "a piece", 0, SZ_1M, 1 },
	{ "a piece and a byte", 0, SZ_1M + 1, 2 },
	{ "the end of a piece and the start of the next", SZ_1M - 1, 2, 2 },
	{ "three pieces, none of them whole", 64, 2 * SZ_1M, 3 },
	{ "all of it", 0, SIZE, 5 },
	{ "all of it but the first and the last byte", 1, SIZE - 2, 5 },
};

/* clang-format on */

KUNIT_ARRAY_PARAM_DESC(accepted, accepted_cases, desc);

/* No byte twice, none left out, and the pieces meet at multiples of a piece. */
static void accepted(struct kunit *test)
{
	const struct accepted_case *c = test->param_value;
	struct sync_state *s = test->priv;
	u64 at = c->offset;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, sync_range(s, c->offset, c->len), 0);
	KUNIT_ASSERT_EQ(test, s->pieces, c->pieces);
	for (i = 0; i < s->pieces; i++) {
		KUNIT_EXPECT_EQ(test, (u64)s->piece[i].offset, at);
		KUNIT_EXPECT_TRUE(test, i == 0 || !(at % SZ_1M));
		at += s->piece[i].len;
	}
	KUNIT_EXPECT_EQ(test, at, c->offset + c->len);
	KUNIT_EXPECT_EQ(test, (int)s->direction, (int)DMA_FROM_DEVICE);
	KUNIT_EXPECT_FALSE(test, s->for_cpu);
}

struct refused_case {
	const char *desc;
	u64 offset, len;
	int ret;
};

/* A table. */
/* */
/* clang-format off */
static const struct refused_case refused_cases[] = {
	{ "no bytes", 0, 0, -EINVAL },
	{ "no bytes at the end", SIZE, 0, -EINVAL },
	{ "one byte at the end", SIZE, 1, -ENXIO },
	{ "the last byte and one more", SIZE - 1, 2, -ENXIO },
	{ "all of it and one more", 0, SIZE + 1, -ENXIO },
	{ "length of all ones", 0, U64_MAX, -ENXIO },
	{ "offset of all ones", U64_MAX, 1, -ENXIO },
	{ "sum that wraps to 0", 1, U64_MAX, -ENXIO },
	{ "sum that wraps into the buffer", SZ_1M, U64_MAX - SZ_1M + 2, -ENXIO },
	{ "offset of 4 GiB", 1ULL << 32, 1, -ENXIO },
	{ "length of 4 GiB and one", 0, (1ULL << 32) + 1, -ENXIO },
};

/* clang-format on */

KUNIT_ARRAY_PARAM_DESC(refused, refused_cases, desc);

static void refused(struct kunit *test)
{
	const struct refused_case *c = test->param_value;
	struct sync_state *s = test->priv;

	KUNIT_EXPECT_EQ(test, sync_range(s, c->offset, c->len), c->ret);
	KUNIT_EXPECT_EQ(test, s->pieces, 0U);
}

/* Of a device that snoops nothing is asked. */
static void snooped(struct kunit *test)
{
	struct sync_state *s = test->priv;

	s->mem.dma_coherent = true;
	KUNIT_EXPECT_EQ(test, sync_range(s, 0, SIZE), 0);
	KUNIT_EXPECT_EQ(test, s->pieces, 0U);
}

static void after_unbind(struct kunit *test)
{
	struct sync_state *s = test->priv;

	s->cb.mem = NULL;
	KUNIT_EXPECT_EQ(test, sync_range(s, 0, 1), -ENODEV);
	KUNIT_EXPECT_EQ(test, sync_range(s, 0, 0), -ENODEV);
	KUNIT_EXPECT_EQ(test, s->pieces, 0U);
}

static struct kunit_case sync_cases[] = {
	KUNIT_CASE_PARAM(accepted, accepted_gen_params),
	KUNIT_CASE_PARAM(refused, refused_gen_params),
	KUNIT_CASE(snooped),
	KUNIT_CASE(after_unbind),
	{}
};

static struct kunit_suite sync_suite = {
	.name = "cohbuf_sync",
	.init = sync_init,
	.test_cases = sync_cases,
};

kunit_test_suite(sync_suite);
