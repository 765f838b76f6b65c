// SPDX-License-Identifier: GPL-2.0-only
/*
 * A kernel that was told to copy all that a device sees through memory of its own
 * (swiotlb=force): what a SYNC hands over would be another memory than the program's.
 */
#include <fcntl.h>
#include <stdint.h>
#include <string.h>

#include "tests/harness/buffers.h"
#include "tests/harness/klog.h"

#define LINE	"would be copied at each SYNC (swiotlb)"
#define REMEDY	"drop swiotlb=force from the kernel's command line, or say \"coherent\""

static const struct test_buffer *refused_buffers[MAX_BUFFERS];

/* What stays on the list of all is bound again after each test. */
static void __attribute__((constructor(103))) choose_buffers(void)
{
	size_t others = 0;

	for (size_t i = 0; all_buffers[i]; i++) {
		if (all_buffers[i]->memory == COHBUF_MEMORY_KMALLOC)
			add_to(refused_buffers, all_buffers[i]);
		else
			all_buffers[others++] = all_buffers[i];
	}
	all_buffers[others] = NULL;
}

/* Of memory that is taken as it comes; at the boot, and whenever it is tried. */
TEST_EACH(swiotlb, kmalloc_is_refused, refused_buffers)
{
	struct klog said = klog_read(klog_open(SEEK_SET), b->device, LINE);
	int log = klog_open(SEEK_END);

	EXPECT_GE(said.fitting, 1);
	EXPECT_EQ(said.fitting, said.lines);
	expect_no_buffer(b->device);

	EXPECT_ERRNO(device_bind(b->device), EIO);
	said = klog_read(log, b->device, REMEDY);
	expect_refusal(&said, REMEDY);
	expect_no_buffer(b->device);
}

/* What the DMA API allocates, devices see where it is. */
TEST_EACH(swiotlb, others_are_as_ever, all_buffers)
{
	int fd = open_buffer(b, O_RDWR);
	unsigned char *map = map_buffer(b, fd);
	unsigned char *wanted = new_pattern(0, b->size, 1);

	fill_pattern(map, 0, b->size, 1);
	EXPECT_OK(hand_over(fd, 0, b->size, COHBUF_SYNC_BIDIRECTIONAL, COHBUF_SYNC_FOR_DEVICE));
	EXPECT_OK(hand_over(fd, 0, b->size, COHBUF_SYNC_BIDIRECTIONAL, COHBUF_SYNC_FOR_CPU));
	EXPECT_BYTES(map, wanted, b->size);
}
