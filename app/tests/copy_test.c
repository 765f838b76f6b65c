// SPDX-License-Identifier: GPL-2.0-only
/*
 * ioctl(2): COPY, on whatever buffers the board has.
 *
 *	copy_test [engine=CONTROLLER] [FILTER...]
 *
 * With a controller it must move the bytes in every buffer but "elsewhere", which
 * stands on another bus; without one there is no engine on the board, and a copy
 * must say so.
 */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "device.h"
#include "harness.h"

#define PAGE	4096UL

/* What every engine can do: QEMU's bcm2835-dma wants whole words. */
#define UNIT	4UL

_Static_assert(sizeof(struct cohbuf_copy) == 0x80, "size");
_Static_assert(offsetof(struct cohbuf_copy, timeout_ms) == 0x18, "timeout_ms");
_Static_assert(offsetof(struct cohbuf_copy, duration_ns) == 0x20, "duration_ns");
_Static_assert(offsetof(struct cohbuf_copy, transfers) == 0x28, "transfers");
_Static_assert(offsetof(struct cohbuf_copy, reserved) == 0x2c, "reserved");
_Static_assert(offsetof(struct cohbuf_copy, engine) == 0x40, "engine");
_Static_assert(COHBUF_IOC_COPY == 0xc080bc01, "COPY");

static const char *controller;

struct open_buffer {
	int fd;
	size_t size;
	unsigned char *map;
};

static struct open_buffer open_buffer(const char *name)
{
	struct cohbuf_info info;
	struct open_buffer b;

	b.fd = ASSERT_OK(buffer_open(name, O_RDWR));
	ASSERT_OK(buffer_info(b.fd, &info));
	b.size = info.size;
	b.map = ASSERT_MAP(mmap(NULL, b.size, PROT_READ | PROT_WRITE, MAP_SHARED, b.fd, 0));
	return b;
}

static int copy(const struct open_buffer *b, size_t dst, size_t src, size_t length)
{
	struct cohbuf_copy copy = { .src = src, .dst = dst, .length = length };

	return ioctl(b->fd, COHBUF_IOC_COPY, &copy);
}

static unsigned char byte_at(size_t i, unsigned int seed)
{
	return (i * 7 + (i >> 8) * 31 + seed * 59) % 251;
}

static void fill(const struct open_buffer *b, unsigned int seed)
{
	for (size_t i = 0; i < b->size; i++)
		b->map[i] = byte_at(i, seed);
}

/* All but the target is as it was, the bytes before and behind it too. */
static void expect_copied(const struct open_buffer *b, size_t dst, size_t src,
			  size_t length, unsigned int seed)
{
	size_t wrong = 0, first = 0;

	for (size_t i = 0; i < b->size; i++) {
		bool inside = i >= dst && i - dst < length;
		unsigned char wanted = byte_at(inside ? i - dst + src : i, seed);

		if (b->map[i] != wanted && !wrong++)
			first = i;
	}
	if (wrong)
		harness_note("%zu bytes are wrong, the first at %#zx", wrong, first);
	EXPECT_EQ(wrong, 0);
}

static void moves_the_bytes(const void *name)
{
	struct open_buffer b = open_buffer(name);
	static const size_t lengths[] = {
		UNIT, 2 * UNIT, 64, PAGE - UNIT, PAGE, PAGE + UNIT, 16 * PAGE,
	};
	unsigned int seed = 1;

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		size_t length = lengths[i], room = b.size / 2;

		if (length > room)
			continue;
		fill(&b, seed);
		ASSERT_OK(copy(&b, room, 0, length));
		expect_copied(&b, room, 0, length, seed++);
		fill(&b, seed);
		ASSERT_OK(copy(&b, UNIT, b.size - length, length > room - UNIT ?
			       room - UNIT : length));
		expect_copied(&b, UNIT, b.size - length,
			      length > room - UNIT ? room - UNIT : length, seed++);
	}
	fill(&b, seed);
	ASSERT_OK(copy(&b, 0, b.size / 2, b.size / 2));
	expect_copied(&b, 0, b.size / 2, b.size / 2, seed);
}

