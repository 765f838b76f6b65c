// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tool on what is no memory of a device: on vmalloc, which no device sees, and on
 * registers, of which it may touch none that it was not told to. One of the board's keeps
 * what is written, which says whether it was, and one has a value that is known.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json.h"
#include "run.h"
#include "said.h"
#include "lib/buffer.h"
#include "tests/copy/copying.h"
#include "tests/registers/block.h"
#include "tool/bench.h"
#include "tool/tool.h"

static void need_registers(void)
{
	this_block();
}

static void need_vmalloc(void)
{
	name_of(&vmalloc_buffer);
}

/* More is known of this one: each width is answered, and what cannot be written does no harm. */
static bool is_a_pl031(void)
{
	return !strcmp(this_block()->name, "arm,pl031");
}

static uint32_t scratch(void)
{
	int fd = ASSERT_OK(buffer_open("registers", O_RDONLY));
	uint32_t value = read_register(fd, this_block()->scratch);

	close(fd);
	return value;
}

/* Gives what is kept of the value. */
static uint32_t set_scratch(uint32_t value)
{
	int fd = ASSERT_OK(buffer_open("registers", O_WRONLY));

	write_register(fd, this_block()->scratch, value);
	close(fd);
	return value & this_block()->mask;
}

/* All that is said of DMA is that there is none, and nothing is to be added. */
static void expect_no_dma(const char *name)
{
	struct run r = run("cohbuf info %s", name);

	expect_status(&r, 0);
	expect_in(&r, r.out, "\nDMA address: none: no device sees it\n"
			     "DMA bits:    none\n"
			     "bus offset:  none\n"
			     "IOMMU:       none\n"
			     "coherent:    none\n");
	expect_in(&r, r.out, "\nDMA engine:  none: no device sees it\nevents: ");
	r = run("cohbuf info %s --json", name);
	EXPECT_TRUE(json_is_valid(r.out));
	expect_json(&r, "dma_addr", "null");
	expect_json(&r, "dma_addr_reason", "none: no device sees it");
	expect_json(&r, "bus_offset", "null");
	expect_not_in(&r, r.out, "add_to_node");
	r = run("cohbuf list | sed 's/ \\([KMG]iB\\)/\\1/' | awk '$1 == \"%s\" { print $3, $4 }'", name);
	EXPECT_STREQ(r.out, "none -\n");
	r = run("cohbuf list --wide | sed 's/ \\([KMG]iB\\)/\\1/' | awk '$1 == \"%s\" { print $4, $5, $6 }'", name);
	EXPECT_STREQ(r.out, "none none -\n");
	/* That is no secret of root's. */
	r = run_unprivileged("cohbuf info %s", name);
	expect_in(&r, r.out, "\nDMA address: none: no device sees it\n");
}

TEST(tool_kinds, vmalloc_has_no_dma_and_that_is_said)
{
	need_vmalloc();
	expect_no_dma("vmalloc");
}

TEST(tool_kinds, registers_have_no_dma_and_that_is_said)
{
	need_registers();
	expect_no_dma("registers");
}

TEST(tool_kinds, info_says_that_registers_are_no_memory)
{
	struct run r;

	need_registers();
	r = run("cohbuf info registers");
	expect_in(&r, r.out, "\nmemory:      registers, mapped as a device: each access reaches it\n"
			     "             an ordinary memcpy() is wrong here: unaligned or wide accesses fault: ");
	expect_in(&r, r.out, "\nregion:      none: at the reg of its node\n");
	r = run("cohbuf info registers --json");
	expect_json(&r, "memory", "registers");
	expect_json(&r, "cpu_mapping", "device");
	r = run("cohbuf list --wide | awk '$1 == \"registers\" { print $4, $NF }'");
	EXPECT_STREQ(r.out, "registers device\n");
}

TEST(tool_kinds, a_copy_where_no_device_sees_is_refused_at_once)
{
	struct run r;

	need_registers();
	/* Whatever else is wrong. */
	r = run("cohbuf copy registers --from 0 --to 1M --length 4");
	expect_status(&r, 1);
	expect_in(&r, r.err, "Operation not supported: no device sees it");
	r = run("cohbuf copy registers --from 0 --to 64 --length 4 --json");
	expect_status(&r, 1);
	expect_json(&r, "error", "Operation not supported");
	expect_in(&r, r.err, "no device sees it, so that no DMA controller can copy in it: take a buffer whose cohbuf,memory is \"coherent\"");
	expect_not_in(&r, r.err, "dmas");
	expect_not_in(&r, r.out, "add_to_node");
}

