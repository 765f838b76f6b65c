// SPDX-License-Identifier: GPL-2.0-only
/*
 * ioctl(2): COPY. What moves, who moved it, and every request that is refused.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "copying.h"

_Static_assert(sizeof(struct cohbuf_copy) == 0x80, "size");
_Static_assert(offsetof(struct cohbuf_copy, src) == 0x00, "src");
_Static_assert(offsetof(struct cohbuf_copy, dst) == 0x08, "dst");
_Static_assert(offsetof(struct cohbuf_copy, length) == 0x10, "length");
_Static_assert(offsetof(struct cohbuf_copy, timeout_ms) == 0x18, "timeout_ms");
_Static_assert(offsetof(struct cohbuf_copy, flags) == 0x1c, "flags");
_Static_assert(offsetof(struct cohbuf_copy, duration_ns) == 0x20, "duration_ns");
_Static_assert(offsetof(struct cohbuf_copy, transfers) == 0x28, "transfers");
_Static_assert(offsetof(struct cohbuf_copy, reserved) == 0x2c, "reserved");
_Static_assert(offsetof(struct cohbuf_copy, engine) == 0x40, "engine");
_Static_assert(COHBUF_IOC_COPY == 0xc080bc01, "COPY");
_Static_assert(COHBUF_INFO_ENGINE == 8, "ENGINE");

/* Else a board whose controller is missing would pass for one without. */
TEST(copy, controllers_of_the_board_are_there)
{
	char names[256], *rest = names, *name;
	bool any = false;

	ASSERT_TRUE(*board_fact("BOARD"));
	snprintf(names, sizeof(names), "%s", board_fact("BOARD_ENGINE"));
	while ((name = strsep(&rest, " "))) {
		if (!*name)
			continue;
		any = true;
		harness_check(HARNESS_HERE(false), is_controller(name), "%s is there", name);
	}
	EXPECT_EQ(any, copying_buffers[0] || stuck_buffers[0]);
}

/* Lengths around what engines, pages and caches have as units, to and fro. */
TEST_EACH_LIMIT(copy, moves_the_bytes_and_no_others, copying_buffers, 90)
{
	const size_t unit = copy_unit(), room = b->size / 2;
	const size_t lengths[] = {
		unit, 2 * unit, 3 * unit, 32 - unit, 32, 32 + unit, 64, 64 + unit,
		PAGE - unit, PAGE, PAGE + unit, 5 * PAGE + 7 * unit
	};
	struct subject s = open_subject(b, 1);
	unsigned int seed = 1;

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		size_t length = lengths[i];

		if (length > room)
			continue;
		/* A pattern fills the buffer; the engine copies; every byte is looked at. */
		refill(&s, ++seed);
		ASSERT_OK(copy(s.fd, room, 0, length));
		expect_copied(&s, room, 0, length);

		/* And back, so that it ends with the last byte of the buffer. */
		refill(&s, ++seed);
		ASSERT_OK(copy(s.fd, 0, b->size - length, length));
		expect_copied(&s, 0, b->size - length, length);
	}
}

/* Source and target at every offset from the boundary of a cache line. */
TEST_EACH_LIMIT(copy, moves_the_bytes_of_any_alignment, copying_buffers, 90)
{
	const size_t unit = copy_unit(), room = b->size / 2, length = 24;
	struct subject s = open_subject(b, 1);

	for (size_t at = 0; at < 64; at += unit * 3) {
		refill(&s, 2 + at);
		ASSERT_OK(copy(s.fd, room + at, 64 - unit, length));
		expect_copied(&s, room + at, 64 - unit, length);
		refill(&s, 3 + at);
		ASSERT_OK(copy(s.fd, 64 + unit, room + at, length));
		expect_copied(&s, 64 + unit, room + at, length);
	}
}

