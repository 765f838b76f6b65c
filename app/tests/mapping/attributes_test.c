// SPDX-License-Identifier: GPL-2.0-only
/*
 * How the processor maps the buffers: the memory types that no emulator shows by
 * what it does, and the pages that a DMA address stands for.
 *
 * Whatever buffers the board has; a module (boards/harness/boot/guest/modules/attributes.c) looks
 * into the page tables.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "attributes.h"
#include "tests/harness/buffers.h"

/* A buffer, mapped, and the file that answers. */
struct mapped {
	int fd;
	int attributes;
	struct cohbuf_info info;
	unsigned char *map;
};

static struct mapped map_device(const char *device)
{
	struct mapped m = { .attributes = open_attributes() };
	char name[COHBUF_NAME_SIZE];

	ASSERT_OK(device_buffer(device, name));
	m.fd = ASSERT_OK(buffer_open(name, O_RDWR));
	ASSERT_OK(buffer_info(m.fd, &m.info));
	/* Pages that are counted are there when they are touched. */
	m.map = ASSERT_MAP(mmap(NULL, m.info.size, PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_POPULATE, m.fd, 0));
	return m;
}

static struct attributes_query query(const struct mapped *m, size_t offset)
{
	struct attributes_query query = {
		.addr = (uintptr_t)m->map + offset,
		.fd = m->fd,
	};

	ASSERT_OK(ioctl(m->attributes, ATTRIBUTES_IOC_QUERY, &query));
	return query;
}

/* First, middle and last page; of a single page it is three times the same. */
static size_t some_page(const struct mapped *m, int which)
{
	return (m->info.size / PAGE - 1) * which / 2 * PAGE;
}

/* How many runs of neighbours the pages make, in physical memory. */
static size_t count_pieces(const struct mapped *m)
{
	uint64_t next = 0;
	size_t pieces = 0;

	for (size_t at = 0; at < m->info.size; at += PAGE) {
		uint64_t phys = query(m, at).user.phys;

		pieces += !at || phys != next;
		next = phys + PAGE;
	}
	return pieces;
}

/* For docs/pictures/draw, too, which reads it. */
static void say_how_it_is_mapped(const struct mapped *m)
{
	static const char *const types[] = {
		[ATTRIBUTES_OTHER] = "other",
		[ATTRIBUTES_DEVICE] = "device",
		[ATTRIBUTES_NONCACHEABLE] = "noncacheable",
		[ATTRIBUTES_WRITE_BACK] = "write-back",
	};
	struct attributes_query q = query(m, 0);

	harness_note("%s: kernel %s %#x program %s %#x pieces %zu", m->info.name,
		     types[q.kernel.type], q.kernel.raw, types[q.user.type], q.user.raw,
		     count_pieces(m));
}

static unsigned int wanted_type(const struct cohbuf_info *info)
{
	if (info->memory == COHBUF_MEMORY_REGISTERS)
		return ATTRIBUTES_DEVICE;
	if (info->memory == COHBUF_MEMORY_COHERENT && !(info->flags & COHBUF_INFO_DMA_COHERENT))
		return ATTRIBUTES_NONCACHEABLE;
	return ATTRIBUTES_WRITE_BACK;
}

/* What docs/concepts.md says of registers: Device-nGnRE and its like, and no other Device. */
static bool is_as_documented(uint32_t raw)
{
#if defined(__riscv)
	return raw == 2;
#elif defined(__aarch64__)
	return raw == 0x04;
#else
	/* As MAIR has it, or without LPAE the type of PRRR, with no policy of NMRR. */
	return raw == 0x04 || raw == 0x10;
#endif
}

static void have_the_kernels_type(const void *device)
{
	struct mapped m = map_device(device);
	unsigned int wanted = wanted_type(&m.info);

	for (int i = 0; i < 3; i++) {
		struct attributes_query q = query(&m, some_page(&m, i));

		EXPECT_EQ(q.user.raw, q.kernel.raw);
		EXPECT_EQ(q.user.type, wanted);
		EXPECT_EQ(q.kernel.type, wanted);
		if (wanted == ATTRIBUTES_DEVICE)
			EXPECT_TRUE(is_as_documented(q.user.raw));
	}
	say_how_it_is_mapped(&m);

	/* The kernel makes the entries anew: what the driver chose must stay. */
	ASSERT_OK(mprotect(m.map, m.info.size, PROT_READ));
	EXPECT_EQ(query(&m, 0).user.type, wanted);
	ASSERT_OK(mprotect(m.map, m.info.size, PROT_READ | PROT_WRITE));
	EXPECT_EQ(query(&m, 0).user.raw, query(&m, 0).kernel.raw);
}

