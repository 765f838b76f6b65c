// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each way by which the kernel takes a program's memory as pages, with a mapping of each
 * buffer: it works where pages are counted one by one (docs/abi.md), as far as the rights
 * of the mapping go, and is EFAULT elsewhere.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "routes.h"

#define RW	(PROT_READ | PROT_WRITE)

struct use {
	const struct route *route;
	const struct test_buffer *b;
};

/* A page that nobody has touched, and not the first one where there are more. */
static size_t some_page(const struct test_buffer *b)
{
	return b->size > 2 * PAGE ? b->size / 2 : 0;
}

static int filled(const struct test_buffer *b)
{
	int fd = open_buffer(b, O_RDWR);

	ASSERT_EQ(pwrite(fd, new_pattern(0, b->size, 1), b->size, 0), b->size);
	return fd;
}

/* The bytes of pattern 1, but for a page that others were written to. */
static void expect_buffer(const struct test_buffer *b, const unsigned char *page)
{
	unsigned char *wanted = new_pattern(0, b->size, 1), *back = new_bytes(b->size, 0);

	if (page)
		memcpy(wanted + some_page(b), page, ROUTE_SIZE);
	ASSERT_EQ(pread(open_buffer(b, O_RDONLY), back, b->size, 0), b->size);
	EXPECT_BYTES(back, wanted, b->size);
}

static void expect_it_works(const struct use *use, unsigned char *map)
{
	unsigned char *bytes = new_pattern(0, ROUTE_SIZE, use->route->into ? 2 : 3);
	size_t at = some_page(use->b);

	if (linux_version() < use->route->file_since) {
		EXPECT_ERRNO(use->route->run(map + at, bytes), EOPNOTSUPP);
		return;
	}
	EXPECT_EQ(use->route->run(map + at, bytes), ROUTE_SIZE);
	if (use->route->into)
		EXPECT_BYTES(map + at, new_pattern(0, ROUTE_SIZE, 2), ROUTE_SIZE);
	else
		EXPECT_BYTES(bytes, new_pattern(at, ROUTE_SIZE, 1), ROUTE_SIZE);
	expect_buffer(use->b, use->route->into ? bytes : NULL);
}

static void works_or_is_efault(const void *arg)
{
	const struct use *use = arg;
	unsigned char *bytes = new_bytes(ROUTE_SIZE, 0);

	if (is_pinnable(use->b)) {
		expect_it_works(use, map_buffer(use->b, filled(use->b)));
		return;
	}
	if (use->b->has_iommu)
		SKIP("behind an IOMMU these are ordinary pages");
	/* Of registers, no byte is asked for: reading one can change the device. */
	EXPECT_ERRNO(use->route->run(map_buffer(use->b, open_buffer(use->b, O_RDWR)), bytes),
		     EFAULT);
}

static void expect_no_more_than_read(const struct use *use, unsigned char *map)
{
	if (!use->route->writes) {
		expect_it_works(use, map);
		return;
	}
	EXPECT_ERRNO(use->route->run(map + some_page(use->b), new_bytes(ROUTE_SIZE, 2)), EFAULT);
	expect_buffer(use->b, NULL);
}

/* Of a file that may not be written to, and of one that may. */
static void of_a_read_only_view(const void *arg)
{
	const struct use *use = arg;
	size_t size = use->b->size;
	int fd = filled(use->b);

	expect_no_more_than_read(use, ASSERT_MAP(mmap(NULL, size, PROT_READ, MAP_SHARED,
						      open_buffer(use->b, O_RDONLY), 0)));
	expect_no_more_than_read(use, ASSERT_MAP(mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0)));
}

/* After the unbind there is nothing left to take. */
static void after_an_unbind_is_efault(const void *arg)
{
	const struct use *use = arg;
	unsigned char *map = map_buffer(use->b, filled(use->b));
	unsigned char *bytes = new_bytes(ROUTE_SIZE, 0);

	unbind_buffer(use->b);
	EXPECT_ERRNO(use->route->run(map, bytes), EFAULT);
}

static void add(harness_fn run, const char *test, const struct route *route,
		const struct test_buffer *b)
{
	struct use *use = malloc(sizeof(*use));

	use->route = route;
	use->b = b;
	harness_add(run, use, HARNESS_LIMIT, "zero_copy.%s%s.%s", route->name, test, b->name);
}

static void __attribute__((constructor)) add_tests(void)
{
	for (const struct route *route = routes; route->name; route++) {
		for (size_t i = 0; named_buffers[i]; i++)
			add(works_or_is_efault, "", route, named_buffers[i]);
		if (registers.present)
			add(works_or_is_efault, "", route, &registers);
		for (size_t i = 0; pinnable_buffers[i]; i++) {
			add(of_a_read_only_view, "_of_a_read_only_view", route,
			    pinnable_buffers[i]);
			add(after_an_unbind_is_efault, "_after_an_unbind", route,
			    pinnable_buffers[i]);
		}
	}
}