TEST_EACH_LIMIT(copy, moves_half_the_buffer, copying_buffers, 60)
{
	struct subject s = open_subject(b, 4);

	if (b->size > 16 * PAGE && is_slow(b))
		SKIP("this engine would take minutes");
	/* The first half onto the second: as long as a copy can be. */
	ASSERT_OK(copy_within(s.fd, b->size / 2, 0, b->size / 2, 30000));
	expect_copied(&s, b->size / 2, 0, b->size / 2);
	refill(&s, 5);
	ASSERT_OK(copy_within(s.fd, 0, b->size / 2, b->size / 2, 30000));
	expect_copied(&s, 0, b->size / 2, b->size / 2);
}

/* No call in between: that is what "coherent" promises. */
TEST_EACH_LIMIT(copy, goes_to_and_fro, copying_buffers, 60)
{
	const size_t room = b->size / 2, length = 1024;
	struct subject s = open_subject(b, 6);

	for (int i = 0; i < 20; i++) {
		memset(s.map + room, 0, length);
		ASSERT_OK(copy(s.fd, room, 0, length));
		memset(s.map, 0, length);
		ASSERT_OK(copy(s.fd, 0, room, length));
		EXPECT_BYTES(s.map, new_pattern(0, length, 6), length);
	}
}

TEST_EACH(copy, of_what_write_put_there_is_seen_by_read, copying_buffers)
{
	const size_t room = b->size / 2, length = 256;
	unsigned char *data = new_pattern(0, length, 7), *back = new_bytes(length, 0);
	int fd = open_buffer(b, O_RDWR);

	ASSERT_EQ(pwrite(fd, data, length, 0), length);
	ASSERT_OK(copy(fd, room, 0, length));
	ASSERT_EQ(pread(fd, back, length, room), length);
	EXPECT_BYTES(back, data, length);
}

/* "DEVICE/CHANNEL", the device one that the board states. */
TEST_EACH(copy, says_who_did_it_and_how_long, copying_buffers)
{
	struct cohbuf_copy copy = { .dst = b->size / 2, .length = 256 };
	char device[COHBUF_ENGINE_NAME_SIZE], path[128];
	int fd = open_buffer(b, O_RDWR);
	struct timespec start, end;
	long long took_ns;
	char *slash;

	memset(copy.engine, 0xa5, sizeof(copy.engine));
	copy.duration_ns = ~0ULL;
	copy.transfers = ~0U;
	clock_gettime(CLOCK_MONOTONIC, &start);
	ASSERT_OK(ioctl(fd, COHBUF_IOC_COPY, &copy));
	clock_gettime(CLOCK_MONOTONIC, &end);
	EXPECT_GT(copy.duration_ns, 0);
	/* It is a part of what the call took, however slow the board is. */
	took_ns = (end.tv_sec - start.tv_sec) * 1000000000LL + end.tv_nsec - start.tv_nsec;
	EXPECT_LE(copy.duration_ns, took_ns);
	EXPECT_EQ(copy.transfers, 1);

	ASSERT_LE(strnlen(copy.engine, sizeof(copy.engine)), sizeof(copy.engine) - 1);
	snprintf(device, sizeof(device), "%s", copy.engine);
	slash = strchr(device, '/');
	ASSERT_TRUE(slash);
	*slash = '\0';
	EXPECT_TRUE(strstr(board_fact("BOARD_ENGINE"), device));
	snprintf(path, sizeof(path), "/sys/class/dma/%s", slash + 1);
	EXPECT_OK(access(path, F_OK));
}

/* sysfs knows it before the first copy. */
TEST_EACH(copy, engine_in_sysfs_is_the_one_that_copies, copying_buffers)
{
	struct cohbuf_copy copy = { .dst = b->size / 2, .length = 256 };
	char engine[COHBUF_ENGINE_NAME_SIZE] = "?";

	ASSERT_OK(cohbuf_attribute(name_of(b), "engine", engine, sizeof(engine)));
	ASSERT_OK(ioctl(open_buffer(b, O_RDWR), COHBUF_IOC_COPY, &copy));
	EXPECT_STREQ(copy.engine, engine);
}

