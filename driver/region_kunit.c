// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit: which memory-region a node may have. The kernel finds what it reserved at
 * boot by the name of the node: a node in the live tree with the name of a region of
 * the machine stands for that region, and has one thing wrong at a time.
 */
#include <linux/of_reserved_mem.h>
#include <linux/property.h>
#include <linux/slab.h>

#include "node_kunit.h"

#define PHANDLE		0x7ead0000

struct region_case {
	const char *desc;
	/* Of the region; no name is the end. */
	struct property region[3];
	/* Of the buffer, besides memory-region. */
	struct property buffer[2];
	bool unreserved;
	int ret;
};

static const struct property own_phandle = PROPERTY("phandle", U32(PHANDLE));
static const struct property memory_region = PROPERTY("memory-region", U32(PHANDLE));
static const struct property one_page = PROPERTY("cohbuf,size", U32(PAGE_SIZE));

#define POOL		STRING("compatible", "shared-dma-pool")

/* A table. */
/* */
/* clang-format off */
static const struct region_case region_cases[] = {
	{ "reusable", { POOL, EMPTY("reusable") } },
	{ "no-map", { POOL, EMPTY("no-map") } },
	{ "reusable, the device snoops", { POOL, EMPTY("reusable") }, { EMPTY("dma-coherent") } },
	{ "okay", { POOL, EMPTY("reusable"), STRING("status", "okay") } },
	{ "disabled", { POOL, EMPTY("reusable"), STRING("status", "disabled") }, .ret = -EINVAL },
	{ "not a pool", { STRING("compatible", "pool"), EMPTY("reusable") }, .ret = -EINVAL },
	{ "not anything", { EMPTY("reusable") }, .ret = -EINVAL },
	{ "neither reusable nor no-map", { POOL }, .ret = -EINVAL },
	{ "both reusable and no-map", { POOL, EMPTY("reusable"), EMPTY("no-map") },
		.ret = -EINVAL },
	{ "not reserved at boot", { POOL, EMPTY("reusable") }, .unreserved = true, .ret = -EINVAL },
	{ "no-map, the device snoops", { POOL, EMPTY("no-map") }, { EMPTY("dma-coherent") },
		.ret = -EINVAL },
};

/* clang-format on */

KUNIT_ARRAY_PARAM_DESC(region, region_cases, desc);

/* Of the machine, with a reference for the caller. */
static struct device_node *region_of_machine(struct kunit *test)
{
	struct device_node *np;
	struct reserved_mem *region;

	for_each_compatible_node(np, NULL, "shared-dma-pool") {
		region = of_reserved_mem_lookup(np);
		if (region && region->ops)
			return np;
	}
	kunit_skip(test, "this machine has reserved no shared-dma-pool");
	return NULL;
}

/* A node below /chosen, which is no bus: nothing becomes a device of it. */
static void region_attach(struct kunit *test, const struct region_case *c,
			  struct of_changeset *changes, struct device_node *np)
{
	struct device_node *machine = region_of_machine(test);
	struct property *props = kunit_kcalloc(test, ARRAY_SIZE(c->region) + 1,
					       sizeof(*props), GFP_KERNEL);
	int i;

	np->parent = of_find_node_by_path("/chosen");
	np->full_name = c->unreserved ? "nowhere@0" : kbasename(machine->full_name);
	of_node_put(machine);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, np->parent);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, props);

	props[0] = own_phandle;
	for (i = 0; i < ARRAY_SIZE(c->region) && c->region[i].name; i++) {
		props[i + 1] = c->region[i];
		props[i].next = &props[i + 1];
	}
	np->properties = props;

	of_changeset_init(changes);
	KUNIT_ASSERT_EQ(test, of_changeset_attach_node(changes, np), 0);
	KUNIT_ASSERT_EQ(test, of_changeset_apply(changes), 0);
}

static void region_detach(struct of_changeset *changes, struct device_node *np)
{
	struct device_node *parent = np->parent;

	of_changeset_revert(changes);
	of_changeset_destroy(changes);
	of_node_put(np);
	kfree(np);
	of_node_put(parent);
}

