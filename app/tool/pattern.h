/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bytes that look random and follow from a seed and an offset alone, so that any
 * part of a pattern can be made, and checked, without the rest of it.
 */
#ifndef _PATTERN_H
#define _PATTERN_H

#include <stddef.h>
#include <stdint.h>

/* The aligned 64-bit word at @offset, a multiple of 8. */
uint64_t pattern_word(uint64_t seed, uint64_t offset);
unsigned char pattern_byte(uint64_t seed, uint64_t offset);
void pattern_fill(void *to, uint64_t seed, uint64_t offset, size_t length);

/* A seed nobody chose; it is up to the caller to print it. */
uint64_t pattern_new_seed(void);

#endif /* _PATTERN_H */
