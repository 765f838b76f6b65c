// SPDX-License-Identifier: GPL-2.0-only
/*
 * The test engine, told to misbehave; see test_engine.h.
 */
#include <glob.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "test_engine.h"
#include "tests/harness/asleep.h"

#define PARAMETERS	"/sys/module/fw_cfg_dma/parameters"

const struct test_buffer *engine_buffers[3];

static char controller[DEVICE_NAME_SIZE];

const char *engine_device(void)
{
	return controller;
}

bool engine_copies_in(const struct test_buffer *b)
{
	char engine[COHBUF_ENGINE_NAME_SIZE];

	return *controller && !cohbuf_attribute(b->name, "engine", engine, sizeof(engine)) &&
	       !strncmp(engine, controller, strlen(controller));
}

static void read_controller(void)
{
	glob_t found;

	if (access(PARAMETERS, F_OK) ||
	    glob("/sys/bus/platform/devices/*.fw-cfg", 0, NULL, &found))
		return;
	snprintf(controller, sizeof(controller), "%s", basename(found.gl_pathv[0]));
	globfree(&found);
}

static void __attribute__((constructor(103))) choose_buffers(void)
{
	size_t count = 0;

	read_controller();
	for (size_t i = 0; chosen_buffers[i]; i++)
		if (engine_copies_in(chosen_buffers[i]))
			engine_buffers[count++] = chosen_buffers[i];
}

/* Is it told to? Shared with the processes of the tests. */
static bool *misbehaves;

static const char *path_of(const char *parameter)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), PARAMETERS "/%s", parameter);
	return path;
}

void engine_set(const char *fault, unsigned int value)
{
	char text[16];

	*misbehaves = true;
	snprintf(text, sizeof(text), "%u", value);
	ASSERT_OK(file_write(path_of(fault), text));
}

unsigned int engine_count(const char *counter)
{
	char text[16] = "";

	ASSERT_OK(file_read_line(path_of(counter), text, sizeof(text)));
	return strtoul(text, NULL, 10);
}

void engine_await(const char *counter, unsigned int count)
{
	while (engine_count(counter) < count)
		sched_yield();
}

void engine_behave(void)
{
	static const char *const names[] = {
		"hang", "fail", "drop", "shift", "delay_ms", "late_ms", "late_fail", "no_wait",
		"no_stop", "channels", "gap", "align", "max_seg", "slave"
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		file_write(path_of(names[i]), "0");
	*misbehaves = false;
}

/* The engine must not stay as a test left it. */
static void restore_engine(const void *arg __attribute__((unused)))
{
	if (*misbehaves)
		engine_behave();
}

static void __attribute__((constructor)) add_teardown(void)
{
	misbehaves = mmap(NULL, sizeof(*misbehaves), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (misbehaves == MAP_FAILED)
		abort();
	harness_add_teardown(restore_engine);
}

void engine_rebind(void)
{
	unbind_controller(controller);
	bind_controller(controller);
	bind_all_again();
}

void engine_leave_a_callback(int fd, const struct test_buffer *b)
{
	engine_set("no_wait", 1);
	engine_set("late_ms", 500);
	engine_set("hang", 1);
	EXPECT_ERRNO(copy_within(fd, b->size / 2, 0, 64, 100), ETIMEDOUT);
	engine_set("hang", 0);
}

static void *run_copy(void *arg)
{
	struct long_copy *copy = arg;

	copy->tid = syscall(SYS_gettid);
	errno = 0;
	copy_within(copy->s->fd, copy->s->b->size / 2, 0, 64, copy->timeout_ms);
	copy->error = errno;
	return NULL;
}

static void create_copy(struct long_copy *copy)
{
	copy->tid = 0;
	copy->error = 0;
	ASSERT_EQ(pthread_create(&copy->thread, NULL, run_copy, copy), 0);
	while (!copy->tid)
		sched_yield();
}

void start_copy(struct long_copy *copy)
{
	create_copy(copy);
	/* All that it does is to copy. */
	await_asleep(copy->tid);
}

void start_copy_that_hangs(struct long_copy *copy)
{
	unsigned int hung = engine_count("hung");

	engine_set("hang", 1);
	create_copy(copy);
	engine_await("hung", hung + 1);
	await_asleep(copy->tid);
}

int join_copy(struct long_copy *copy)
{
	ASSERT_EQ(pthread_join(copy->thread, NULL), 0);
	return copy->error;
}

long elapsed_ms(double start)
{
	return (monotonic() - start) * 1000;
}
