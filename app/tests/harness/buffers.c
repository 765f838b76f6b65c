// SPDX-License-Identifier: GPL-2.0-only
/*
 * The buffers that the boards have, and what most tests do with them.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "buffers.h"
#include "tool/dt.h"
#include "tree.h"

unsigned long page_size(void)
{
	static unsigned long size;

	if (!size)
		size = sysconf(_SC_PAGESIZE);
	return size;
}

struct test_buffer mmapdemo = {
	.node = "buffer-mmapdemo",
	.name = "mmapdemo",
	.size = 4 << 10,
	.initial_data = "Hello from kernel space!",
};

struct test_buffer plain = {
	.node = "buffer-plain",
	.name = "plain",
	.size = 1 << 20,
};

struct test_buffer snooped = {
	.node = "buffer-snooped",
	.name = "snooped",
	.size = 1 << 20,
};

/* What the CPU wrote has to be handed over. */
struct test_buffer cached = {
	.node = "buffer-cached",
	.name = "cached",
	.size = 1 << 20,
	.memory = COHBUF_MEMORY_CACHED,
};

/* As that, for who learns from it. */
struct test_buffer kmalloc_buffer = {
	.node = "buffer-kmalloc",
	.name = "kmalloc",
	.size = 256 << 10,
	.memory = COHBUF_MEMORY_KMALLOC,
};

/* No device sees it. */
struct test_buffer vmalloc_buffer = {
	.node = "buffer-vmalloc",
	.name = "vmalloc",
	.size = 256 << 10,
	.memory = COHBUF_MEMORY_VMALLOC,
};

/* On no list: what is no memory is not written to by every test. */
struct test_buffer registers = {
	.node = "buffer-registers",
	.name = "registers",
	.memory = COHBUF_MEMORY_REGISTERS,
};

/* On no list either: its interrupt is an edge. */
struct test_buffer gpio = {
	.node = "buffer-gpio",
	.name = "gpio",
	.memory = COHBUF_MEMORY_REGISTERS,
};

/* All of a "no-map" region. */
struct test_buffer pool = {
	.node = "buffer-pool",
	.name = "pool",
	.size = 4 << 20,
};

/* Part of a "reusable" region. */
struct test_buffer cma = {
	.node = "buffer-cma",
	.name = "cma",
	.size = 2 << 20,
};

/* On a bus where a DMA address is not the physical one. */
static struct test_buffer offset = {
	.node = "buffer-offset",
	.name = "offset",
	.size = 256 << 10,
};

/* With a DMA controller of its own. */
static struct test_buffer engine = {
	.node = "buffer-engine",
	.name = "engine",
	.size = 1 << 20,
};

/* Not on the bus that the DMA controller is on. */
static struct test_buffer elsewhere = {
	.node = "buffer-elsewhere",
	.name = "elsewhere",
	.size = 64 << 10,
};

static struct test_buffer cached_dma = {
	.node = "buffer-cached-dma",
	.name = "cached-dma",
	.size = 256 << 10,
	.memory = COHBUF_MEMORY_CACHED,
};

/* In a region, and yet with a DMA controller, which does not snoop. */
static struct test_buffer cached_cma = {
	.node = "buffer-cached-cma",
	.name = "cached-cma",
	.size = 128 << 10,
	.memory = COHBUF_MEMORY_CACHED,
};

/* For a device that snoops: nothing has to be handed over. */
static struct test_buffer kmalloc_snooped = {
	.node = "buffer-kmalloc-snooped",
	.name = "kmalloc-snooped",
	.size = 64 << 10,
	.memory = COHBUF_MEMORY_KMALLOC,
};

/* Where dts/runtime/cached-sizes.dtso is applied. */
static struct test_buffer cached_64k = {
	.node = "buffer-cached-64k",
	.name = "cached-64k",
	.size = 64 << 10,
	.memory = COHBUF_MEMORY_CACHED,
};

static struct test_buffer cached_16m = {
	.node = "buffer-cached-16m",
	.name = "cached-16m",
	.size = 16 << 20,
	.memory = COHBUF_MEMORY_CACHED,
};

