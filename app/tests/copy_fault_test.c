// SPDX-License-Identifier: GPL-2.0-only
/*
 * COPY by an engine that misbehaves: the test engine of QEMU's virt boards
 * (boards/guest/modules/fw_cfg_dma.c), which does so on demand.
 */
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "copying.h"
#include "klog.h"

#define PARAMETERS	"/sys/module/fw_cfg_dma/parameters"

/* Its address is the machine's. */
static char controller[DEVICE_NAME_SIZE];

/* Those in which this engine copies. */
static const struct test_buffer *engine_buffers[3];
/* Of those, the ones whose node names it. */
static const struct test_buffer *dmas_buffers[3];

static void read_controller(void)
{
	glob_t found;

	if (glob("/sys/bus/platform/devices/*.fw-cfg", 0, NULL, &found))
		return;
	snprintf(controller, sizeof(controller), "%s", basename(found.gl_pathv[0]));
	globfree(&found);
}

static void __attribute__((constructor(103))) choose_buffers(void)
{
	char engine[COHBUF_ENGINE_NAME_SIZE] = "";
	size_t count = 0, named = 0;

	read_controller();

	for (size_t i = 0; chosen_buffers[i] && !access(PARAMETERS, F_OK); i++) {
		if (buffer_attr(chosen_buffers[i]->name, "engine", engine, sizeof(engine)) ||
		    (*engine && strncmp(engine, controller, strlen(controller))))
			continue;
		engine_buffers[count++] = chosen_buffers[i];
		if (*engine)
			dmas_buffers[named++] = chosen_buffers[i];
	}
}

/* Is it told to? Shared with the processes of the tests. */
static bool *misbehaves;

static void set_parameter(const char *name, unsigned int value)
{
	char path[PATH_MAX], text[16];

	*misbehaves = true;
	snprintf(path, sizeof(path), PARAMETERS "/%s", name);
	snprintf(text, sizeof(text), "%u", value);
	ASSERT_OK(file_write(path, text));
}

static void behave(void)
{
	static const char *const names[] = {
		"hang", "fail", "drop", "shift", "delay_ms", "late_ms", "align", "max_seg",
		"slave"
	};
	char path[PATH_MAX];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), PARAMETERS "/%s", names[i]);
		file_write(path, "0");
	}
	*misbehaves = false;
}

/* The engine must not stay as a test left it. */
static void restore_engine(const void *arg __attribute__((unused)))
{
	if (*misbehaves)
		behave();
}

static void __attribute__((constructor)) add_teardown(void)
{
	misbehaves = mmap(NULL, sizeof(*misbehaves), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (misbehaves == MAP_FAILED)
		abort();
	harness_add_teardown(restore_engine);
}

/* What the engine reads when it is bound. */
static void rebind_engine(void)
{
	unbind_controller(controller);
	bind_controller(controller);
	bind_all_again();
}

static long elapsed_ms(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - start->tv_sec) * 1000 + (now.tv_nsec - start->tv_nsec) / 1000000;
}

static struct timespec now(void)
{
	struct timespec start;

	clock_gettime(CLOCK_MONOTONIC, &start);
	return start;
}

/* ... and the next one finds the channel as if nothing had been. */
TEST_EACH(copy_fault, engine_that_hangs_is_etimedout, engine_buffers)
{
	struct subject s = open_subject(b, 1);
	struct timespec start;

	set_parameter("hang", 1);
	for (int i = 0; i < 3; i++) {
		start = now();
		EXPECT_ERRNO(copy_within(s.fd, b->size / 2, 0, 64, 300), ETIMEDOUT);
		EXPECT_GE(elapsed_ms(&start), 300);
		EXPECT_LT(elapsed_ms(&start), 10000);
	}
	expect_untouched(&s);
	behave();
	EXPECT_OK(copy(s.fd, b->size / 2, 0, 64));
	expect_copied(&s, b->size / 2, 0, 64);
}

/* An engine that is slower than the limit, and would have come to an end. */
TEST_EACH(copy_fault, late_engine_writes_nothing_after_etimedout, engine_buffers)
{
	struct subject s = open_subject(b, 2);

	set_parameter("delay_ms", 400);
	EXPECT_ERRNO(copy_within(s.fd, b->size / 2, 0, 64, 100), ETIMEDOUT);
	expect_untouched(&s);

	/* Longer than the first one would have taken: its end must not end this one. */
	EXPECT_OK(copy_within(s.fd, b->size / 2 + 64, 0, 64, 5000));
	expect_copied(&s, b->size / 2 + 64, 0, 64);
}

/* The callback of the copy that was stopped comes while the next one is in flight. */
TEST_EACH(copy_fault, late_callback_of_a_stopped_copy_ends_no_other, engine_buffers)
{
	struct subject s = open_subject(b, 11);

	set_parameter("late_ms", 300);
	set_parameter("delay_ms", 1000);
	EXPECT_ERRNO(copy_within(s.fd, b->size / 2, 0, 64, 100), ETIMEDOUT);
	EXPECT_OK(copy_within(s.fd, b->size / 2 + 64, 0, 64, 10000));
	expect_copied(&s, b->size / 2 + 64, 0, 64);
}

