// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tool as a user calls it: what is usage, what it prints, what it moves. That it
 * tests buffers is in tool_bench_test.c, that it finds faults in tool_doctor_test.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json.h"
#include "run.h"
#include "tests/copy/copying.h"
#include "tool/rows.h"
#include "tool/tool.h"

static const char *const commands[] = {
	"list", "info", "dump", "fill", "load", "save", "copy", "sync",
	"wait", "post", "test",
	"doctor", "help"
};

#define NUM_COMMANDS	(sizeof(commands) / sizeof(commands[0]))

TEST(tool, help_and_version_suit_help2man)
{
	char usage[64];

	for (size_t i = 0; i < NUM_COMMANDS; i++) {
		struct run help = run("cohbuf %s --help", commands[i]);
		struct run version = run("cohbuf %s --version", commands[i]);

		snprintf(usage, sizeof(usage), "Usage: cohbuf %s", commands[i]);
		expect_status(&help, 0);
		EXPECT_EQ(strncmp(help.out, usage, strlen(usage)), 0);
		expect_in(&help, help.out, "\n  -h, --help  ");
		expect_in(&help, help.out, "\n  -V, --version  ");
		expect_in(&help, help.out, "\n\nExit status: 0 ");
		expect_status(&version, 0);
		EXPECT_EQ(strncmp(version.out, "cohbuf (cohbuf) ", 16), 0);
	}
}

/* On a serial console, too. */
static void expect_fits_80_columns(const struct run *r)
{
	for (const char *line = r->out; *line; line += strcspn(line, "\n") + 1)
		harness_check(HARNESS_HERE(false), strcspn(line, "\n") <= 80,
			      "%s: 80 columns hold: %.100s", r->command, line);
}

TEST(tool, help_of_a_command_is_that_of_its_option)
{
	for (size_t i = 0; i < NUM_COMMANDS; i++) {
		struct run option = run("cohbuf %s --help", commands[i]);
		struct run letter = run("cohbuf %s -h", commands[i]);
		struct run command = run("cohbuf help %s", commands[i]);

		expect_status(&command, 0);
		EXPECT_STREQ(command.out, option.out);
		EXPECT_STREQ(letter.out, option.out);
		expect_fits_80_columns(&option);
	}
}

TEST(tool, help_and_version_have_three_names)
{
	struct run help = run("cohbuf --help"), version = run("cohbuf --version");
	struct run r;

	expect_status(&help, 0);
	expect_fits_80_columns(&help);
	r = run("cohbuf help");
	expect_status(&r, 0);
	EXPECT_STREQ(r.out, help.out);
	r = run("cohbuf -h");
	EXPECT_STREQ(r.out, help.out);
	r = run("cohbuf -V");
	expect_status(&r, 0);
	EXPECT_STREQ(r.out, version.out);
	r = run("cohbuf list -V");
	expect_status(&r, 0);
	EXPECT_STREQ(r.out, version.out);
}

TEST(tool, help_lists_every_command)
{
	struct run help = run("cohbuf --help");

	expect_status(&help, 0);
	EXPECT_EQ(strncmp(help.out, "Usage: cohbuf ", 14), 0);
	for (size_t i = 0; i < NUM_COMMANDS; i++) {
		char line[32];

		snprintf(line, sizeof(line), "\n  %s ", commands[i]);
		expect_in(&help, help.out, line);
	}
}

