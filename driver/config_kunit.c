// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit: what each property of a node may be, edge by edge. memory-region is in
 * region_kunit.c.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "node_kunit.h"

#define ONE_PAGE	PROPERTY("cohbuf,size", U32(PAGE_SIZE))

struct config_case {
	const char *desc;
	/* In no order, and no name is the end. */
	struct property props[4];
	struct cohbuf_config wanted;
};

static int config_read(struct kunit *test, const struct property *props,
		       struct cohbuf_config *config)
{
	struct cohbuf_node *node = test->priv;

	for (; props->name; props++)
		cohbuf_node_set(test, props);

	/* Nothing may stay as it was. */
	memset(config, 0xa5, sizeof(*config));
	return cohbuf_config_read(node->dev, config);
}

/* A table. */
/* */
/* clang-format off */
static const struct config_case accepted_cases[] = {
	{ "size, one u32", { ONE_PAGE }, { .size = PAGE_SIZE } },
	{ "size, one u64", { PROPERTY("cohbuf,size", U64(PAGE_SIZE)) }, { .size = PAGE_SIZE } },
	{ "size of 1 is a page", { PROPERTY("cohbuf,size", U32(1)) }, { .size = PAGE_SIZE } },
	{ "size of a page less 1", { PROPERTY("cohbuf,size", U32(PAGE_SIZE - 1)) },
		{ .size = PAGE_SIZE } },
	{ "size of a page and 1", { PROPERTY("cohbuf,size", U32(PAGE_SIZE + 1)) },
		{ .size = 2 * PAGE_SIZE } },
	{ "memory", { ONE_PAGE, STRING("cohbuf,memory", "coherent") }, { .size = PAGE_SIZE } },
	{ "memory, cached", { ONE_PAGE, STRING("cohbuf,memory", "cached") },
		{ .size = PAGE_SIZE, .memory = COHBUF_MEMORY_CACHED } },
	{ "memory, kmalloc", { ONE_PAGE, STRING("cohbuf,memory", "kmalloc") },
		{ .size = PAGE_SIZE, .memory = COHBUF_MEMORY_KMALLOC } },
	{ "memory, kmalloc, all that it gives",
		{ PROPERTY("cohbuf,size", U32(KMALLOC_MAX_SIZE)), STRING("cohbuf,memory", "kmalloc") },
		{ .size = KMALLOC_MAX_SIZE, .memory = COHBUF_MEMORY_KMALLOC } },
	{ "memory, vmalloc", { ONE_PAGE, STRING("cohbuf,memory", "vmalloc") },
		{ .size = PAGE_SIZE, .memory = COHBUF_MEMORY_VMALLOC } },
	{ "initial-data, vmalloc",
		{ ONE_PAGE, STRING("cohbuf,memory", "vmalloc"), PROPERTY("cohbuf,initial-data", 1) },
		{ .size = PAGE_SIZE, .memory = COHBUF_MEMORY_VMALLOC, .initial_len = 1 } },
	{ "dma-bits 16", { ONE_PAGE, PROPERTY("cohbuf,dma-bits", U32(16)) },
		{ .size = PAGE_SIZE, .dma_bits = 16 } },
	{ "dma-bits 32", { ONE_PAGE, PROPERTY("cohbuf,dma-bits", U32(32)) },
		{ .size = PAGE_SIZE, .dma_bits = 32 } },
	{ "dma-bits 64", { ONE_PAGE, PROPERTY("cohbuf,dma-bits", U32(64)) },
		{ .size = PAGE_SIZE, .dma_bits = 64 } },
	{ "label of 31 characters",
		{ ONE_PAGE, STRING("label", "a123456789012345678901234567890") },
		{ .size = PAGE_SIZE, .label = "a123456789012345678901234567890" } },
	{ "label cohbuf", { ONE_PAGE, STRING("label", "cohbuf") },
		{ .size = PAGE_SIZE, .label = "cohbuf" } },
	{ "label cohbuf-1", { ONE_PAGE, STRING("label", "cohbuf-1") },
		{ .size = PAGE_SIZE, .label = "cohbuf-1" } },
	{ "label cohbuf1a", { ONE_PAGE, STRING("label", "cohbuf1a") },
		{ .size = PAGE_SIZE, .label = "cohbuf1a" } },
	{ "label xcohbuf1", { ONE_PAGE, STRING("label", "xcohbuf1") },
		{ .size = PAGE_SIZE, .label = "xcohbuf1" } },
	{ "initial-data of one byte", { ONE_PAGE, PROPERTY("cohbuf,initial-data", 0) },
		{ .size = PAGE_SIZE, .initial_len = 1 } },
	{ "initial-data, a string with its 0", { ONE_PAGE, STRING("cohbuf,initial-data", "Hello") },
		{ .size = PAGE_SIZE, .initial_len = 6 } },
	{ "initial-data in the rest of the page",
		{ PROPERTY("cohbuf,size", U32(2)), PROPERTY("cohbuf,initial-data", 1, 2, 3) },
		{ .size = PAGE_SIZE, .initial_len = 3 } },
	{ "a property of others", { ONE_PAGE, EMPTY("status") }, { .size = PAGE_SIZE } },
};