/* All of them: a wrong order shows in the middle. */
static void are_the_kernels_pages(const void *device)
{
	struct mapped m = map_device(device);
	size_t wrong = 0;

	for (size_t offset = 0; offset < m.info.size; offset += PAGE) {
		struct attributes_query q = query(&m, offset);

		wrong += q.user.phys != q.kernel.phys || q.user.phys % PAGE;
	}
	EXPECT_EQ(wrong, 0);
}

/* The device that a buffer's memory was allocated for: its own, or the controller. */
static void dma_device(const char *device, char path[PATH_MAX])
{
	char channel[PATH_MAX];

	snprintf(channel, sizeof(channel), "/sys/bus/platform/devices/%s/dma:memcpy/../..",
		 device);
	if (!realpath(channel, path))
		snprintf(path, PATH_MAX, "/sys/bus/platform/devices/%s", device);
}

static bool is_behind_an_iommu(const char *device)
{
	char master[PATH_MAX], path[PATH_MAX + 16];

	dma_device(device, master);
	snprintf(path, sizeof(path), "%s/iommu", master);
	return !access(path, F_OK);
}

/* Cells of a property of a devicetree node; 0 where it has none. */
static size_t read_cells(const char *node, const char *name, uint32_t *cells, size_t max)
{
	char path[PATH_MAX + 32];
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", node, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	len = ASSERT_OK(read(fd, cells, max * sizeof(*cells)));
	close(fd);
	for (size_t i = 0; i < len / sizeof(*cells); i++)
		cells[i] = ntohl(cells[i]);
	return len / sizeof(*cells);
}

static uint64_t take_number(const uint32_t **cells, unsigned int count)
{
	uint64_t value = 0;

	while (count--)
		value = value << 32 | *(*cells)++;
	return value;
}

/* What the bus of a device adds to a physical address, by its "dma-ranges". */
static uint64_t bus_offset(const char *master, uint64_t dma_addr)
{
	char path[PATH_MAX + 16], bus[PATH_MAX], parent[PATH_MAX + 4];
	uint32_t child_cells = 2, parent_cells = 2, size_cells = 1;
	uint32_t cells[64];
	const uint32_t *at = cells;
	size_t count;

	snprintf(path, sizeof(path), "%s/of_node/..", master);
	ASSERT_TRUE(realpath(path, bus));
	snprintf(parent, sizeof(parent), "%s/..", bus);
	read_cells(bus, "#address-cells", &child_cells, 1);
	read_cells(bus, "#size-cells", &size_cells, 1);
	read_cells(parent, "#address-cells", &parent_cells, 1);

	count = read_cells(bus, "dma-ranges", cells, 64);
	while ((size_t)(at - cells) + child_cells + parent_cells + size_cells <= count) {
		uint64_t first = take_number(&at, child_cells);
		uint64_t phys = take_number(&at, parent_cells);
		uint64_t size = take_number(&at, size_cells);

		if (dma_addr >= first && dma_addr - first < size)
			return first - phys;
	}
	EXPECT_EQ(count, 0);
	return 0;
}

static void are_where_the_bus_has_them(const void *device)
{
	struct mapped m = map_device(device);
	char master[PATH_MAX];
	uint64_t offset;
	size_t wrong = 0;

	if (is_behind_an_iommu(device))
		SKIP("the device is behind an IOMMU");
	if (!(m.info.flags & COHBUF_INFO_DMA_ADDR))
		SKIP("no device sees the memory");
	dma_device(device, master);
	offset = bus_offset(master, m.info.dma_addr);

	for (size_t at = 0; at < m.info.size; at += PAGE)
		wrong += query(&m, at).user.phys + offset != m.info.dma_addr + at;
	EXPECT_EQ(wrong, 0);
}

