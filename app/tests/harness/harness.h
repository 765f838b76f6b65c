/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A small test harness in the way of kselftest.
 *
 *   #include "tests/harness/harness.h"
 *
 *   TEST(rw, read_at_the_end_is_0)
 *   {
 *           int fd = ASSERT_OK(buffer_open("plain", O_RDONLY));
 *
 *           EXPECT_EQ(pread(fd, byte, 1, size), 0);
 *   }
 *
 * A program of such tests needs no main(): the tests run in the order of the
 * source, each in a process of its own and under a time limit, and the result is
 * TAP version 13 on standard output. EXPECT_* notes a failure and goes on, ASSERT_*
 * ends the process. Both may be used in threads and in processes that the test
 * forks; whatever fails there fails the test. Files and mappings need no clean-up:
 * all processes of a test are gone before the next one starts.
 *
 * A test that checks nothing fails, and so does one that leaves a process behind
 * which cannot be killed.
 */
#ifndef _HARNESS_H
#define _HARNESS_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/types.h>

#define HARNESS_LIMIT	30	/* seconds */

typedef void (*harness_fn)(const void *arg);

/* A test with a time limit of its own. */
#define TEST_LIMIT(suite, test, limit)						\
	static void suite##_##test(void);					\
	static void suite##_##test##_run(const void *arg __attribute__((unused)))	\
	{									\
		suite##_##test();						\
	}									\
	static void __attribute__((constructor)) suite##_##test##_add(void)	\
	{									\
		harness_add(suite##_##test##_run, NULL, limit, "%s", #suite "." #test);	\
	}									\
	static void suite##_##test(void)

#define TEST(suite, test)	TEST_LIMIT(suite, test, HARNESS_LIMIT)

void harness_add(harness_fn run, const void *arg, unsigned int limit,
		 const char *name, ...) __attribute__((format(printf, 4, 5)));

/*
 * Runs after each test, with its argument; its failures fail the test. The last one
 * that was added is the first to run, in a process that all share.
 */
void harness_add_teardown(harness_fn teardown);

/*
 * For suites that add tests at run time: called once, with the arguments that are
 * no options. Returns those that are filters. Weak: there is a default.
 */
char **harness_arguments(char **args);

/* Ends the test as skipped: neither passed nor failed. */
#define SKIP(...)	harness_skip(__VA_ARGS__)
void harness_skip(const char *reason, ...)
	__attribute__((format(printf, 1, 2), noreturn));

/* How much slower than others this kernel is said to be: option -t. */
unsigned int harness_time_factor(void);

/*
 * How often to repeat what luck decides or what adds up: @rounds, and a quarter of it where
 * the kernel is said to be slower. Its checkers see in one round what others show in many.
 */
unsigned int harness_rounds(unsigned int rounds);

/* A line for the reader of the results. */
void harness_note(const char *text, ...) __attribute__((format(printf, 1, 2)));

/* fork() whose child must call _exit(0) and is waited for by harness_join(). */
pid_t harness_fork(void);
void harness_join(pid_t pid);

/* In a child, to its end: it takes its files and its mappings with it. */
void harness_in_child(harness_fn run, const void *arg);

/* What the macros below are made of. */
struct harness_where {
	const char *file;
	int line;
	bool fatal;
};

#define HARNESS_HERE(is_fatal)	\
	(&(const struct harness_where){ __FILE__, __LINE__, is_fatal })

void harness_check(const struct harness_where *where, bool ok, const char *text, ...)
	__attribute__((format(printf, 3, 4)));
void harness_check_ok(const struct harness_where *where, bool ok, int error,
		      const char *text);
void harness_check_errno(const struct harness_where *where, bool failed, int error,
			 const int *wanted, const char *text);
void harness_check_bytes(const struct harness_where *where, const void *a,
			 const void *b, size_t size, const char *text);
void harness_check_signal(const struct harness_where *where, int sig, int wanted,
			  const char *text);

#define HARNESS_COMPARE(fatal, a, op, b)					\
	do {									\
		long long a__ = (long long)(a), b__ = (long long)(b);		\
										\
		harness_check(HARNESS_HERE(fatal), a__ op b__,			\
			      "%s %s %s, but these are %lld (%#llx) and %lld (%#llx)", \
			      #a, #op, #b, a__, a__, b__, b__);			\
	} while (0)

#define EXPECT_EQ(a, b)	HARNESS_COMPARE(false, a, ==, b)
#define EXPECT_NE(a, b)	HARNESS_COMPARE(false, a, !=, b)
#define EXPECT_LT(a, b)	HARNESS_COMPARE(false, a, <, b)
#define EXPECT_LE(a, b)	HARNESS_COMPARE(false, a, <=, b)
#define EXPECT_GT(a, b)	HARNESS_COMPARE(false, a, >, b)
#define EXPECT_GE(a, b)	HARNESS_COMPARE(false, a, >=, b)
#define ASSERT_EQ(a, b)	HARNESS_COMPARE(true, a, ==, b)
#define ASSERT_NE(a, b)	HARNESS_COMPARE(true, a, !=, b)
#define ASSERT_LE(a, b)	HARNESS_COMPARE(true, a, <=, b)
#define ASSERT_GT(a, b)	HARNESS_COMPARE(true, a, >, b)
#define ASSERT_GE(a, b)	HARNESS_COMPARE(true, a, >=, b)

#define EXPECT_TRUE(x)	harness_check(HARNESS_HERE(false), !!(x), "%s", #x)
#define ASSERT_TRUE(x)	harness_check(HARNESS_HERE(true), !!(x), "%s", #x)

#define EXPECT_STREQ(a, b)							\
	do {									\
		const char *a__ = (a), *b__ = (b);				\
										\
		harness_check(HARNESS_HERE(false), !strcmp(a__, b__),		\
			      "%s is \"%s\", not \"%s\"", #a, a__, b__);	\
	} while (0)

#define EXPECT_BYTES(a, b, size)	\
	harness_check_bytes(HARNESS_HERE(false), a, b, size, #a " are the bytes of " #b)
#define ASSERT_BYTES(a, b, size)	\
	harness_check_bytes(HARNESS_HERE(true), a, b, size, #a " are the bytes of " #b)

/* A call that gives -1 with this errno, or with one of these. */
#define EXPECT_ERRNO_IN(call, ...)						\
	do {									\
		long long ret__;						\
										\
		errno = 0;							\
		ret__ = (call);							\
		harness_check_errno(HARNESS_HERE(false), ret__ == -1, errno,	\
				    (const int[]){ __VA_ARGS__, 0 }, #call);	\
	} while (0)
#define EXPECT_ERRNO(call, error)	EXPECT_ERRNO_IN(call, error)

/* The same of an mmap(). */
#define EXPECT_MAP_ERRNO_IN(call, ...)						\
	do {									\
		const void *map__;						\
										\
		errno = 0;							\
		map__ = (call);							\
		harness_check_errno(HARNESS_HERE(false), map__ == MAP_FAILED, errno,	\
				    (const int[]){ __VA_ARGS__, 0 }, #call);	\
	} while (0)
#define EXPECT_MAP_ERRNO(call, error)	EXPECT_MAP_ERRNO_IN(call, error)

/* A call that does not give -1; the value is that of the call. */
#define HARNESS_OK(fatal, call)							\
	({									\
		__typeof__(call) ret__ = (call);				\
										\
		harness_check_ok(HARNESS_HERE(fatal), ret__ != -1, errno, #call);	\
		ret__;								\
	})
#define EXPECT_OK(call)	HARNESS_OK(false, call)
#define ASSERT_OK(call)	HARNESS_OK(true, call)

/* An mmap() that works; the value is where. */
#define ASSERT_MAP(call)							\
	({									\
		void *map__ = (call);						\
										\
		harness_check_ok(HARNESS_HERE(true), map__ != MAP_FAILED, errno, #call);	\
		map__;								\
	})

/* A touch_read() or touch_write() that raises this signal; 0: none. */
#define EXPECT_SIGNAL(touch, wanted)	\
	harness_check_signal(HARNESS_HERE(false), touch, wanted, #touch)
#define ASSERT_SIGNAL(touch, wanted)	\
	harness_check_signal(HARNESS_HERE(true), touch, wanted, #touch)

#endif /* _HARNESS_H */
