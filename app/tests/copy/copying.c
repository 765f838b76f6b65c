// SPDX-License-Identifier: GPL-2.0-only
/*
 * What tests of COHBUF_IOC_COPY share; see copying.h.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "copying.h"

#define FACTS		"/etc/board.env"
#define MAX_CONTROLLERS	8

const struct test_buffer *copying_buffers[MAX_BUFFERS];
const struct test_buffer *chosen_buffers[4];
const struct test_buffer *lonely_buffers[MAX_BUFFERS];
const struct test_buffer *stuck_buffers[MAX_BUFFERS];

/* A controller: its device, and its driver. */
struct controller {
	char device[DEVICE_NAME_SIZE];
	char driver[PATH_MAX];
};

static struct controller controllers[MAX_CONTROLLERS];
static size_t num_controllers;

/* Lines of the file are NAME='VALUE'. */
const char *board_fact(const char *name)
{
	static char value[256];
	size_t len = strlen(name);
	char line[1024];
	FILE *facts = fopen(FACTS, "re");

	value[0] = '\0';
	while (facts && fgets(line, sizeof(line), facts)) {
		if (strncmp(line, name, len) || line[len] != '=')
			continue;
		snprintf(value, sizeof(value), "%s", line + len + 2);
		value[strcspn(value, "'")] = '\0';
	}
	if (facts)
		fclose(facts);
	return value;
}

size_t copy_unit(void)
{
	return strtoul(board_fact("BOARD_ENGINE_UNIT"), NULL, 0) ?: 1;
}

static const struct controller *find_controller(const char *device)
{
	for (size_t i = 0; i < num_controllers; i++)
		if (!strcmp(controllers[i].device, device))
			return &controllers[i];
	return NULL;
}

bool is_controller(const char *device)
{
	return find_controller(device);
}

const char *controller_of(const struct test_buffer *b)
{
	char engine[COHBUF_ENGINE_NAME_SIZE];
	const struct controller *c;

	ASSERT_OK(cohbuf_attribute(name_of(b), "engine", engine, sizeof(engine)));
	engine[strcspn(engine, "/")] = '\0';
	c = find_controller(engine);
	ASSERT_TRUE(c);
	return c->device;
}

bool is_slow(const struct test_buffer *b)
{
	struct cohbuf_copy copy = { .dst = b->size / 2, .length = 64, .timeout_ms = 20000 };
	int fd = open_buffer(b, O_RDWR);

	ASSERT_OK(ioctl(fd, COHBUF_IOC_COPY, &copy));
	close(fd);
	return copy.duration_ns > 100000000;
}

static void drive_controller(const char *device, const char *verb)
{
	const struct controller *c = find_controller(device);
	char path[PATH_MAX + 16];

	ASSERT_TRUE(c);
	snprintf(path, sizeof(path), "%s/%s", c->driver, verb);
	ASSERT_OK(file_write(path, device));
}

void bind_controller(const char *device)
{
	drive_controller(device, "bind");
}

void unbind_controller(const char *device)
{
	drive_controller(device, "unbind");
}

void bind_all_again(void)
{
	for (size_t i = 0; all_buffers[i]; i++)
		EXPECT_OK(ensure_bound(all_buffers[i]));
}

int copy_within(int fd, size_t dst, size_t src, size_t length, unsigned int timeout_ms)
{
	struct cohbuf_copy copy = {
		.src = src,
		.dst = dst,
		.length = length,
		.timeout_ms = timeout_ms,
	};

	return ioctl(fd, COHBUF_IOC_COPY, &copy);
}

int copy(int fd, size_t dst, size_t src, size_t length)
{
	return copy_within(fd, dst, src, length, 20000);
}

void refill(struct subject *s, unsigned int seed)
{
	fill_pattern(s->map, 0, s->b->size, seed);
	s->seed = seed;
}

struct subject open_subject(const struct test_buffer *b, unsigned int seed)
{
	struct subject s = { .b = b, .fd = open_buffer(b, O_RDWR) };

	s.map = map_buffer(b, s.fd);
	refill(&s, seed);
	return s;
}

void expect_copied(const struct subject *s, size_t dst, size_t src, size_t length)
{
	unsigned char *wanted = new_pattern(0, s->b->size, s->seed);

	memmove(wanted + dst, wanted + src, length);
	EXPECT_BYTES(s->map, wanted, s->b->size);
	free(wanted);
}

void expect_untouched(const struct subject *s)
{
	expect_copied(s, 0, 0, 0);
}

/* The folder of the driver of a device, on whatever bus that is. */
static bool find_driver(const char *device, char driver[PATH_MAX])
{
	static const char *const buses[] = { "platform", "amba", "pci" };
	char path[PATH_MAX];

	for (size_t i = 0; i < sizeof(buses) / sizeof(buses[0]); i++) {
		snprintf(path, sizeof(path), "/sys/bus/%s/devices/%s/driver", buses[i], device);
		if (realpath(path, driver))
			return true;
	}
	return false;
}

static void add_controller(const char *device)
{
	struct controller *c = &controllers[num_controllers];

	if (num_controllers == MAX_CONTROLLERS || !find_driver(device, c->driver))
		return;
	snprintf(c->device, sizeof(c->device), "%s", device);
	num_controllers++;
}

/* Sorts of buffers. */
static bool is_coherent(const struct test_buffer *b)
{
	return b->memory == COHBUF_MEMORY_COHERENT && !(b->flags & COHBUF_INFO_REGION);
}

static bool is_coherent_in_a_region(const struct test_buffer *b)
{
	return b->memory == COHBUF_MEMORY_COHERENT && b->flags & COHBUF_INFO_REGION;
}

static bool is_scattered(const struct test_buffer *b)
{
	return b->memory == COHBUF_MEMORY_CACHED && b->has_iommu;
}

static bool is_handed_over(const struct test_buffer *b)
{
	return b->memory == COHBUF_MEMORY_CACHED && needs_sync(b);
}

static bool is_cached(const struct test_buffer *b)
{
	return b->memory == COHBUF_MEMORY_CACHED;
}

/* The smallest: what takes long is done in these. */
static bool choose(bool (*is_of_the_sort)(const struct test_buffer *))
{
	const struct test_buffer **chosen = chosen_buffers;

	while (*chosen)
		chosen++;

	for (size_t i = 0; copying_buffers[i]; i++)
		if (is_of_the_sort(copying_buffers[i]) &&
		    (!*chosen || copying_buffers[i]->size < (*chosen)->size))
			*chosen = copying_buffers[i];
	return *chosen;
}

static void __attribute__((constructor(102))) read_board(void)
{
	bool stuck = !strcmp(board_fact("BOARD_ENGINE_STUCK"), "yes");
	size_t copying = 0, lonely = 0;
	char names[256], *rest = names, *name;

	snprintf(names, sizeof(names), "%s", board_fact("BOARD_ENGINE"));
	while ((name = strsep(&rest, " ")))
		if (*name)
			add_controller(name);

	for (size_t i = 0; all_buffers[i]; i++) {
		if (!(all_buffers[i]->flags & COHBUF_INFO_ENGINE))
			lonely_buffers[lonely++] = all_buffers[i];
		else if (stuck)
			stuck_buffers[copying++] = all_buffers[i];
		else
			copying_buffers[copying++] = all_buffers[i];
	}

	choose(is_coherent);
	choose(is_coherent_in_a_region);
	/* Of cached memory one, with which a copy has most to do. */
	if (!choose(is_scattered) && !choose(is_handed_over))
		choose(is_cached);
}