TEST_LIMIT(tool, wrong_usage_is_2_and_touches_nothing, 60)
{
	static const char *const lines[] = {
		"", "nonsense", "help nonsense", "help list info", "doctor ''", "list -x",
		"dump", "dump plain mmapdemo", "dump plain --nonsense",
		"dump plain --offset", "dump plain --offset -1", "dump plain --offset ''",
		"dump plain --offset 1x", "dump plain --offset 0x", "dump plain --offset 4KB",
		"dump plain --width 3", "dump plain --width 0", "dump plain --width 16",
		"fill plain --half 0x10000", "fill plain --double 0x10000000000000000",
		"fill plain --word 1 --half 2",
		"test plain --registers", "test plain --registers all", "test plain --registers read",
		"test plain --registers read=", "test plain --registers read=2",
		"test plain --registers read=0:3", "test plain --registers write=0:",
		"test plain --registers read-only --registers write=4",
		"test plain --registers write=4 --registers read-only",
		"dump plain --length 99999999999999999999", "dump plain --length 0x10000000000G",
		"fill plain", "fill plain --byte 256", "fill plain --word 0x100000000",
		"fill plain --byte 1 --word 2", "fill plain --counter --seed 1",
		"load plain", "save plain", "save plain a b", "list plain", "info",
		"copy plain --to 0 --length 4", "copy plain --from 0 --length 4",
		"copy plain --from 0 --to 4", "copy plain --from 0 --to 4 --length 0",
		"copy plain --from 0 --to 4 --length 4 --timeout 60001",
		"copy plain --from 0 --to 4 --length 4 --repeat 0",
		"sync", "sync plain", "sync plain --for-cpu --for-device",
		"sync plain --direction both", "sync plain --for-cpu --direction up",
		"sync plain --for-cpu --direction",
		"wait", "wait plain --count 0", "wait plain --count x", "wait plain --timeout 0",
		"wait plain more", "post", "post plain --count 0", "post plain --count 4294967296",
		"post plain --interrupt", "sync plain more --for-cpu",
		"test", "test plain --unit 3", "test plain --unit 256", "test plain --seconds 0"
	};
	struct run before = run("cohbuf save plain - | md5sum"), after;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct run r = run("cohbuf %s", lines[i]);

		expect_status(&r, 2);
		EXPECT_STREQ(r.out, "");
		if (i)
			expect_in(&r, r.err, "--help");
	}
	after = run("cohbuf save plain - | md5sum");
	EXPECT_STREQ(after.out, before.out);
}

/* Each buffer of the board, in JSON, against sysfs. */
TEST(tool, list_and_info_agree_with_sysfs)
{
	struct run names = run("ls /sys/class/cohbuf"), list = run("cohbuf list --json");
	char path[64], *name, *rest = NULL;
	int i = 0;

	expect_status(&list, 0);
	EXPECT_TRUE(json_is_valid(list.out));
	for (name = strtok_r(names.out, "\n", &rest); name; name = strtok_r(NULL, "\n", &rest)) {
		struct run info = run("cohbuf info %s --json", name);
		static const char *const attrs[] = { "size", "dma_addr", "dma_bits", "memory",
						     "files", "mappings", "cpu_mapping", "cache_line" };

		expect_status(&info, 0);
		expect_json(&info, "name", name);
		snprintf(path, sizeof(path), "%d.name", i);
		expect_json(&list, path, name);
		for (size_t a = 0; a < sizeof(attrs) / sizeof(attrs[0]); a++) {
			char value[64], *digits = value;

			if (!strcmp(attrs[a], "dma_addr") &&
			    cohbuf_attribute(name, attrs[a], value, sizeof(value))) {
				/* What no device sees. */
				ASSERT_EQ(errno, ENOENT);
				strcpy(value, "null");
				expect_in(&info, info.out, "\"dma_addr_reason\": \"none: no device sees it\"");
			} else if (!strcmp(attrs[a], "dma_addr")) {
				/* The kernel has leading zeros. */
				snprintf(value, sizeof(value), "0x%llx", strtoull(digits, NULL, 0));
			} else {
				ASSERT_OK(cohbuf_attribute(name, attrs[a], value, sizeof(value)));
			}
			expect_json(&info, attrs[a], value);
			snprintf(path, sizeof(path), "%d.%s", i, attrs[a]);
			expect_json(&list, path, value);
		}
		i++;
	}
	EXPECT_GT(i, 0);
	snprintf(path, sizeof(path), "%d.name", i);
	EXPECT_TRUE(!json_get(list.out, path, path, sizeof(path)));
}

