// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handing over: "cohbuf sync", what the other commands do of it by themselves, and what
 * the tool says of kinds of memory. What was asked of the driver its trace says.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json.h"
#include "run.h"
#include "tests/copy/copying.h"

#define TRACER	"/sys/kernel/tracing/instances/cohbuf_tool"

static uint64_t cache_line;

/* A buffer whose ranges have to be handed over. */
static const char *handed(void)
{
	ASSERT_OK(buffer_attr_u64(cached.name, "cache_line", &cache_line));
	if (!cache_line)
		SKIP("no buffer of this board has to be handed over");
	return cached.name;
}

static void trace_start(void)
{
	if (access("/sys/kernel/tracing/instances", F_OK))
		SKIP("tracefs is not mounted");
	/* What a test before left, that did not come to its end. */
	rmdir(TRACER);
	ASSERT_OK(mkdir(TRACER, 0700));
	ASSERT_OK(file_write(TRACER "/events/cohbuf/cohbuf_sync/enable", "1"));
}

/* What was handed over since: "OFFSET LENGTH DIRECTION OWNER", one call a line. */
static const char *trace_stop(void)
{
	struct run r;

	ASSERT_OK(file_write(TRACER "/events/cohbuf/cohbuf_sync/enable", "0"));
	r = run("sed -n 's/.*cohbuf_sync: .* offset=\\([0-9]*\\) length=\\([0-9]*\\) direction=\\([0-9]\\) owner=\\([0-9]\\) ret=0$/\\1 \\2 \\3 \\4/p' %s",
		TRACER "/trace");
	EXPECT_OK(rmdir(TRACER));
	return r.out;
}

TEST(tool_sync, has_defaults_that_suit_the_owner)
{
	static const struct {
		const char *options;
		const char *asked;
	} cases[] = {
		{ "--for-device --length 4K", "0 4096 1 2\n" },
		{ "--for-cpu --length 4K", "0 4096 2 1\n" },
		{ "--for-device --direction both --length 4K", "0 4096 0 2\n" },
		{ "--for-device --direction from-device --length 4K", "0 4096 2 2\n" },
		{ "--for-cpu --direction to-device --offset 2K --length 1K", "2048 1024 1 1\n" },
		{ "--for-cpu --direction both --offset 4K --length 0x1000", "4096 4096 0 1\n" },
	};
	const char *name = handed();
	struct run r;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		trace_start();
		r = run("cohbuf sync %s %s", name, cases[i].options);
		expect_status(&r, 0);
		EXPECT_STREQ(r.out, "");
		EXPECT_STREQ(r.err, "");
		EXPECT_STREQ(trace_stop(), cases[i].asked);
	}
	trace_start();
	r = run("cohbuf sync %s --for-device --offset 4K", name);
	EXPECT_STREQ(trace_stop(), "4096 1044480 1 2\n");
}

TEST_EACH(tool_sync, works_on_every_buffer_and_changes_nothing, all_buffers)
{
	const char *name = name_of(b);
	struct run r = run("cohbuf fill %s --random --seed 5 && cohbuf save %s /tmp/before", name, name);

	expect_status(&r, 0);
	r = run("cohbuf sync %s --for-device && cohbuf sync %s --for-cpu && cohbuf sync %s --for-device --direction both &&"
		"cohbuf save %s - | cmp - /tmp/before",
		name, name, name, name);
	expect_status(&r, 0);
	EXPECT_STREQ(r.err, "");
}

TEST(tool_sync, says_what_neighbours_can_lose)
{
	static const char *const ranges[] = {
		"--offset 4", "--length 4", "--offset 4 --length 4", "--offset 4K --length 4095"
	};
	const char *name = handed();
	char text[64];
	struct run r;

	for (int i = 0; i < 4; i++) {
		r = run("cohbuf sync %s --for-cpu %s", name, ranges[i]);
		expect_status(&r, 0);
		snprintf(text, sizeof(text), "a cache line of %u bytes: what the device wrote beside it",
			 (unsigned int)cache_line);
		expect_in(&r, r.err, text);
	}
	/* The range that it names has no such neighbours. */
	snprintf(text, sizeof(text), ": give --offset 0x1000 --length 0x1000\n");
	expect_in(&r, r.err, text);
	r = run("cohbuf sync %s --for-cpu --offset 0x1000 --length 0x1000", name);
	EXPECT_STREQ(r.err, "");
	/* Where caches play no part there is nothing to lose. */
	r = run("cohbuf sync plain --for-cpu --offset 4 --length 4");
	expect_status(&r, 0);
	EXPECT_STREQ(r.err, "");
}

