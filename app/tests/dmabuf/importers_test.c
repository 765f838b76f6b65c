// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dma-bufs of buffers, imported by drivers of the kernel: vivid, whose cameras write
 * frames, and vgem, which before Linux 6.16 keeps what it imported mapped for its
 * device. What the unbind takes away, refuses, waits for and names.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/dma-buf.h>

#include "camera.h"
#include "exporting.h"
#include "process.h"
#include "tests/harness/klog.h"
#include "vgem.h"

/* Seconds: what an unbind waits for importers, and what on a busy machine is no wait. */
#define PATIENCE	10
#define AT_ONCE		5

static void capture_into(const struct test_buffer *b, enum camera_kind kind)
{
	int camera = camera_open(kind), fd = open_buffer(b, O_RDWR);
	unsigned char *frame = camera_frame(camera), *map = map_buffer(b, fd);
	unsigned char *wanted = new_pattern(0, b->size, 7);
	int dmabuf = ASSERT_OK(export_range(fd, PAGE, camera_room(), O_RDWR));

	fill_pattern(map, 0, b->size, 7);
	ASSERT_OK(bracket(dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW));
	camera_capture(camera, dmabuf);
	ASSERT_OK(bracket(dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ));

	/* The frame, and no byte beside it. */
	EXPECT_NE(memcmp(wanted + PAGE, frame, camera_frame_size()), 0);
	memcpy(wanted + PAGE, frame, camera_frame_size());
	EXPECT_BYTES(map, wanted, b->size);
}

TEST_EACH(importers, frame_is_captured_by_dma, large_buffers)
{
	camera_needs(b, CAMERA_OF_DMA);
	capture_into(b, CAMERA_OF_DMA);
}

TEST_EACH(importers, frame_is_captured_by_the_cpu, large_buffers)
{
	camera_needs(b, CAMERA_OF_CPU);
	capture_into(b, CAMERA_OF_CPU);
}

/* Neither by a device nor by a driver that does not say what for. */
TEST_EACH(importers, read_only_buffer_is_not_captured_into, large_buffers)
{
	const enum camera_kind kinds[] = { CAMERA_OF_DMA, CAMERA_OF_CPU };
	unsigned char *map;
	int fd, dmabuf;

	camera_needs(b, CAMERA_OF_DMA);
	fd = open_buffer(b, O_RDWR);
	map = map_buffer(b, fd);
	fill_pattern(map, 0, b->size, 8);
	dmabuf = ASSERT_OK(export_range(fd, 0, camera_room(), O_RDONLY));
	for (int i = 0; i < 2; i++) {
		int camera = camera_open(kinds[i]);

		EXPECT_ERRNO(camera_queue(camera, dmabuf, camera_room()),
			     kinds[i] == CAMERA_OF_DMA ? EINVAL : EFAULT);
		close(camera);
	}
	EXPECT_BYTES(map, new_pattern(0, b->size, 8), b->size);
}

/* At a time, and with different masks: the one has 32 bits, the other 64. */
TEST_EACH(importers, two_import_one_buffer, large_buffers)
{
	int camera, vgem, fd, dmabuf;
	unsigned char *frame, *map;

	camera_needs(b, CAMERA_OF_DMA);
	vgem = open_vgem();
	camera = camera_open(CAMERA_OF_DMA);
	frame = camera_frame(camera);
	fd = open_buffer(b, O_RDWR);
	map = map_buffer(b, fd);
	dmabuf = ASSERT_OK(export_range(fd, 0, camera_room(), O_RDWR));
	ASSERT_OK(vgem_import(vgem, dmabuf));
	camera_capture(camera, dmabuf);
	ASSERT_OK(bracket(dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ));
	EXPECT_BYTES(map, frame, camera_frame_size());
}

TEST_EACH(importers, device_does_not_write_a_read_only_one, dma_buffers)
{
	double start;
	int vgem, dmabuf;

	if (vgem_maps(b))
		return;

	/* Then there is nothing to wait for either. */
	vgem = open_vgem();
	dmabuf = export_buffer(b, O_RDONLY);
	EXPECT_OK(vgem_import(vgem, dmabuf));
	start = monotonic();
	unbind_buffer(b);
	EXPECT_LT(monotonic() - start, AT_ONCE);
	bind_buffer(b);
}