TEST(tool, list_is_short_or_wide)
{
	struct run list = run("cohbuf list"), wide = run("cohbuf list --wide"), r;

	expect_status(&list, 0);
	EXPECT_EQ(strncmp(list.out, "NAME  ", 6), 0);
	expect_fits_80_columns(&list);
	expect_not_in(&list, list.out, "BUS-OFFSET");
	expect_in(&list, list.out, "\nplain  ");
	expect_status(&wide, 0);
	expect_in(&wide, wide.out, "BUS-OFFSET  COHERENT  REGION");
	expect_in(&wide, wide.out, "\nplain  ");
	/* As many cells in each row, "64 KiB" being one. */
	r = run("cohbuf list --wide | sed 's/ \\([KMG]iB\\)/\\1/' | awk 'NF != 11'");
	EXPECT_STREQ(r.out, "");
	r = run("cohbuf list | sed 's/ \\([KMG]iB\\)/\\1/' | awk 'NF != 6'");
	EXPECT_STREQ(r.out, "");
	r = run("cohbuf list --wide --json");
	EXPECT_TRUE(json_is_valid(r.out));
}

TEST(tool, list_without_rights_has_no_dma_address)
{
	struct run r = run_unprivileged("cohbuf list | awk '$1 == \"plain\" { print $4 }'");

	EXPECT_STREQ(r.out, "-\n");
}

static const struct facts *row(const char *name, uint64_t size, uint64_t dma_addr)
{
	static struct facts f;

	memset(&f, 0, sizeof(f));
	snprintf(f.name, sizeof(f.name), "%s", name);
	strcpy(f.memory, "coherent");
	f.size = size;
	f.has_dma = true;
	f.dma_addr = dma_addr;
	return &f;
}

/* Prints it; the width of the widest line. */
static size_t print_rows(const struct facts *f, bool wide, char text[1024])
{
	FILE *to = fmemopen(text, 1024, "w");
	size_t widest = 0;

	ASSERT_TRUE(to);
	rows_print(f, 1, wide, to);
	fclose(to);
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
		if (strcspn(line, "\n") > widest)
			widest = strcspn(line, "\n");
	return widest;
}

/* What no board has: the longest label, an address of 64 bits, any size. */
TEST(tool, list_fits_80_columns_whatever_there_is)
{
	static const char longest[] = "a-label-of-31-characters-is-one";
	static const uint64_t sizes[] = {
		4096, 65532 << 10, 1000 << 20, (1000 << 20) - 4096, 1 << 30,
		(1 << 30) - 4096, 1ULL << 40, (1ULL << 40) + 4096, (1ULL << 40) - 4096,
		1ULL << 63, -4096ULL
	};
	char text[1024];
	struct facts f;

	ASSERT_EQ(sizeof(longest), COHBUF_NAME_SIZE);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		f = *row(longest, sizes[i], 0xffffffff00000000);
		EXPECT_LE(print_rows(&f, false, text), 79);
		EXPECT_TRUE(strstr(text, "\na-label-of-31-characters-is-one ") &&
			    strstr(text, " 0xffffffff00000000 "));
		f.files = 99999;
		f.mappings = 99999;
		EXPECT_LE(print_rows(&f, false, text), 80);
		f.dma_error = EACCES;
		EXPECT_LE(print_rows(&f, false, text), 80);
		f.has_dma = false;
		EXPECT_LE(print_rows(&f, false, text), 80);
	}
	/* The widest that there can be. */
	f = *row(longest, 1000 << 10, 0xffffffff00000000);
	f.files = 99999;
	f.mappings = 99999;
	EXPECT_EQ(print_rows(&f, false, text), 80);
	EXPECT_STREQ(text,
		     "NAME                                SIZE        DMA-ADDRESS COHERENT FILES  MAPS\n"
		     "a-label-of-31-characters-is-one 1000 KiB 0xffffffff00000000 no       99999 99999\n");
	f = *row("plain", 1 << 20, 0xe0000000);
	EXPECT_EQ(print_rows(&f, false, text), 48);
	EXPECT_STREQ(text, "NAME    SIZE  DMA-ADDRESS  COHERENT  FILES  MAPS\n"
			   "plain  1 MiB   0xe0000000  no            0     0\n");
}