static void says_who_did_it(const void *name)
{
	struct open_buffer b = open_buffer(name);
	struct cohbuf_copy copy = { .src = 0, .dst = b.size / 2, .length = b.size / 2 };

	memset(copy.engine, 0xa5, sizeof(copy.engine));
	copy.duration_ns = ~0ULL;
	copy.transfers = ~0U;
	ASSERT_OK(ioctl(b.fd, COHBUF_IOC_COPY, &copy));
	EXPECT_TRUE(!strncmp(copy.engine, controller, strlen(controller)));
	EXPECT_EQ(copy.engine[strlen(controller)], '/');
	EXPECT_GT(copy.duration_ns, 0);
	EXPECT_LT(copy.duration_ns, 1000000000LL);
	EXPECT_GE(copy.transfers, 1);
	EXPECT_LE(copy.transfers, 1000);
}

static void goes_to_and_fro(const void *name)
{
	struct open_buffer b = open_buffer(name);
	size_t half = b.size / 2;

	fill(&b, 3);
	for (int i = 0; i < 50; i++) {
		memset(b.map + half, 0, half);
		ASSERT_OK(copy(&b, half, 0, half));
		memset(b.map, 0, half);
		ASSERT_OK(copy(&b, 0, half, half));
	}
	expect_copied(&b, half, 0, half, 3);
}

static void says_that_there_is_no_engine(const void *name)
{
	struct open_buffer b = open_buffer(name);

	fill(&b, 5);
	EXPECT_ERRNO(copy(&b, b.size / 2, 0, UNIT), EOPNOTSUPP);
	expect_copied(&b, 0, 0, 0, 5);
}

static void refuses_bad_ranges(const void *name)
{
	struct open_buffer b = open_buffer(name);
	const size_t size = b.size, half = size / 2;

	fill(&b, 7);
	EXPECT_ERRNO(copy(&b, half, 0, 0), EINVAL);
	EXPECT_ERRNO(copy(&b, 0, 0, UNIT), EINVAL);
	EXPECT_ERRNO(copy(&b, UNIT, 0, 2 * UNIT), EINVAL);
	EXPECT_ERRNO(copy(&b, 0, UNIT, 2 * UNIT), EINVAL);
	EXPECT_ERRNO(copy(&b, half, 0, half + 1), ENXIO);
	EXPECT_ERRNO(copy(&b, 0, half, half + 1), ENXIO);
	EXPECT_ERRNO(copy(&b, size, 0, UNIT), ENXIO);
	EXPECT_ERRNO(copy(&b, 0, size, UNIT), ENXIO);
	expect_copied(&b, 0, 0, 0, 7);
}

static void refuses_ranges_that_wrap(const void *name)
{
	struct open_buffer b = open_buffer(name);
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

	fill(&b, 9);
	for (size_t i = 0; i < sizeof(wraps) / sizeof(wraps[0]); i++) {
		struct cohbuf_copy copy = wraps[i];

		EXPECT_ERRNO(ioctl(b.fd, COHBUF_IOC_COPY, &copy), ENXIO);
	}
	expect_copied(&b, 0, 0, 0, 9);
}

static void refuses_unknown_fields(const void *name)
{
	struct open_buffer b = open_buffer(name);
	struct cohbuf_copy copy;

	for (unsigned int bit = 0; bit < 32; bit++) {
		copy = (struct cohbuf_copy){ .dst = b.size / 2, .length = UNIT,
					     .flags = 1U << bit };
		EXPECT_ERRNO(ioctl(b.fd, COHBUF_IOC_COPY, &copy), EINVAL);
	}
	for (size_t i = 0; i < sizeof(copy.reserved) / sizeof(copy.reserved[0]); i++) {
		copy = (struct cohbuf_copy){ .dst = b.size / 2, .length = UNIT };
		copy.reserved[i] = 1U << 31;
		EXPECT_ERRNO(ioctl(b.fd, COHBUF_IOC_COPY, &copy), EINVAL);
	}
	copy = (struct cohbuf_copy){ .dst = b.size / 2, .length = UNIT,
				     .timeout_ms = COHBUF_COPY_TIMEOUT_MAX + 1 };
	EXPECT_ERRNO(ioctl(b.fd, COHBUF_IOC_COPY, &copy), EINVAL);
}