/* clang-format on */

KUNIT_ARRAY_PARAM_DESC(accepted, accepted_cases, desc);

static void accepted(struct kunit *test)
{
	const struct config_case *c = test->param_value;
	struct cohbuf_config config;

	KUNIT_ASSERT_EQ(test, config_read(test, c->props, &config), 0);
	KUNIT_EXPECT_EQ(test, config.size, c->wanted.size);
	KUNIT_EXPECT_EQ(test, config.memory, c->wanted.memory);
	KUNIT_EXPECT_EQ(test, config.dma_bits, c->wanted.dma_bits);
	KUNIT_EXPECT_STREQ(test, config.label ?: "(none)", c->wanted.label ?: "(none)");
	KUNIT_EXPECT_PTR_EQ(test, config.region, c->wanted.region);
	KUNIT_EXPECT_EQ(test, config.region_no_map, c->wanted.region_no_map);
	KUNIT_EXPECT_EQ(test, config.initial_len, c->wanted.initial_len);
}

/* A table. */
/* */
/* clang-format off */
static const struct config_case refused_cases[] = {
	{ "no size", {} },
	{ "size, empty", { EMPTY("cohbuf,size") } },
	{ "size, 1 byte", { PROPERTY("cohbuf,size", 1) } },
	{ "size, 2 bytes", { PROPERTY("cohbuf,size", 16, 0) } },
	{ "size, 3 bytes", { PROPERTY("cohbuf,size", 0, 16, 0) } },
	{ "size, 5 bytes", { PROPERTY("cohbuf,size", U32(PAGE_SIZE), 0) } },
	{ "size, 7 bytes", { PROPERTY("cohbuf,size", 0, 0, 0, U32(PAGE_SIZE)) } },
	{ "size, 3 cells", { PROPERTY("cohbuf,size", U32(0), U32(0), U32(PAGE_SIZE)) } },
	{ "size, u32 0", { PROPERTY("cohbuf,size", U32(0)) } },
	{ "size, u64 0", { PROPERTY("cohbuf,size", U64(0)) } },
	{ "size, u64 of all ones", { PROPERTY("cohbuf,size", U64(U64_MAX)) } },
	{ "size, u64 that is 0 when a page is added",
		{ PROPERTY("cohbuf,size", U64(-(u64)PAGE_SIZE)) } },
	{ "size, u64 with the top bit", { PROPERTY("cohbuf,size", U64(1ULL << 63)) } },
	{ "size, u64 just below the top bit", { PROPERTY("cohbuf,size", U64((1ULL << 63) - 1)) } },
	{ "memory, other", { ONE_PAGE, STRING("cohbuf,memory", "tape") } },
	{ "memory, longer", { ONE_PAGE, STRING("cohbuf,memory", "coherents") } },
	{ "memory, shorter", { ONE_PAGE, STRING("cohbuf,memory", "coheren") } },
	{ "memory, no characters", { ONE_PAGE, STRING("cohbuf,memory", "") } },
	{ "memory, empty", { ONE_PAGE, EMPTY("cohbuf,memory") } },
	{ "memory without a 0", { ONE_PAGE, PROPERTY("cohbuf,memory",
		'c', 'o', 'h', 'e', 'r', 'e', 'n', 't') } },
	{ "memory, kmalloc, one more than it gives",
		{ PROPERTY("cohbuf,size", U32(KMALLOC_MAX_SIZE + 1)),
		  STRING("cohbuf,memory", "kmalloc") } },
	{ "memory, vmalloc, no size", { STRING("cohbuf,memory", "vmalloc") } },
	{ "memory, registers, no reg", { STRING("cohbuf,memory", "registers") } },
	{ "memory, registers, reg of a node that is on no bus",
		{ STRING("cohbuf,memory", "registers"),
		  PROPERTY("reg", U64(0x9010000), U64(PAGE_SIZE)) } },
	{ "dma-bits 0", { ONE_PAGE, PROPERTY("cohbuf,dma-bits", U32(0)) } },
	{ "dma-bits 15", { ONE_PAGE, PROPERTY("cohbuf,dma-bits", U32(15)) } },
	{ "dma-bits 65", { ONE_PAGE, PROPERTY("cohbuf,dma-bits", U32(65)) } },
	{ "dma-bits of all ones", { ONE_PAGE, PROPERTY("cohbuf,dma-bits", U32(U32_MAX)) } },
	{ "dma-bits, 32 when the upper bytes are dropped",
		{ ONE_PAGE, PROPERTY("cohbuf,dma-bits", U32(256 + 32)) } },
	{ "dma-bits, empty", { ONE_PAGE, EMPTY("cohbuf,dma-bits") } },
	{ "dma-bits, 1 byte", { ONE_PAGE, PROPERTY("cohbuf,dma-bits", 32) } },
	{ "dma-bits, u64", { ONE_PAGE, PROPERTY("cohbuf,dma-bits", U64(32)) } },
	{ "dma-bits, 2 cells", { ONE_PAGE, PROPERTY("cohbuf,dma-bits", U32(32), U32(32)) } },
	{ "label of 32 characters",
		{ ONE_PAGE, STRING("label", "a1234567890123456789012345678901") } },
	{ "label, no characters", { ONE_PAGE, STRING("label", "") } },
	{ "label, empty", { ONE_PAGE, EMPTY("label") } },
	{ "label without a 0", { ONE_PAGE, PROPERTY("label", 'a', 'b', 'c') } },
	{ "label ..", { ONE_PAGE, STRING("label", "..") } },
	{ "label with a slash inside", { ONE_PAGE, STRING("label", "a/b") } },
	{ "label with a bad last character", { ONE_PAGE, STRING("label", "abC") } },
	{ "label cohbuf0", { ONE_PAGE, STRING("label", "cohbuf0") } },
	{ "label cohbuf0123456789", { ONE_PAGE, STRING("label", "cohbuf0123456789") } },
	{ "initial-data, empty", { ONE_PAGE, EMPTY("cohbuf,initial-data") } },
};

