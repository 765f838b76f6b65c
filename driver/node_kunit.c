// SPDX-License-Identifier: GPL-2.0-only
#include <linux/of_fdt.h>
#include <linux/property.h>
#include <linux/slab.h>

#include "node_kunit.h"

/* A flattened tree of one node: header, no reservations, the node, no strings. */
static const __be32 tree[] __aligned(8) = {
	cpu_to_be32(0xd00dfeed), cpu_to_be32(72),	/* magic, size in all */
	cpu_to_be32(56), cpu_to_be32(72), cpu_to_be32(40), /* nodes, strings, reservations at */
	cpu_to_be32(17), cpu_to_be32(16), 0,		/* version, compatible with, boot CPU */
	0, cpu_to_be32(16),				/* size of strings, of nodes */
	0, 0, 0, 0,
	cpu_to_be32(1), 0, cpu_to_be32(2), cpu_to_be32(9), /* begin, name, end, end of all */
};

/**
 * cohbuf_node_create() - make a node that is in no tree
 *
 * Return: what kfree() takes once the last reference is gone, or NULL.
 */
struct device_node *cohbuf_node_create(void)
{
	struct device_node *np;

	return of_fdt_unflatten_tree((const unsigned long *)tree, NULL, &np) ? np : NULL;
}

int cohbuf_node_init(struct kunit *test)
{
	struct cohbuf_node *node = kunit_kzalloc(test, sizeof(*node), GFP_KERNEL);

	if (!node)
		return -ENOMEM;
	node->np = cohbuf_node_create();
	if (!node->np)
		return -ENOMEM;
	/* Without an owner: some kernels run tests before the module is in sysfs. */
	node->dev = __root_device_register("cohbuf-kunit", NULL);
	if (IS_ERR(node->dev)) {
		kfree(node->np);
		return PTR_ERR(node->dev);
	}

	device_set_node(node->dev, of_fwnode_handle(node->np));
	test->priv = node;
	return 0;
}

void cohbuf_node_exit(struct kunit *test)
{
	struct cohbuf_node *node = test->priv;

	/* Where the .init failed as well. */
	if (!node)
		return;
	device_set_node(node->dev, NULL);
	root_device_unregister(node->dev);
	kfree(node->np);
}

/* Give the node a property, until the end of the test. */
void cohbuf_node_set(struct kunit *test, const struct property *property)
{
	struct cohbuf_node *node = test->priv;
	struct property *copy = kunit_kzalloc(test, sizeof(*copy), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, copy);
	*copy = *property;
	copy->next = node->np->properties;
	node->np->properties = copy;
}