static struct test_buffer unnamed = {
	.node = "buffer-unnamed",
	.size = 64 << 10,
};

const struct test_buffer *all_buffers[MAX_BUFFERS];
const struct test_buffer *named_buffers[MAX_BUFFERS];
const struct test_buffer *large_buffers[MAX_BUFFERS];
const struct test_buffer *dma_buffers[MAX_BUFFERS];
const struct test_buffer *pinnable_buffers[MAX_BUFFERS];

/*
 * The memory is the region's or, without one, what the engine sees, unless the node
 * says what its own device does.
 */
static void read_memory(struct test_buffer *b, const char *node)
{
	struct tree_window cpu = tree_ram(), dma;
	char path[PATH_MAX], device[PATH_MAX];

	if (!has_dma(b))
		return;

	snprintf(device, sizeof(device), "%s", node);
	b->dma_bits = 32;
	if (tree_follow(node, "memory-region", path)) {
		cpu = tree_reg(path);
		b->flags |= COHBUF_INFO_REGION;
		snprintf(b->region, sizeof(b->region), "%s", strrchr(path, '/') + 1);
	} else if (tree_follow(node, "dmas", path) && !dt_has(node, "cohbuf,dma-bits")) {
		snprintf(device, sizeof(device), "%s", path);
		b->dma_bits = 0;
	}

	b->has_iommu = tree_inherits(device, "iommus") || tree_inherits(device, "iommu-map");
	if (tree_is_coherent(device))
		b->flags |= COHBUF_INFO_DMA_COHERENT;
	dma = tree_dma_view(device, cpu);
	b->dma_first = b->has_iommu ? 0 : dma.first;
	b->dma_end = b->has_iommu ? INT64_MAX : dma.end;
	b->bus_offset = dma.first - cpu.first;
}

bool find_buffer(struct test_buffer *b, char node[PATH_MAX])
{
	b->present = tree_find(b->node, node);
	if (b->present && device_find(b->node, b->device))
		b->device[0] = '\0';
	return b->present;
}

/* The block is as large as the node says; on no list. */
static void read_registers(struct test_buffer *b)
{
	struct tree_window reg;
	char node[PATH_MAX];

	if (!find_buffer(b, node))
		return;
	if (dt_has(node, "interrupts"))
		b->flags |= COHBUF_INFO_INTERRUPT;
	reg = tree_reg(node);
	b->size = reg.end - reg.first;
}

void add_to(const struct test_buffer **list, const struct test_buffer *b)
{
	while (*list)
		list++;
	*list = b;
}

/* Before the tests are added, hence a number as low as a program may give. */
static void __attribute__((constructor(101))) read_tree(void)
{
	struct test_buffer *const known[] = {
		&mmapdemo, &plain, &cached, &kmalloc_buffer, &vmalloc_buffer, &pool,
		&cached_dma, &cached_cma, &unnamed, &cma, &engine, &snooped, &offset,
		&elsewhere, &kmalloc_snooped, &cached_64k, &cached_16m
	};
	size_t count = sizeof(known) / sizeof(known[0]);

	/*
	 * The first: of each kind, of each kind of region, with an engine that snoops and
	 * with one that does not, unnamed.
	 */
	if (getenv("COHBUF_FEW_BUFFERS"))
		count = 9;
	for (size_t i = 0; i < count; i++) {
		struct test_buffer *b = known[i];
		char node[PATH_MAX];

		if (!find_buffer(b, node))
			continue;
		/* The driver gives whole pages. */
		b->size = (b->size + PAGE - 1) & -PAGE;
		if (dt_has(node, "dmas"))
			b->flags |= COHBUF_INFO_ENGINE;
		read_memory(b, node);
		add_to(all_buffers, b);
		if (b->name)
			add_to(named_buffers, b);
		if (has_dma(b))
			add_to(dma_buffers, b);
		if (is_pinnable(b))
			add_to(pinnable_buffers, b);
		if (b->name && b->size > 64 << 10)
			add_to(large_buffers, b);
	}
	read_registers(&registers);
	read_registers(&gpio);
}