TEST(tool, list_wide_cuts_nothing)
{
	char text[1024];
	struct facts f = *row("plain", (1ULL << 40) + 4096, 0xffffffff00000000);

	strcpy(f.region, "a-region-with-a-long-name@58000000");
	strcpy(f.engine, "3f007000.dma-controller-of-another-bus/dma0chan0");
	EXPECT_GT(print_rows(&f, true, text), 80);
	EXPECT_TRUE(strstr(text, "  1073741828 KiB  coherent  0xffffffff00000000        none  no  "));
	EXPECT_TRUE(strstr(text, "  a-region-with-a-long-name@58000000  "
				 "3f007000.dma-controller-of-another-bus/dma0chan0  "));
}

TEST(tool, a_size_is_short_or_says_that_it_is_rounded)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} sizes[] = {
		{ 0, "0 bytes" },
		{ 1 << 20, "1 MiB" },
		{ 1023 << 10, "1023 KiB" },
		{ 65532 << 10, "~64 MiB" },
		{ 1500 << 20, "1500 MiB" },
		{ (1500ULL << 20) + 4096, "~1.5 GiB" },
		{ (1000ULL << 20) - 4096, "~1.0 GiB" },
		{ (999ULL << 20) + 4096, "~999 MiB" },
		{ (100 << 20) + 4096, "~100 MiB" },
		{ 1ULL << 40, "1 TiB" },
		{ (1ULL << 40) - 4096, "~1.0 TiB" },
		{ 1ULL << 50, "1 PiB" },
		{ 1ULL << 63, "8 EiB" },
		{ -4096ULL, "~16 EiB" },
	};
	char text[32];

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		EXPECT_STREQ(short_size(sizes[i].bytes, text), sizes[i].text);
}

TEST(tool, info_counts_files_and_mappings_of_others_only)
{
	int fd = ASSERT_OK(buffer_open("mmapdemo", O_RDWR));
	struct run r;

	ASSERT_MAP(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0));
	r = run("cohbuf info mmapdemo --json");
	expect_json(&r, "files", "1");
	expect_json(&r, "mappings", "1");
}

TEST_EACH(tool, info_says_whether_there_is_an_iommu, all_buffers)
{
	struct run r = run("cohbuf info %s --json", name_of(b));

	expect_json(&r, "iommu", b->has_iommu ? "true" : "false");
}

TEST_EACH(tool, bus_offset_is_that_of_dma_ranges, all_buffers)
{
	struct run r = run("cohbuf info %s --json", name_of(b));
	char wanted[32] = "null";

	if (b->bus_offset)
		snprintf(wanted, sizeof(wanted), "+%#llx", (unsigned long long)b->bus_offset);
	expect_json(&r, "bus_offset", wanted);
}

TEST(tool, dma_address_is_for_root_and_says_so)
{
	struct run text = run_unprivileged("cohbuf info plain");
	struct run json = run_unprivileged("cohbuf info plain --json");

	expect_status(&text, 0);
	expect_in(&text, text.out, "DMA address: not shown: it takes root");
	expect_json(&json, "dma_addr", "null");
	expect_in(&json, json.out, "CAP_SYS_RAWIO");
}

TEST(tool, dump_is_that_of_hexdump)
{
	struct run r;

	r = run("cohbuf fill mmapdemo --byte 0x41 && cohbuf fill mmapdemo --random --offset 1000 --length 700 &&"
		"cohbuf save mmapdemo /tmp/bytes && hexdump -C /tmp/bytes > /tmp/wanted &&"
		"cohbuf dump mmapdemo > /tmp/found && cmp /tmp/wanted /tmp/found");
	expect_status(&r, 0);
	r = run("cohbuf dump mmapdemo --offset 0x10 --length 18");
	EXPECT_STREQ(r.out,
		     "00000010  41 41 41 41 41 41 41 41  41 41 41 41 41 41 41 41  |AAAAAAAAAAAAAAAA|\n"
		     "00000020  41 41                                             |AA|\n"
		     "00000022\n");
	r = run("grep -c '^\\*$' /tmp/found");
	EXPECT_STREQ(r.out, "2\n");
}

