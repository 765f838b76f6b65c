// SPDX-License-Identifier: GPL-2.0-only
/*
 * "cohbuf wait" and "cohbuf post", and what "cohbuf info" says of events and interrupts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json.h"
#include "run.h"
#include "tests/harness/buffers.h"

TEST_EACH(tool_events, post_counts, named_buffers)
{
	struct run r;
	uint64_t before, after;

	ASSERT_OK(buffer_attr_u64(b->name, "events", &before));
	r = run("cohbuf post %s && cohbuf post %s --count 41", b->name, b->name);
	expect_status(&r, 0);
	EXPECT_STREQ(r.out, "");
	EXPECT_STREQ(r.err, "");
	ASSERT_OK(buffer_attr_u64(b->name, "events", &after));
	EXPECT_EQ(after - before, 42);
}

/* From when it waits on, which nobody outside can see: one post a turn, until it ends. */
TEST(tool_events, wait_ends_with_the_last_event)
{
	struct run r = run("cohbuf wait plain --count 3 > /tmp/got & while kill -0 $! 2> /dev/null; do cohbuf post plain; done; cat /tmp/got");

	expect_status(&r, 0);
	/* Two may have come before the last look. */
	EXPECT_GE(atoi(r.out), 3);
	r = run("cohbuf wait plain > /tmp/got & while kill -0 $! 2> /dev/null; do cohbuf post plain --count 7; done; cat /tmp/got");
	EXPECT_EQ(atoi(r.out) % 7, 0);
	EXPECT_GE(atoi(r.out), 7);
}

TEST(tool_events, wait_gives_up_when_the_time_is_over)
{
	struct run r = run("cohbuf wait plain --timeout 50");

	expect_status(&r, 1);
	EXPECT_STREQ(r.out, "0\n");
	expect_in(&r, r.err, "0 of 1 came on \"plain\" in 50 ms: give a longer --timeout, or none");
}

TEST(tool_events, wait_for_an_interrupt_that_the_node_has_not)
{
	struct run r = run("cohbuf wait plain --interrupt");

	expect_status(&r, 1);
	expect_in(&r, r.err, "its node has no interrupt: add interrupts to it");
	r = run("cohbuf info plain");
	expect_in(&r, r.out, "\ninterrupts:  none: its node has no interrupts\n");
	r = run("cohbuf info plain --json");
	expect_json(&r, "interrupts", "null");
}

/* Registers of a PL061: every line at its level, high or low, is let through. */
TEST(tool_events, wait_for_an_interrupt)
{
	uint64_t before, after;
	struct run r;

	if (!gpio.present)
		SKIP("no %s on this board", gpio.node);
	ASSERT_OK(buffer_attr_u64("gpio", "interrupts", &before));
	r = run("set -e; reg() { cohbuf fill gpio --word $2 --offset $1 --length 4; }\n"
		"reg 0x410 0; reg 0x404 0xff; reg 0x40c 0x0f\n"
		"! cohbuf wait gpio --interrupt --timeout 50 2> /dev/null\n"
		"reg 0x410 0xff; reg 0x410 0\n"
		"cohbuf wait gpio --interrupt --timeout 5000");
	expect_status(&r, 0);
	EXPECT_STREQ(r.out, "0\n1\n");
	ASSERT_OK(buffer_attr_u64("gpio", "interrupts", &after));
	EXPECT_EQ(after - before, 1);
	r = run("cohbuf info gpio | grep ^interrupts");
	expect_in(&r, r.out, "interrupts:  ");
	expect_not_in(&r, r.out, "none");
}

/* To be told takes the right to read. */
TEST(tool_events, post_takes_the_right_to_write)
{
	struct run r;

	ASSERT_OK(chmod("/dev/plain", 0604));
	r = run_unprivileged("cohbuf post plain");
	expect_status(&r, 1);
	expect_in(&r, r.err, "run this as root");
	r = run_unprivileged("cohbuf wait plain --timeout 50");
	expect_in(&r, r.err, "0 of 1 came");
	ASSERT_OK(chmod("/dev/plain", 0600));
}