TEST(tool_sync, names_the_remedy_of_an_error)
{
	struct run r = run("cohbuf sync plain --for-cpu --offset 4K --length 1M");

	expect_status(&r, 1);
	expect_in(&r, r.err, "give a --length of at most ");
	r = run("cohbuf sync plain --for-cpu --length 0");
	expect_status(&r, 1);
	expect_in(&r, r.err, "--length 0 is nothing to do");
	r = run_unprivileged("cohbuf sync plain --for-device");
	expect_status(&r, 1);
	expect_in(&r, r.err, "run this as root");
}

/* Who may read may hand over to the device, and no more. */
TEST(tool_sync, from_the_device_takes_the_right_to_write)
{
	struct run r;

	ASSERT_OK(chmod("/dev/plain", 0604));
	r = run_unprivileged("cohbuf sync plain --for-device");
	expect_status(&r, 0);
	r = run_unprivileged("cohbuf sync plain --for-cpu");
	expect_status(&r, 1);
	expect_in(&r, r.err, "run this as root");
	r = run_unprivileged("cohbuf sync plain --for-device --direction both");
	expect_status(&r, 1);
	ASSERT_OK(chmod("/dev/plain", 0600));
}

/* To memory first what others wrote; then out of the caches. */
#define TO_CPU		"4096 256 1 2\n4096 256 2 1\n"
#define TO_DEVICE	"4096 256 1 2\n"

TEST(tool_sync, commands_hand_over_what_they_touch)
{
	static const struct {
		const char *command;
		const char *rest;
		const char *asked;
	} cases[] = {
		{ "dump", "", TO_CPU },
		{ "save", "/tmp/saved", TO_CPU },
		{ "save", "- > /dev/null", TO_CPU },
		{ "fill", "--byte 7", TO_CPU TO_DEVICE },
		{ "load", "/dev/zero", TO_CPU TO_DEVICE },
	};
	const char *name = handed();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct run r;

		trace_start();
		r = run("cohbuf %s %s %s --offset 4K --length 256", cases[i].command, name, cases[i].rest);
		expect_status(&r, 0);
		EXPECT_STREQ(r.err, "");
		EXPECT_STREQ(trace_stop(), cases[i].asked);
		/* Of memory that needs none not a call is made. */
		trace_start();
		r = run("cohbuf %s plain %s --offset 4K --length 256", cases[i].command, cases[i].rest);
		expect_status(&r, 0);
		EXPECT_STREQ(trace_stop(), "");
	}
}

/* What was written before it went wrong is handed over as well. */
TEST(tool_sync, a_load_that_fails_hands_over_what_it_wrote)
{
	const char *name = handed();
	struct run r;

	trace_start();
	r = run("head -c 50 /dev/zero | cohbuf load %s - --offset 4K --length 256", name);
	expect_status(&r, 1);
	EXPECT_STREQ(trace_stop(), TO_CPU TO_DEVICE);
}

TEST(tool_sync, who_may_not_write_reads_without_and_is_told_once)
{
	const char *name = handed();
	char path[64];
	struct run r;

	snprintf(path, sizeof(path), "/dev/%s", name);
	r = run("cohbuf fill %s --byte 0x41", name);
	expect_status(&r, 0);
	ASSERT_OK(chmod(path, 0604));
	trace_start();
	r = run_unprivileged("cohbuf dump %s --offset 4K --length 256", name);
	EXPECT_STREQ(trace_stop(), "4096 256 1 2\n");
	expect_status(&r, 0);
	expect_in(&r, r.out, "  |AAAAAAAAAAAAAAAA|\n");
	expect_in(&r, r.err, "cannot be opened for writing: Permission denied: without that the CPU may read what its caches have");
	expect_in(&r, r.err, "run this as root");
	EXPECT_TRUE(strchr(r.err, '\n') == r.err + strlen(r.err) - 1);
	r = run_unprivileged("cohbuf save %s - | wc -c", name);
	expect_in(&r, r.err, "cannot be opened for writing");
	ASSERT_OK(chmod(path, 0600));
	/* Who may not read either is not read for. */
	r = run_unprivileged("cohbuf dump %s", name);
	expect_status(&r, 1);
	EXPECT_STREQ(r.out, "");
}

