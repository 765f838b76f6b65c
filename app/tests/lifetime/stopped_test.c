// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unbind while a program that has the buffer mapped, or is in the middle of a call, does
 * not go on: stopped by a signal, by a debugger, in a frozen cgroup, or by a full pipe.
 */
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lazy.h"
#include "tests/harness/asleep.h"
#include "tests/harness/buffers.h"
#include "unbind.h"

#define RW	(PROT_READ | PROT_WRITE)

#define FROZEN	"/tmp/stopped_test"

/* How a program is kept from going on. */
enum stop {
	BY_SIGNAL,
	BY_CGROUP,
};

/* Of this process and its children alone. */
static void mount_cgroups(void)
{
	ASSERT_OK(unshare(CLONE_NEWNS));
	ASSERT_TRUE(!mkdir(FROZEN, 0700) || errno == EEXIST);
	if (mount("none", FROZEN, "cgroup2", 0, NULL))
		SKIP("no control groups: %s", strerror(errno));
	ASSERT_TRUE(!mkdir(FROZEN "/program", 0700) || errno == EEXIST);
}

/* Until all of it is. */
static void await_frozen(void)
{
	struct pollfd pfd = { .events = POLLPRI };
	char events[64];
	ssize_t len;

	pfd.fd = ASSERT_OK(open(FROZEN "/program/cgroup.events", O_RDONLY | O_CLOEXEC));
	for (;;) {
		len = ASSERT_OK(pread(pfd.fd, events, sizeof(events) - 1, 0));
		events[len] = '\0';
		if (strstr(events, "frozen 1"))
			break;
		ASSERT_EQ(poll(&pfd, 1, -1), 1);
	}
	close(pfd.fd);
}

static void stop(pid_t pid, enum stop by)
{
	char text[16];

	if (by == BY_SIGNAL) {
		ASSERT_OK(kill(pid, SIGSTOP));
		return;
	}
	snprintf(text, sizeof(text), "%d", pid);
	ASSERT_OK(file_write(FROZEN "/program/cgroup.procs", text));
	ASSERT_OK(file_write(FROZEN "/program/cgroup.freeze", "1"));
}

static void await_stopped(pid_t pid, enum stop by)
{
	int status;

	if (by == BY_CGROUP) {
		await_frozen();
		return;
	}
	ASSERT_EQ(waitpid(pid, &status, WUNTRACED), pid);
	ASSERT_TRUE(WIFSTOPPED(status));
}

static void let_go_on(pid_t pid, enum stop by)
{
	if (by == BY_SIGNAL)
		ASSERT_OK(kill(pid, SIGCONT));
	else
		ASSERT_OK(file_write(FROZEN "/program/cgroup.freeze", "0"));
}

/* It maps the buffer, is stopped, and finds the mapping gone when it goes on. */
static void unbind_beside_a_mapping(const struct test_buffer *b, enum stop by)
{
	int ready[2], go[2];
	unsigned char byte;
	pid_t pid;

	ASSERT_OK(pipe(ready));
	ASSERT_OK(pipe(go));
	pid = harness_fork();
	if (!pid) {
		unsigned char *map = map_buffer(b, open_buffer(b, O_RDWR));

		ASSERT_SIGNAL(touch_write(map, 1), 0);
		ASSERT_EQ(write(ready[1], "r", 1), 1);
		ASSERT_EQ(read(go[0], &byte, 1), 1);
		EXPECT_SIGNAL(touch_read(map, &byte), SIGBUS);
		_exit(0);
	}
	ASSERT_EQ(read(ready[0], &byte, 1), 1);
	stop(pid, by);
	await_stopped(pid, by);
	unbind_promptly(b);
	let_go_on(pid, by);
	ASSERT_EQ(write(go[1], "g", 1), 1);
	harness_join(pid);
}

/* What another process has open, for this one as well. */
static int take_file(pid_t pid, int fd)
{
	int pidfd = ASSERT_OK(syscall(SYS_pidfd_open, pid, 0));
	int taken = syscall(SYS_pidfd_getfd, pidfd, fd, 0);

	if (taken < 0 && errno == ENOSYS)
		SKIP("no pidfd_getfd()");
	close(pidfd);
	return ASSERT_OK(taken);
}

/*
 * A read of it waits for memory that this process supplies. It is not stopped before
 * that is there, but it is to be.
 */
static void unbind_beside_a_read(const struct test_buffer *b, enum stop by)
{
	struct lazy lazy;
	int ready[2];
	pid_t pid;

	close(lazy_new().fd);
	ASSERT_OK(pipe(ready));
	pid = harness_fork();
	if (!pid) {
		int fd = open_buffer(b, O_RDWR);
		unsigned char *map = map_buffer(b, fd), byte;

		fill_pattern(map, 0, 2 * PAGE, 1);
		lazy = lazy_new();
		ASSERT_EQ(write(ready[1], &lazy, sizeof(lazy)), sizeof(lazy));
		EXPECT_EQ(pread(fd, lazy.pages, 2 * PAGE, 0), PAGE);
		EXPECT_BYTES(lazy.pages, new_pattern(0, PAGE, 1), PAGE);
		EXPECT_SIGNAL(touch_read(map, &byte), SIGBUS);
		_exit(0);
	}
	ASSERT_EQ(read(ready[0], &lazy, sizeof(lazy)), sizeof(lazy));
	lazy.fd = take_file(pid, lazy.fd);
	lazy_await(&lazy);
	stop(pid, by);
	unbind_promptly(b);
	lazy_supply(&lazy, new_bytes(2 * PAGE, 2));
	await_stopped(pid, by);
	let_go_on(pid, by);
	harness_join(pid);
}

