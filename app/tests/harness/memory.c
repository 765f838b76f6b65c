// SPDX-License-Identifier: GPL-2.0-only
/*
 * How much memory is in use, by the kernel's own books.
 */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "device.h"
#include "harness.h"
#include "memory.h"
#include "process.h"

#define SLAB	"/sys/kernel/debug/slab"
/* Seconds that an object may take to go: a busy machine is late with its grace periods. */
#define SETTLE_LIMIT	20
/* What leaks does so in each batch; the counters are the whole system's. */
#define BATCHES		3

/**
 * meminfo() - a line of /proc/meminfo
 * @key: what stands before the colon
 *
 * Return: kilobytes, or -1 where the kernel has no such line.
 */
long meminfo(const char *key)
{
	FILE *file = fopen("/proc/meminfo", "r");
	size_t len = strlen(key);
	char line[128];
	long value = -1;

	ASSERT_TRUE(file);
	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, key, len) && line[len] == ':')
			value = atol(line + len + 1);
	fclose(file);
	return value;
}

/**
 * free_memory() - memory that is free, with the pages that each CPU keeps for itself
 *
 * From Linux 6.7 on that is some ten megabytes, which MemFree lacks.
 *
 * Return: kilobytes.
 */
long free_memory(void)
{
	FILE *file = fopen("/proc/zoneinfo", "r");
	long pages = 0, count;
	char line[256];

	ASSERT_TRUE(file);
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, " count: %ld", &count) == 1)
			pages += count;
	fclose(file);
	return meminfo("MemFree") + pages * (sysconf(_SC_PAGESIZE) >> 10);
}

/* Free objects go back: those at hand for a CPU, and those that KASAN keeps for a while. */
static void shrink_cache(const char *cache)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "/sys/kernel/slab/%s/shrink", cache);
	file_write(path, "1");
}

/**
 * slab_objects() - objects of a slab cache that are in use
 * @cache: its name
 *
 * Return: how many, or -1 where the kernel does not say.
 */
long slab_objects(const char *cache)
{
	FILE *file = fopen("/proc/slabinfo", "r");
	char line[512], name[64];
	long value = -1, count;

	shrink_cache(cache);
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%63s %ld", name, &count) == 2 && !strcmp(name, cache))
			value = count;
	if (file)
		fclose(file);
	return value;
}

static unsigned int read_vmaps(const char *of)
{
	FILE *file = fopen("/proc/vmallocinfo", "r");
	unsigned int count = 0;
	char line[512];

	ASSERT_TRUE(file);
	while (fgets(line, sizeof(line), file))
		if (strstr(line, of))
			count++;
	fclose(file);
	return count;
}

/*
 * The kernel hands the list out in pieces: what others allocate or free between two of
 * them moves the rest, and an area is seen twice or not at all. Hence two readings that
 * agree.
 */
static unsigned int count_vmaps(const char *of)
{
	unsigned int count = read_vmaps(of), before;

	do {
		before = count;
		count = read_vmaps(of);
	} while (count != before);
	return count;
}

/**
 * count_dma_vmaps() - areas of vmalloc space that the DMA API made
 *
 * The kernel maps a buffer there that it cannot use through its linear mapping.
 *
 * Return: how many.
 */
unsigned int count_dma_vmaps(void)
{
	return count_vmaps("dma_");
}

/* Those of registers. */
unsigned int count_io_vmaps(void)
{
	return count_vmaps("ioremap");
}

/*
 * Not the driver's: what loading the module allocates, and what the kernel keeps
 * for the next time or frees when it likes. The reserved memory of a "no-map" pool
 * stays mapped for the kernel from its first use on.
 *
 * Nor what the modules of the emulated boards allocate: their init functions lay
 * where the driver now lies, and the kernel gives these addresses the driver's name.
 */
static const char *const not_ours[] = {
	"cohbuf_chrdev_init", "rmem_dma_device_init", "alloc_vmap_area",
	"radix_tree_node_alloc", "bus_add_driver", "[copy_engine]", "[fw_cfg_dma]",
	"[edu_dma]", NULL
};

static bool is_not_ours(const char *line)
{
	for (const char *const *name = not_ours; *name; name++)
		if (strstr(line, *name))
			return true;
	return false;
}

/*
 * Objects of one cache that the module allocated, by the allocation's stack: a
 * block of lines starts with the number of objects and names the allocating
 * function, the lines after it the callers.
 */
