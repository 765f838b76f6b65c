// SPDX-License-Identifier: GPL-2.0-only
/*
 * A copy that was stopped on a controller whose driver cannot tell when its last callback
 * is over. The function that is called is the driver's, so the driver stays: until the
 * machine is started anew, hence a boot of its own for this.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "klog.h"
#include "test_engine.h"

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