bool has_dma(const struct test_buffer *b)
{
	return b->memory != COHBUF_MEMORY_VMALLOC && b->memory != COHBUF_MEMORY_REGISTERS;
}

bool is_cpu_cached(const struct test_buffer *b)
{
	return (b->memory != COHBUF_MEMORY_COHERENT && b->memory != COHBUF_MEMORY_REGISTERS) ||
	       b->flags & COHBUF_INFO_DMA_COHERENT;
}

bool is_pinnable(const struct test_buffer *b)
{
	return b->memory == COHBUF_MEMORY_KMALLOC || b->memory == COHBUF_MEMORY_VMALLOC;
}

bool needs_sync(const struct test_buffer *b)
{
	return has_dma(b) && b->memory != COHBUF_MEMORY_COHERENT &&
	       !(b->flags & COHBUF_INFO_DMA_COHERENT);
}

const char *kind_of(const struct test_buffer *b)
{
	static const char *const kinds[] = {
		[COHBUF_MEMORY_COHERENT] = "coherent",
		[COHBUF_MEMORY_CACHED] = "cached",
		[COHBUF_MEMORY_KMALLOC] = "kmalloc",
		[COHBUF_MEMORY_VMALLOC] = "vmalloc",
		[COHBUF_MEMORY_REGISTERS] = "registers",
	};

	return kinds[b->memory];
}

/**
 * platform_device_of() - name of the platform device of a buffer, bound or not
 * @b: the buffer
 *
 * Return: the name, such as "soc:buffer-plain".
 */
const char *platform_device_of(const struct test_buffer *b)
{
	if (!b->present)
		SKIP("the devicetree of this board has no %s", b->node);
	harness_check(HARNESS_HERE(true), *b->device,
		      "the board has a device of node %s", b->node);
	return b->device;
}

/**
 * name_of() - name of a buffer below /dev
 * @b: the buffer, bound
 *
 * Return: the name; valid until the next call.
 */
const char *name_of(const struct test_buffer *b)
{
	static char name[COHBUF_NAME_SIZE];
	const char *device = platform_device_of(b);

	if (b->name)
		return b->name;
	ASSERT_OK(device_buffer(device, name));
	return name;
}

int open_buffer(const struct test_buffer *b, int flags)
{
	return ASSERT_OK(buffer_open(name_of(b), flags));
}

/**
 * map_buffer() - map all of a buffer, for reading and writing
 * @b: the buffer
 * @fd: the file
 *
 * Return: where.
 */
unsigned char *map_buffer(const struct test_buffer *b, int fd)
{
	return ASSERT_MAP(mmap(NULL, b->size, PROT_READ | PROT_WRITE, MAP_SHARED,
			       fd, 0));
}

/**
 * hand_over() - COHBUF_IOC_SYNC
 * @fd: the file
 * @offset: in bytes, any value
 * @length: in bytes, any value
 * @direction: one of &enum cohbuf_sync_direction, or another number
 * @owner: one of &enum cohbuf_sync_owner, or another number
 *
 * Return: 0, or -1 with errno.
 */
int hand_over(int fd, uint64_t offset, uint64_t length, uint32_t direction, uint32_t owner)
{
	const struct cohbuf_sync sync = {
		.offset = offset,
		.length = length,
		.direction = direction,
		.owner = owner,
	};

	return buffer_sync(fd, &sync);
}

void expect_dma_bits(const struct test_buffer *b, uint64_t bits)
{
	if (b->dma_bits || !has_dma(b)) {
		EXPECT_EQ(bits, b->dma_bits);
	} else {
		EXPECT_GE(bits, 16);
		EXPECT_LE(bits, 64);
	}
}

static unsigned int counter_of(const struct test_buffer *b, const char *attr)
{
	uint64_t value = 0;

	ASSERT_OK(buffer_attr_u64(name_of(b), attr, &value));
	return value;
}

unsigned int files_of(const struct test_buffer *b)
{
	return counter_of(b, "files");
}

