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

/* Returns 0 or an errno. */
static int map(const struct cohbuf_buffer *buffer, uint64_t offset, uint64_t length, int prot,
	       void **at)
{
	size_t lead = beside(offset);
	void *pages;

	if (!length || (prot != PROT_READ && prot != (PROT_READ | PROT_WRITE)))
		return EINVAL;
	if (length > SIZE_MAX - lead)
		return EOVERFLOW;
	if (cohbuf_is_pool(buffer))
		return ENOTTY;
	if (offset > buffer->info.size || length > buffer->info.size - offset)
		return ENXIO;
	pages = mmap(NULL, length + lead, prot, MAP_SHARED, buffer->fd, offset - lead);
	if (pages == MAP_FAILED)
		return errno;
	*at = (char *)pages + lead;
	return 0;
}

void *cohbuf_map_range(const struct cohbuf_buffer *buffer, uint64_t offset, size_t length,
		       int prot)
{
	char called[COHBUF_CALLED_SIZE];
	void *at = NULL;
	int error = map(buffer, offset, length, prot, &at);

	if (error)
		cohbuf_fail(error, remedy_of_map(buffer, error),
			    "cannot map %zu bytes from offset 0x%" PRIx64 " of %s", length, offset,
			    cohbuf_called(buffer, called));
	return at;
}

void *cohbuf_map(const struct cohbuf_buffer *buffer, int prot)
{
	char called[COHBUF_CALLED_SIZE];
	void *at = NULL;
	int error = map(buffer, 0, buffer->info.size, prot, &at);

	if (error)
		cohbuf_fail(error, remedy_of_map(buffer, error), "cannot map %s",
			    cohbuf_called(buffer, called));
	return at;
}

/* Returns 0 or an errno. */
static int unmap(void *at, size_t length)
{
	size_t lead = beside((uintptr_t)at);

	/* A mapping that failed is NULL: munmap(2) would take all from there to the length. */
	if ((uintptr_t)at == lead)
		return EINVAL;
	if (!length || length > SIZE_MAX - lead)
		return EINVAL;
	return munmap((char *)at - lead, length + lead) ? errno : 0;
}

int cohbuf_unmap(void *at, size_t length)
{
	int error = unmap(at, length);

	if (!error)
		return 0;
	return cohbuf_fail(error, "give what cohbuf_map() returned, and the length of the mapping",
			   "cannot unmap %zu bytes", length);
}
