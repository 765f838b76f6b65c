// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit: which ranges are inside a buffer. Nothing here is dereferenced: only ranges
 * that must be refused get as far as the memory.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/of_reserved_mem.h>
#include <linux/scatterlist.h>

#include "node_kunit.h"

#define SIZE	(3 * PAGE_SIZE)
/* The largest size that a buffer can have. */
#define HUGE	(SIZE_MAX & PAGE_MASK)

struct inside_case {
	const char *desc;
	size_t size;
	u64 offset, len;
	size_t inside;
};

/* A table. */
/* */
/* clang-format off */
static const struct inside_case inside_cases[] = {
	{ "all of it", SIZE, 0, SIZE, SIZE },
	{ "nothing at the start", SIZE, 0, 0, 0 },
	{ "the first byte", SIZE, 0, 1, 1 },
	{ "one byte too many from the start", SIZE, 0, SIZE + 1, SIZE },
	{ "up to the end", SIZE, 1, SIZE - 1, SIZE - 1 },
	{ "one byte past the end", SIZE, 1, SIZE, SIZE - 1 },
	{ "across a page", SIZE, PAGE_SIZE - 1, 2, 2 },
	{ "the last byte", SIZE, SIZE - 1, 1, 1 },
	{ "the last byte and one more", SIZE, SIZE - 1, 2, 1 },
	{ "nothing at the last byte", SIZE, SIZE - 1, 0, 0 },
	{ "nothing at the end", SIZE, SIZE, 0, 0 },
	{ "one byte at the end", SIZE, SIZE, 1, 0 },
	{ "one byte past the end and beyond", SIZE, SIZE + 1, 1, 0 },
	{ "length of all ones", SIZE, 0, U64_MAX, SIZE },
	{ "length of all ones at the last byte", SIZE, SIZE - 1, U64_MAX, 1 },
	{ "sum that wraps to 0", SIZE, 1, U64_MAX, SIZE - 1 },
	{ "sum that wraps into the buffer", SIZE, PAGE_SIZE, U64_MAX - PAGE_SIZE + 2,
		SIZE - PAGE_SIZE },
	{ "offset of all ones", SIZE, U64_MAX, 1, 0 },
	{ "offset and length of all ones", SIZE, U64_MAX, U64_MAX, 0 },
	{ "offset with the top bit", SIZE, 1ULL << 63, 1, 0 },
	{ "offset of 4 GiB", SIZE, 1ULL << 32, 1, 0 },
	{ "length of 4 GiB", SIZE, 0, 1ULL << 32, SIZE },
	{ "length of 4 GiB and one", SIZE, 0, (1ULL << 32) + 1, SIZE },
	{ "huge buffer, all of it", HUGE, 0, HUGE, HUGE },
	{ "huge buffer, the last byte", HUGE, HUGE - 1, 2, 1 },
	{ "huge buffer, at the end", HUGE, HUGE, 1, 0 },
	{ "huge buffer, length of all ones", HUGE, 1, U64_MAX, HUGE - 1 },
};

/* clang-format on */

KUNIT_ARRAY_PARAM_DESC(inside, inside_cases, desc);

static void inside(struct kunit *test)
{
	const struct inside_case *c = test->param_value;
	const struct cohbuf_mem mem = { .size = c->size };

	KUNIT_EXPECT_EQ(test, cohbuf_mem_clamp(&mem, c->offset, c->len), c->inside);
}

struct copy_case {
	const char *desc;
	u64 dst, src, len;
	int ret;
};

/* A table. */
/* */
/* clang-format off */
static const struct copy_case copy_cases[] = {
	{ "first page to the last", SIZE - PAGE_SIZE, 0, PAGE_SIZE, 0 },
	{ "last page to the first", 0, SIZE - PAGE_SIZE, PAGE_SIZE, 0 },
	{ "first byte to the last", SIZE - 1, 0, 1, 0 },
	{ "neighbours, upwards", 16, 0, 16, 0 },
	{ "neighbours, downwards", 0, 16, 16, 0 },
	{ "no bytes", PAGE_SIZE, 0, 0, -EINVAL },
	{ "no bytes, outside", SIZE, SIZE, 0, -EINVAL },
	{ "overlap of one byte, upwards", 15, 0, 16, -EINVAL },
	{ "overlap of one byte, downwards", 0, 15, 16, -EINVAL },
	{ "onto itself", 16, 16, 16, -EINVAL },
	{ "all onto itself", 0, 0, SIZE, -EINVAL },
	{ "source one past the end", 0, SIZE - 15, 16, -ENXIO },
	{ "target one past the end", SIZE - 15, 0, 16, -ENXIO },
	{ "source at the end", 0, SIZE, 1, -ENXIO },
	{ "target at the end", SIZE, 0, 1, -ENXIO },
	{ "longer than the buffer", 0, 0, SIZE + 1, -ENXIO },
	{ "length of all ones", 0, 1, U64_MAX, -ENXIO },
	{ "source that wraps to 0", 0, U64_MAX, 1, -ENXIO },
	{ "target that wraps to 0", U64_MAX, 0, 1, -ENXIO },
	{ "source that wraps into the buffer", PAGE_SIZE, U64_MAX - 7, 16, -ENXIO },
	{ "target that wraps into the buffer", U64_MAX - 7, PAGE_SIZE, 16, -ENXIO },
	{ "source of 4 GiB", 16, 1ULL << 32, 16, -ENXIO },
	{ "target of 4 GiB", 1ULL << 32, 16, 16, -ENXIO },
	{ "length of 4 GiB and one", 0, 1, (1ULL << 32) + 1, -ENXIO },
};