TEST(tool_sync, test_hands_over_what_it_saves_and_puts_back)
{
	const char *name = handed();
	const char *asked;
	char unit[32];
	struct run r;

	trace_start();
	r = run("cohbuf test %s --seconds 1", name);
	asked = trace_stop();
	expect_status(&r, 0);
	expect_in(&r, r.out, "\n# cached for the CPU, handed over in lines of ");
	expect_in(&r, r.out, "\nok 21 - sync.keeps_the_bytes\n# ");
	expect_in(&r, r.out, "cache line");
	/* Of ranges of a byte or a word neighbours can lose something, of whole lines not. */
	expect_in(&r, r.out, "\n# warning: ranges here are of ");
	snprintf(unit, sizeof(unit), "--unit %u", (unsigned int)cache_line);
	expect_in(&r, r.out, unit);
	r = run("cohbuf test %s --seconds 1 %s", name, unit);
	expect_status(&r, 0);
	expect_not_in(&r, r.out, "warning:");
	/* First and last: all of it, to the CPU and to the device; copies are left in between. */
	if (!(cached.flags & COHBUF_INFO_ENGINE)) {
		static const char first[] = "0 1048576 1 2\n0 1048576 2 1\n";
		static const char last[] = "0 1048576 1 2\n";

		EXPECT_EQ(strncmp(asked, first, strlen(first)), 0);
		EXPECT_STREQ(asked + strlen(asked) - strlen(last), last);
	}
}

TEST_EACH(tool_sync, info_says_what_a_kind_of_memory_means, all_buffers)
{
	struct run r = run("cohbuf info %s", name_of(b));
	bool snooped = b->flags & COHBUF_INFO_DMA_COHERENT;
	bool cached = is_cpu_cached(b);
	char text[64];

	snprintf(text, sizeof(text), "\nmemory:      %s, %s\n", kind_of(b),
		 snooped ? "cached: the device snoops" :
		 cached	 ? "cached for the CPU" :
			   "uncached for the CPU");
	expect_in(&r, r.out, text);
	(cached ? expect_not_in : expect_in)(&r, r.out, "\n             reads by the CPU are slow; ");
	(needs_sync(b) ? expect_in : expect_not_in)(&r, r.out, "\ncache line:  ");
}

TEST(tool_sync, list_and_info_say_it_of_what_is_handed_over)
{
	const char *name = handed();
	struct run r = run("cohbuf info %s", name);
	char text[80];

	snprintf(text, sizeof(text), "\ncache line:  %u bytes: hand ranges of whole lines over, by COHBUF_IOC_SYNC",
		 (unsigned int)cache_line);
	expect_in(&r, r.out, "\nmemory:      cached, cached for the CPU\n");
	expect_in(&r, r.out, text);
	r = run("cohbuf list --wide | awk '$1 == \"%s\" { print $4, $NF }'", name);
	EXPECT_STREQ(r.out, "cached cached\n");
	r = run("cohbuf list --wide | awk '$1 == \"plain\" { print $4, $NF }'");
	EXPECT_STREQ(r.out, "coherent uncached\n");
}

/* A driver that has no file "cpu_mapping", nor "cache_line". */
TEST(tool_sync, an_older_driver_has_coherent_memory_only)
{
	static const char *const names[] = { "plain", "snooped" };
	struct run r;

	r = run("for name in plain snooped; do mkdir -p /tmp/class/$name && cd /sys/class/cohbuf/$name &&"
		"cp size dma_addr dma_bits dma_coherent memory region engine files mappings /tmp/class/$name &&"
		"ln -s $(readlink -f device) /tmp/class/$name/device; done");
	expect_status(&r, 0);
	ASSERT_OK(unshare(CLONE_NEWNS));
	ASSERT_OK(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	ASSERT_OK(mount("/tmp/class", "/sys/class/cohbuf", NULL, MS_BIND, NULL));
	for (int i = 0; i < 2; i++) {
		r = run("cohbuf info %s --json", names[i]);
		expect_status(&r, 0);
		expect_json(&r, "memory", "coherent");
		expect_json(&r, "cpu_mapping", i ? "cached" : "uncached");
		expect_json(&r, "cache_line", "0");
		r = run("cohbuf info %s", names[i]);
		expect_in(&r, r.out, i ? "\nmemory:      coherent, cached: the device snoops\n" : "\nmemory:      coherent, uncached for the CPU\n");
	}
	ASSERT_OK(umount("/sys/class/cohbuf"));
	run("rm -r /tmp/class");
}
