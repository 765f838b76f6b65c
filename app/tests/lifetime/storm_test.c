// SPDX-License-Identifier: GPL-2.0-only
/*
 * All at once: each way to use a buffer, on several buffers, while all of them are
 * unbound and bound, an overlay brings another one and takes it away, and the driver
 * is to be unloaded. COHBUF_UNBINDS says how many unbinds of buffers there are.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "racers.h"

#define RW	(PROT_READ | PROT_WRITE)

/* Seconds for each unbind, with all that goes on beside it; and what may come first. */
#define SECONDS_EACH	1
#define UNBINDS		200

static unsigned int unbinds(void)
{
	const char *text = getenv("COHBUF_UNBINDS");

	return text ? atoi(text) : UNBINDS;
}

/* Shared by all processes. */
struct storm {
	atomic_bool stop;
	atomic_uint unbinds;
	atomic_uint overlays;
	atomic_uint unloads_refused;
};

static struct storm *storm;

#define STORMED	3

/*
 * Of each kind, and memory of a region: three at a time, as with more of them a process waits
 * so long for its turn that a kernel with checkers says that it hangs.
 */
static const struct test_buffer *const storms[][STORMED] = {
	{ &plain, &pool, &vmalloc_buffer },
	{ &cached, &kmalloc_buffer, &registers },
};

#define NUM_STORMS	(sizeof(storms) / sizeof(storms[0]))

/* As many for each; a board without registers has the others. */
static unsigned int unbinds_each(const struct test_buffer *const *stormed)
{
	unsigned int present = 0;

	for (size_t i = 0; i < STORMED; i++)
		present += stormed[i]->present;
	return unbinds() / NUM_STORMS / present;
}

static void storm_on(const struct test_buffer *b, unsigned int cycles)
{
	const racer_fn memory[] = { race_calls, race_copy, race_touch, race_mmap, race_mremap,
				    race_split, race_fork, race_poll, race_events, race_sysfs,
				    race_open, race_export, NULL };
	const racer_fn device[] = { race_accesses, race_registers, race_copy, race_mmap,
				    race_mremap, race_fork, race_poll, race_events, race_sysfs,
				    race_open, race_export, NULL };
	bool is_device = b->memory == COHBUF_MEMORY_REGISTERS;

	storm->unbinds += run_processes(b, cycles, is_device ? device : memory);
}

/* The last file of a buffer that nobody unbinds keeps the driver. */
static void try_to_unload(void)
{
	int fd = open_buffer(&mmapdemo, O_RDWR);

	/* Never asleep, it would have a CPU for itself. */
	nice(19);
	while (!storm->stop) {
		EXPECT_ERRNO_IN(unload_module("cohbuf"), EWOULDBLOCK, EBUSY);
		storm->unloads_refused++;
	}
	close(fd);
}

/* A file of /dev/dt_overlay holds the overlay that is written to it. */
static void plug_and_unplug(void)
{
	static char blob[16 << 10];
	int file = ASSERT_OK(open("plugged.dtbo", O_RDONLY | O_CLOEXEC));
	ssize_t size = ASSERT_OK(read(file, blob, sizeof(blob)));

	while (!storm->stop) {
		int overlay = ASSERT_OK(open("/dev/dt_overlay", O_WRONLY | O_CLOEXEC));
		unsigned char *map, byte;
		struct cohbuf_info info;
		int fd;

		ASSERT_EQ(write(overlay, blob, size), size);
		fd = ASSERT_OK(buffer_open("plugged", O_RDWR));
		map = ASSERT_MAP(mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0));
		EXPECT_SIGNAL(touch_write(map, 1), 0);
		close(overlay);
		EXPECT_SIGNAL(touch_read(map, &byte), SIGBUS);
		EXPECT_ERRNO(buffer_info(fd, &info), ENODEV);
		EXPECT_ERRNO(buffer_open("plugged", O_RDONLY), ENOENT);
		munmap(map, PAGE);
		close(fd);
		storm->overlays++;
	}
}

static pid_t in_background(void (*run)(void))
{
	pid_t pid = harness_fork();

	if (!pid) {
		run();
		_exit(0);
	}
	return pid;
}

static void start_storm(void)
{
	storm = ASSERT_MAP(mmap(NULL, sizeof(*storm), RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
}

static void run_storm(const void *arg)
{
	const struct test_buffer *const *stormed = arg;
	bool has_overlays = !load_module("dt_overlay") || errno == EEXIST;
	pid_t pids[STORMED], unloader, plugger = 0;

	start_storm();
	unloader = in_background(try_to_unload);
	if (has_overlays)
		plugger = in_background(plug_and_unplug);
	for (size_t i = 0; i < STORMED; i++) {
		pids[i] = harness_fork();
		if (!pids[i]) {
			if (stormed[i]->present)
				storm_on(stormed[i], unbinds_each(stormed));
			_exit(0);
		}
	}
	for (size_t i = 0; i < STORMED; i++)
		harness_join(pids[i]);
	storm->stop = true;
	harness_join(unloader);
	if (has_overlays)
		harness_join(plugger);
	harness_note("%u unbinds, %u overlays plugged and unplugged, %u times not unloaded",
		     storm->unbinds, storm->overlays, storm->unloads_refused);
	EXPECT_GE(storm->unbinds, unbinds() / NUM_STORMS);
	EXPECT_GT(storm->unloads_refused, 0);
	if (has_overlays)
		EXPECT_GT(storm->overlays, 0);
}

static void __attribute__((constructor)) add_storms(void)
{
	for (size_t i = 0; i < NUM_STORMS; i++)
		harness_add(run_storm, storms[i], 120 + SECONDS_EACH * unbinds(),
			    "storm.everything_at_once.%s", storms[i][0]->name);
}

static void open_and_close(void)
{
	while (!storm->stop) {
		int fd = buffer_open("mmapdemo", O_RDWR);

		if (fd < 0) {
			EXPECT_TRUE(errno == ENOENT || errno == ENXIO);
			sched_yield();
			continue;
		}
		close(fd);
	}
}

/* The driver goes between two opens, or it does not go. */
TEST_LIMIT(storm, unloading_while_others_open, 240)
{
	unsigned int unloaded = 0, refused = 0;
	pid_t pids[2];

	start_storm();
	for (int i = 0; i < 2; i++)
		pids[i] = in_background(open_and_close);
	while (unloaded < 10) {
		if (!unload_module("cohbuf")) {
			unloaded++;
			ASSERT_OK(load_module("cohbuf"));
		} else {
			EXPECT_TRUE(errno == EWOULDBLOCK || errno == EBUSY);
			refused++;
		}
	}
	storm->stop = true;
	for (int i = 0; i < 2; i++)
		harness_join(pids[i]);
	harness_note("unloaded %u times, refused %u times", unloaded, refused);
}
