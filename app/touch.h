/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Touch memory that may not be there: a byte of a mapping whose device may have
 * been unbound, without dying of the SIGBUS.
 */
#ifndef _TOUCH_H
#define _TOUCH_H

int touch_read(const volatile void *addr, unsigned char *value);
int touch_write(volatile void *addr, unsigned char value);

#endif /* _TOUCH_H */
