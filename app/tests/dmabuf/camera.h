/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A camera of vivid, the kernel's virtual video driver: with the same still picture in
 * each frame. Whatever fails in here ends the test, but for the calls that give -1 and
 * errno.
 */
#ifndef _CAMERA_H
#define _CAMERA_H

#include <stddef.h>

enum camera_kind {
	CAMERA_OF_DMA,	/* its device sees the buffer, in one piece and within 32 bits */
	CAMERA_OF_CPU,	/* its driver maps the buffer for itself */
};

/* Skips the test where the kernel has none. Returns the file, set up to stream. */
int camera_open(enum camera_kind kind);
/* Bytes of a frame. */
size_t camera_frame_size(void);
/* A frame into memory that the camera allocates; what all others are compared with. */
unsigned char *camera_frame(int camera);

/* A dma-buf of at least a frame's size, for all frames. Each gives -1 and errno. */
int camera_queue(int camera, int dmabuf, size_t size);
int camera_start(int camera);
/* Waits for the frame. */
int camera_dequeue(int camera);
/* Takes it back. */
void camera_stop(int camera);
/* And lets go of it. */
void camera_release(int camera);

#endif /* _CAMERA_H */
