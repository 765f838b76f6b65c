/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which points of the instrumented code a task has run through: the kernel's KCOV
 * (Documentation/dev-tools/kcov.rst). Kernels of distributions have none.
 */
#ifndef _COVER_H
#define _COVER_H

#include <stdbool.h>
#include <stddef.h>

/* False where the kernel cannot tell; everything else does nothing then. */
bool cover_begin(void);
/* In the process that is looked at, which inherits what cover_begin() opened. */
void cover_me(void);
/* When that one has ended: how many points it was the first one at. */
size_t cover_take(void);
/* Distinct points so far. */
size_t cover_points(void);
void cover_forget(void);

#endif /* _COVER_H */