TEST_EACH(stopped, unbind_does_not_wait_for_a_stopped_process, named_buffers)
{
	unbind_beside_a_mapping(b, BY_SIGNAL);
}

TEST(stopped, unbind_does_not_wait_for_a_read_of_a_stopped_process)
{
	unbind_beside_a_read(&plain, BY_SIGNAL);
}

TEST(stopped, unbind_does_not_wait_for_a_frozen_process)
{
	mount_cgroups();
	unbind_beside_a_mapping(&plain, BY_CGROUP);
}

TEST(stopped, unbind_does_not_wait_for_a_read_of_a_frozen_process)
{
	mount_cgroups();
	unbind_beside_a_read(&plain, BY_CGROUP);
}

#ifdef SYS_mmap2
#define MMAP	SYS_mmap2
#else
#define MMAP	SYS_mmap
#endif

/* Until the process is about to begin an mmap(), or about to come back from it. */
static void trace_into_mmap(pid_t pid, bool to_its_end)
{
	const unsigned int wanted = to_its_end ? PTRACE_SYSCALL_INFO_EXIT :
						 PTRACE_SYSCALL_INFO_ENTRY;
	struct __ptrace_syscall_info info;
	bool in_mmap = false;
	int status;

	do {
		ASSERT_OK(ptrace(PTRACE_SYSCALL, pid, NULL, NULL));
		ASSERT_EQ(waitpid(pid, &status, 0), pid);
		ASSERT_TRUE(WIFSTOPPED(status));
		ASSERT_GT(ptrace(PTRACE_GET_SYSCALL_INFO, pid, (void *)sizeof(info), &info), 0);
		if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
			in_mmap = info.entry.nr == MMAP;
	} while (!in_mmap || info.op != wanted);
}

static void unbind_beside_a_traced_mmap(const struct test_buffer *b, bool to_its_end)
{
	pid_t pid = harness_fork();
	int status;

	if (!pid) {
		int fd = open_buffer(b, O_RDWR);
		unsigned char *map, byte;

		ASSERT_OK(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
		raise(SIGSTOP);
		map = mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0);
		if (to_its_end)
			EXPECT_SIGNAL(touch_read(map, &byte), SIGBUS);
		else
			EXPECT_TRUE(map == MAP_FAILED && errno == ENODEV);
		_exit(0);
	}
	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	ASSERT_TRUE(WIFSTOPPED(status));
	ASSERT_OK(ptrace(PTRACE_SETOPTIONS, pid, NULL,
			 (void *)(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL)));
	trace_into_mmap(pid, to_its_end);
	unbind_promptly(b);
	ASSERT_OK(ptrace(PTRACE_DETACH, pid, NULL, NULL));
	harness_join(pid);
}

TEST(stopped, unbind_does_not_wait_for_an_mmap_that_a_debugger_holds_up)
{
	unbind_beside_a_traced_mmap(&plain, false);
}

TEST(stopped, unbind_does_not_wait_for_a_mapping_that_a_debugger_holds_up)
{
	unbind_beside_a_traced_mmap(&plain, true);
}

/* Fills a pipe, until the last call waits for room. */
static void splice_on_and_on(int fd, int to)
{
	loff_t at = 0;
	ssize_t len;

	while ((len = splice(fd, &at, to, NULL, PAGE, 0)) > 0)
		;
	EXPECT_EQ(len, -1);
	EXPECT_EQ(errno, ENODEV);
}

/* More than the pipe has room for: what it has sent by then. */
static void send_on_and_on(int fd, int to)
{
	off_t at = 0;

	EXPECT_GT(sendfile(to, fd, &at, plain.size), 0);
	EXPECT_ERRNO(sendfile(to, fd, &at, 1), ENODEV);
}

static void unbind_beside_a_full_pipe(void (*fill)(int fd, int to))
{
	unsigned char *rest = new_bytes(PAGE, 0);
	int pipefd[2];
	pid_t pid;

	ASSERT_OK(pipe(pipefd));
	pid = harness_fork();
	if (!pid) {
		int fd = open_buffer(&plain, O_RDWR);
		unsigned char *map = map_buffer(&plain, fd), byte;

		close(pipefd[0]);
		fill(fd, pipefd[1]);
		EXPECT_SIGNAL(touch_read(map, &byte), SIGBUS);
		_exit(0);
	}
	close(pipefd[1]);
	/* It fills up, and nothing else of it sleeps. */
	await_asleep(pid);
	unbind_promptly(&plain);
	while (ASSERT_OK(read(pipefd[0], rest, PAGE)) > 0)
		;
	harness_join(pid);
}

TEST(stopped, unbind_does_not_wait_for_a_splice_into_a_full_pipe)
{
	unbind_beside_a_full_pipe(splice_on_and_on);
}

TEST(stopped, unbind_does_not_wait_for_a_sendfile_into_a_full_pipe)
{
	struct utsname system;

	ASSERT_OK(uname(&system));
	if (atoi(system.release) < 6)
		SKIP("sendfile() takes no devices");
	unbind_beside_a_full_pipe(send_on_and_on);
}