/* clang-format on */

KUNIT_ARRAY_PARAM_DESC(copy, copy_cases, desc);

static void copy(struct kunit *test)
{
	const struct copy_case *c = test->param_value;
	struct dma_chan engine;
	struct cohbuf_mem mem = { .size = SIZE, .engine = &engine };
	const struct cohbuf_copy copy = { .dst = c->dst, .src = c->src, .length = c->len };

	KUNIT_EXPECT_EQ(test, cohbuf_copy_check(&mem, &copy), c->ret);

	/* What is wrong anyway is said first. */
	mem.engine = NULL;
	KUNIT_EXPECT_EQ(test, cohbuf_copy_check(&mem, &copy), c->ret ?: -EOPNOTSUPP);
}

/* Ranges that a program cannot even ask mmap() for are refused as well. */
struct mmap_case {
	const char *desc;
	unsigned long pgoff, pages;
};

/* A table. */
/* */
/* clang-format off */
static const struct mmap_case mmap_refused_cases[] = {
	{ "one page more than there is", 0, 4 },
	{ "the last page and one more", 2, 2 },
	{ "one page at the end", 3, 1 },
	{ "one page past the end", 4, 1 },
	{ "all of it, one page on", 1, 3 },
	{ "page offset of all ones", ULONG_MAX, 1 },
	{ "sum that wraps into the buffer", ULONG_MAX - 1, 3 },
	{ "page offset of 0 bytes when shifted", 1UL << (BITS_PER_LONG - PAGE_SHIFT), 1 },
	{ "page offset of one page when shifted", (1UL << (BITS_PER_LONG - PAGE_SHIFT)) + 1, 1 },
	{ "page offset with the top bit", 1UL << (BITS_PER_LONG - 1), 1 },
};

/* clang-format on */

KUNIT_ARRAY_PARAM_DESC(mmap_refused, mmap_refused_cases, desc);

/* Each way to get memory has its own way to map it. */
static const struct cohbuf_mem_ops *const all_ops[] = {
	&cohbuf_coherent_ops,
	&cohbuf_keep_ops,
	&cohbuf_cached_ops,
	&cohbuf_scattered_ops,
	&cohbuf_kmalloc_ops,
	&cohbuf_vmalloc_ops,
	&cohbuf_registers_ops,
};

static void mmap_refused(struct kunit *test)
{
	const struct mmap_case *c = test->param_value;
	struct vm_area_struct *vma = kunit_kzalloc(test, sizeof(*vma), GFP_KERNEL);
	const struct cohbuf_node *node = test->priv;
	struct scatterlist sgl;
	struct sg_table sgt = { .sgl = &sgl, .nents = 1, .orig_nents = 1 };
	struct reserved_mem region = {};
	struct cohbuf_mem mem = {
		.dev = node->dev,
		.cpu_addr = vma,
		.size = SIZE,
		.sgt = &sgt,
		.kept = &region,
	};
	unsigned int i;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, vma);
	sg_init_one(&sgl, vma, 1);

	vma->vm_start = PAGE_SIZE;
	vma->vm_end = PAGE_SIZE + (c->pages << PAGE_SHIFT);
	vma->vm_pgoff = c->pgoff;
	for (i = 0; i < ARRAY_SIZE(all_ops); i++) {
		mem.ops = all_ops[i];
		KUNIT_EXPECT_EQ_MSG(test, cohbuf_mem_mmap(&mem, vma), -ENXIO, "%u", i);
	}
}

static struct kunit_case range_cases[] = {
	KUNIT_CASE_PARAM(inside, inside_gen_params),
	KUNIT_CASE_PARAM(copy, copy_gen_params),
	KUNIT_CASE_PARAM(mmap_refused, mmap_refused_gen_params),
	{}
};

static struct kunit_suite range_suite = {
	.name = "cohbuf_range",
	.init = cohbuf_node_init,
	.exit = cohbuf_node_exit,
	.test_cases = range_cases,
};

kunit_test_suite(range_suite);

MODULE_DESCRIPTION("KUnit tests of cohbuf");
MODULE_LICENSE("GPL");
/* Not by MODULE_IMPORT_NS(), whose argument became a string in 6.13. */
MODULE_INFO(import_ns, "EXPORTED_FOR_KUNIT_TESTING");