unsigned int mappings_of(const struct test_buffer *b)
{
	return counter_of(b, "mappings");
}

void bind_buffer(const struct test_buffer *b)
{
	ASSERT_OK(device_bind(platform_device_of(b)));
}

void unbind_buffer(const struct test_buffer *b)
{
	ASSERT_OK(device_unbind(platform_device_of(b)));
}

/* A buffer as it is after the boot. */
void renew_buffer(const struct test_buffer *b)
{
	unbind_buffer(b);
	bind_buffer(b);
}

/* Of a pattern, whatever a page of the kernel is. */
#define ROW	4096

/* A prime: neither pages nor the spaces between buffers are multiples of it. */
#define PERIOD	251

/* Where in the period a row starts. */
static size_t row_start(size_t row, unsigned int seed)
{
	return (row * 117 + row / PERIOD * 5 + seed * 59) % PERIOD;
}

unsigned char pattern(size_t at, unsigned int seed)
{
	return 1 + (at % ROW + row_start(at / ROW, seed)) % PERIOD;
}

/* Row by row: emulators are slow at bytes. */
void fill_pattern(unsigned char *to, size_t at, size_t size, unsigned int seed)
{
	static unsigned char rows[ROW + PERIOD];

	if (!rows[0])
		for (size_t i = 0; i < sizeof(rows); i++)
			rows[i] = 1 + i % PERIOD;

	while (size) {
		size_t len = ROW - at % ROW;

		if (len > size)
			len = size;
		memcpy(to, rows + at % ROW + row_start(at / ROW, seed), len);
		to += len;
		at += len;
		size -= len;
	}
}

unsigned char *new_bytes(size_t size, unsigned char value)
{
	unsigned char *bytes = malloc(size ?: 1);

	ASSERT_TRUE(bytes);
	memset(bytes, value, size);
	return bytes;
}

/**
 * new_pattern() - what a buffer filled with the pattern holds
 * @at: offset of the first byte in the buffer
 * @size: bytes
 * @seed: which pattern
 *
 * Return: the bytes.
 */
unsigned char *new_pattern(size_t at, size_t size, unsigned int seed)
{
	unsigned char *bytes = new_bytes(size, 0);

	fill_pattern(bytes, at, size, seed);
	return bytes;
}

/* A device that is not bound has no buffer. */
void expect_no_buffer(const char *device)
{
	char name[COHBUF_NAME_SIZE];

	EXPECT_TRUE(!device_is_bound(device));
	EXPECT_ERRNO(device_buffer(device, name), ENOENT);
}

/* For good, in this process: a user with no rights at all. */
void drop_privileges(void)
{
	ASSERT_OK(setgroups(0, NULL));
	ASSERT_OK(setresgid(65534, 65534, 65534));
	ASSERT_OK(setresuid(65534, 65534, 65534));
}

/* Root, but for the one right that a DMA address asks for. */
void drop_rawio(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct caps[2];

	ASSERT_OK(syscall(SYS_capget, &header, caps));
	caps[0].effective &= ~(1U << CAP_SYS_RAWIO);
	ASSERT_OK(syscall(SYS_capset, &header, caps));
}

bool module_is_loaded(void)
{
	return !access("/sys/module/cohbuf/refcnt", F_OK);
}

/* What is part of the kernel has a version there, and was never loaded. */
bool driver_is_built_in(void)
{
	return !access("/sys/bus/platform/drivers/cohbuf", F_OK) &&
	       access("/sys/module/cohbuf/initstate", F_OK);
}

/* For a test that loads or unloads the driver. */
void need_module(void)
{
	if (driver_is_built_in())
		SKIP("the driver is built in");
}

/* Unloads the driver and loads it, which binds all buffers. */
void reload_driver(void)
{
	ASSERT_OK(unload_module("cohbuf"));
	ASSERT_OK(load_module("cohbuf"));
}

/**
 * open_module() - a module of this project, to be loaded
 * @name: its name
 *
 * Return: the file, or -1 with errno: ENOENT where the board does not have it.
 */