static void region(struct kunit *test)
{
	const struct region_case *c = test->param_value;
	struct device_node *np = cohbuf_node_create();
	struct cohbuf_node *node = test->priv;
	struct of_changeset changes;
	struct cohbuf_config config;
	int ret;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, np);
	region_attach(test, c, &changes, np);

	cohbuf_node_set(test, &memory_region);
	if (c->buffer[0].name)
		cohbuf_node_set(test, &c->buffer[0]);
	/* The driver core reads the property before it probes. */
	node->dev->dma_coherent = device_property_read_bool(node->dev, "dma-coherent");
	ret = cohbuf_config_read(node->dev, &config);
	region_detach(&changes, np);

	KUNIT_ASSERT_EQ(test, ret, c->ret);
	if (ret)
		return;
	KUNIT_EXPECT_PTR_NE(test, config.region, NULL);
	KUNIT_EXPECT_EQ(test, config.region_no_map, !strcmp(c->region[1].name, "no-map"));
	KUNIT_EXPECT_EQ(test, config.size, (size_t)config.region->size);
}

struct phandle_case {
	const char *desc;
	struct property property;
};

/* A table. */
/* */
/* clang-format off */
static const struct phandle_case bad_phandle_cases[] = {
	{ "empty", EMPTY("memory-region") },
	{ "0", PROPERTY("memory-region", U32(0)) },
	{ "of no node", PROPERTY("memory-region", U32(PHANDLE)) },
	{ "3 bytes", PROPERTY("memory-region", 0, 0, 1) },
	{ "a string", STRING("memory-region", "pool") },
};

/* clang-format on */

KUNIT_ARRAY_PARAM_DESC(bad_phandle, bad_phandle_cases, desc);

static void bad_phandle(struct kunit *test)
{
	const struct phandle_case *c = test->param_value;
	struct cohbuf_node *node = test->priv;
	struct cohbuf_config config;

	cohbuf_node_set(test, &one_page);
	KUNIT_EXPECT_EQ(test, cohbuf_config_read(node->dev, &config), 0);
	cohbuf_node_set(test, &c->property);
	KUNIT_EXPECT_EQ(test, cohbuf_config_read(node->dev, &config), -EINVAL);
}

static int region_read_size(struct kunit *test, u64 size, struct cohbuf_config *config)
{
	struct cohbuf_node *node = test->priv;
	u8 bytes[] = { U64(size) };
	const struct property property = {
		.name = "cohbuf,size",
		.value = bytes,
		.length = sizeof(bytes),
	};

	cohbuf_node_set(test, &property);
	return cohbuf_config_read(node->dev, config);
}

static void size_up_to_the_region(struct kunit *test)
{
	struct device_node *np = region_of_machine(test);
	u8 bytes[] = { U32(np->phandle) };
	const struct property region_of_np = {
		.name = "memory-region",
		.value = bytes,
		.length = sizeof(bytes),
	};
	struct reserved_mem *region = of_reserved_mem_lookup(np);
	struct cohbuf_config config;

	of_node_put(np);
	cohbuf_node_set(test, &region_of_np);
	KUNIT_ASSERT_EQ(test, region_read_size(test, 1, &config), 0);
	KUNIT_EXPECT_PTR_EQ(test, config.region, region);
	KUNIT_EXPECT_EQ(test, config.size, PAGE_SIZE);

	KUNIT_EXPECT_EQ(test, region_read_size(test, region->size, &config), 0);
	KUNIT_EXPECT_EQ(test, config.size, (size_t)region->size);

	KUNIT_EXPECT_EQ(test, region_read_size(test, (u64)region->size + 1, &config), -EINVAL);
}

static struct kunit_case region_suite_cases[] = {
	KUNIT_CASE_PARAM(region, region_gen_params),
	KUNIT_CASE_PARAM(bad_phandle, bad_phandle_gen_params),
	KUNIT_CASE(size_up_to_the_region),
	{}
};

static struct kunit_suite region_suite = {
	.name = "cohbuf_region",
	.init = cohbuf_node_init,
	.exit = cohbuf_node_exit,
	.test_cases = region_suite_cases,
};

kunit_test_suite(region_suite);
