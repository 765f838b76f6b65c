// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copies that outlive their call: on a controller whose driver cannot tell when its last
 * callback is over, or that does not stop. What they need of the driver, and of memory,
 * stays until the machine is started anew, hence a boot of its own for this.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "test_engine.h"
#include "tests/harness/klog.h"

TEST(copy_late, driver_stays_for_a_late_callback)
{
	const struct test_buffer *b = engine_buffers[0];
	unsigned int late;
	struct klog said;
	struct subject s;
	int fd, log;

	need_module();
	if (!b)
		SKIP("this board has no engine that misbehaves on demand");
	late = engine_count("late");
	engine_set("no_wait", 1);
	engine_rebind();
	log = klog_open(SEEK_END);
	fd = open_buffer(b, O_RDWR);
	engine_leave_a_callback(fd, b);
	engine_await("late", late + 1);
	engine_leave_a_callback(fd, b);
	close(fd);

	EXPECT_EQ(engine_count("late"), late + 1);
	EXPECT_ERRNO_IN(unload_module("cohbuf"), EWOULDBLOCK, EBUSY);
	engine_await("late", late + 2);
	/* It is said once. */
	said = klog_read(log, platform_device_of(b), "");
	EXPECT_EQ(said.lines, 1);
	EXPECT_TRUE(strstr(said.last, "stays loaded"));

	engine_behave();
	engine_rebind();
	EXPECT_ERRNO_IN(unload_module("cohbuf"), EWOULDBLOCK, EBUSY);
	s = open_subject(b, 1);
	EXPECT_OK(copy(s.fd, b->size / 2, 0, 64));
	expect_copied(&s, b->size / 2, 0, 64);
}

static uint64_t dma_addr_of(const struct test_buffer *b)
{
	char text[32] = "";

	ASSERT_OK(cohbuf_attribute(b->name, "dma_addr", text, sizeof(text)));
	return strtoull(text, NULL, 16);
}

/* Its memory is for nobody any more: what it still does there hurts no one. */
TEST(copy_late, memory_of_an_engine_that_does_not_stop_is_given_up)
{
	const struct test_buffer *b = engine_buffers[0];
	struct subject s;
	uint64_t lost;
	int log;

	if (!b)
		SKIP("this board has no engine that misbehaves on demand");
	lost = dma_addr_of(b);
	s = open_subject(b, 2);
	log = klog_open(SEEK_END);
	engine_set("no_stop", 1);
	engine_set("delay_ms", 60000);
	EXPECT_ERRNO(copy_within(s.fd, b->size / 2, 0, 64, 100), ETIMEDOUT);
	EXPECT_TRUE(strstr(klog_read(log, platform_device_of(b), "does not stop").last,
			   "given up"));
	EXPECT_ERRNO(copy_within(s.fd, b->size / 2, 0, 64, 100), EIO);
	if (!driver_is_built_in())
		EXPECT_ERRNO_IN(unload_module("cohbuf"), EWOULDBLOCK, EBUSY);

	/* The channel's release lets the engine do it, now. */
	unbind_buffer(b);
	engine_behave();
	munmap(s.map, b->size);
	close(s.fd);
	bind_buffer(b);
	EXPECT_NE(dma_addr_of(b), lost);
	s = open_subject(b, 3);
	EXPECT_OK(copy(s.fd, b->size / 2, 0, 64));
	expect_copied(&s, b->size / 2, 0, 64);
}
