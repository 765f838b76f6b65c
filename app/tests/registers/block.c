// SPDX-License-Identifier: GPL-2.0-only
/*
 * The blocks of registers that boards have for a buffer; see block.h. Widths are those
 * that QEMU's models answer, and the registers are theirs; real ones have the same.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "block.h"
#include "tests/harness/tree.h"
#include "tool/dt.h"

static const struct block blocks[] = {
	{
		.name = "arm,pl031",
		.known = 0xfe0, /* its part number, 0x031, in part */
		.value = 0x31,
		.scratch = 0x4, /* the alarm, whose interrupt is masked */
		.mask = 0xffffffff,
		.counter = 0x0,
		.widths = 1 | 2 | 8,
	},
	{
		.name = "google,goldfish-rtc",
		.known = 0x18, /* no alarm runs */
		.value = 0,
		.scratch = 0xc, /* the upper half of an alarm, which the lower sets */
		.mask = 0xffffffff,
		.counter = 0x0,
	},
	{
		.name = "brcm,bcm2835-system-timer",
		.known = 0x8, /* the upper half of a time, for more than an hour */
		.value = 0,
		.scratch = 0xc, /* a time to compare to, whose interrupt is masked */
		.mask = 0xffffffff,
		.counter = 0x4,
		.widths = 8,
	},
	{
		.name = "allwinner,sun4i-a10-mmc",
		.known = 0x8, /* time limits */
		.value = 0xffffff40,
		.scratch = 0x1c, /* the argument of a command */
		.mask = 0xffffffff,
		.counter = NO_COUNTER,
	},
	{
		.name = "allwinner,sun7i-a20-mmc",
		.known = 0x8,
		.value = 0xffffff40,
		.scratch = 0x1c,
		.mask = 0xffffffff,
		.counter = NO_COUNTER,
	},
	{
		.name = "samsung,exynos4210-pwm",
		.known = 0x0, /* prescalers */
		.value = 0x101,
		.scratch = 0x10, /* a pulse of a timer that is stopped */
		.mask = 0xffffffff,
		.counter = NO_COUNTER,
		.widths = 1 | 2,
	},
	{
		.name = "fsl,imx6q-usdhc",
		.known = 0x40, /* what it can */
		.value = 0x057834b4,
		.scratch = 0x8, /* the argument of a command */
		.mask = 0xffffffff,
		.counter = NO_COUNTER,
		.widths = 1 | 2,
	},
	{
		.name = "fsl,imx8mp-usdhc",
		.known = 0x40,
		.value = 0x057834b4,
		.scratch = 0x8,
		.mask = 0xffffffff,
		.counter = NO_COUNTER,
		.widths = 1 | 2,
	},
	{
		.name = "xlnx,zynqmp-rtc",
		.known = 0x24, /* both interrupts are masked */
		.value = 0x3,
		.scratch = 0x50, /* which is what it is there for */
		.mask = 0xffffffff,
		.counter = 0x10,
	},
	{
		.name = "cdns,ttc",
		.known = 0xc, /* the timer is stopped */
		.value = 0x21,
		.scratch = 0x30, /* a count to compare to */
		.mask = 0xffff,
		.counter = NO_COUNTER,
		.widths = 1 | 2 | 8,
	},
};

struct search {
	uint64_t first;
	char *path;
};

/* Another node of the same address. */
static bool is_the_block(const char *node, void *arg)
{
	const struct search *search = arg;
	struct tree_window reg;

	if (!dt_has(node, "reg") || dt_is_compatible(node, "cohbuf,buffer") ||
	    !tree_cpu_reg(node, &reg) || reg.first != search->first)
		return false;
	strcpy(search->path, node);
	return true;
}

static char block_path[PATH_MAX];

/* Once, and not in each test: it takes a while. */
static void __attribute__((constructor(102))) find_block(void)
{
	struct search search = { .path = block_path };
	struct tree_window reg;
	char node[PATH_MAX];

	if (!tree_find(registers.node, node) || !tree_cpu_reg(node, &reg))
		return;
	search.first = reg.first;
	dt_walk(is_the_block, &search);
}

const struct block *this_block(void)
{
	platform_device_of(&registers);
	harness_check(HARNESS_HERE(true), *block_path,
		      "a node of the devicetree says what is at the address of %s", registers.node);
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
		if (dt_is_compatible(block_path, blocks[i].name))
			return &blocks[i];
	harness_check(HARNESS_HERE(true), false, "%s is one of the blocks that block.c knows",
		      block_path);
	return NULL;
}

bool kernel_is_64_bit(void)
{
	struct utsname system;

	ASSERT_OK(uname(&system));
	return !strcmp(system.machine, "aarch64") || !strcmp(system.machine, "armv8l") ||
	       strstr(system.machine, "64");
}

bool has_width(const struct block *block, size_t width)
{
	return width == 4 || (block->widths & width && (width < 8 || kernel_is_64_bit()));
}

uint32_t read_register(int fd, off_t offset)
{
	uint32_t value = 0xa5a5a5a5;

	EXPECT_EQ(pread(fd, &value, sizeof(value), offset), sizeof(value));
	return value;
}

void write_register(int fd, off_t offset, uint32_t value)
{
	EXPECT_EQ(pwrite(fd, &value, sizeof(value), offset), sizeof(value));
}

volatile uint32_t *map_registers(int fd, int prot)
{
	return ASSERT_MAP(mmap(NULL, registers.size, prot, MAP_SHARED, fd, 0));
}