/* The IOMMU makes one piece of them for the device. */
static void are_scattered_behind_an_iommu(const void *device)
{
	struct mapped m = map_device(device);
	size_t same = 0;

	if (!is_behind_an_iommu(device) || !(m.info.flags & COHBUF_INFO_DMA_ADDR))
		SKIP("the memory is not behind an IOMMU");

	for (size_t at = 0; at < m.info.size; at += PAGE)
		same += query(&m, at).user.phys == m.info.dma_addr + at;
	EXPECT_EQ(same, 0);
	/* But for what is contiguous in any case. */
	if (m.info.memory == COHBUF_MEMORY_KMALLOC)
		EXPECT_EQ(count_pieces(&m), 1);
	else if (m.info.size > 16 * PAGE)
		EXPECT_GT(count_pieces(&m), 1);
}

static void of_a_revoked_mapping_is_enodev(const void *device)
{
	struct mapped m = map_device(device);
	struct attributes_query q = { .addr = (uintptr_t)m.map, .fd = m.fd };

	ASSERT_OK(device_unbind(device));
	EXPECT_ERRNO(ioctl(m.attributes, ATTRIBUTES_IOC_QUERY, &q), ENODEV);
	ASSERT_OK(device_bind(device));
}

/* The module is root's, but a test must not be able to crash the kernel by a slip. */
static void of_anything_else_is_refused(const void *device)
{
	const uint64_t addrs[] = {
		0, 1, PAGE, 0xc0000000, 0xffffffff, 1ULL << 63, ~0ULL, 0xffff000000000000
	};
	struct mapped m = map_device(device);
	struct attributes_query q = { .addr = (uintptr_t)m.map };

	for (size_t i = 0; i < sizeof(addrs) / sizeof(addrs[0]); i++) {
		q = (struct attributes_query){ .addr = addrs[i], .fd = m.fd };
		EXPECT_ERRNO(ioctl(m.attributes, ATTRIBUTES_IOC_QUERY, &q), EINVAL);
	}
	q = (struct attributes_query){ .addr = (uintptr_t)m.map, .fd = -1 };
	EXPECT_ERRNO(ioctl(m.attributes, ATTRIBUTES_IOC_QUERY, &q), EBADF);
	q.fd = m.attributes;
	EXPECT_ERRNO(ioctl(m.attributes, ATTRIBUTES_IOC_QUERY, &q), EINVAL);
	/* Another file of the same buffer: not this mapping's. */
	q.fd = ASSERT_OK(buffer_open(m.info.name, O_RDWR));
	EXPECT_ERRNO(ioctl(m.attributes, ATTRIBUTES_IOC_QUERY, &q), EINVAL);
	q = (struct attributes_query){ .addr = (uintptr_t)&q, .fd = m.fd };
	EXPECT_ERRNO(ioctl(m.attributes, ATTRIBUTES_IOC_QUERY, &q), EINVAL);
	EXPECT_ERRNO(ioctl(m.attributes, ATTRIBUTES_IOC_QUERY, NULL), EFAULT);
	EXPECT_ERRNO(ioctl(m.attributes, 0, &q), ENOTTY);
}

static void add_tests(const char *device)
{
	static const struct {
		const char *name;
		harness_fn run;
	} tests[] = {
		{ "pages_have_the_kernels_type", have_the_kernels_type },
		{ "pages_are_the_kernels", are_the_kernels_pages },
		{ "pages_are_where_the_bus_has_them", are_where_the_bus_has_them },
		{ "pages_are_scattered_behind_an_iommu", are_scattered_behind_an_iommu },
		{ "query_of_a_revoked_mapping_is_enodev", of_a_revoked_mapping_is_enodev },
		{ "query_of_anything_else_is_refused", of_anything_else_is_refused },
	};
	const char *node = strstr(device, "buffer-");
	char *arg = strdup(device);

	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		harness_add(tests[i].run, arg, HARNESS_LIMIT, "attributes.%s.%s",
			    tests[i].name, node ? node + strlen("buffer-") : device);
}

/* By device: a buffer without a label has another name after each bind. */
static void __attribute__((constructor)) attributes_init(void)
{
	DIR *class = opendir("/sys/class/cohbuf");
	char device[DEVICE_NAME_SIZE];
	struct dirent *entry;

	while (class && (entry = readdir(class)))
		if (entry->d_name[0] != '.' && !buffer_device(entry->d_name, device))
			add_tests(device);
	if (class)
		closedir(class);
}
