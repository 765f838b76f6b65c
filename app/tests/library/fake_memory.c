// SPDX-License-Identifier: GPL-2.0-only
/*
 * The C library's memory, which there may be none of: of programs that are linked with
 * --wrap=calloc and --wrap=realloc, whatever else is between them and the C library.
 */
#include "fake.h"

#include <errno.h>

void *__real_calloc(size_t count, size_t size) __attribute__((weak));
void *__real_realloc(void *memory, size_t size) __attribute__((weak));
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);

static bool is_none(const char *call)
{
	int error = fake_told(call);

	if (error)
		errno = error;
	return error;
}

FAKE_INTERNAL void *__wrap_calloc(size_t count, size_t size)
{
	return is_none("calloc") ? NULL : __real_calloc(count, size);
}

FAKE_INTERNAL void *__wrap_realloc(void *memory, size_t size)
{
	return is_none("realloc") ? NULL : __real_realloc(memory, size);
}
