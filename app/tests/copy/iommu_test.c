// SPDX-License-Identifier: GPL-2.0-only
/*
 * A DMA controller behind an IOMMU: the one place among emulated boards where a
 * wrong DMA address fails, and where one range of addresses is many pages.
 *
 * Only where the board has it: boards/emulated/qemu-virt-arm64-smmu.
 */
#include <unistd.h>

#include "copying.h"

/* The controller's driver, boards/harness/boot/guest/modules/edu_dma.c. */
#define SHIFT	"/sys/module/edu_dma/parameters/shift"

static const struct test_buffer *iommu_buffers[MAX_BUFFERS];

static void __attribute__((constructor(103))) choose_buffers(void)
{
	size_t count = 0;

	for (size_t i = 0; copying_buffers[i]; i++)
		if (copying_buffers[i]->has_iommu)
			iommu_buffers[count++] = copying_buffers[i];
}

/* Else a board that has lost its IOMMU would pass for one without. */
TEST(iommu, board_with_the_controller_has_a_buffer_behind_the_iommu)
{
	EXPECT_EQ(!access(SHIFT, F_OK), !!iommu_buffers[0]);
}

TEST_EACH(iommu, copy_goes_across_pages_that_are_not_neighbours, iommu_buffers)
{
	struct subject s = open_subject(b, 1);
	size_t half = b->size / 2;

	ASSERT_OK(copy(s.fd, half + 100, 50, 3 * PAGE));
	expect_copied(&s, half + 100, 50, 3 * PAGE);
}

/* The negative control: addresses count on this board. */
TEST_EACH(iommu, copy_to_a_wrong_address_copies_nothing, iommu_buffers)
{
	static const char *const wrong[] = { "-0x40000000", "-0x80000000" };
	struct subject s = open_subject(b, 2);

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		ASSERT_OK(file_write(SHIFT, wrong[i]));
		/* The controller does not notice. */
		EXPECT_OK(copy(s.fd, b->size / 2, 0, PAGE / 2));
		ASSERT_OK(file_write(SHIFT, "0"));
		expect_untouched(&s);
	}
	ASSERT_OK(copy(s.fd, b->size / 2, 0, PAGE / 2));
	expect_copied(&s, b->size / 2, 0, PAGE / 2);
}