static void needs_both_directions(const void *name)
{
	static const int modes[] = { O_RDONLY, O_WRONLY };

	for (int i = 0; i < 2; i++) {
		struct cohbuf_copy copy = { .dst = 64, .length = UNIT };
		int fd = ASSERT_OK(buffer_open(name, modes[i]));

		EXPECT_ERRNO(ioctl(fd, COHBUF_IOC_COPY, &copy), EBADF);
		close(fd);
	}
}

static void refuses_bad_pointers(const void *name)
{
	struct open_buffer b = open_buffer(name);

	EXPECT_ERRNO(ioctl(b.fd, COHBUF_IOC_COPY, NULL), EFAULT);
	EXPECT_ERRNO(ioctl(b.fd, COHBUF_IOC_COPY, (void *)-PAGE), EFAULT);
}

static void is_enodev_after_unbind(const void *name)
{
	struct open_buffer b = open_buffer(name);
	char device[DEVICE_NAME_SIZE];

	ASSERT_OK(buffer_device(name, device));
	ASSERT_OK(device_unbind(device));
	EXPECT_ERRNO(copy(&b, b.size / 2, 0, UNIT), ENODEV);
	ASSERT_OK(device_bind(device));
}

static atomic_bool stop;

/* Copies until the buffer is gone; the only excuse is that. */
static void *copy_until_unbound(void *arg)
{
	struct open_buffer *b = arg;

	while (!copy(b, b->size / 2, 0, b->size / 2))
		;
	EXPECT_EQ(errno, ENODEV);
	return NULL;
}

static void survives_unbind_in_mid_copy(const void *name)
{
	char device[DEVICE_NAME_SIZE];

	ASSERT_OK(buffer_device(name, device));
	for (int i = 0; i < 50; i++) {
		struct open_buffer b = open_buffer(name);
		pthread_t threads[2];

		for (int t = 0; t < 2; t++)
			ASSERT_EQ(pthread_create(&threads[t], NULL, copy_until_unbound, &b), 0);
		ASSERT_OK(copy(&b, b.size / 2, 0, UNIT));
		ASSERT_OK(device_unbind(device));
		for (int t = 0; t < 2; t++)
			pthread_join(threads[t], NULL);
		munmap(b.map, b.size);
		close(b.fd);
		ASSERT_OK(device_bind(device));
	}
}

/* Copies whatever comes: the buffer or the controller may be gone. */
static void *copy_until_stopped(void *arg)
{
	while (!stop) {
		struct cohbuf_info info;
		struct open_buffer b = { .fd = buffer_open(arg, O_RDWR) };

		if (b.fd < 0)
			continue;
		if (!buffer_info(b.fd, &info)) {
			b.size = info.size;
			if (copy(&b, b.size / 2, 0, b.size / 2))
				EXPECT_TRUE(errno == ENODEV || errno == EOPNOTSUPP ||
					    errno == EBUSY);
		}
		close(b.fd);
	}
	return NULL;
}

/* The driver of the controller, as sysfs has it. */
static void drive_controller(const char *verb)
{
	char driver[256], link[320], path[512];
	ssize_t len;

	snprintf(link, sizeof(link), "/tmp/driver-of-%s", controller);
	len = readlink(link, driver, sizeof(driver) - 1);
	ASSERT_GT(len, 0);
	driver[len] = '\0';
	snprintf(path, sizeof(path), "%s/%s", driver, verb);
	ASSERT_OK(file_write(path, controller));
}

