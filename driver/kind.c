// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kinds of memory that a node can ask for, and what else it can say of each. To add
 * one: its number to the ABI, a line to the table, a file mem_KIND.c.
 */
#include <linux/kernel.h>
#include <linux/property.h>
#include <linux/string.h>

#include "cohbuf.h"
#include "compat.h"
#include "config.h"

#define COHBUF_KINDS	"say \"coherent\", \"cached\", \"kmalloc\", \"vmalloc\" or \"registers\""

/**
 * struct cohbuf_kind - a value of "cohbuf,memory"
 * @name: the value
 * @has_dma: a device sees the memory
 * @is_cached: the CPU always maps it write-back
 * @which: ends the sentence of who says more than that: "..., which "
 * @refused: properties that mean nothing then
 */
struct cohbuf_kind {
	const char *name;
	bool has_dma;
	bool is_cached;
	const char *which;
	const char *refused[10];
};

/* By their numbers in the ABI. */
/* clang-format off */
static const struct cohbuf_kind cohbuf_kinds[] = {
	[COHBUF_MEMORY_COHERENT] = {
		.name = "coherent",
		.has_dma = true,
		.which = "is memory and no device's registers",
		.refused = { "reg", "reg-io-width" },
	},
	[COHBUF_MEMORY_CACHED] = {
		.name = "cached",
		.has_dma = true,
		.is_cached = true,
		.which = "is memory and no device's registers",
		.refused = { "reg", "reg-io-width" },
	},
	[COHBUF_MEMORY_KMALLOC] = {
		.name = "kmalloc",
		.has_dma = true,
		.is_cached = true,
		.which = "takes from the memory of the whole system",
		.refused = { "reg", "reg-io-width", "memory-region", "cohbuf,keep" },
	},
	[COHBUF_MEMORY_VMALLOC] = {
		.name = "vmalloc",
		.is_cached = true,
		.which = "no device sees",
		.refused = { "reg", "reg-io-width", "memory-region", "cohbuf,keep",
			     "cohbuf,dma-bits", "dmas", "iommus", "dma-coherent",
			     "dma-noncoherent" },
	},
	[COHBUF_MEMORY_REGISTERS] = {
		.name = "registers",
		.which = "only reg and reg-io-width describe",
		.refused = { "cohbuf,size", "cohbuf,initial-data", "memory-region",
			     "cohbuf,keep", "cohbuf,dma-bits", "dmas", "iommus",
			     "dma-coherent", "dma-noncoherent" },
	},
};

/* clang-format on */

/**
 * cohbuf_memory_name() - a kind of memory as "cohbuf,memory" has it
 * @memory: the kind
 *
 * Context: Any context.
 * Return: its name.
 */
const char *cohbuf_memory_name(enum cohbuf_memory memory)
{
	return cohbuf_kinds[memory].name;
}

/**
 * cohbuf_memory_has_dma() - does a device see this kind of memory?
 * @memory: the kind
 *
 * Context: Any context.
 * Return: true where it has a DMA address.
 */
bool cohbuf_memory_has_dma(enum cohbuf_memory memory)
{
	return cohbuf_kinds[memory].has_dma;
}

static int cohbuf_find_kind(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cohbuf_kinds); i++)
		if (!strcmp(name, cohbuf_kinds[i].name))
			return i;
	return -EINVAL;
}

/**
 * cohbuf_config_kind() - read "cohbuf,memory", and refuse what the kind cannot have
 * @dev: platform device of the node
 * @config: &cohbuf_config.memory is filled in
 *
 * Context: Process context, in probe.
 * Return: 0, or -EINVAL after one line in the kernel's log.
 */
int cohbuf_config_kind(struct device *dev, struct cohbuf_config *config)
{
	const struct cohbuf_kind *kind;
	const char *const *property;
	const char *name = "coherent";
	int memory;

	if (device_property_present(dev, "cohbuf,memory") &&
	    device_property_read_string(dev, "cohbuf,memory", &name))
		return dev_err_probe(dev, -EINVAL,
				     "cohbuf,memory is not a string: " COHBUF_KINDS "\n");

	memory = cohbuf_find_kind(name);
	if (memory < 0)
		return dev_err_probe(dev, -EINVAL,
				     "cohbuf,memory \"%s\" is not known: " COHBUF_KINDS "\n",
				     name);

	kind = &cohbuf_kinds[memory];
	for (property = kind->refused; *property; property++)
		if (device_property_present(dev, *property))
			return dev_err_probe(dev, -EINVAL,
					     "%s with cohbuf,memory \"%s\", which %s: drop one of them\n",
					     *property, name, kind->which);

	/* What is handed over is the kernel's mapping, and a program has another address. */
	if (kind->is_cached && cpu_dcache_has_aliases())
		return dev_err_probe(dev, -EINVAL,
				     "cohbuf,memory \"%s\" on a processor whose data cache has aliases (Arm before v7): say \"coherent\"\n",
				     name);

	config->memory = memory;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(cohbuf_config_kind);
