// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Mappings of buffers: what the kernel maps are pages, what a program asks for are bytes.
 */
#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

#include "buffer.h"

static size_t beside(uint64_t at)
{
	return at & (uint64_t)(sysconf(_SC_PAGESIZE) - 1);
}

static const char *remedy_of_map(const struct cohbuf_buffer *buffer, int error)
{
	switch (error) {
	case EOVERFLOW:
		return "so much does not fit a program of 32 bits: map a smaller range, or use a 64-bit program";
	case ENOMEM:
		return "this process has no room for it: map a smaller range, or use a 64-bit program";
	case EINVAL:
		return "give a length of at least 1 byte, and PROT_READ, perhaps with PROT_WRITE";
	default:
		return cohbuf_remedy_of_call(buffer, error);
	}
}

static void *map(const struct cohbuf_buffer *buffer, uint64_t offset, uint64_t length, int prot)
{
	size_t lead = beside(offset);
	void *at;

	errno = EINVAL;
	if (!length || (prot != PROT_READ && prot != (PROT_READ | PROT_WRITE)))
		return NULL;
	errno = EOVERFLOW;
	if (length > SIZE_MAX - lead)
		return NULL;
	errno = cohbuf_is_pool(buffer) ? ENOTTY : ENXIO;
	if (cohbuf_is_pool(buffer) || offset > buffer->info.size ||
	    length > buffer->info.size - offset)
		return NULL;
	at = mmap(NULL, length + lead, prot, MAP_SHARED, buffer->fd, offset - lead);
	return at == MAP_FAILED ? NULL : (char *)at + lead;
}

void *cohbuf_map_range(const struct cohbuf_buffer *buffer, uint64_t offset, size_t length,
		       int prot)
{
	char called[COHBUF_CALLED_SIZE];
	void *at = map(buffer, offset, length, prot);

	if (!at)
		cohbuf_fail(errno, remedy_of_map(buffer, errno),
			    "cannot map %zu bytes from offset 0x%" PRIx64 " of %s", length, offset,
			    cohbuf_called(buffer, called));
	return at;
}

void *cohbuf_map(const struct cohbuf_buffer *buffer, int prot)
{
	char called[COHBUF_CALLED_SIZE];
	void *at = map(buffer, 0, buffer->info.size, prot);

	if (!at)
		cohbuf_fail(errno, remedy_of_map(buffer, errno), "cannot map %s",
			    cohbuf_called(buffer, called));
	return at;
}

int cohbuf_unmap(void *at, size_t length)
{
	size_t lead = beside((uintptr_t)at);

	errno = EINVAL;
	if (length && length <= SIZE_MAX - lead && !munmap((char *)at - lead, length + lead))
		return 0;
	return cohbuf_fail(errno, "give what cohbuf_map() returned, and the length of the mapping",
			   "cannot unmap %zu bytes", length);
}
