/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A device with a devicetree node that is in no tree, for the KUnit tests: the
 * properties of real nodes, byte by byte.
 */
#ifndef _COHBUF_NODE_KUNIT_H
#define _COHBUF_NODE_KUNIT_H

#include <kunit/test.h>
#include <linux/device.h>
#include <linux/of.h>

#include "cohbuf.h"
#include "compat.h"
#include "config.h"

/**
 * struct cohbuf_node - &kunit.priv of a suite with these two as its .init and .exit
 * @dev: the device
 * @np: its node
 */
struct cohbuf_node {
	struct device *dev;
	struct device_node *np;
};

struct device_node *cohbuf_node_create(void);
int cohbuf_node_init(struct kunit *test);
void cohbuf_node_exit(struct kunit *test);
void cohbuf_node_set(struct kunit *test, const struct property *property);

/* As the bytes of a property, the first one first. */
#define U32(x)		(u8)((u64)(x) >> 24), (u8)((x) >> 16), (u8)((x) >> 8), (u8)(x)
#define U64(x)		U32((u64)(x) >> 32), U32((u64)(x))

/* Initializers of a struct property. */
/* clang-format off */
#define PROPERTY(_name, ...)	{ .name = _name, .value = (u8[]){ __VA_ARGS__ },	\
				  .length = sizeof((u8[]){ __VA_ARGS__ }) }
#define STRING(_name, _string)	{ .name = _name, .value = _string, .length = sizeof(_string) }
#define EMPTY(_name)		{ .name = _name, .value = "" }
/* clang-format on */

#endif /* _COHBUF_NODE_KUNIT_H */