/* Whatever engines there are: none is used that the node does not name. */
TEST_EACH(copy, without_an_engine_is_eopnotsupp, lonely_buffers)
{
	struct cohbuf_copy copy = { .dst = b->size / 2, .length = 64 };
	char engine[COHBUF_ENGINE_NAME_SIZE] = "?";
	struct subject s = open_subject(b, 8);

	EXPECT_OK(cohbuf_attribute(name_of(b), "engine", engine, sizeof(engine)));
	EXPECT_STREQ(engine, "");

	memset(copy.engine, 0xa5, sizeof(copy.engine));
	EXPECT_ERRNO(ioctl(s.fd, COHBUF_IOC_COPY, &copy), EOPNOTSUPP);
	EXPECT_STREQ(copy.engine, "");
	EXPECT_EQ(copy.duration_ns, 0);
	EXPECT_EQ(copy.transfers, 0);
	expect_untouched(&s);
}

/* What such an engine writes later is nobody's business: it was stopped. */
TEST_EACH(copy, by_an_engine_that_is_stuck_is_etimedout, stuck_buffers)
{
	struct cohbuf_copy copy = { .dst = b->size / 2, .length = 64, .timeout_ms = 200 };
	struct subject s = open_subject(b, 9);

	for (int i = 0; i < 3; i++) {
		EXPECT_ERRNO(ioctl(s.fd, COHBUF_IOC_COPY, &copy), ETIMEDOUT);
		EXPECT_TRUE(strchr(copy.engine, '/'));
		EXPECT_EQ(copy.duration_ns, 0);
		EXPECT_EQ(copy.transfers, 0);
	}
	expect_untouched(&s);
}

TEST_EACH(copy, of_bad_ranges_is_refused, all_buffers)
{
	const size_t size = b->size, half = size / 2;
	struct subject s = open_subject(b, 10);

	EXPECT_ERRNO(copy(s.fd, half, 0, 0), EINVAL);
	EXPECT_ERRNO(copy(s.fd, 0, 0, 64), EINVAL);
	EXPECT_ERRNO(copy(s.fd, 64, 0, 128), EINVAL);
	EXPECT_ERRNO(copy(s.fd, 0, 64, 128), EINVAL);
	EXPECT_ERRNO(copy(s.fd, 63, 0, 64), EINVAL);
	EXPECT_ERRNO(copy(s.fd, 0, 0, size), EINVAL);
	EXPECT_ERRNO(copy(s.fd, half, 0, half + 1), ENXIO);
	EXPECT_ERRNO(copy(s.fd, 0, half, half + 1), ENXIO);
	EXPECT_ERRNO(copy(s.fd, size, 0, 64), ENXIO);
	EXPECT_ERRNO(copy(s.fd, 0, size, 64), ENXIO);
	EXPECT_ERRNO(copy(s.fd, size - 63, 0, 64), ENXIO);
	expect_untouched(&s);
}

TEST_EACH(copy, of_ranges_that_wrap_is_enxio, all_buffers)
{
	static const struct cohbuf_copy wraps[] = {
		{ .src = ~0ULL, .dst = 0, .length = 4 },
		{ .src = 0, .dst = ~0ULL, .length = 4 },
		{ .src = ~0ULL - 3, .dst = 0, .length = 4 },
		{ .src = 0, .dst = 64, .length = ~0ULL },
		{ .src = 64, .dst = 0, .length = ~0ULL - 63 },
		{ .src = 1ULL << 63, .dst = 0, .length = 1ULL << 63 },
		{ .src = 0, .dst = 64, .length = (1ULL << 32) + 4 },
		{ .src = 1ULL << 32, .dst = 64, .length = 4 },
		{ .src = 0, .dst = (1ULL << 32) + 64, .length = 4 },
	};
	struct subject s = open_subject(b, 11);

	for (size_t i = 0; i < sizeof(wraps) / sizeof(wraps[0]); i++) {
		struct cohbuf_copy copy = wraps[i];

		EXPECT_ERRNO(ioctl(s.fd, COHBUF_IOC_COPY, &copy), ENXIO);
	}
	expect_untouched(&s);
}