TEST_EACH(importers, what_is_imported_outlives_its_file, dma_buffers)
{
	int vgem = open_vgem();
	int dmabuf = export_buffer(b, O_RDWR);

	ASSERT_OK(vgem_import(vgem, dmabuf));
	EXPECT_EQ(close(dmabuf), 0);
	EXPECT_EQ(exports_of(b), 1);
	EXPECT_EQ(close(vgem), 0);
	await_exports(b, 0);
}

TEST_EACH(importers, unbound_buffer_cannot_be_imported, dma_buffers)
{
	int dmabuf = export_buffer(b, O_RDWR);

	unbind_buffer(b);
	EXPECT_ERRNO(vgem_import(open_vgem(), dmabuf), ENODEV);
	bind_buffer(b);
	EXPECT_ERRNO(vgem_import(open_vgem(), dmabuf), ENODEV);
}

/* Attached, but with nothing mapped: an unbind waits for nobody. */
TEST_EACH(importers, unbind_does_not_wait_for_who_is_only_attached, large_buffers)
{
	int camera, dmabuf, log;
	double start;

	camera_needs(b, CAMERA_OF_DMA);
	camera = camera_open(CAMERA_OF_DMA);
	dmabuf = export_buffer(b, O_RDWR);
	camera_capture(camera, dmabuf);
	log = klog_open(SEEK_END);
	start = monotonic();
	unbind_buffer(b);
	EXPECT_LT(monotonic() - start, AT_ONCE);
	EXPECT_EQ(klog_read(log, b->device, "").lines, 0);
	EXPECT_ERRNO(camera_queue(camera, dmabuf, camera_room()), ENODEV);
	bind_buffer(b);
}

static void *unbind_it(void *arg)
{
	unbind_buffer(arg);
	return NULL;
}

/* Until the log has a line about the device. */
static struct klog await_line(int log, const struct test_buffer *b)
{
	struct klog said;

	do
		said = klog_read(log, b->device, "");
	while (!said.lines);
	return said;
}

/*
 * The unbind ends when the importer has let go, and not before: it says for whom it
 * waits. What is mapped by programs is gone at once.
 */
static void expect_wait(const struct test_buffer *b, int dmabuf, const char *importer,
			int fd)
{
	unsigned char *map = ASSERT_MAP(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, dmabuf, 0));
	int log = klog_open(SEEK_END);
	unsigned char byte;
	pthread_t unbind;
	struct klog said;

	ASSERT_EQ(pthread_create(&unbind, NULL, unbind_it, (void *)b), 0);
	said = await_line(log, b);
	EXPECT_TRUE(strstr(said.last, "the unbind waits"));
	EXPECT_TRUE(strstr(said.last, importer));
	EXPECT_SIGNAL(touch_read(map, &byte), SIGBUS);
	EXPECT_EQ(close(fd), 0);
	ASSERT_EQ(pthread_join(unbind, NULL), 0);
	expect_no_buffer(b->device);
	bind_buffer(b);
	EXPECT_EQ(exports_of(b), 0);
}

TEST_EACH(importers, unbind_waits_for_a_device, dma_buffers)
{
	int vgem, dmabuf;

	if (!vgem_maps(b))
		SKIP("vgem of this kernel maps nothing");
	vgem = open_vgem();
	dmabuf = export_buffer(b, O_RDWR);
	ASSERT_OK(vgem_import(vgem, dmabuf));
	expect_wait(b, dmabuf, "vgem", vgem);
}

static void capture_on(int camera, int dmabuf)
{
	ASSERT_OK(camera_queue(camera, dmabuf, camera_room()));
	ASSERT_OK(camera_start(camera));
}

static void expect_wait_for_camera(const struct test_buffer *b, enum camera_kind kind,
				   const char *name)
{
	int camera, dmabuf;

	camera_needs(b, kind);
	camera = camera_open(kind);
	dmabuf = export_buffer(b, O_RDWR);
	capture_on(camera, dmabuf);
	expect_wait(b, dmabuf, name, camera);
}

TEST_EACH(importers, unbind_waits_for_a_camera_that_captures, large_buffers)
{
	expect_wait_for_camera(b, CAMERA_OF_DMA, "vivid");
}

TEST_EACH(importers, unbind_waits_for_a_driver_that_maps_it_for_itself, large_buffers)
{
	expect_wait_for_camera(b, CAMERA_OF_CPU, "driver");
}

