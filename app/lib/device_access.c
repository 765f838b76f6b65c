// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Buffers as devices work in them: copies by a DMA engine, and dma-bufs.
 */
#include <errno.h>
#include <inttypes.h>
#include <sys/ioctl.h>

#include "buffer.h"

int cohbuf_dma_copy(const struct cohbuf_buffer *buffer, struct cohbuf_copy *copy)
{
	char called[COHBUF_CALLED_SIZE];
	int error;

	/* What the driver refuses at once it leaves as it was. */
	copy->duration_ns = 0;
	copy->transfers = 0;
	copy->engine[0] = '\0';
	/*
	 * What was written through a mapping goes first, and nothing is read early.
	 * The doorbell itself is the controller's driver's, and has its barrier there.
	 */
	__sync_synchronize();
	error = ioctl(buffer->fd, COHBUF_IOC_COPY, copy) ? errno : 0;
	__sync_synchronize();
	/* Whoever answered: programs print it. */
	copy->engine[sizeof(copy->engine) - 1] = '\0';
	if (!error)
		return 0;
	/* Where no device sees it, that is more than that the range is a wrong one. */
	if (error == ENXIO && !buffer->info.dma_bits)
		error = EOPNOTSUPP;
	return cohbuf_fail(error, cohbuf_remedy_of_copy(buffer, error),
			   "copying %" PRIu64 " bytes from offset 0x%" PRIx64 " to 0x%" PRIx64 " of %s",
			   (uint64_t)copy->length, (uint64_t)copy->src, (uint64_t)copy->dst,
			   cohbuf_called(buffer, called));
}

static const char *remedy_of_export(const struct cohbuf_buffer *buffer, int error)
{
	switch (error) {
	case EINVAL:
		return "give an offset and a length that are multiples of the page size, and O_RDONLY or O_RDWR";
	case EOPNOTSUPP:
		return "no device sees this kind of memory, the kernel has no dma-bufs, or the memory is of a no-map region: take a buffer of the system's memory, or of a reusable region";
	case EOVERFLOW:
		return "a coherent buffer of 4 GiB or more has no dma-bufs: make it smaller";
	default:
		return cohbuf_remedy_of_call(buffer, error);
	}
}

int cohbuf_export(const struct cohbuf_buffer *buffer, uint64_t offset, uint64_t length, int flags)
{
	struct cohbuf_export export = {
		.offset = offset,
		.length = length,
		.flags = flags | O_CLOEXEC,
	};
	char called[COHBUF_CALLED_SIZE];

	if (!ioctl(buffer->fd, COHBUF_IOC_EXPORT, &export))
		return export.fd;
	return cohbuf_fail(errno, remedy_of_export(buffer, errno),
			   "no dma-buf of %" PRIu64 " bytes from offset 0x%" PRIx64 " of %s", length,
			   offset, cohbuf_called(buffer, called));
}