TEST(tool_kinds, dump_reads_the_registers_that_are_named)
{
	const struct block *block = this_block();
	struct run r = run("cohbuf dump registers --offset %#x --length 4", block->known);
	char text[64];

	expect_status(&r, 0);
	snprintf(text, sizeof(text), "%08x  %08x\n", block->known, block->value);
	EXPECT_STREQ(r.out, text);
	if (!is_a_pl031())
		return;
	/* Its identity, a byte in each word. QEMU answers each width at each place. */
	r = run("cohbuf dump registers --offset 0xfe0 --length 32");
	expect_status(&r, 0);
	EXPECT_STREQ(r.out, "00000fe0  00000031 00000010 00000014 00000000\n"
			    "00000ff0  0000000d 000000f0 00000005 000000b1\n");
	r = run("cohbuf dump registers --offset 0xff8 --length 4 --width 2");
	expect_status(&r, 0);
	EXPECT_STREQ(r.out, "00000ff8  0005 0005\n");
	r = run("cohbuf dump registers --offset 0xfe4 --length 1 --width 1");
	expect_status(&r, 0);
	EXPECT_STREQ(r.out, "00000fe4  10\n");
}

/* And one line each says why, and how it is done. */
TEST(tool_kinds, what_would_touch_unnamed_registers_is_refused)
{
	static const struct {
		const char *line;
		const char *says;
	} cases[] = {
		{ "dump registers", "touching one can change the device: say which, by --offset and --length" },
		{ "dump registers --offset 4", "say which" },
		{ "dump registers --length 4", "say which" },
		{ "dump registers --offset 2 --length 4", "a register is touched as a whole: give multiples of its width, 4" },
		{ "dump registers --offset 4 --length 6", "give multiples of its width, 4" },
		{ "dump registers --offset 4 --length 4 --width 8", "give multiples of its width, 8" },
		{ "dump registers --offset 16M --length 4", "is outside \"registers\"" },
		{ "fill registers --byte 0", "say which" },
		{ "fill registers --word 0 --offset 4", "say which" },
		{ "fill registers --word 0 --length 4", "say which" },
		{ "fill registers --word 0 --offset 4 --length 8", "--word goes with --length 4" },
		{ "fill registers --word 0 --offset 6 --length 4", "give multiples of its width, 4" },
		{ "fill registers --counter --offset 4 --length 4", "give --byte, --half, --word or --double" },
		{ "fill registers --random --offset 4 --length 4", "give --byte, --half, --word or --double" },
		{ "load registers /dev/zero --offset 4 --length 4", "\"cohbuf fill\" writes one that you name" },
		{ "load registers -", "\"cohbuf fill\" writes one that you name" },
		{ "save registers /tmp/registers", "\"cohbuf dump\" reads those that you name" },
		{ "save registers - --offset 4 --length 4", "\"cohbuf dump\" reads those that you name" },
	};

	uint32_t before = set_scratch(0x89abcdef);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct run r = run("cohbuf %s", cases[i].line);

		expect_status(&r, 1);
		EXPECT_STREQ(r.out, "");
		expect_in(&r, r.err, cases[i].says);
		EXPECT_TRUE(strchr(r.err, '\n') == r.err + strlen(r.err) - 1);
	}
	EXPECT_EQ(scratch(), before);
	/* A file that was there is not made empty. */
	EXPECT_ERRNO(access("/tmp/registers", F_OK), ENOENT);
	/* The widths are of registers. */
	{
		struct run r = run("cohbuf dump plain --length 4 --width 4");

		expect_status(&r, 1);
		expect_in(&r, r.err, "--width is of registers, and \"plain\" is memory: leave it out");
	}
}

TEST(tool_kinds, fill_writes_one_register)
{
	const struct block *block = this_block();
	struct run r;

	set_scratch(0);
	r = run("cohbuf fill registers --word 0x1234abcd --offset %#x --length 4", block->scratch);
	expect_status(&r, 0);
	EXPECT_STREQ(r.out, "");
	EXPECT_STREQ(r.err, "");
	EXPECT_EQ(scratch(), 0x1234abcd & block->mask);
}

TEST(tool_kinds, a_width_that_is_refused_names_the_remedy)
{
	struct run r;

	need_registers();
	if (kernel_is_64_bit())
		SKIP("64 bits: each width can be");
	r = run("cohbuf dump registers --offset 0 --length 8 --width 8");
	expect_status(&r, 1);
	expect_in(&r, r.err, "no register is touched in this width: reg-io-width of its node allows another one");
}

