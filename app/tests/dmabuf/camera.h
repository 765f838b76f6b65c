/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A camera of vivid, the kernel's virtual video driver: with the same still picture in
 * each frame. Whatever fails in here ends the test, but for the calls that give -1 and
 * errno.
 */
#ifndef _CAMERA_H
#define _CAMERA_H

#include <stddef.h>

#include "tests/harness/buffers.h"

/* It works with two of V4L2's buffers, all of them the same memory: before 6.1 it has to. */
#define CAMERA_BUFFERS	2

enum camera_kind {
	CAMERA_OF_DMA,	/* its device sees the buffer, in one piece and within 32 bits */
	CAMERA_OF_CPU,	/* its driver maps the buffer for itself */
};

/* Skips the test where the kernel has none. Returns the file, set up to stream. */
int camera_open(enum camera_kind kind);
/* Skips the test of a buffer that the camera cannot use, or that has no page to spare. */
void camera_needs(const struct test_buffer *b, enum camera_kind kind);
/* Bytes of a frame, and of the whole pages that it takes. */
size_t camera_frame_size(void);
size_t camera_room(void);
/* A frame into memory that the camera allocates; what all others are compared with. */
unsigned char *camera_frame(int camera);

/* A dma-buf of at least a frame's size, for all frames. Each gives -1 and errno. */
int camera_queue(int camera, int dmabuf, size_t size);
int camera_start(int camera);
/* Waits for the frame. */
int camera_dequeue(int camera);
/* All of that, and what follows. */
void camera_capture(int camera, int dmabuf);
/* Takes it back. */
void camera_stop(int camera);
/* And lets go of it. */
void camera_release(int camera);

#endif /* _CAMERA_H */
