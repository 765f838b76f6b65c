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
#include "tree.h"

#define FACTS		"/etc/board.env"
#define MAX_CONTROLLERS	8

const struct test_buffer *copying_buffers[MAX_BUFFERS];
const struct test_buffer *chosen_buffers[3];
const struct test_buffer *lonely_buffers[MAX_BUFFERS];
const struct test_buffer *stuck_buffers[MAX_BUFFERS];

/* A controller: its device, its driver, and its node in the tree. */
struct controller {
	char device[DEVICE_NAME_SIZE];
	char driver[PATH_MAX];
	char node[PATH_MAX];
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

static struct cohbuf_copy try_copy(const struct test_buffer *b)
{
	struct cohbuf_copy copy = { .dst = b->size / 2, .length = 64, .timeout_ms = 20000 };
	int fd = open_buffer(b, O_RDWR);

	ASSERT_OK(ioctl(fd, COHBUF_IOC_COPY, &copy));
	close(fd);
	return copy;
}

const char *controller_of(const struct test_buffer *b)
{
	struct cohbuf_copy copy = try_copy(b);
	const struct controller *c;

	copy.engine[strcspn(copy.engine, "/")] = '\0';
	c = find_controller(copy.engine);
	ASSERT_TRUE(c);
	return c->device;
}

bool is_slow(const struct test_buffer *b)
{
	return try_copy(b).duration_ns > 100000000;
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

/* @file is a link below the device of one controller; what it stands for. */
static bool read_link(const char *device, const char *file, char target[PATH_MAX])
{
	static const char *const buses[] = { "platform", "amba", "pci" };
	char path[PATH_MAX];

	for (size_t i = 0; i < sizeof(buses) / sizeof(buses[0]); i++) {
		snprintf(path, sizeof(path), "/sys/bus/%s/devices/%s/%s", buses[i],
			 device, file);
		if (realpath(path, target))
			return true;
	}
	return false;
}

static void add_controller(const char *device)
{
	static const char base[] = "/sys/firmware/devicetree/base";
	struct controller *c = &controllers[num_controllers];
	char path[PATH_MAX];

	if (num_controllers == MAX_CONTROLLERS || !read_link(device, "of_node", path) ||
	    !read_link(device, "driver", c->driver))
		return;
	snprintf(c->device, sizeof(c->device), "%s", device);
	snprintf(c->node, sizeof(c->node), "%s", path + strlen(base));
	num_controllers++;
}

static bool same_window(struct tree_window a, struct tree_window b)
{
	return a.first == b.first && a.end == b.end;
}

/* By the tree: the same addresses, and caches are snooped where they are used. */
static bool is_seen_by(const struct test_buffer *b, const struct controller *c)
{
	char node[PATH_MAX];

	if (!tree_find(b->node, node) || b->has_iommu ||
	    tree_inherits(c->node, "iommus") || tree_inherits(c->node, "iommu-map"))
		return false;
	if (b->flags & COHBUF_INFO_DMA_COHERENT && !tree_is_coherent(c->node))
		return false;
	return same_window(tree_dma_view(node, tree_ram()), tree_dma_view(c->node, tree_ram()));
}

static bool is_seen(const struct test_buffer *b)
{
	if (b->flags & COHBUF_INFO_ENGINE)
		return true;
	for (size_t i = 0; i < num_controllers; i++)
		if (is_seen_by(b, &controllers[i]))
			return true;
	return false;
}

static void choose(uint32_t engine)
{
	size_t chosen = !!chosen_buffers[0];

	for (size_t i = 0; copying_buffers[i]; i++)
		if ((copying_buffers[i]->flags & COHBUF_INFO_ENGINE) == engine) {
			chosen_buffers[chosen] = copying_buffers[i];
			return;
		}
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
		if (!is_seen(all_buffers[i]))
			lonely_buffers[lonely++] = all_buffers[i];
		else if (stuck)
			stuck_buffers[copying++] = all_buffers[i];
		else
			copying_buffers[copying++] = all_buffers[i];
	}

	choose(0);
	choose(COHBUF_INFO_ENGINE);
}