/* What it has queued is its own until the unbind need not wait for it any more. */
TEST(importers, camera_may_start_while_the_unbind_waits)
{
	int camera = camera_open(CAMERA_OF_DMA), log = klog_open(SEEK_END);
	pthread_t unbind;

	ASSERT_OK(camera_queue(camera, export_buffer(&plain, O_RDWR), camera_room()));
	ASSERT_EQ(pthread_create(&unbind, NULL, unbind_it, &plain), 0);
	await_line(log, &plain);
	EXPECT_OK(camera_start(camera));
	EXPECT_OK(camera_dequeue(camera));
	EXPECT_EQ(close(camera), 0);
	ASSERT_EQ(pthread_join(unbind, NULL), 0);
	bind_buffer(&plain);
}

/* Its file is gone, and the rest of it held by a path: there is nobody to be asked. */
TEST(importers, unbind_asks_who_is_there)
{
	int camera = camera_open(CAMERA_OF_DMA), dmabuf = export_buffer(&plain, O_RDWR), held;
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", dmabuf);
	held = ASSERT_OK(open(path, O_PATH));
	EXPECT_EQ(close(dmabuf), 0);
	dmabuf = export_buffer(&plain, O_RDWR);
	EXPECT_EQ(exports_of(&plain), 2);
	capture_on(camera, dmabuf);
	expect_wait(&plain, dmabuf, "vivid", camera);
	EXPECT_EQ(close(held), 0);
}

/* Of many it names a few: a slow console would make the unbind wait for itself. */
TEST(importers, unbind_names_some_of_many)
{
	pthread_t unbind;
	int vgem, log, all, fd;

	if (!vgem_maps(&plain))
		SKIP("vgem of this kernel maps nothing");
	vgem = open_vgem();
	fd = open_buffer(&plain, O_RDWR);
	for (int i = 0; i < 20; i++)
		ASSERT_OK(vgem_import(vgem, ASSERT_OK(export_range(fd, i * PAGE, PAGE, O_RDWR))));
	log = klog_open(SEEK_END);
	all = klog_open(SEEK_END);
	ASSERT_EQ(pthread_create(&unbind, NULL, unbind_it, &plain), 0);
	await_line(log, &plain);
	EXPECT_EQ(close(vgem), 0);
	ASSERT_EQ(pthread_join(unbind, NULL), 0);
	EXPECT_EQ(klog_read(all, plain.device, "").lines, 9);
	bind_buffer(&plain);
}

/*
 * Not for ever, though. What the importer has is never given to anybody else: the next
 * buffer is other memory, or there is none.
 */
TEST_LIMIT(importers, unbind_gives_the_memory_up_at_last, 60)
{
	int camera = camera_open(CAMERA_OF_DMA), dmabuf, log;
	uint64_t given_up, next;
	unsigned char *map;
	double start;

	dmabuf = export_buffer(&plain, O_RDWR);
	ASSERT_OK(buffer_attr_u64("plain", "dma_addr", &given_up));
	capture_on(camera, dmabuf);
	log = klog_open(SEEK_END);
	start = monotonic();
	unbind_buffer(&plain);
	EXPECT_GE(monotonic() - start, PATIENCE);
	EXPECT_TRUE(strstr(klog_read(log, plain.device, "").last, "given up"));

	bind_buffer(&plain);
	ASSERT_OK(buffer_attr_u64("plain", "dma_addr", &next));
	EXPECT_NE(next, given_up);
	map = map_buffer(&plain, open_buffer(&plain, O_RDWR));
	fill_pattern(map, 0, plain.size, 9);
	/* Both frames that it was given are there, wherever that is. */
	ASSERT_OK(camera_dequeue(camera));
	ASSERT_OK(camera_dequeue(camera));
	EXPECT_EQ(close(dmabuf), 0);
	EXPECT_EQ(close(camera), 0);
	EXPECT_BYTES(map, new_pattern(0, plain.size, 9), plain.size);
}

/* Who is killed does not wait. */
TEST(importers, killed_unbind_does_not_wait)
{
	int camera = camera_open(CAMERA_OF_DMA), log;
	double start;
	pid_t pid;

	capture_on(camera, export_buffer(&plain, O_RDWR));
	log = klog_open(SEEK_END);
	pid = harness_fork();
	if (!pid) {
		unbind_buffer(&plain);
		_exit(0);
	}
	await_line(log, &plain);
	start = monotonic();
	ASSERT_OK(kill(pid, SIGKILL));
	ASSERT_EQ(waitpid(pid, NULL, 0), pid);
	EXPECT_LT(monotonic() - start, AT_ONCE);
	EXPECT_TRUE(strstr(klog_read(log, plain.device, "").last, "given up"));
	bind_buffer(&plain);
}