TEST_EACH(copy_fault, engine_that_fails_is_eio, engine_buffers)
{
	struct cohbuf_copy copy = { .dst = b->size / 2, .length = 64 };
	struct subject s = open_subject(b, 3);

	set_parameter("fail", 1);
	EXPECT_ERRNO(ioctl(s.fd, COHBUF_IOC_COPY, &copy), EIO);
	EXPECT_TRUE(strchr(copy.engine, '/'));
	EXPECT_EQ(copy.duration_ns, 0);
	expect_untouched(&s);
	behave();
	EXPECT_OK(copy_within(s.fd, b->size / 2, 0, 64, 0));
	expect_copied(&s, b->size / 2, 0, 64);
}

/* The tests of these tests: what does not arrive, or not there, is noticed. */
TEST_EACH(copy_fault, engine_that_drops_or_shifts_is_seen, engine_buffers)
{
	struct subject s = open_subject(b, 4);

	set_parameter("drop", 1);
	EXPECT_OK(copy(s.fd, b->size / 2, 0, 64));
	expect_untouched(&s);
	behave();
	set_parameter("shift", 8);
	EXPECT_OK(copy(s.fd, b->size / 2, 0, 64));
	expect_copied(&s, b->size / 2 + 8, 0, 64);
}

static void on_signal(int sig __attribute__((unused)))
{
}

struct long_copy {
	const struct subject *s;
	unsigned int timeout_ms;
	_Atomic pid_t tid;
	int error;
};

static void *copy_for_long(void *arg)
{
	struct long_copy *copy = arg;

	copy->tid = syscall(SYS_gettid);
	errno = 0;
	copy_within(copy->s->fd, copy->s->b->size / 2, 0, 64, copy->timeout_ms);
	copy->error = errno;
	return NULL;
}

/* The thread sleeps: all that it does is to copy. */
static void await_copy_in_flight(const struct long_copy *copy)
{
	char path[64], stat[512] = "";
	const char *state;

	while (!copy->tid)
		sched_yield();
	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", copy->tid);
	do {
		ASSERT_OK(file_read_line(path, stat, sizeof(stat)));
		state = strrchr(stat, ')');
	} while (!state || state[2] != 'S');
}

TEST_EACH(copy_fault, signal_is_eintr, engine_buffers)
{
	struct subject s = open_subject(b, 5);
	struct sigaction action = { .sa_handler = on_signal };
	struct timespec start = now();

	set_parameter("hang", 1);
	ASSERT_OK(sigaction(SIGALRM, &action, NULL));
	ualarm(300000, 100000);
	EXPECT_ERRNO(copy_within(s.fd, b->size / 2, 0, 64, 20000), EINTR);
	EXPECT_LT(elapsed_ms(&start), 10000);
	expect_untouched(&s);
}

/* A copy that waits for its turn can be interrupted, too, and leaves the other alone. */
TEST_EACH(copy_fault, signal_while_another_copy_runs_is_eintr, engine_buffers)
{
	struct subject s = open_subject(b, 6);
	struct long_copy first = { .s = &s, .timeout_ms = 20000 };
	struct sigaction action = { .sa_handler = on_signal };
	struct timespec start = now();
	pthread_t thread;
	sigset_t alarms;

	set_parameter("hang", 1);
	ASSERT_OK(sigaction(SIGALRM, &action, NULL));
	ASSERT_OK(sigaction(SIGUSR1, &action, NULL));
	sigemptyset(&alarms);
	sigaddset(&alarms, SIGALRM);
	ASSERT_EQ(pthread_sigmask(SIG_BLOCK, &alarms, NULL), 0);
	ASSERT_EQ(pthread_create(&thread, NULL, copy_for_long, &first), 0);
	ASSERT_EQ(pthread_sigmask(SIG_UNBLOCK, &alarms, NULL), 0);
	await_copy_in_flight(&first);

	ualarm(200000, 100000);
	EXPECT_ERRNO(copy_within(s.fd, b->size / 2, 64, 64, 20000), EINTR);
	ualarm(0, 0);
	EXPECT_LT(elapsed_ms(&start), 10000);
	EXPECT_EQ(first.error, 0);

	ASSERT_EQ(pthread_kill(thread, SIGUSR1), 0);
	pthread_join(thread, NULL);
	EXPECT_EQ(first.error, EINTR);
}

