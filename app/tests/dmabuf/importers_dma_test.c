// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where an importer's device sees a dma-buf: by the table that it gives back to the DMA
 * API, which a kprobe looks into. No emulated importer does DMA: vivid writes by the CPU.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <linux/dma-buf.h>

#include "attributes.h"
#include "camera.h"
#include "exporting.h"
#include "tests/sync/dma_calls.h"
#include "vgem.h"

#define TRACING	"/sys/kernel/tracing"
#define TRACER	TRACING "/instances/cohbuf_sg"

/* Of the first entry of the table, the second argument: see struct scatterlist. */
static const char *entry(void)
{
	struct utsname uts;

	ASSERT_OK(uname(&uts));
	if (!strncmp(uts.machine, "aarch64", 7) || !strncmp(uts.machine, "armv8", 5))
		return "length=+12(%x1):x32 addr=+16(%x1):x64";
	if (!strncmp(uts.machine, "riscv", 5))
		return "length=+12(%a1):x32 addr=+16(%a1):x64";
	if (dma_addresses_have_64_bits())
		return "length=+8(%r1):x32 addr=+16(%r1):x64";
	return "length=+8(%r1):x32 addr=+12(%r1):x32";
}

static void start(void)
{
	char text[256];

	if (access(TRACING "/kprobe_events", W_OK))
		SKIP("the kernel has no kprobes, or tracefs is not mounted");

	/* What a test before left, that did not come to its end. */
	rmdir(TRACER);
	file_write(TRACING "/kprobe_events", "-:cohbuf_sg/unmap");

	snprintf(text, sizeof(text), "p:cohbuf_sg/unmap dma_unmap_sg_attrs %s", entry());
	ASSERT_OK(file_write(TRACING "/kprobe_events", text));
	ASSERT_OK(mkdir(TRACER, 0700));
	ASSERT_OK(file_write(TRACER "/events/cohbuf_sg/enable", "1"));
}

/*
 * Each began at @addr, with a piece of no more than @length bytes: as long as the device
 * takes. Returns how many there were.
 */
static unsigned int stop(uint64_t addr, uint64_t length)
{
	unsigned int count = 0;
	char line[512];
	FILE *trace;

	ASSERT_OK(file_write(TRACER "/events/cohbuf_sg/enable", "0"));
	trace = fopen(TRACER "/trace", "r");
	ASSERT_TRUE(trace);
	while (fgets(line, sizeof(line), trace)) {
		if (!strstr(line, " addr="))
			continue;
		EXPECT_EQ(trace_field(line, " addr="), addr);
		EXPECT_GE(trace_field(line, " length="), PAGE);
		EXPECT_LE(trace_field(line, " length="), length);
		count++;
	}
	fclose(trace);
	ASSERT_OK(rmdir(TRACER));
	ASSERT_OK(file_write(TRACING "/kprobe_events", "-:cohbuf_sg/unmap"));
	return count;
}

/* The camera is on no bus that shifts addresses: for it they are physical. */
TEST_EACH(importers, device_sees_the_range_where_it_is, large_buffers)
{
	int camera, dmabuf;
	uint64_t addr;

	camera_needs(b, CAMERA_OF_DMA);
	camera = camera_open(CAMERA_OF_DMA);
	dmabuf = ASSERT_OK(export_range(open_buffer(b, O_RDWR), PAGE, camera_room(), O_RDWR));
	ASSERT_OK(buffer_attr_u64(name_of(b), "dma_addr", &addr));
	start();
	camera_capture(camera, dmabuf);
	EXPECT_EQ(stop(addr - b->bus_offset + PAGE, camera_room()), CAMERA_BUFFERS);
}

static uint64_t physical(const struct test_buffer *b, size_t offset)
{
	struct attributes_query query = { .fd = open_buffer(b, O_RDWR) };
	int attributes = open_attributes();

	query.addr = (uintptr_t)map_buffer(b, query.fd) + offset;
	/* A page that is counted is there when it is touched. */
	EXPECT_SIGNAL(touch_read((void *)(uintptr_t)query.addr, &(unsigned char){ 0 }), 0);
	ASSERT_OK(ioctl(attributes, ATTRIBUTES_IOC_QUERY, &query));
	close(attributes);
	return query.kernel.phys;
}

/*
 * Also of a buffer that its own device sees through an IOMMU: that one's addresses are
 * nothing to another, and its pages lie anywhere.
 */
TEST_EACH(importers, device_sees_each_page_where_it_is, dma_buffers)
{
	const size_t pages[] = { 0, b->size / PAGE / 2, b->size / PAGE - 1 };

	for (int i = 0; i < 3; i++) {
		size_t offset = pages[i] * PAGE;
		int vgem = open_vgem(), fd = open_buffer(b, O_RDWR);
		int dmabuf = ASSERT_OK(export_range(fd, offset, PAGE, O_RDWR));
		unsigned int seen;

		start();
		ASSERT_OK(vgem_import(vgem, dmabuf));
		EXPECT_EQ(close(dmabuf), 0);
		EXPECT_EQ(close(vgem), 0);
		await_exports(b, 0);
		seen = stop(physical(b, offset), PAGE);
		EXPECT_LE(seen, 1);
		if (!seen)
			SKIP("vgem of this kernel maps nothing");
	}
}