static unsigned int count_in_cache(const char *path, bool show)
{
	unsigned int total = 0, objects = 0, count;
	char line[512], first[512] = "";
	bool ours = false, kept = true, more;
	FILE *file = fopen(path, "r");

	if (!file)
		return 0;
	do {
		more = fgets(line, sizeof(line), file);
		if (!more || (strstr(line, " age=") && sscanf(line, "%u", &count) == 1)) {
			if (ours && !kept) {
				total += objects;
				if (show)
					harness_note("left: %.*s", (int)strcspn(first, "\n"),
						     first);
			}
			objects = count;
			ours = kept = false;
			strcpy(first, line);
		}
		ours |= !!strstr(line, "[cohbuf]");
		kept |= is_not_ours(line);
	} while (more);
	fclose(file);
	return total;
}

/* In all caches; *files counts those that could be looked at. */
static unsigned int count_in_caches(unsigned int *files, bool show)
{
	unsigned int total = 0;
	struct dirent *entry;
	DIR *dir = opendir(SLAB);

	*files = 0;
	if (!dir)
		return 0;

	/* A cached name of a file below /sys keeps what the file was. */
	file_write("/proc/sys/vm/drop_caches", "2");
	while ((entry = readdir(dir))) {
		char path[PATH_MAX];

		snprintf(path, sizeof(path), SLAB "/%s/alloc_traces", entry->d_name);
		if (access(path, R_OK))
			continue;
		shrink_cache(entry->d_name);
		++*files;
		total += count_in_cache(path, show);
	}
	closedir(dir);
	return total;
}

/**
 * count_objects() - objects in slab caches that the driver allocated
 * @files: set to the number of caches that could be looked at; 0 without
 *	"slub_debug" on the kernel's command line
 *
 * Return: how many.
 */
unsigned int count_objects(unsigned int *files)
{
	return count_in_caches(files, false);
}

/**
 * settle_objects() - the same, some time after an unbind
 * @wanted: how many there should be; if there are more, they are printed
 *
 * Some objects wait for a grace period, for which nobody can be asked.
 *
 * Return: @wanted or less as soon as it is, or how many are left after a while.
 */
unsigned int settle_objects(unsigned int wanted)
{
	const struct timespec pause = { .tv_nsec = 100 * 1000 * 1000 };
	double end = monotonic() + SETTLE_LIMIT;
	unsigned int count, files;

	while ((count = count_objects(&files)) > wanted && monotonic() < end)
		nanosleep(&pause, NULL);
	return count > wanted ? count_in_caches(&files, true) : count;
}

/**
 * steady_objects() - the same, for who cannot say how many there should be
 *
 * Return: how many, once two looks with a second between them agree.
 */
unsigned int steady_objects(void)
{
	unsigned int files, count = count_objects(&files), before;

	do {
		before = count;
		sleep(1);
		count = count_objects(&files);
	} while (count != before);
	return count;
}

/* KiB, and how many of the kernel's areas. */
struct memory {
	long cma;
	long free;
	int vmaps;
};

static struct memory memory_now(void)
{
	struct memory now = {
		.cma = meminfo("CmaFree"),
		.free = free_memory(),
		.vmaps = count_dma_vmaps(),
	};

	return now;
}

static struct memory taken_by(void (*batch)(const void *arg), const void *arg)
{
	struct memory before = memory_now(), now;

	batch(arg);
	now = memory_now();
	return (struct memory){
		.cma = before.cma - now.cma,
		.free = before.free - now.free,
		.vmaps = now.vmaps - before.vmaps,
	};
}

/**
 * expect_memory_back() - what is done many times leaves the memory that there was
 * @batch: what does it many times; it was done once before, and may have kept something
 * @arg: given to @batch
 * @allowed: KiB that may be gone then; those of CMA, where user space may lie, may also
 *	be more
 */
void expect_memory_back(void (*batch)(const void *arg), const void *arg, long allowed)
{
	struct memory taken;
	int batches = 0;
	bool more;

	do {
		taken = taken_by(batch, arg);
		harness_note("%ld KiB fewer are free, %ld of CMA, %ld may be", taken.free,
			     taken.cma, allowed);
		more = labs(taken.cma) > allowed || taken.free > allowed || taken.vmaps;
		/* What leaks as much again must not bring the board down. */
		more &= free_memory() > 2 * taken.free;
	} while (more && ++batches < BATCHES);
	EXPECT_LE(labs(taken.cma), allowed);
	EXPECT_LE(taken.free, allowed);
	EXPECT_EQ(taken.vmaps, 0);
}
