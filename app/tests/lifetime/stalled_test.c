// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unbind while a program that has mapped the buffer lets its own address space hang: a
 * fault waits for a file system that the program serves itself, with the mmap_lock held,
 * and another thread's mmap() waits for that lock as a writer, so nobody else gets it.
 * The program is a user's without any right, in a user namespace of its own.
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuse.h"
#include "tests/harness/buffers.h"
#include "unbind.h"

#define RW		(PROT_READ | PROT_WRITE)
#define NOBODY		1000
#define MOUNT_POINT	"/tmp/stalled_test"

/* How long an mmap() takes at most where nobody holds the lock, in milliseconds. */
#define NOT_HELD	2000

/* Each a pipe: what one process tells another, by a byte. */
struct program {
	int buffer;
	int stalled[2];
	int resume[2];
	int map_now[2];
	int mapped[2];
	bool in_namespace;
};

static void tell(const int pipefd[2])
{
	ASSERT_EQ(write(pipefd[1], "t", 1), 1);
}

static void await_word(const int pipefd[2])
{
	char byte;

	ASSERT_EQ(read(pipefd[0], &byte, 1), 1);
}

static bool is_told_within(const int pipefd[2], int ms)
{
	struct pollfd pfd = { .fd = pipefd[0], .events = POLLIN };

	if (poll(&pfd, 1, ms) != 1)
		return false;
	await_word(pipefd);
	return true;
}

/*
 * A fault gives the lock up while it waits, once: after an error it tries again with the
 * lock held. So each read fails until an mmap() of another thread does not come back.
 */
static void serve(const struct program *p, int fuse)
{
	struct fuse_read wanted;
	bool held = false;

	while (!held && fuse_await_read(fuse, &wanted)) {
		tell(p->map_now);
		held = !is_told_within(p->mapped, NOT_HELD);
		if (!held)
			fuse_fail_read(fuse, &wanted, EIO);
	}
	ASSERT_TRUE(held);
	tell(p->stalled);
	await_word(p->resume);
	do
		fuse_answer_read(fuse, &wanted);
	while (fuse_await_read(fuse, &wanted));
}

/* The writer: the last of these waits for the lock, and finds the buffer gone. */
static void *map_again_and_again(void *arg)
{
	const struct program *p = arg;
	void *map;

	for (;;) {
		await_word(p->map_now);
		map = mmap(NULL, PAGE, RW, MAP_SHARED, p->buffer, 0);
		if (map == MAP_FAILED)
			break;
		munmap(map, PAGE);
		tell(p->mapped);
	}
	EXPECT_EQ(errno, ENODEV);
	return NULL;
}

static void write_proc(const char *file, const char *text)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/%s", file);
	ASSERT_OK(file_write(path, text));
}

/* Root there, nobody here. False where the kernel does not let a user. */
static bool enter_namespace(void)
{
	char map[32];

	ASSERT_OK(setresgid(NOBODY, NOBODY, NOBODY));
	ASSERT_OK(setresuid(NOBODY, NOBODY, NOBODY));
	ASSERT_OK(prctl(PR_SET_DUMPABLE, 1));
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS))
		return false;
	snprintf(map, sizeof(map), "0 %d 1", NOBODY);
	write_proc("setgroups", "deny");
	write_proc("gid_map", map);
	write_proc("uid_map", map);
	return true;
}

static void run_program(const struct program *p)
{
	unsigned char *map, *file_map, byte;
	pthread_t writer;
	struct stat st;
	int fuse, file;
	pid_t server;

	if (p->in_namespace) {
		if (!enter_namespace())
			SKIP("no user namespace for a user: %s", strerror(errno));
	} else {
		ASSERT_OK(unshare(CLONE_NEWNS));
	}
	fuse = fuse_mount(MOUNT_POINT);
	server = harness_fork();
	if (!server) {
		serve(p, fuse);
		_exit(0);
	}
	close(fuse);

	map = ASSERT_MAP(mmap(NULL, PAGE, RW, MAP_SHARED, p->buffer, 0));
	ASSERT_SIGNAL(touch_write(map, 1), 0);
	file = ASSERT_OK(open(MOUNT_POINT, O_RDONLY));
	/* That is when the kernel asks for it. */
	ASSERT_OK(fstat(file, &st));
	ASSERT_EQ(st.st_size, PAGE);
	file_map = ASSERT_MAP(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, file, 0));
	ASSERT_EQ(pthread_create(&writer, NULL, map_again_and_again, (void *)p), 0);

	/* Comes back only when the server is told so. */
	EXPECT_SIGNAL(touch_read(file_map, &byte), 0);
	EXPECT_SIGNAL(touch_read(map, &byte), SIGBUS);
	ASSERT_EQ(pthread_join(writer, NULL), 0);
	ASSERT_OK(kill(server, SIGKILL));
}

static void need_fuse(void)
{
	if (load_module("fuse") && errno != EEXIST && access("/dev/fuse", F_OK))
		SKIP("no FUSE: %s", strerror(errno));
	/* As udev leaves it. */
	ASSERT_OK(chmod("/dev/fuse", 0666));
	close(ASSERT_OK(open(MOUNT_POINT, O_CREAT | O_WRONLY, 0666)));
}

static void unbind_beside_a_stalled_program(const struct test_buffer *b, bool in_namespace)
{
	struct program p = { .in_namespace = in_namespace };
	pid_t pid;
	char byte;

	need_fuse();
	p.buffer = open_buffer(b, O_RDWR);
	ASSERT_OK(pipe(p.stalled));
	ASSERT_OK(pipe(p.resume));
	ASSERT_OK(pipe(p.map_now));
	ASSERT_OK(pipe(p.mapped));
	pid = harness_fork();
	if (!pid) {
		close(p.stalled[0]);
		run_program(&p);
		_exit(0);
	}
	close(p.stalled[1]);
	/* One that is skipped ends without a word. */
	if (read(p.stalled[0], &byte, 1) != 1) {
		harness_join(pid);
		return;
	}
	unbind_promptly(b);
	tell(p.resume);
	harness_join(pid);
}

TEST(stalled, unbind_does_not_wait_for_a_user_whose_fault_hangs)
{
	unbind_beside_a_stalled_program(&plain, true);
}

TEST(stalled, unbind_does_not_wait_for_a_fault_that_hangs)
{
	unbind_beside_a_stalled_program(&pool, false);
}
