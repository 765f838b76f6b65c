/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the doctor found: each with what to do about it.
 */
#ifndef _FINDINGS_H
#define _FINDINGS_H

/* What it is about, what is wrong (a format), and what to do. */
void finding_add(const char *subject, const char *remedy, const char *problem, ...)
	__attribute__((format(printf, 3, 4)));
unsigned int findings_count(void);
/* For people; @name is what they asked for, or NULL. */
void findings_print(const char *name);
void findings_print_json(void);

#endif /* _FINDINGS_H */
