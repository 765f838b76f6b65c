/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory of a program that is not there until somebody supplies it, by a
 * userfaultfd: a call that copies to it or from it waits for ever.
 */
#ifndef _LAZY_H
#define _LAZY_H

/**
 * struct lazy - two pages that are not there
 * @fd: the userfaultfd
 * @pages: where they would be
 */
struct lazy {
	int fd;
	unsigned char *pages;
};

/* Skips the test where the kernel has no userfaultfd. */
struct lazy lazy_new(void);
/* Wait until somebody waits for a page. */
void lazy_await(const struct lazy *lazy);
/* Both pages, with these bytes: who waits goes on. */
void lazy_supply(const struct lazy *lazy, const unsigned char *bytes);

#endif /* _LAZY_H */