TEST_EACH(copy_fault, unbind_ends_a_copy_that_hangs, engine_buffers)
{
	struct subject s = open_subject(b, 7);
	struct long_copy copy = { .s = &s, .timeout_ms = 20000 };
	struct timespec start = now();
	pthread_t thread;

	set_parameter("hang", 1);
	ASSERT_EQ(pthread_create(&thread, NULL, copy_for_long, &copy), 0);
	await_copy_in_flight(&copy);
	unbind_buffer(b);
	pthread_join(thread, NULL);
	EXPECT_LT(elapsed_ms(&start), 10000);
	EXPECT_EQ(copy.error, ENODEV);
}

/*
 * With "dmas" the driver core takes the buffer first; a borrowed channel is waited
 * for, hence the limit.
 */
TEST_EACH(copy_fault, unbind_of_the_controller_ends_a_copy_that_hangs, engine_buffers)
{
	bool own = b->flags & COHBUF_INFO_ENGINE;
	struct subject s = open_subject(b, 8);
	struct long_copy copy = { .s = &s, .timeout_ms = own ? 20000 : 2000 };
	struct timespec start = now();
	pthread_t thread;

	set_parameter("hang", 1);
	ASSERT_EQ(pthread_create(&thread, NULL, copy_for_long, &copy), 0);
	await_copy_in_flight(&copy);
	unbind_controller(controller);
	pthread_join(thread, NULL);
	EXPECT_EQ(copy.error, own ? ENODEV : ETIMEDOUT);
	EXPECT_LT(elapsed_ms(&start), 10000);
	behave();
	bind_controller(controller);
	bind_all_again();
}

TEST_EACH(copy_fault, alignment_that_the_engine_cannot_do_is_einval, engine_buffers)
{
	const size_t room = b->size / 2;
	struct subject s;

	set_parameter("align", 6);
	rebind_engine();
	s = open_subject(b, 9);
	EXPECT_ERRNO(copy(s.fd, room, 0, 63), EINVAL);
	EXPECT_ERRNO(copy(s.fd, room, 32, 64), EINVAL);
	EXPECT_ERRNO(copy(s.fd, room + 1, 0, 64), EINVAL);
	expect_untouched(&s);
	EXPECT_OK(copy(s.fd, room, 64, 128));
	expect_copied(&s, room, 64, 128);
	behave();
	rebind_engine();
}

TEST_EACH(copy_fault, large_copy_is_split_as_the_engine_needs, engine_buffers)
{
	struct cohbuf_copy copy = { .dst = b->size / 2, .length = 10 * 128 + 28 };
	struct subject s;

	set_parameter("max_seg", 128);
	rebind_engine();
	s = open_subject(b, 10);
	EXPECT_OK(ioctl(s.fd, COHBUF_IOC_COPY, &copy));
	EXPECT_EQ(copy.transfers, 11);
	expect_copied(&s, b->size / 2, 0, copy.length);
	behave();
	rebind_engine();
}

/* A controller for peripherals is no engine of a buffer, and of no other one either. */
TEST_EACH(copy_fault, engine_that_cannot_copy_is_not_taken, engine_buffers)
{
	const char *device = platform_device_of(b);
	char reason[DEVICE_NAME_SIZE + 64];
	struct klog said;
	int log;

	set_parameter("slave", 1);
	unbind_controller(controller);
	log = klog_open(SEEK_END);
	bind_controller(controller);
	if (b->flags & COHBUF_INFO_ENGINE) {
		/* The driver core may have tried it as well. */
		EXPECT_EQ(device_bind(device), -1);
		snprintf(reason, sizeof(reason), "dmas: %s cannot copy from memory to memory", controller);
		said = klog_read(log, device, reason);
		EXPECT_GE(said.fitting, 1);
		EXPECT_EQ(said.fitting, said.lines);
		EXPECT_TRUE(!device_is_bound(device));
	} else {
		EXPECT_ERRNO(copy(open_buffer(b, O_RDWR), b->size / 2, 0, 64), EOPNOTSUPP);
	}
	behave();
	rebind_engine();
}

/* The kernel's own; it has no name in user space. */
#define EPROBE_DEFER	517

/*
 * From 5.13 on the driver core knows what "dmas" means, and does not even ask the
 * driver; with "fw_devlink=off" it is the driver that says so.
 */
TEST_EACH(copy_fault, buffer_waits_for_its_controller, dmas_buffers)
{
	const char *device = platform_device_of(b);
	struct utsname system;
	struct subject s;

	ASSERT_OK(uname(&system));
	unbind_controller(controller);
	EXPECT_TRUE(!device_is_bound(device));
	/* "Later", for who binds by hand; Linux 5.10 says it as it comes. */
	if (!strncmp(system.release, "5.10.", 5))
		EXPECT_ERRNO_IN(device_bind(device), ENODEV, EPROBE_DEFER);
	else
		EXPECT_ERRNO(device_bind(device), EAGAIN);
	EXPECT_TRUE(!device_is_bound(device));

	bind_controller(controller);
	bind_all_again();
	s = open_subject(b, 11);
	EXPECT_OK(copy(s.fd, b->size / 2, 0, 64));
	expect_copied(&s, b->size / 2, 0, 64);
}
