/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Touch memory that may not be there: a byte, or a word, of a mapping whose device may have
 * been unbound, without dying of the SIGBUS.
 */
#ifndef _TOUCH_H
#define _TOUCH_H

#include <stdint.h>

int touch_read(const volatile void *addr, unsigned char *value);
int touch_write(volatile void *addr, unsigned char value);
int touch_read_word(const volatile void *addr, uint32_t *value);
int touch_write_word(volatile void *addr, uint32_t value);

#endif /* _TOUCH_H */
