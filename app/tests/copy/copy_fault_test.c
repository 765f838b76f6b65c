// SPDX-License-Identifier: GPL-2.0-only
/*
 * COPY by an engine that misbehaves. Who waits for it, and how long: copy_wait_test.c.
 */
#include <fcntl.h>
#include <glob.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "test_engine.h"
#include "tests/harness/klog.h"
#include "tool/system.h"

/* ... and the next one finds the channel as if nothing had been. */
TEST_EACH(copy_fault, engine_that_hangs_is_etimedout, engine_buffers)
{
	struct subject s = open_subject(b, 1);
	double start;

	engine_set("hang", 1);
	for (int i = 0; i < 3; i++) {
		start = monotonic();
		EXPECT_ERRNO(copy_within(s.fd, b->size / 2, 0, 64, 300), ETIMEDOUT);
		EXPECT_GE(elapsed_ms(start), 300);
		EXPECT_LT(elapsed_ms(start), 10000);
	}
	expect_untouched(&s);
	engine_behave();
	EXPECT_OK(copy(s.fd, b->size / 2, 0, 64));
	expect_copied(&s, b->size / 2, 0, 64);
}

/* An engine that is slower than the limit, and would have come to an end. */
TEST_EACH(copy_fault, late_engine_writes_nothing_after_etimedout, engine_buffers)
{
	struct subject s = open_subject(b, 2);

	engine_set("delay_ms", 1000);
	EXPECT_ERRNO(copy_within(s.fd, b->size / 2, 0, 64, 100), ETIMEDOUT);
	expect_untouched(&s);

	/* Longer than the first one would have taken: its end must not end this one. */
	EXPECT_OK(copy_within(s.fd, b->size / 2 + 64, 0, 64, 10000));
	expect_copied(&s, b->size / 2 + 64, 0, 64);
}

/* The callback of the copy that was stopped comes while the next one is in flight. */
TEST_EACH(copy_fault, late_callback_of_a_stopped_copy_ends_no_other, engine_buffers)
{
	struct subject s = open_subject(b, 11);

	engine_set("late_ms", 300);
	engine_set("delay_ms", 1000);
	EXPECT_ERRNO(copy_within(s.fd, b->size / 2, 0, 64, 100), ETIMEDOUT);
	EXPECT_OK(copy_within(s.fd, b->size / 2 + 64, 0, 64, 10000));
	expect_copied(&s, b->size / 2 + 64, 0, 64);
}

/* ... and if it is an error, that is not the next one's either. */
TEST_EACH(copy_fault, late_error_of_a_stopped_copy_fails_no_other, engine_buffers)
{
	unsigned int late = engine_count("late");
	struct subject s = open_subject(b, 12);

	engine_set("late_ms", 300);
	engine_set("late_fail", 1);
	engine_set("delay_ms", 1000);
	EXPECT_ERRNO(copy_within(s.fd, b->size / 2, 0, 64, 100), ETIMEDOUT);
	EXPECT_OK(copy_within(s.fd, b->size / 2 + 64, 0, 64, 10000));
	engine_await("late", late + 1);
	EXPECT_EQ(engine_count("late"), late + 1);
	expect_copied(&s, b->size / 2 + 64, 0, 64);
}

/* With and without a file that is open, and a buffer that is bound again by then. */
TEST_EACH_LIMIT(copy_fault, late_callback_after_the_unbind_is_harmless, engine_buffers, 60)
{
	for (int i = 0; i < 4; i++) {
		bool open = i & 1, bound = i & 2;
		unsigned int late = engine_count("late");
		int fd = open_buffer(b, O_RDWR);
		struct subject s;

		engine_leave_a_callback(fd, b);
		if (!open)
			close(fd);
		unbind_buffer(b);
		if (bound)
			bind_buffer(b);
		engine_await("late", late + 1);
		if (!bound)
			bind_buffer(b);
		if (open)
			close(fd);

		s = open_subject(b, 13 + i);
		EXPECT_OK(copy(s.fd, b->size / 2, 0, 64));
		expect_copied(&s, b->size / 2, 0, 64);
		munmap(s.map, b->size);
		close(s.fd);
	}
}

TEST_EACH(copy_fault, engine_that_fails_is_eio, engine_buffers)
{
	struct cohbuf_copy copy = { .dst = b->size / 2, .length = 64 };
	struct subject s = open_subject(b, 3);

	engine_set("fail", 1);
	EXPECT_ERRNO(ioctl(s.fd, COHBUF_IOC_COPY, &copy), EIO);
	EXPECT_TRUE(strchr(copy.engine, '/'));
	EXPECT_EQ(copy.duration_ns, 0);
	expect_untouched(&s);
	engine_behave();
	EXPECT_OK(copy_within(s.fd, b->size / 2, 0, 64, 0));
	expect_copied(&s, b->size / 2, 0, 64);
}

/* The tests of these tests: what does not arrive, or not there, is noticed. */
TEST_EACH(copy_fault, engine_that_drops_or_shifts_is_seen, engine_buffers)
{
	struct subject s = open_subject(b, 4);

	engine_set("drop", 1);
	EXPECT_OK(copy(s.fd, b->size / 2, 0, 64));
	expect_untouched(&s);
	engine_behave();
	engine_set("shift", 8);
	EXPECT_OK(copy(s.fd, b->size / 2, 0, 64));
	expect_copied(&s, b->size / 2 + 8, 0, 64);
}