/* clang-format on */

KUNIT_ARRAY_PARAM_DESC(refused, refused_cases, desc);

static void refused(struct kunit *test)
{
	const struct config_case *c = test->param_value;
	struct cohbuf_config config;

	KUNIT_EXPECT_EQ(test, config_read(test, c->props, &config), -EINVAL);
}

/* And by letters which kinds can have them: Coherent, cAched, Kmalloc, Vmalloc, Registers. */
/* */
/* clang-format off */
static const struct {
	const char *name;
	const char *kinds;
} kind_properties[] = {
	{ "cohbuf,size", "CAKV" },
	{ "cohbuf,initial-data", "CAKV" },
	{ "cohbuf,dma-bits", "CAK" },
	{ "cohbuf,keep", "CA" },
	{ "memory-region", "CA" },
	{ "dmas", "CAK" },
	{ "iommus", "CAK" },
	{ "dma-coherent", "CAK" },
	{ "dma-noncoherent", "CAK" },
	{ "reg", "R" },
	{ "reg-io-width", "R" },
	{ "label", "CAKVR" },
	{ "status", "CAKVR" },
};

static const struct {
	const char *name;
	char letter;
} kinds[] = {
	{ "coherent", 'C' }, { "cached", 'A' }, { "kmalloc", 'K' }, { "vmalloc", 'V' },
	{ "registers", 'R' },
};