TEST(tool_kinds, sync_on_registers_is_a_barrier)
{
	uint32_t before = set_scratch(7);
	struct run r;

	r = run("cohbuf sync registers --for-device && cohbuf sync registers --for-cpu --offset 1 --length 2");
	expect_status(&r, 0);
	EXPECT_STREQ(r.err, "");
	EXPECT_EQ(scratch(), before);
}

TEST_LIMIT(tool_kinds, test_on_vmalloc_has_no_dma_part, 120)
{
	struct run r;

	need_vmalloc();
	r = run("cohbuf test vmalloc --seconds 1");
	expect_status(&r, 0);
	expect_in(&r, r.out, "# cohbuf " COHBUF_VERSION ": buffer \"vmalloc\", 256 KiB, no device sees it\n");
	expect_in(&r, r.out, "\nok 13 - dma.moves_the_bytes # SKIP no device sees vmalloc memory\nok 14 - dma.guard_bands # SKIP no device sees vmalloc memory\n");
	expect_in(&r, r.out, "\nok 21 - sync.keeps_the_bytes\n# no range of this buffer has to be handed over: SYNC is a barrier\n");
	expect_not_in(&r, r.out, "dmas");
	r = run("cohbuf test vmalloc --seconds 1 --require-dma");
	expect_status(&r, 1);
	expect_in(&r, r.out, "\nnot ok 13 - dma.moves_the_bytes\n# --require-dma: no device sees vmalloc memory\nnot ok 14 - ");
	expect_not_in(&r, r.out, "dmas");
}

/* Those that touch no register. */
static const char *six_of_them(void)
{
	static char text[512];
	struct run r = run("sed -n 's/^ *0*\\(.*\\)-0*\\(.*\\) : %s$/0x\\1 to 0x\\2/p' /proc/iomem",
			   registers.device);

	snprintf(text, sizeof(text),
		 "ok 1 - registers.are_mapped\n"
		 "ok 2 - registers.are_claimed\n"
		 "# claimed by %s: %sok 3 - registers.modes_hold\n"
		 "ok 4 - registers.odd_reads_are_refused\n"
		 "ok 5 - registers.have_no_dma\n"
		 "ok 6 - sync.is_a_barrier\n",
		 registers.device, r.out);
	return text;
}

TEST(tool_kinds, test_on_registers_touches_none_unless_told_to)
{
	uint32_t before = set_scratch(0x5a5a1234);
	char text[1024];
	struct run r;

	r = run("cohbuf test registers");
	expect_status(&r, 0);
	snprintf(text, sizeof(text),
		 "TAP version 13\n1..6\n"
		 "# cohbuf " COHBUF_VERSION ": \"registers\", %zu KiB of registers\n"
		 "# no register is touched: --registers read=OFFSET or write=OFFSET names one that may be\n"
		 "%s",
		 registers.size >> 10, six_of_them());
	EXPECT_STREQ(r.out, text);
	EXPECT_STREQ(r.err, "");
	EXPECT_EQ(scratch(), before);
	r = run("cohbuf test registers --registers read-only --destroy --seconds 1");
	expect_status(&r, 0);
	expect_in(&r, r.out, "\n1..6\n");
	EXPECT_EQ(scratch(), before);
	r = run("cohbuf test registers --require-dma");
	expect_status(&r, 1);
	expect_in(&r, r.out, "\nnot ok 5 - registers.have_no_dma\n# --require-dma: no device sees registers");
}

TEST(tool_kinds, test_reads_the_registers_that_it_is_told_to)
{
	const struct block *block = this_block();
	struct run r = run("cohbuf test registers --registers read=%#x", block->known);
	char text[256];

	expect_status(&r, 0);
	expect_in(&r, r.out, "\n1..7\n");
	expect_in(&r, r.out, "\n# no registers are touched but those that --registers names\n");
	expect_in(&r, r.out, six_of_them());
	snprintf(text, sizeof(text), "\nok 7 - register.is_read 0x%x:4\n# mapping 0x%08x, read(2) 0x%08x, mapping 0x%08x\n",
		 block->known, block->value, block->value, block->value);
	expect_in(&r, r.out, text);
	if (!is_a_pl031())
		return;
	r = run("cohbuf test registers --registers read=0xff4:1 --registers read=0xffc:2 --registers read=0");
	expect_status(&r, 0);
	expect_in(&r, r.out, "\nok 7 - register.is_read 0xff4:1\n# mapping 0xf0, read(2) 0xf0, mapping 0xf0\n"
			     "ok 8 - register.is_read 0xffc:2\n# mapping 0x00b1, read(2) 0x00b1, mapping 0x00b1\n"
			     "ok 9 - register.is_read 0x0:4\n");
}