TEST_EACH(copy, with_unknown_fields_is_einval, all_buffers)
{
	const struct cohbuf_copy good = { .dst = b->size / 2, .length = 64 };
	int fd = open_buffer(b, O_RDWR);
	struct cohbuf_copy copy;

	for (unsigned int bit = 0; bit < 32; bit++) {
		copy = good;
		copy.flags = 1U << bit;
		EXPECT_ERRNO(ioctl(fd, COHBUF_IOC_COPY, &copy), EINVAL);
	}
	for (size_t i = 0; i < sizeof(copy.reserved) / sizeof(copy.reserved[0]); i++) {
		copy = good;
		copy.reserved[i] = 1U << 31;
		EXPECT_ERRNO(ioctl(fd, COHBUF_IOC_COPY, &copy), EINVAL);
	}
	copy = good;
	copy.timeout_ms = COHBUF_COPY_TIMEOUT_MAX + 1;
	EXPECT_ERRNO(ioctl(fd, COHBUF_IOC_COPY, &copy), EINVAL);
}

TEST_EACH(copy, needs_a_file_open_for_both, all_buffers)
{
	EXPECT_ERRNO(copy(open_buffer(b, O_RDONLY), b->size / 2, 0, 64), EBADF);
	EXPECT_ERRNO(copy(open_buffer(b, O_WRONLY), b->size / 2, 0, 64), EBADF);
}

TEST(copy, bad_pointer_is_efault)
{
	int fd = open_buffer(&plain, O_RDWR);
	unsigned char *map = ASSERT_MAP(mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
					     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	ASSERT_OK(munmap(map + PAGE, PAGE));
	EXPECT_ERRNO(ioctl(fd, COHBUF_IOC_COPY, NULL), EFAULT);
	EXPECT_ERRNO(ioctl(fd, COHBUF_IOC_COPY, (void *)-PAGE), EFAULT);
	EXPECT_ERRNO(ioctl(fd, COHBUF_IOC_COPY, map + PAGE - 64), EFAULT);
}

/* The request can be read, the results cannot be written. */
TEST_EACH(copy, whose_results_cannot_be_written_is_efault, copying_buffers)
{
	int fd = open_buffer(b, O_RDWR);
	struct cohbuf_copy *copy = ASSERT_MAP(mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
						   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	*copy = (struct cohbuf_copy){ .dst = b->size / 2, .length = 64 };
	ASSERT_OK(mprotect(copy, PAGE, PROT_READ));
	EXPECT_ERRNO(ioctl(fd, COHBUF_IOC_COPY, copy), EFAULT);
}

struct copier {
	const struct subject *s;
	size_t at;
	size_t length;
};

static void *copy_own_part(void *arg)
{
	struct copier *c = arg;

	for (int i = 0; i < 10; i++)
		EXPECT_OK(copy_within(c->s->fd, c->s->b->size / 2 + c->at, c->at,
				      c->length, COHBUF_COPY_TIMEOUT_MAX));
	return NULL;
}

/* They take turns; none gets lost. */
TEST_EACH_LIMIT(copy, of_four_threads_at_once_works, copying_buffers, 60)
{
	enum { THREADS = 4 };
	struct subject s = open_subject(b, 12);
	struct copier copiers[THREADS];
	pthread_t threads[THREADS];
	size_t part = b->size / 2 / THREADS;

	for (int i = 0; i < THREADS; i++) {
		copiers[i] = (struct copier){ &s, i * part, part > 1024 ? 1024 : part };
		ASSERT_EQ(pthread_create(&threads[i], NULL, copy_own_part, &copiers[i]), 0);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < THREADS; i++)
		EXPECT_BYTES(s.map + b->size / 2 + i * part,
			     new_pattern(i * part, copiers[i].length, 12), copiers[i].length);
}

TEST_EACH(copy, after_an_unbind_is_enodev, all_buffers)
{
	int fd = open_buffer(b, O_RDWR);

	unbind_buffer(b);
	EXPECT_ERRNO(copy(fd, b->size / 2, 0, 64), ENODEV);
	EXPECT_ERRNO(copy(fd, 0, 0, 0), ENODEV);
}
