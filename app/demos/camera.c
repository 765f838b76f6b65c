// SPDX-License-Identifier: 0BSD
/*
 * camera - frames of a camera, straight into a buffer
 *
 * Ranges of the buffer are given to the camera's driver as dma-bufs. What it captures is
 * there at once, for this program and for whichever device works on the buffer: no byte of
 * it is copied.
 *
 *   cc -O2 camera.c -o camera $(pkg-config --cflags --libs cohbuf)
 *   ./camera
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <cohbuf.h>

#include <linux/dma-buf.h>
#include <linux/videodev2.h>

#define CAMERA	"/dev/video0"
#define BUFFER	"plain"
#define FRAMES	2	/* a driver may want more */
#define POINTS	8
#define CAPTURE	V4L2_BUF_TYPE_VIDEO_CAPTURE

static void fail(const char *what, const char *remedy)
{
	fprintf(stderr, "camera: %s: %s: %s\n", what, strerror(errno), remedy);
	exit(1);
}

static int checked(int ret, const char *what, const char *remedy)
{
	if (ret < 0)
		fail(what, remedy);
	return ret;
}

/* A call of the library has its reason, and what to do. */
static void fail_of_buffer(void)
{
	fprintf(stderr, "camera: %s\n", cohbuf_error());
	exit(1);
}

/* Two pixels in four bytes: both lightnesses, and one colour. The driver may change the rest. */
static struct v4l2_pix_format choose_format(int camera)
{
	struct v4l2_format format = {
		.type = CAPTURE,
		.fmt.pix = { .width = 320, .height = 180, .pixelformat = V4L2_PIX_FMT_YUYV },
	};
	const struct v4l2_pix_format *pix = &format.fmt.pix;

	checked(ioctl(camera, VIDIOC_S_FMT, &format), CAMERA, "is it one that captures?");
	if (pix->pixelformat != V4L2_PIX_FMT_YUYV) {
		errno = EINVAL;
		fail(CAMERA, "it has no YUYV: take one of the formats of \"v4l2-ctl --list-formats\"");
	}
	printf("camera: YUYV, %u x %u, %u bytes a line, %u bytes a frame\n", pix->width,
	       pix->height, pix->bytesperline, pix->sizeimage);
	return *pix;
}

static int export_range(const struct cohbuf_buffer *buffer, uint64_t offset, size_t length)
{
	int dmabuf = cohbuf_export(buffer, offset, length, O_RDWR);

	if (dmabuf < 0)
		fail_of_buffer();
	return dmabuf;
}

static struct v4l2_buffer frame_of(unsigned int index, int dmabuf)
{
	return (struct v4l2_buffer){
		.type = CAPTURE,
		.memory = V4L2_MEMORY_DMABUF,
		.index = index,
		.m.fd = dmabuf,
	};
}

/* Whose turn it is, the CPU's or the camera's: it counts where the memory is cached. */
static void hand_over(int dmabuf, unsigned long long flags)
{
	struct dma_buf_sync sync = { .flags = flags | DMA_BUF_SYNC_READ };

	checked(ioctl(dmabuf, DMA_BUF_IOCTL_SYNC, &sync), BUFFER, "is its device still bound to the driver?");
}

static void print_points(const unsigned char *frame, const struct v4l2_pix_format *pix)
{
	const unsigned char *line = frame + (pix->height - 1) * pix->bytesperline;

	for (unsigned int i = 0; i < POINTS; i++) {
		unsigned int x = (2 * i + 1) * pix->width / POINTS / 4 * 2;

		printf("point %3u: Y %3u U %3u V %3u\n", x, line[2 * x], line[2 * x + 1],
		       line[2 * x + 3]);
	}
}

int main(void)
{
	int camera = checked(open(CAMERA, O_RDWR), CAMERA, "is its driver loaded? A kernel may have none");
	struct v4l2_pix_format pix = choose_format(camera);
	/* Ranges of whole pages. */
	size_t page = sysconf(_SC_PAGESIZE), room = (pix.sizeimage + page - 1) / page * page;
	struct cohbuf_buffer *buffer = cohbuf_open(BUFFER, O_RDWR);
	struct v4l2_requestbuffers frames = {
		.type = CAPTURE,
		.memory = V4L2_MEMORY_DMABUF,
		.count = FRAMES,
	};
	int type = CAPTURE, dmabufs[VIDEO_MAX_FRAME];
	struct v4l2_buffer frame;
	unsigned char *map;

	if (!buffer)
		fail_of_buffer();
	checked(ioctl(camera, VIDIOC_REQBUFS, &frames), CAMERA, "does another program use it, or does it import no dma-bufs?");
	for (unsigned int i = 0; i < frames.count; i++) {
		dmabufs[i] = export_range(buffer, i * room, room);
		frame = frame_of(i, dmabufs[i]);
		checked(ioctl(camera, VIDIOC_QBUF, &frame), "the camera takes no dma-buf",
			"EBUSY: it does not reach the memory; EINVAL: it needs it in one piece");
	}
	map = cohbuf_map_range(buffer, 0, frames.count * room, PROT_READ);
	if (!map)
		fail_of_buffer();

	checked(ioctl(camera, VIDIOC_STREAMON, &type), CAMERA, "does it want more frames?");
	for (unsigned int i = 0; i < frames.count; i++) {
		frame = frame_of(0, -1);
		checked(ioctl(camera, VIDIOC_DQBUF, &frame), CAMERA, "is it still there?");
		hand_over(dmabufs[frame.index], DMA_BUF_SYNC_START);
		printf("frame %u: at offset %zu of /dev/%s\n", i, frame.index * room, BUFFER);
		print_points(map + frame.index * room, &pix);
		hand_over(dmabufs[frame.index], DMA_BUF_SYNC_END);
	}
	checked(ioctl(camera, VIDIOC_STREAMOFF, &type), CAMERA, "is it still there?");
	return 0;
}
