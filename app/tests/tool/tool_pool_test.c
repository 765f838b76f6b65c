// SPDX-License-Identifier: GPL-2.0-only
/*
 * "cohbuf list" and "cohbuf info" of a pool, and what the other commands say to one.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "json.h"
#include "run.h"
#include "tests/pool/pools.h"

TEST_EACH(tool_pool, list_has_a_row, all_pools)
{
	struct run r = run("cohbuf list | awk '$1 == \"%s\" { print $4, $6, $7 }'", b->name);

	expect_status(&r, 0);
	EXPECT_STREQ(r.out, "pool 0 -\n");
	r = run("cohbuf list --json");
	EXPECT_TRUE(json_is_valid(r.out));
	expect_in(&r, r.out, b->name);
}

TEST_EACH(tool_pool, info_says_how_much_is_used_and_by_whom, all_pools)
{
	int pool = pool_open(b), fd = ASSERT_OK(pool_alloc(pool, 16 * PAGE, O_CLOEXEC));
	char text[96], name[32];
	struct run r;

	/* A second number of the same. */
	ASSERT_OK(fcntl(fd, F_DUPFD_CLOEXEC, 0));
	ASSERT_OK(pool_alloc(pool, 1, O_CLOEXEC));
	/* Whoever reads it may do so on a terminal. */
	ASSERT_OK(prctl(PR_SET_NAME, "a\033[2Jb"));
	strcpy(name, "a?[2Jb");

	r = run("cohbuf info %s", b->name);
	expect_status(&r, 0);
	expect_in(&r, r.out, "\npool:        2 buffers, 68 KiB of the quota used; a program takes one by COHBUF_IOC_ALLOC\n");
	snprintf(text, sizeof(text), "\n             process %d (%s) has 2, 68 KiB\n", getpid(), name);
	expect_in(&r, r.out, text);
	expect_not_in(&r, r.out, "\nmappings:");

	r = run("cohbuf info %s --json", b->name);
	EXPECT_TRUE(json_is_valid(r.out));
	expect_json(&r, "pool.buffers", "2");
	snprintf(text, sizeof(text), "%lu", 17 * PAGE);
	expect_json(&r, "pool.used", text);
	expect_json(&r, "pool.holders.0.bytes", text);
	expect_json(&r, "pool.holders.0.buffers", "2");
	snprintf(text, sizeof(text), "%d", getpid());
	expect_json(&r, "pool.holders.0.pid", text);
	expect_json(&r, "dma_addr", "null");
	expect_not_in(&r, r.out, "\"mappings\"");
	expect_not_in(&r, r.out, "\"events\"");
}

/* A name that begins as the pool's does. */
TEST(tool_pool, info_counts_no_other_pools_buffers)
{
	int fd = pool_buffer(&pool_of_vmalloc, PAGE);
	struct run r = run("cohbuf info pool-cached --json");

	expect_json(&r, "pool.buffers", "0");
	expect_not_in(&r, r.out, "\"pid\"");
	close(fd);
}

TEST_EACH(tool_pool, doctor_follows_its_node, all_pools)
{
	struct run r = run("cohbuf doctor %s", b->name);

	expect_status(&r, 0);
	expect_in(&r, r.out, ": bound, /dev/");
	expect_in(&r, r.out, "Nothing found: all is well with ");
}

TEST(tool_pool, other_commands_refuse_a_pool)
{
	static const char *const commands[] = {
		"dump pool-cached", "fill pool-cached --byte 1", "save pool-cached -",
		"copy pool-cached --from 0 --to 4096 --length 64", "sync pool-cached --for-cpu",
		"test pool-cached", "post pool-cached", "wait pool-cached --timeout 1"
	};

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		struct run r = run("cohbuf %s", commands[i]);

		expect_status(&r, 1);
		expect_in(&r, r.err, "\"pool-cached\" is a pool, and has no bytes of its own");
	}
}
