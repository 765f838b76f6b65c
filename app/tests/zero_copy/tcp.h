/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A connection by TCP, of the board to itself. What fails in here ends the test.
 */
#ifndef _TCP_H
#define _TCP_H

/* Both ends. Skips the test where the kernel has no TCP/IP. */
void connect_tcp(int fds[2]);

#endif /* _TCP_H */