TEST(tool_kinds, test_writes_and_puts_back_the_register_that_it_is_told_to)
{
	const struct block *block = this_block();
	uint32_t before = set_scratch(0x600dcafe);
	struct run r = run("cohbuf test registers --registers write=%#x", block->scratch);
	char text[160];

	snprintf(text, sizeof(text), "ok 7 - register.holds_what_is_written 0x%x:4\n# before: 0x%08x\n",
		 block->scratch, before);
	expect_in(&r, r.out, text);
	EXPECT_EQ(scratch(), before);
	if (block->mask == UINT32_MAX) {
		expect_status(&r, 0);
	} else {
		/* Not all of its bits are there. */
		expect_status(&r, 1);
		snprintf(text, sizeof(text), "wrong bits 0x%08x\n", 0x55555555 & ~block->mask);
		expect_in(&r, r.out, text);
	}
	if (!is_a_pl031())
		return;
	/* A part of its identity, which cannot be written. */
	r = run("cohbuf test registers --registers write=0xfe0");
	expect_status(&r, 1);
	expect_in(&r, r.out, "\nnot ok 7 - register.holds_what_is_written 0xfe0:4\n# before: 0x00000031\n"
			     "# written by write(2) 0x55555555, read by the mapping 0x00000031, wrong bits 0x55555564\n"
			     "# means: these bits cannot be written");
}

TEST(tool_kinds, registers_outside_and_of_memory_are_refused)
{
	struct run r;

	need_registers();
	r = run("cohbuf test registers --registers read=0x1000000");
	expect_status(&r, 1);
	EXPECT_STREQ(r.out, "");
	expect_in(&r, r.err, "--registers: offset 0x1000000 is outside \"registers\"");
	r = run("cohbuf test plain --registers read-only");
	expect_status(&r, 1);
	EXPECT_STREQ(r.out, "");
	expect_in(&r, r.err, "--registers is for registers of a device, and \"plain\" is memory: leave it out");
	if (sizeof(long) > 4)
		return;
	r = run("cohbuf test registers --registers read=0:8");
	if (r.status)
		expect_in(&r, r.err, "this is a 32-bit program, whose widest access is one of 4 bytes");
}

TEST(tool_kinds, registers_that_nothing_keeps_are_found)
{
	char text[DEVICE_NAME_SIZE + 80];
	struct run r;

	need_registers();
	r = run("unshare -m sh -c 'grep -v buffer-registers /proc/iomem > /tmp/iomem; mount --bind /tmp/iomem /proc/iomem; cohbuf test registers'");
	expect_status(&r, 1);
	snprintf(text, sizeof(text), "\nnot ok 2 - registers.are_claimed\n# /proc/iomem has no line of %s\n",
		 registers.device);
	expect_in(&r, r.out, text);
}

/* What no board has: a mapping of something else than the registers. */
static void read_it(const void *bench)
{
	struct bench *b = (struct bench *)bench;

	bench_of_registers.run(b, bench_of_registers.count(b) - 1);
}

TEST(tool_kinds, a_mapping_of_other_registers_is_found)
{
	struct cohbuf_buffer buffer = {
		.info = { .size = PAGE, .memory = COHBUF_MEMORY_REGISTERS },
	};
	static struct bench bench = { .asked = { .count = 1, .registers = { { 4, 4, false } } } };
	uint32_t values[2] = { 0, 0x1111 };
	const char *text;

	bench.map = calloc(1, PAGE);
	ASSERT_TRUE(bench.map);
	bench.target.buffer = &buffer;
	buffer.fd = ASSERT_OK(memfd_create("registers", MFD_CLOEXEC));
	ASSERT_EQ(write(buffer.fd, values, sizeof(values)), sizeof(values));
	text = said(read_it, &bench);
	expect_said(text, "not ok 1 - test 0x4:4\n# mapping 0x00000000, read(2) 0x00001111, mapping 0x00000000\n"
			  "# the mapping has another value than read(2)\n");
	memcpy((void *)(bench.map + 4), &values[1], 4);
	text = said(read_it, &bench);
	expect_said(text, "ok 1 - test 0x4:4\n# mapping 0x00001111, read(2) 0x00001111, mapping 0x00001111\n");
	expect_not_said(text, "not ok");
}
