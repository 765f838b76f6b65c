/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What uses a buffer, each in its own way and without an end, while the buffer is
 * unbound and bound again and again: see racers.c for how they know what they may see.
 */
#ifndef _RACERS_H
#define _RACERS_H

#include "tests/harness/buffers.h"

typedef void *(*racer_fn)(void *arg);

void *race_mmap(void *arg);	/* map and unmap; none of the last may be alive */
void *race_touch(void *arg);	/* touch one mapping until it is revoked */
void *race_mremap(void *arg);	/* move one mapping; alone in its address space */
void *race_split(void *arg);	/* cut holes, change protections */
void *race_fork(void *arg);	/* children that look at what they inherited */
void *race_calls(void *arg);	/* read, write, ioctl, lseek */
void *race_copy(void *arg);	/* copies by an engine */
void *race_export(void *arg);	/* dma-bufs, mapped and bracketed */
void *race_poll(void *arg);	/* sleep until the unbind */
void *race_events(void *arg);	/* post, and wait for what was posted */
void *race_sysfs(void *arg);	/* read an attribute */
void *race_open(void *arg);	/* open and close, nothing else */
/* Of registers, which are no memory to write to. */
void *race_accesses(void *arg);	/* read and write, one access each */
void *race_registers(void *arg);	/* the same through one mapping until it is revoked */

#define RACERS(...)	((const racer_fn[]){ __VA_ARGS__, NULL })

/*
 * Start the racers, then unbind and bind in @cycles rounds, each time after they got
 * somewhere, and unbind once more. In one address space, where racers wait for each
 * other's mmap_lock; or each in its own, which returns how often it was unbound.
 */
void run_threads(const struct test_buffer *b, unsigned int cycles, const racer_fn *racers);
unsigned int run_processes(const struct test_buffer *b, unsigned int cycles,
			   const racer_fn *racers);
void run_mremap_in_children(const struct test_buffer *b, unsigned int cycles);
unsigned int run_slow_mmaps(const struct test_buffer *b, unsigned int cycles);

#endif /* _RACERS_H */
