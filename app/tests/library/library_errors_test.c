// SPDX-License-Identifier: GPL-2.0-only
/*
 * libcohbuf: what errno and the sentences are, where a call works and where it does not.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "library.h"

TEST(library_errors, what_works_leaves_errno)
{
	struct cohbuf_buffer *buffer, *again;
	/* clang-format off */
	char value[64], (*names)[COHBUF_NAME_SIZE];
	/* clang-format on */
	void *map;
	int fd;

	need_buffer("plain");
	EXPECT_KEEPS_ERRNO(buffer = cohbuf_open("plain", O_RDWR));
	fd = dup(cohbuf_fd(buffer));
	EXPECT_KEEPS_ERRNO(again = cohbuf_open_fd(fd));
	EXPECT_KEEPS_ERRNO((cohbuf_close(again), 1));
	EXPECT_KEEPS_ERRNO(!cohbuf_check(buffer));
	EXPECT_KEEPS_ERRNO(map = cohbuf_map(buffer, PROT_READ));
	EXPECT_KEEPS_ERRNO(!cohbuf_unmap(map, cohbuf_size(buffer)));
	EXPECT_KEEPS_ERRNO(map = cohbuf_map_range(buffer, 5, 9, PROT_READ));
	EXPECT_KEEPS_ERRNO(!cohbuf_copy_from(buffer, value, map, 9));
	EXPECT_KEEPS_ERRNO(!cohbuf_unmap(map, 9));
	EXPECT_KEEPS_ERRNO(!cohbuf_read(buffer, value, 0, 8));
	EXPECT_KEEPS_ERRNO(!cohbuf_write(buffer, value, 0, 8));
	EXPECT_KEEPS_ERRNO(!cohbuf_sync_for_device(buffer, 0, 8, COHBUF_SYNC_TO_DEVICE));
	EXPECT_KEEPS_ERRNO(!cohbuf_sync_for_cpu(buffer, 0, 8, COHBUF_SYNC_FROM_DEVICE));
	EXPECT_KEEPS_ERRNO(!cohbuf_find("plain", value));
	EXPECT_KEEPS_ERRNO(!cohbuf_attribute("plain", "size", value, sizeof(value)));
	EXPECT_KEEPS_ERRNO(cohbuf_names(&names) > 0);
	free(names);
}

TEST(library_errors, what_works_leaves_errno_of_events)
{
	struct cohbuf_buffer *buffer = opened("plain", O_RDWR);
	int events;

	EXPECT_KEEPS_ERRNO((events = cohbuf_events(buffer, COHBUF_EVENTS_POSTED)) >= 0);
	EXPECT_KEEPS_ERRNO(!cohbuf_post(events, 2));
	EXPECT_KEEPS_ERRNO(!cohbuf_wait(events, 1000, NULL));
}

TEST(library_errors, what_works_leaves_errno_of_nodes)
{
	char link[] = "/sys/class/cohbuf/plain/device/of_node", *node, name[COHBUF_NAME_SIZE];

	need_buffer("plain");
	node = realpath(link, NULL);
	ASSERT_TRUE(node);
	node += strlen("/sys/firmware/devicetree/base");
	EXPECT_KEEPS_ERRNO(!cohbuf_find_node(node, name));
	EXPECT_KEEPS_ERRNO(cohbuf_open_node(node, O_RDONLY));
}

TEST(library_errors, what_works_leaves_errno_of_devices)
{
	struct cohbuf_buffer *buffer = opened("engine", O_RDWR);
	struct cohbuf_copy copy = { .dst = 4096, .length = 64 };

	if (cohbuf_info(buffer)->flags & COHBUF_INFO_ENGINE)
		EXPECT_KEEPS_ERRNO(!cohbuf_dma_copy(buffer, &copy));
	EXPECT_KEEPS_ERRNO(cohbuf_alloc(opened("pool-coherent", O_RDWR), 4096));
	EXPECT_KEEPS_ERRNO(cohbuf_export(buffer, 0, sysconf(_SC_PAGESIZE), O_RDWR) >= 0 ||
			   (errno == EOPNOTSUPP && (errno = EXDEV)));
}