static void expect_words(const char *name, size_t offset, size_t count, uint32_t first,
			 uint32_t step)
{
	int fd = ASSERT_OK(buffer_open(name, O_RDONLY));

	for (size_t i = 0; i < count; i++) {
		uint32_t word;

		ASSERT_EQ(pread(fd, &word, 4, offset + 4 * i), 4);
		EXPECT_EQ(word, first + step * (uint32_t)i);
	}
}

TEST(tool, fill_writes_the_pattern_and_nothing_else)
{
	struct run r = run("cohbuf fill mmapdemo --byte 0x5a &&"
			   "cohbuf fill mmapdemo --word 0x12345678 --offset 0x100 --length 64 &&"
			   "cohbuf fill mmapdemo --half 0xabcd --offset 0x200 --length 8 &&"
			   "cohbuf fill mmapdemo --double 0x12345678abcdabcd --offset 0x208 --length 16 &&"
			   "cohbuf fill mmapdemo --counter --offset 1K --length 1K");

	expect_status(&r, 0);
	expect_words("mmapdemo", 0, 64, 0x5a5a5a5a, 0);
	expect_words("mmapdemo", 0x100, 16, 0x12345678, 0);
	expect_words("mmapdemo", 0x140, 16, 0x5a5a5a5a, 0);
	expect_words("mmapdemo", 0x200, 3, 0xabcdabcd, 0);
	expect_words("mmapdemo", 0x20c, 1, 0x12345678, 0);
	expect_words("mmapdemo", 0x218, 1, 0x5a5a5a5a, 0);
	expect_words("mmapdemo", 1024, 256, 0, 1);
	expect_words("mmapdemo", 2048, 512, 0x5a5a5a5a, 0);
}

TEST(tool, fill_random_follows_from_the_seed_that_it_prints)
{
	struct run r = run("cohbuf fill plain --random > /tmp/seed && cohbuf save plain /tmp/a &&"
			   "cohbuf fill plain --byte 0 &&"
			   "cohbuf fill plain --random --seed $(sed 's/seed //' /tmp/seed) &&"
			   "cohbuf save plain - | cmp - /tmp/a");

	expect_status(&r, 0);
	r = run("cohbuf fill plain --random --seed 77; cohbuf save plain - | cmp -s - /tmp/a");
	expect_status(&r, 1);
}

TEST_EACH_LIMIT(tool, load_and_save_go_round, named_buffers, 60)
{
	char name[COHBUF_NAME_SIZE];
	struct run r;

	if (cohbuf_find(b->name, name))
		SKIP("this board has no %s", b->name);
	r = run("cohbuf fill %s --random --seed 3 && cohbuf save %s /tmp/a && cohbuf fill %s --byte 0 &&"
		"cohbuf load %s /tmp/a && cohbuf save %s /tmp/b && cmp /tmp/a /tmp/b",
		b->name, b->name, b->name, b->name, b->name);
	expect_status(&r, 0);
	r = run("cohbuf fill %s --byte 0 && cat /tmp/a | cohbuf load %s - && cohbuf save %s - | cmp - /tmp/a",
		b->name, b->name, b->name);
	expect_status(&r, 0);
}

