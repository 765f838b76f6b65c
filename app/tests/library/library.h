/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Buffers for the tests of the library: those of a board, or of a folder that the library is
 * made to take for a board's ($COHBUF_FAKE). By the library's calls alone.
 */
#ifndef _LIBRARY_H
#define _LIBRARY_H

#include <stdbool.h>

#include "lib/cohbuf.h"
#include "tests/harness/harness.h"

/* A call of the library that gives NULL with this errno, and a text that has this part. */
#define EXPECT_NULL(call, error, part)						\
	do {									\
		const void *value__;						\
										\
		errno = 0;							\
		value__ = (call);						\
		expect_failed(!value__, errno, error, part, #call);		\
	} while (0)

/* One that gives -1. */
#define EXPECT_FAILS(call, error, part)						\
	do {									\
		long long value__;						\
										\
		errno = 0;							\
		value__ = (call);						\
		expect_failed(value__ == -1, errno, error, part, #call);	\
	} while (0)

/* One that works, which leaves errno. */
#define EXPECT_KEEPS_ERRNO(call)						\
	do {									\
		errno = EXDEV;							\
		EXPECT_TRUE(call);						\
		EXPECT_EQ(errno, EXDEV);					\
	} while (0)

void expect_failed(bool failed, int error, int wanted, const char *part, const char *call);

/* Whatever fails in here ends the test; it is skipped where there is no such buffer. */
struct cohbuf_buffer *opened(const char *name, int flags);
void *mapped(const struct cohbuf_buffer *buffer, int prot);
void need_buffer(const char *name);
bool is_fake(void);

/* Of a folder: its last call is this, such as "sync cached 0 64 1 2 = 0". */
void expect_called(const char *call);

/*
 * Of a folder, which fake.h has more of: the next such call fails, or the one after so many,
 * or says this. The test is skipped on boards.
 */
void need_fake(void);
void fail_next(const char *call, int error);
void fail_after(int count, const char *call, int error);
void lie_next(const char *call, const void *bytes, size_t size);
/* Its driver is an older one, or that of today. */
void make_older(bool older);

/* The device of a buffer loses its driver, and gets it back, at the test's end at the latest. */
void unbind(const char *name);
void bind(const char *name);

#endif /* _LIBRARY_H */