/* A read that a signal came to is done again. */
TEST(library_errors, what_works_leaves_errno_after_a_signal)
{
	struct cohbuf_buffer *buffer = opened("plain", O_RDWR);
	char bytes[8] = "";

	fail_next("read", EINTR);
	EXPECT_KEEPS_ERRNO(!cohbuf_read(buffer, bytes, 0, 8));
	fail_next("write", EINTR);
	EXPECT_KEEPS_ERRNO(!cohbuf_write(buffer, bytes, 0, 8));
}

static void expect_one_line(const char *name, const char *said)
{
	EXPECT_NULL(cohbuf_open(name, O_RDONLY), ENOENT, said);
	for (const char *at = cohbuf_error(); *at; at++)
		EXPECT_TRUE((unsigned char)*at >= ' ' && *at != 0x7f);
}

TEST(library_errors, are_one_line_whatever_the_name)
{
	char value[64], name[COHBUF_NAME_SIZE];

	expect_one_line("a\nb\033[31m\r\t\177c", "\"a?b?[31m???c\"");
	/* One of UTF-8, and what is beside it; others stay. */
	expect_one_line("\302\23331m", "\"??31m\"");
	expect_one_line("gr\303\266\303\237e \302\240\342\202\254", "\"gr\303\266\303\237e \302\240\342\202\254\"");
	expect_one_line("\302", "\"\302\"");
	EXPECT_FAILS(cohbuf_find("x\ny", name), ENOENT, "\"x?y\"");
	EXPECT_FAILS(cohbuf_find_node("/x\ny", name), ENOENT, "\"/x?y\"");
	EXPECT_FAILS(cohbuf_attribute("x\ny", "\033", value, sizeof(value)), ENOENT,
		     "\"?\" of \"x?y\"");
}

/* What is no buffer is no buffer for another reason each. */
TEST(library_errors, remedies_fit_what_was_given)
{
	char name[COHBUF_NAME_SIZE];
	int files[2];

	EXPECT_NULL(cohbuf_open("null", O_RDWR), ENOTTY, "something else has this name below /dev");
	EXPECT_FAILS(cohbuf_find("null", name), ENOTTY, "something else has this name below /dev");
	EXPECT_NULL(cohbuf_open("/dev/null", O_RDWR), ENOTTY, "\"cohbuf list\" shows those");
	EXPECT_FAILS(cohbuf_find("/etc", name), ENOTTY, "\"cohbuf list\" shows those");
	EXPECT_TRUE(!strstr(cohbuf_error(), "label"));
	ASSERT_OK(pipe(files));
	EXPECT_NULL(cohbuf_open_fd(files[0]), ENOTTY, "give the file of one");
}

TEST(library_errors, remedies_fit_what_is_no_pool)
{
	struct cohbuf_buffer *buffer = opened("plain", O_RDWR);
	struct cohbuf_buffer *pooled = cohbuf_alloc(opened("pool-coherent", O_RDWR), 4096);

	ASSERT_TRUE(pooled);
	EXPECT_NULL(cohbuf_alloc(pooled, 4096), ENOTTY, "from the pool that it is of");
	EXPECT_NULL(cohbuf_alloc(buffer, 4096), ENOTTY, "add cohbuf,pool to its node; where that has it");
}

TEST(library_errors, remedies_fit_an_older_driver)
{
	struct cohbuf_buffer *buffer = opened("plain", O_RDWR);

	make_older(true);
	EXPECT_NULL(cohbuf_alloc(buffer, 4096), ENOTTY, "the loaded driver is too old for pools");
	EXPECT_FAILS(cohbuf_events(buffer, COHBUF_EVENTS_POSTED), ENOTTY,
		     "the loaded driver is older than this");
	EXPECT_FAILS(cohbuf_sync_for_cpu(buffer, 0, 8, COHBUF_SYNC_TO_DEVICE), ENOTTY,
		     "the loaded driver is older than this");
	EXPECT_FAILS(cohbuf_export(buffer, 0, sysconf(_SC_PAGESIZE), O_RDWR), ENOTTY,
		     "the loaded driver is older than this");
	EXPECT_OK(cohbuf_check(buffer));
}