TEST(tool, a_range_outside_is_an_error_and_moves_nothing)
{
	/* With "%zu" for what is added to the size. */
	static const struct {
		const char *format;
		int more;
	} ends[] = {
		{ "--offset %zu", 0 },
		{ "--offset 0x%zx --length 1", 0 },
		{ "--offset %zu --length 2", -1 },
		{ "--length %zu", 1 },
		{ "--offset 16 --length 0xffffffffffffffff", 0 },
		{ "--length 0", 0 },
	};
	static const char *const starts[] = {
		"dump mmapdemo", "fill mmapdemo --byte 1", "save mmapdemo -",
		"load mmapdemo /dev/zero"
	};
	struct run before = run("cohbuf save mmapdemo - | md5sum"), after;

	for (int i = 0; i < 6; i++)
		for (int k = 0; k < 4; k++) {
			char end[64];
			struct run r;

			snprintf(end, sizeof(end), ends[i].format, mmapdemo.size + ends[i].more);
			r = run("cohbuf %s %s", starts[k], end);
			expect_status(&r, 1);
			EXPECT_STREQ(r.out, "");
			expect_in(&r, r.err, i == 5 ? "--length 0" : "mmapdemo");
			expect_in(&r, r.err, i == 5 ? "at least 1" : i > 1 ? "--length of at most" :
									     "make it smaller");
		}
	after = run("cohbuf save mmapdemo - | md5sum");
	EXPECT_STREQ(after.out, before.out);
}

TEST(tool, a_file_that_does_not_fit_is_never_loaded_silently)
{
	struct run before = run("cohbuf save mmapdemo - | md5sum"), after, r;
	char text[64];

	r = run("head -c %zu /dev/zero > /tmp/large; cohbuf load mmapdemo /tmp/large", mmapdemo.size + 904);
	expect_status(&r, 1);
	expect_in(&r, r.err, "nothing was written");
	r = run("head -c 50 /dev/zero > /tmp/small; cohbuf load mmapdemo /tmp/small --length 51");
	expect_status(&r, 1);
	expect_in(&r, r.err, "nothing was written");
	after = run("cohbuf save mmapdemo - | md5sum");
	EXPECT_STREQ(after.out, before.out);

	r = run("cat /tmp/large | cohbuf load mmapdemo -");
	expect_status(&r, 1);
	snprintf(text, sizeof(text), "has more bytes than the %zu that fit", mmapdemo.size);
	expect_in(&r, r.err, text);
	r = run("cat /tmp/small | cohbuf load mmapdemo - --length 51");
	expect_status(&r, 1);
	expect_in(&r, r.err, "ended after 50 of 51 bytes");
	r = run("cat /tmp/large | cohbuf load mmapdemo - --length %zu", mmapdemo.size);
	expect_status(&r, 0);
	r = run("cohbuf load mmapdemo /tmp/small");
	expect_status(&r, 0);
}

TEST(tool, a_full_disk_is_an_error)
{
	static const char *const lines[] = {
		"save mmapdemo /dev/full", "save mmapdemo - > /dev/full",
		"dump mmapdemo > /dev/full", "list > /dev/full", "doctor > /dev/full",
		"--help > /dev/full"
	};

	for (int i = 0; i < 6; i++) {
		struct run r = run("cohbuf %s", lines[i]);

		expect_status(&r, 1);
		expect_in(&r, r.err, "No space left");
	}
}

TEST(tool, each_error_of_an_open_names_its_remedy)
{
	static const char *const starts[] = {
		"info %s", "dump %s", "fill %s --byte 0", "load %s /dev/null", "save %s -",
		"copy %s --from 0 --to 64 --length 4", "test %s", "sync %s --for-cpu"
	};
	char line[96];

	for (int i = 0; i < 8; i++) {
		struct run r;

		snprintf(line, sizeof(line), starts[i], "nonesuch");
		r = run("cohbuf %s", line);
		expect_status(&r, 1);
		expect_in(&r, r.err, "cohbuf doctor");
		/* Not opened: an open of some devices does something. */
		snprintf(line, sizeof(line), starts[i], "null");
		r = run("cohbuf %s", line);
		expect_status(&r, 1);
		expect_in(&r, r.err, "change the label of the node");
		if (!i)
			continue;
		snprintf(line, sizeof(line), starts[i], "plain");
		r = run_unprivileged("cohbuf %s", line);
		expect_status(&r, 1);
		expect_in(&r, r.err, "run this as root");
	}
}