/* Once, while it is bound: afterwards the device has no link to its driver. */
static void remember_driver(void)
{
	char device[320], link[320], *real;

	snprintf(link, sizeof(link), "/tmp/driver-of-%s", controller);
	snprintf(device, sizeof(device), "/sys/bus/platform/devices/%s/driver", controller);
	real = realpath(device, NULL);
	if (!real) {
		snprintf(device, sizeof(device), "/sys/bus/amba/devices/%s/driver", controller);
		real = realpath(device, NULL);
	}
	ASSERT_TRUE(real);
	unlink(link);
	ASSERT_OK(symlink(real, link));
	free(real);
}

static void survives_unbind_of_the_controller(const void *name)
{
	char device[DEVICE_NAME_SIZE];
	pthread_t threads[2];

	ASSERT_OK(buffer_device(name, device));
	remember_driver();
	stop = false;
	for (int t = 0; t < 2; t++)
		ASSERT_EQ(pthread_create(&threads[t], NULL, copy_until_stopped,
					 (void *)name), 0);
	for (int i = 0; i < 50; i++) {
		drive_controller("unbind");
		drive_controller("bind");
		if (!device_is_bound(device))
			EXPECT_OK(device_bind(device));
	}
	stop = true;
	for (int t = 0; t < 2; t++)
		pthread_join(threads[t], NULL);
	moves_the_bytes(name);
}

/* Whichever buffers an unbind of the controller took along. */
static void rebind_all(const void *arg __attribute__((unused)))
{
	DIR *devices = opendir("/sys/bus/platform/devices");
	struct dirent *entry;

	ASSERT_TRUE(devices);
	while ((entry = readdir(devices)))
		if (strstr(entry->d_name, "buffer-") && !device_is_bound(entry->d_name))
			EXPECT_OK(device_bind(entry->d_name));
	closedir(devices);
}

static void add_tests(const char *name)
{
	bool engine = controller && strcmp(name, "elsewhere");
	char *arg = strdup(name);

	harness_add(refuses_bad_ranges, arg, 30, "copy.bad_ranges_are_refused.%s", arg);
	harness_add(refuses_ranges_that_wrap, arg, 30, "copy.ranges_that_wrap_are_enxio.%s", arg);
	harness_add(refuses_unknown_fields, arg, 30, "copy.unknown_fields_are_einval.%s", arg);
	harness_add(needs_both_directions, arg, 30, "copy.needs_a_file_open_for_both.%s", arg);
	harness_add(refuses_bad_pointers, arg, 30, "copy.bad_pointer_is_efault.%s", arg);
	harness_add(is_enodev_after_unbind, arg, 30, "copy.is_enodev_after_unbind.%s", arg);
	if (!engine) {
		harness_add(says_that_there_is_no_engine, arg, 30,
			    "copy.without_an_engine_is_eopnotsupp.%s", arg);
		return;
	}
	harness_add(moves_the_bytes, arg, 60, "copy.moves_the_bytes_and_no_others.%s", arg);
	harness_add(says_who_did_it, arg, 30, "copy.says_who_did_it_and_how_long.%s", arg);
	harness_add(goes_to_and_fro, arg, 60, "copy.goes_to_and_fro.%s", arg);
	harness_add(survives_unbind_in_mid_copy, arg, 120, "copy.unbind_in_mid_copy.%s", arg);
	harness_add(survives_unbind_of_the_controller, arg, 120,
		    "copy.unbind_of_the_controller_in_mid_copy.%s", arg);
}

char **harness_arguments(char **args)
{
	DIR *class = opendir("/sys/class/cohbuf");
	struct dirent *entry;

	if (*args && !strncmp(*args, "engine=", 7))
		controller = *args++ + 7;
	while (class && (entry = readdir(class)))
		if (entry->d_name[0] != '.')
			add_tests(entry->d_name);
	if (class)
		closedir(class);
	harness_set_teardown(rebind_all);
	return args;
}