int open_module(const char *name)
{
	struct utsname system;
	char path[PATH_MAX];

	ASSERT_OK(uname(&system));
	snprintf(path, sizeof(path), "/lib/modules/%s/extra/%s.ko", system.release, name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/**
 * load_module() - load a module of this project
 * @name: its name
 *
 * Return: 0, or -1 with errno as open_module(); EEXIST where it is loaded.
 */
int load_module(const char *name)
{
	int fd = open_module(name);
	int ret, error;

	if (fd < 0)
		return -1;
	ret = syscall(SYS_finit_module, fd, "", 0);
	error = errno;
	close(fd);
	errno = error;
	return ret;
}

/**
 * open_attributes() - the file of the module "attributes", which looks into page tables
 *
 * Return: the file; where the board does not have the module the test is skipped.
 */
int open_attributes(void)
{
	if (load_module("attributes") && errno == ENOENT)
		SKIP("the board does not have the module \"attributes\"");
	return ASSERT_OK(open("/dev/attributes", O_RDWR | O_CLOEXEC));
}

int unload_module(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK);
}

/* Does loading a driver bind what it serves? It does, unless a test says otherwise. */
void set_autoprobe(bool on)
{
	ASSERT_OK(file_write("/sys/bus/platform/drivers_autoprobe", on ? "1" : "0"));
}

/* Asked after each test: of a buffer whose name is known with two system calls. */
static bool has_node(const struct test_buffer *b)
{
	char name[COHBUF_NAME_SIZE], path[PATH_MAX];

	if (b->name) {
		snprintf(path, sizeof(path), "/sys/bus/platform/devices/%s/cohbuf/%s", b->device,
			 b->name);
		if (access(path, F_OK))
			return false;
	} else if (device_buffer(b->device, name)) {
		return false;
	}
	snprintf(path, sizeof(path), "/dev/%s", b->name ?: name);
	return !access(path, F_OK);
}

/**
 * ensure_bound() - bind the device of a buffer that is not bound, and wait for its node
 * @b: the buffer
 *
 * The driver core may be binding it at this moment, as its supplier is back: it makes
 * the link in the driver's folder before it calls the driver.
 *
 * Return: 0, or -1 with errno of the bind if nobody could bind it, else ENODEV.
 */
int ensure_bound(const struct test_buffer *b)
{
	const char *device = platform_device_of(b);
	int error = ENODEV;

	if (has_node(b))
		return 0;
	if (!device_is_bound(device) && device_bind(device))
		error = errno;
	while (device_is_bound(device)) {
		if (has_node(b))
			return 0;
		sched_yield();
	}
	errno = error;
	return -1;
}

/* Each file has a reference to the module, and each mapping has a file. */
static bool module_is_in_use(void)
{
	char refs[16];

	return file_read_line("/sys/module/cohbuf/refcnt", refs, sizeof(refs)) || atoi(refs);
}

static void restore_buffer(const struct test_buffer *b, bool counted)
{
	harness_check(HARNESS_HERE(false), !ensure_bound(b), "%s can be bound again", b->device);
	if (!counted)
		return;
	EXPECT_EQ(files_of(b), 0);
	EXPECT_EQ(mappings_of(b), 0);
}

/*
 * Every test leaves the board as it was: all buffers bound, which also says that
 * each can be bound again whatever the test did, and no file and no mapping left.
 * The counters of a buffer that no test of its own was about are read only if there
 * is something to count: to read all of them takes longer than most tests.
 */
static void restore_buffers(const void *arg)
{
	const struct test_buffer *const *b;
	bool in_use = module_is_in_use();

	if (!module_is_loaded() && !driver_is_built_in())
		ASSERT_OK(load_module("cohbuf"));

	for (b = all_buffers; *b; b++)
		if (*(*b)->device)
			restore_buffer(*b, !arg || *b == arg || in_use);
	if (*registers.device)
		restore_buffer(&registers, in_use);
}

static void __attribute__((constructor)) buffers_init(void)
{
	harness_add_teardown(restore_buffers);
}