/* Of calls for the CPU, and for a device, how many there were, and their direction. */
struct syncs {
	unsigned int count[2];
	unsigned int direction[2];
};

static const char *const owners[] = { "for_cpu", "for_device" };

/* The fourth argument. */
static const char *direction(void)
{
	struct utsname uts;

	ASSERT_OK(uname(&uts));
	if (!strncmp(uts.machine, "aarch64", 7) || !strncmp(uts.machine, "armv8", 5))
		return "direction=%x3:u32";
	return !strncmp(uts.machine, "riscv", 5) ? "direction=%a3:u32" : "direction=%r3:u32";
}

static void add_sync_probe(const char *owner)
{
	char text[128];

	/* Linux 6.12 made the functions inline, around others. */
	snprintf(text, sizeof(text), "p:cohbuf_sg/%s __dma_sync_sg_%s %s", owner, owner, direction());
	if (file_write(TRACING "/kprobe_events", text)) {
		snprintf(text, sizeof(text), "p:cohbuf_sg/%s dma_sync_sg_%s %s", owner, owner,
			 direction());
		ASSERT_OK(file_write(TRACING "/kprobe_events", text));
	}
}

static void remove_sync_probes(void)
{
	rmdir(TRACER);
	file_write(TRACING "/kprobe_events", "-:cohbuf_sg/for_cpu");
	file_write(TRACING "/kprobe_events", "-:cohbuf_sg/for_device");
}

static void start_syncs(void)
{
	if (access(TRACING "/kprobe_events", W_OK))
		SKIP("the kernel has no kprobes, or tracefs is not mounted");
	remove_sync_probes();
	add_sync_probe("for_cpu");
	add_sync_probe("for_device");
	ASSERT_OK(mkdir(TRACER, 0700));
	ASSERT_OK(file_write(TRACER "/events/cohbuf_sg/enable", "1"));
}

/* Those since then. */
static struct syncs read_syncs(void)
{
	struct syncs syncs = { 0 };
	char line[512], name[16];
	FILE *trace = fopen(TRACER "/trace", "r");

	ASSERT_TRUE(trace);
	while (fgets(line, sizeof(line), trace)) {
		for (int i = 0; i < 2; i++) {
			snprintf(name, sizeof(name), ": %s:", owners[i]);
			if (!strstr(line, name))
				continue;
			syncs.count[i]++;
			syncs.direction[i] = trace_field(line, " direction=");
		}
	}
	fclose(trace);
	/* To open it so is to clear it. */
	close(ASSERT_OK(open(TRACER "/trace", O_WRONLY | O_TRUNC | O_CLOEXEC)));
	return syncs;
}

static void expect_syncs(int dmabuf, uint64_t flags, unsigned int for_cpu, unsigned int for_device,
			 unsigned int direction)
{
	struct dma_buf_sync sync = { .flags = flags };
	struct syncs syncs;

	EXPECT_OK(ioctl(dmabuf, DMA_BUF_IOCTL_SYNC, &sync));
	syncs = read_syncs();
	EXPECT_EQ(syncs.count[0], for_cpu);
	EXPECT_EQ(syncs.count[1], for_device);
	if (for_cpu)
		EXPECT_EQ(syncs.direction[0], direction);
	if (for_device)
		EXPECT_EQ(syncs.direction[1], direction);
}

/*
 * The node's device snoops, the importer's does not. Who is about to write takes nothing from
 * the caches: what another program wrote into them, and has not handed over, would be lost.
 */
TEST(importers, what_is_bracketed_is_handed_over_in_its_direction)
{
	const unsigned int both_ways = 0, to_device = 1;
	int vgem, dmabuf;

#ifdef __riscv
	SKIP("vgem's device has no node, and without one a device snoops");
#endif
	if (!vgem_maps(&snooped))
		SKIP("vgem of this kernel maps nothing");
	vgem = open_vgem();
	dmabuf = export_buffer(&snooped, O_RDWR);
	ASSERT_OK(vgem_import(vgem, dmabuf));
	start_syncs();
	expect_syncs(dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_WRITE, 0, 0, 0);
	expect_syncs(dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_WRITE, 0, 1, to_device);
	expect_syncs(dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ, 1, 0, both_ways);
	expect_syncs(dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ, 0, 1, both_ways);
	expect_syncs(dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW, 1, 0, both_ways);
	expect_syncs(dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW, 0, 1, both_ways);
	ASSERT_OK(file_write(TRACER "/events/cohbuf_sg/enable", "0"));
	remove_sync_probes();
}
