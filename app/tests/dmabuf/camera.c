// SPDX-License-Identifier: GPL-2.0-only
/*
 * A camera of vivid; see camera.h.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/videodev2.h>

#include "camera.h"

#define WIDTH		320
#define HEIGHT		180
#define MAX_NODES	16
#define FRAME_MS	20000

size_t camera_frame_size(void)
{
	return WIDTH * HEIGHT * 2;
}

size_t camera_room(void)
{
	return (camera_frame_size() + PAGE - 1) & -PAGE;
}

void camera_needs(const struct test_buffer *b, enum camera_kind kind)
{
	if (!has_dma(b))
		SKIP("no device sees it");
	if (b->size < camera_room() + 2 * PAGE)
		SKIP("a frame does not fit");
	if (kind == CAMERA_OF_DMA && b->has_iommu)
		SKIP("in pieces, for who is not behind the IOMMU");
}

/* vivid names its instances by their numbers, which load-importers chooses. */
static bool is_camera(int fd, enum camera_kind kind)
{
	const char *const names[] = {
		[CAMERA_OF_DMA] = "platform:vivid-000",
		[CAMERA_OF_CPU] = "platform:vivid-001",
	};
	struct v4l2_capability cap = {};

	return !ioctl(fd, VIDIOC_QUERYCAP, &cap) &&
	       !strcmp((char *)cap.bus_info, names[kind]) &&
	       cap.device_caps & V4L2_CAP_VIDEO_CAPTURE;
}

static int find_camera(enum camera_kind kind)
{
	char path[32];
	int fd;

	for (int i = 0; i < MAX_NODES; i++) {
		snprintf(path, sizeof(path), "/dev/video%d", i);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (is_camera(fd, kind))
			return fd;
		close(fd);
	}
	if (access("/sys/module/vivid", F_OK))
		SKIP("this kernel has no vivid");
	harness_check(HARNESS_HERE(true), false, "there is a camera of vivid");
	return -1;
}

/* Over the picture is text that changes with time. */
static void remove_text(int camera)
{
	struct v4l2_query_ext_ctrl query = { .id = V4L2_CTRL_FLAG_NEXT_CTRL };
	struct v4l2_control text = { .value = 2 };

	for (; !ioctl(camera, VIDIOC_QUERY_EXT_CTRL, &query); query.id |= V4L2_CTRL_FLAG_NEXT_CTRL)
		if (!strcmp(query.name, "OSD Text Mode"))
			text.id = query.id;
	ASSERT_NE(text.id, 0);
	ASSERT_OK(ioctl(camera, VIDIOC_S_CTRL, &text));
}

int camera_open(enum camera_kind kind)
{
	struct v4l2_format format = {
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.fmt.pix = {
			.width = WIDTH,
			.height = HEIGHT,
			.pixelformat = V4L2_PIX_FMT_YUYV,
			.field = V4L2_FIELD_NONE,
		},
	};
	int camera = find_camera(kind);
	int webcam = 0;

	ASSERT_OK(ioctl(camera, VIDIOC_S_INPUT, &webcam));
	ASSERT_OK(ioctl(camera, VIDIOC_S_FMT, &format));
	ASSERT_EQ(format.fmt.pix.sizeimage, camera_frame_size());
	remove_text(camera);
	return camera;
}

static int request(int camera, unsigned int memory, unsigned int count)
{
	struct v4l2_requestbuffers buffers = {
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.memory = memory,
		.count = count,
	};

	return ioctl(camera, VIDIOC_REQBUFS, &buffers);
}

static int queue(int camera, struct v4l2_buffer *buffer)
{
	buffer->type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
	return ioctl(camera, VIDIOC_QBUF, buffer);
}

int camera_start(int camera)
{
	int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;

	return ioctl(camera, VIDIOC_STREAMON, &type);
}

static int dequeue(int camera, unsigned int memory)
{
	struct v4l2_buffer buffer = {
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.memory = memory,
	};
	struct pollfd ready = { .fd = camera, .events = POLLIN };

	ASSERT_EQ(poll(&ready, 1, FRAME_MS), 1);
	return ioctl(camera, VIDIOC_DQBUF, &buffer);
}

void camera_stop(int camera)
{
	int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;

	ASSERT_OK(ioctl(camera, VIDIOC_STREAMOFF, &type));
}

unsigned char *camera_frame(int camera)
{
	struct v4l2_buffer buffer = {
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.memory = V4L2_MEMORY_MMAP,
	};
	unsigned char *frame = new_bytes(camera_frame_size(), 0);
	void *map;

	ASSERT_OK(request(camera, V4L2_MEMORY_MMAP, CAMERA_BUFFERS));
	ASSERT_OK(ioctl(camera, VIDIOC_QUERYBUF, &buffer));
	map = ASSERT_MAP(mmap(NULL, buffer.length, PROT_READ, MAP_SHARED, camera,
			      buffer.m.offset));
	for (buffer.index = 0; buffer.index < CAMERA_BUFFERS; buffer.index++)
		ASSERT_OK(queue(camera, &buffer));
	ASSERT_OK(camera_start(camera));
	/* The first one that it got. */
	ASSERT_OK(dequeue(camera, V4L2_MEMORY_MMAP));
	memcpy(frame, map, camera_frame_size());
	camera_stop(camera);
	ASSERT_EQ(munmap(map, buffer.length), 0);
	ASSERT_OK(request(camera, V4L2_MEMORY_MMAP, 0));
	return frame;
}

int camera_queue(int camera, int dmabuf, size_t size)
{
	struct v4l2_buffer buffer = {
		.memory = V4L2_MEMORY_DMABUF,
		.m.fd = dmabuf,
		.length = size,
	};

	ASSERT_OK(request(camera, V4L2_MEMORY_DMABUF, CAMERA_BUFFERS));
	for (; buffer.index < CAMERA_BUFFERS; buffer.index++)
		if (queue(camera, &buffer))
			return -1;
	return 0;
}

int camera_dequeue(int camera)
{
	return dequeue(camera, V4L2_MEMORY_DMABUF);
}

void camera_release(int camera)
{
	ASSERT_OK(request(camera, V4L2_MEMORY_DMABUF, 0));
}

void camera_capture(int camera, int dmabuf)
{
	ASSERT_OK(camera_queue(camera, dmabuf, camera_room()));
	ASSERT_OK(camera_start(camera));
	ASSERT_OK(camera_dequeue(camera));
	camera_stop(camera);
	camera_release(camera);
}