TEST_EACH(tool, copy_moves_the_bytes, copying_buffers)
{
	const char *name = name_of(b);
	char engine[COHBUF_ENGINE_NAME_SIZE] = "";
	struct run r = run("cohbuf fill %s --random", name);

	expect_status(&r, 0);
	r = run("cohbuf copy %s --from 0 --to 2K --length 1K --repeat 3 --json", name);
	expect_status(&r, 0);
	expect_json(&r, "copies", "3");
	expect_json(&r, "length", "1024");
	expect_json(&r, "error", "null");
	EXPECT_TRUE(json_get(r.out, "engine", engine, sizeof(engine)) && strchr(engine, '/'));
	r = run("cohbuf save %s /tmp/a --length 1K; cohbuf save %s - --offset 2K --length 1K | cmp - /tmp/a",
		name, name);
	expect_status(&r, 0);
	r = run("cohbuf copy %s --from 0 --to 2K --length 1K", name);
	expect_in(&r, r.out, engine);
	expect_in(&r, r.out, "MB/s");
}

/* It says what to add to the node, for each controller of the board; or that it has none. */
TEST_EACH(tool, copy_and_info_say_how_a_node_gets_an_engine, lonely_buffers)
{
	const char *name = name_of(b);
	/* What no device sees can have none: nothing is to be added. */
	bool any = *board_fact("BOARD_ENGINE") && has_dma(b);
	const char *line = any ? "\n  add to the node: dmas = <&" : "\n  no DMA controller is there: ";
	struct run r = run("cohbuf copy %s --from 0 --to 2K --length 1K", name);
	struct run json = run("cohbuf copy %s --from 0 --to 2K --length 1K --json", name);
	char text[256];

	expect_status(&r, 1);
	if (has_dma(b)) {
		expect_in(&r, r.err, "its node names no DMA controller: add dmas and dma-names = \"memcpy\"");
		expect_in(&r, r.err, line);
	} else {
		expect_in(&r, r.err, "no device sees it, so that no DMA controller can copy in it: take a buffer whose cohbuf,memory is");
		expect_not_in(&r, r.err, line);
		expect_not_in(&r, r.err, "dmas");
	}
	if (any)
		expect_in(&r, r.err, ">; dma-names = \"memcpy\";");
	expect_status(&json, 1);
	EXPECT_TRUE(json_is_valid(json.out));
	EXPECT_EQ(json_get(json.out, "add_to_node.0.controller", text, sizeof(text)), any);

	r = run("cohbuf info %s", name);
	expect_in(&r, r.out, has_dma(b) ? "\nDMA engine:  none: its node has no dmas\n" : "\nDMA engine:  none: no device sees it\n");
	(has_dma(b) ? expect_in : expect_not_in)(&r, r.out, any ? "             add to the node: dmas = <&" : "no DMA controller is there");
	r = run("cohbuf info %s --json", name);
	EXPECT_TRUE(json_is_valid(r.out));
	expect_json(&r, "engine", "null");
	EXPECT_EQ(json_get(r.out, "add_to_node.0.controller", text, sizeof(text)), any);
}

TEST(tool, copy_says_which_range_is_wrong)
{
	struct run r = run("cohbuf copy mmapdemo --from %zuK --to 0 --length 4", mmapdemo.size >> 10);
	char text[64];

	expect_status(&r, 1);
	snprintf(text, sizeof(text), "--from 0x%zx reach outside", mmapdemo.size);
	expect_in(&r, r.err, text);
	r = run("cohbuf copy mmapdemo --from 0 --to %zu --length 8", mmapdemo.size - 4);
	expect_status(&r, 1);
	snprintf(text, sizeof(text), "--to 0x%zx reach outside", mmapdemo.size - 4);
	expect_in(&r, r.err, text);
	r = run("cohbuf copy mmapdemo --from 0 --to 4 --length 8");
	expect_status(&r, 1);
	expect_in(&r, r.err, "overlap");
}
