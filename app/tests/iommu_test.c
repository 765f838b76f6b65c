// SPDX-License-Identifier: GPL-2.0-only
/*
 * A DMA controller behind an IOMMU: the one place among emulated boards where a
 * wrong DMA address fails, and where one range of addresses is many pages.
 *
 * Only where the board has it: boards/qemu-virt-arm64-smmu.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "buffers.h"

/* The controller's driver, boards/guest/modules/edu_dma.c. */
#define PARAMETERS	"/sys/module/edu_dma/parameters"

/* It takes 0.2 s for 4 KiB. */
#define TIME	20000

struct target {
	int fd;
	size_t size;
	unsigned char *map;
};

static struct target open_target(unsigned int seed)
{
	char device[DEVICE_NAME_SIZE], name[COHBUF_NAME_SIZE];
	struct cohbuf_info info;
	struct target t;

	if (access(PARAMETERS, F_OK))
		SKIP("the board has no DMA controller behind an IOMMU");

	ASSERT_OK(device_find("buffer-engine", device));
	ASSERT_OK(device_buffer(device, name));
	t.fd = ASSERT_OK(buffer_open(name, O_RDWR));
	ASSERT_OK(buffer_info(t.fd, &info));
	t.size = info.size;
	t.map = ASSERT_MAP(mmap(NULL, t.size, PROT_READ | PROT_WRITE, MAP_SHARED, t.fd, 0));
	fill_pattern(t.map, 0, t.size, seed);
	return t;
}

static int copy(const struct target *t, size_t dst, size_t src, size_t length)
{
	struct cohbuf_copy copy = {
		.dst = dst, .src = src, .length = length, .timeout_ms = TIME,
	};

	return ioctl(t->fd, COHBUF_IOC_COPY, &copy);
}

/* What a parameter is set to, until the test ends or it is set again. */
static void set_shift(const char *bytes)
{
	ASSERT_OK(file_write(PARAMETERS "/shift", bytes));
}

static void expect_copied(const struct target *t, size_t dst, size_t src, size_t length,
			  unsigned int seed)
{
	unsigned char *wanted = new_pattern(0, t->size, seed);

	memmove(wanted + dst, wanted + src, length);
	EXPECT_BYTES(t->map, wanted, t->size);
}

TEST(iommu, copy_goes_across_pages_that_are_not_neighbours)
{
	struct target t = open_target(1);
	size_t half = t.size / 2;

	ASSERT_OK(copy(&t, half + 100, 50, 3 * PAGE));
	expect_copied(&t, half + 100, 50, 3 * PAGE, 1);
}

TEST(iommu, copy_reaches_the_first_and_the_last_byte)
{
	struct target t = open_target(2);

	ASSERT_OK(copy(&t, t.size - PAGE, 0, PAGE));
	expect_copied(&t, t.size - PAGE, 0, PAGE, 2);
	fill_pattern(t.map, 0, t.size, 3);
	ASSERT_OK(copy(&t, 0, t.size - PAGE, PAGE));
	expect_copied(&t, 0, t.size - PAGE, PAGE, 3);
}

/* The negative control of the two above: addresses count on this board. */
TEST(iommu, copy_to_a_wrong_address_copies_nothing)
{
	static const char *const wrong[] = { "-0x40000000", "-0x80000000" };
	struct target t = open_target(4);

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		set_shift(wrong[i]);
		/* The controller does not notice. */
		EXPECT_OK(copy(&t, t.size / 2, 0, PAGE / 2));
		set_shift("0");
		expect_copied(&t, 0, 0, 0, 4);
	}
	ASSERT_OK(copy(&t, t.size / 2, 0, PAGE / 2));
	expect_copied(&t, t.size / 2, 0, PAGE / 2, 4);
}

TEST(iommu, unbind_in_mid_copy_ends_the_copy)
{
	struct target t = open_target(5);
	char device[DEVICE_NAME_SIZE];
	pid_t pid;

	ASSERT_OK(device_find("buffer-engine", device));
	pid = harness_fork();
	if (!pid) {
		EXPECT_ERRNO(copy(&t, t.size / 2, 0, t.size / 4), ENODEV);
		_exit(0);
	}
	usleep(500000);
	ASSERT_OK(device_unbind(device));
	harness_join(pid);
	ASSERT_OK(device_bind(device));
	t = open_target(6);
	ASSERT_OK(copy(&t, t.size / 2, 0, PAGE));
	expect_copied(&t, t.size / 2, 0, PAGE, 6);
}

TEST(iommu, unbind_of_the_controller_in_mid_copy_ends_the_copy)
{
	static const char driver[] = "/sys/bus/pci/drivers/edu_dma";
	struct target t = open_target(7);
	char device[DEVICE_NAME_SIZE], path[128];
	pid_t pid;

	ASSERT_OK(device_find("buffer-engine", device));
	pid = harness_fork();
	if (!pid) {
		EXPECT_ERRNO(copy(&t, t.size / 2, 0, t.size / 4), ENODEV);
		_exit(0);
	}
	usleep(500000);
	snprintf(path, sizeof(path), "%s/unbind", driver);
	ASSERT_OK(file_write(path, "0000:00:01.0"));
	harness_join(pid);
	EXPECT_TRUE(!device_is_bound(device));

	snprintf(path, sizeof(path), "%s/bind", driver);
	ASSERT_OK(file_write(path, "0000:00:01.0"));
	if (!device_is_bound(device))
		ASSERT_OK(device_bind(device));
	t = open_target(8);
	ASSERT_OK(copy(&t, t.size / 2, 0, PAGE));
	expect_copied(&t, t.size / 2, 0, PAGE, 8);
}