TEST_EACH(copy_fault, alignment_that_the_engine_cannot_do_is_einval, engine_buffers)
{
	const size_t room = b->size / 2;
	struct subject s;

	engine_set("align", 6);
	engine_rebind();
	s = open_subject(b, 9);
	EXPECT_ERRNO(copy(s.fd, room, 0, 63), EINVAL);
	EXPECT_ERRNO(copy(s.fd, room, 32, 64), EINVAL);
	EXPECT_ERRNO(copy(s.fd, room + 1, 0, 64), EINVAL);
	expect_untouched(&s);
	EXPECT_OK(copy(s.fd, room, 64, 128));
	expect_copied(&s, room, 64, 128);
	engine_behave();
	engine_rebind();
}

TEST_EACH(copy_fault, large_copy_is_split_as_the_engine_needs, engine_buffers)
{
	struct cohbuf_copy copy = { .dst = b->size / 2, .length = 10 * 128 + 28 };
	struct subject s;

	engine_set("max_seg", 128);
	engine_rebind();
	s = open_subject(b, 10);
	EXPECT_OK(ioctl(s.fd, COHBUF_IOC_COPY, &copy));
	EXPECT_EQ(copy.transfers, 11);
	expect_copied(&s, b->size / 2, 0, copy.length);
	engine_behave();
	engine_rebind();
}

/* A controller for peripherals is no engine of a buffer. */
TEST_EACH(copy_fault, engine_that_cannot_copy_is_not_taken, engine_buffers)
{
	const char *device = platform_device_of(b);
	char reason[DEVICE_NAME_SIZE + 64];
	struct klog said;
	int log;

	engine_set("slave", 1);
	unbind_controller(engine_device());
	log = klog_open(SEEK_END);
	bind_controller(engine_device());
	/* The driver core may have tried it as well. */
	EXPECT_EQ(device_bind(device), -1);
	snprintf(reason, sizeof(reason), "dmas: %s cannot copy from memory to memory",
		 engine_device());
	said = klog_read(log, device, reason);
	EXPECT_GE(said.fitting, 1);
	EXPECT_EQ(said.fitting, said.lines);
	/* It counts as bound while the driver core still tries. */
	while (device_is_bound(device))
		sched_yield();
	engine_behave();
	engine_rebind();
}

/* The kernel's own; it has no name in user space. */
#define EPROBE_DEFER	517

/* "Later", for who binds by hand; Linux 5.10 says it as it comes. */
static void expect_deferral_by_hand(const char *device)
{
	struct utsname system;

	ASSERT_OK(uname(&system));
	if (!strncmp(system.release, "5.10.", 5))
		EXPECT_ERRNO_IN(device_bind(device), ENODEV, EPROBE_DEFER);
	else
		EXPECT_ERRNO(device_bind(device), EAGAIN);
	EXPECT_TRUE(!device_is_bound(device));
}

/* As at boot: what is deferred then is tried again whenever another device is bound. */
static void expect_deferral(const char *device, char *reason, size_t size)
{
	/* Some kernels say why not, and some do not. */
	file_write("/sys/bus/platform/drivers_probe", device);
	EXPECT_TRUE(!device_is_bound(device));
	EXPECT_TRUE(system_deferred(device, reason, size));
}

/*
 * From 5.13 on the driver core knows what "dmas" means, and does not even ask the
 * driver; with "fw_devlink=off" it is the driver that says so.
 */
static bool driver_is_asked(void)
{
	char words[4096] = "";

	ASSERT_OK(file_read_line("/proc/cmdline", words, sizeof(words)));
	return strstr(words, "fw_devlink=off");
}

static void expect_copies(const struct test_buffer *b)
{
	struct subject s = open_subject(b, 11);

	EXPECT_OK(copy(s.fd, b->size / 2, 0, 64));
	expect_copied(&s, b->size / 2, 0, 64);
}

TEST_EACH(copy_fault, buffer_waits_for_its_controller, engine_buffers)
{
	const char *device = platform_device_of(b);
	char reason[256] = "";

	unbind_controller(engine_device());
	EXPECT_TRUE(!device_is_bound(device));
	expect_deferral_by_hand(device);
	expect_deferral(device, reason, sizeof(reason));
	if (driver_is_asked())
		EXPECT_TRUE(strstr(reason, ": dmas: no channel yet: "));

	bind_controller(engine_device());
	bind_all_again();
	expect_copies(b);
}

static bool engine_has_channels(void)
{
	char name[DEVICE_NAME_SIZE];
	bool found = false;
	glob_t channels;

	if (glob("/sys/class/dma/*/device", 0, NULL, &channels))
		return false;
	for (size_t i = 0; i < channels.gl_pathc && !found; i++)
		found = !file_link_name(channels.gl_pathv[i], name, sizeof(name)) &&
			!strcmp(name, engine_device());
	globfree(&channels);
	return found;
}

static void *bind_engine(void *arg __attribute__((unused)))
{
	bind_controller(engine_device());
	return NULL;
}

/*
 * A controller has its channels before the tree leads to them: who asks in between is
 * told what it would be for a channel that does not exist. It must not be given up.
 */
TEST_EACH(copy_fault, buffer_waits_while_its_controller_comes_up, engine_buffers)
{
	const char *device = platform_device_of(b);
	unsigned int refusals = 0;
	char reason[256] = "";
	pthread_t thread;
	int log;

	engine_set("gap", 1);
	unbind_controller(engine_device());
	log = klog_open(SEEK_END);
	ASSERT_EQ(pthread_create(&thread, NULL, bind_engine, NULL), 0);
	while (!engine_has_channels())
		sched_yield();
	expect_deferral_by_hand(device);
	expect_deferral(device, reason, sizeof(reason));
	engine_set("gap", 0);
	ASSERT_EQ(pthread_join(thread, NULL), 0);

	/* Nobody binds it by hand. */
	while (!device_is_bound(device) && !refusals)
		refusals = klog_read(log, device, "").lines;
	EXPECT_EQ(refusals, 0);
	bind_all_again();
	expect_copies(b);
}