/* clang-format on */

/* By the kind alone: whatever else is read of the node comes later. */
static void kind_has_what_it_can(struct kunit *test)
{
	struct cohbuf_node *node = test->priv;
	unsigned int k, p;

	for (k = 0; k < ARRAY_SIZE(kinds); k++) {
		for (p = 0; p < ARRAY_SIZE(kind_properties); p++) {
			const struct property property = { .name = (char *)kind_properties[p].name,
							   .value = "" };
			const struct property memory = { .name = "cohbuf,memory",
							 .value = (char *)kinds[k].name,
							 .length = strlen(kinds[k].name) + 1 };
			bool good = strchr(kind_properties[p].kinds, kinds[k].letter);
			struct cohbuf_config config = {};

			node->np->properties = NULL;
			cohbuf_node_set(test, &memory);
			cohbuf_node_set(test, &property);
			KUNIT_EXPECT_EQ_MSG(test, cohbuf_config_kind(node->dev, &config),
					    good ? 0 : -EINVAL, "%s %s", kinds[k].name,
					    kind_properties[p].name);
		}
	}
}

/* Read a node whose size is given as a u64. */
static int config_read_size(struct kunit *test, u64 size)
{
	const struct property props[] = { PROPERTY("cohbuf,size", U64(size)), {} };
	struct cohbuf_config config;
	int ret = config_read(test, props, &config);

	if (!ret)
		KUNIT_EXPECT_EQ(test, config.size, (size_t)PAGE_ALIGN(size));
	return ret;
}

static void size_up_to_the_memory_of_the_machine(struct kunit *test)
{
	u64 limit = min_t(u64, (u64)totalram_pages() << PAGE_SHIFT, LONG_MAX);

	KUNIT_EXPECT_EQ(test, config_read_size(test, limit), 0);
	KUNIT_EXPECT_EQ(test, config_read_size(test, limit + 1), -EINVAL);
}

static void initial_data_up_to_the_size(struct kunit *test)
{
	u8 *bytes = kunit_kzalloc(test, PAGE_SIZE + 1, GFP_KERNEL);
	struct property props[] = { ONE_PAGE, { .name = "cohbuf,initial-data" }, {} };
	struct cohbuf_config config;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, bytes);
	props[1].value = bytes;
	props[1].length = PAGE_SIZE;
	KUNIT_EXPECT_EQ(test, config_read(test, props, &config), 0);
	KUNIT_EXPECT_EQ(test, config.initial_len, PAGE_SIZE);

	props[1].length = PAGE_SIZE + 1;
	KUNIT_EXPECT_EQ(test, config_read(test, props, &config), -EINVAL);
}

static void label_characters(struct kunit *test)
{
	char label[] = "?";
	struct property props[] = { ONE_PAGE, STRING("label", label), {} };
	struct cohbuf_config config;
	int c;

	for (c = 1; c < 256; c++) {
		bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
			    c == '_' || c == '-';

		label[0] = c;
		KUNIT_EXPECT_EQ_MSG(test, config_read(test, props, &config),
				    good ? 0 : -EINVAL, "character %#x", c);
	}
}

static struct kunit_case config_cases[] = {
	KUNIT_CASE_PARAM(accepted, accepted_gen_params),
	KUNIT_CASE_PARAM(refused, refused_gen_params),
	KUNIT_CASE(kind_has_what_it_can),
	KUNIT_CASE(size_up_to_the_memory_of_the_machine),
	KUNIT_CASE(initial_data_up_to_the_size),
	KUNIT_CASE(label_characters),
	{}
};

static struct kunit_suite config_suite = {
	.name = "cohbuf_config",
	.init = cohbuf_node_init,
	.exit = cohbuf_node_exit,
	.test_cases = config_cases,
};

kunit_test_suite(config_suite);
