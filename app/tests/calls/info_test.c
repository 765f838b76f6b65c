// SPDX-License-Identifier: GPL-2.0-only
/*
 * ioctl(2): INFO, who gets to see the DMA address, and every command that is not
 * there.
 */
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/harness/buffers.h"

/* The ABI: the same numbers in a 32-bit and in a 64-bit program. */
_Static_assert(sizeof(struct cohbuf_info) == 0x80, "size");
_Static_assert(offsetof(struct cohbuf_info, size) == 0x00, "size");
_Static_assert(offsetof(struct cohbuf_info, dma_addr) == 0x08, "dma_addr");
_Static_assert(offsetof(struct cohbuf_info, memory) == 0x10, "memory");
_Static_assert(offsetof(struct cohbuf_info, flags) == 0x14, "flags");
_Static_assert(offsetof(struct cohbuf_info, dma_bits) == 0x18, "dma_bits");
_Static_assert(offsetof(struct cohbuf_info, cache_line) == 0x1c, "cache_line");
_Static_assert(offsetof(struct cohbuf_info, name) == 0x20, "name");
_Static_assert(offsetof(struct cohbuf_info, reserved) == 0x40, "reserved");
_Static_assert(COHBUF_IOC_INFO == 0x8080bc00, "INFO");
_Static_assert(COHBUF_NAME_SIZE == 32, "COHBUF_NAME_SIZE");
_Static_assert(COHBUF_INFO_DMA_COHERENT == 1, "DMA_COHERENT");
_Static_assert(COHBUF_INFO_REGION == 2, "REGION");
_Static_assert(COHBUF_INFO_DMA_ADDR == 4, "DMA_ADDR");
_Static_assert(COHBUF_MEMORY_COHERENT == 0, "COHERENT");
_Static_assert(COHBUF_MEMORY_CACHED == 1, "CACHED");
_Static_assert(COHBUF_MEMORY_KMALLOC == 2, "KMALLOC");
_Static_assert(COHBUF_MEMORY_VMALLOC == 3, "VMALLOC");
_Static_assert(COHBUF_MEMORY_REGISTERS == 4, "REGISTERS");

/* Poisoned first: what the driver leaves out is seen. */
static struct cohbuf_info info_of_file(int fd)
{
	struct cohbuf_info info;

	memset(&info, 0xa5, sizeof(info));
	ASSERT_OK(buffer_info(fd, &info));
	return info;
}

static struct cohbuf_info info_of(const struct test_buffer *b)
{
	int fd = open_buffer(b, O_RDONLY);
	struct cohbuf_info info = info_of_file(fd);

	close(fd);
	return info;
}

static const struct cohbuf_info zero;

TEST_EACH(info, says_what_the_node_says, all_buffers)
{
	struct cohbuf_info info = info_of(b);

	EXPECT_EQ(info.size, b->size);
	EXPECT_EQ(info.memory, b->memory);
	EXPECT_EQ(info.flags, b->flags | (has_dma(b) ? COHBUF_INFO_DMA_ADDR : 0));
	expect_dma_bits(b, info.dma_bits);
	EXPECT_STREQ(info.name, name_of(b));
	EXPECT_BYTES(info.reserved, zero.reserved, sizeof(info.reserved));
}

/* Of coherent memory it is 0, as it was when there was nothing else. */
TEST_EACH(info, cache_line_is_a_power_of_two_where_sync_is_needed, all_buffers)
{
	uint32_t line = info_of(b).cache_line;

	if (needs_sync(b)) {
		EXPECT_GE(line, 16);
		EXPECT_LE(line, PAGE);
		EXPECT_EQ(line & (line - 1), 0);
	} else {
		EXPECT_EQ(line, 0);
	}
}

TEST_EACH(info, name_is_padded_with_zeros, all_buffers)
{
	struct cohbuf_info info = info_of(b);
	size_t len = strnlen(info.name, COHBUF_NAME_SIZE);

	ASSERT_LE(len, COHBUF_NAME_SIZE - 1);
	EXPECT_BYTES(info.name + len, zero.name, COHBUF_NAME_SIZE - len);
}

TEST_EACH(info, agrees_with_sysfs, all_buffers)
{
	struct cohbuf_info info = info_of(b);
	uint64_t size = 0, dma_addr = 0, dma_bits = 0, cache_line = 1;

	EXPECT_OK(buffer_attr_u64(name_of(b), "size", &size));
	if (has_dma(b))
		EXPECT_OK(buffer_attr_u64(name_of(b), "dma_addr", &dma_addr));
	EXPECT_OK(buffer_attr_u64(name_of(b), "dma_bits", &dma_bits));
	EXPECT_OK(buffer_attr_u64(name_of(b), "cache_line", &cache_line));
	EXPECT_EQ(info.size, size);
	EXPECT_EQ(info.cache_line, cache_line);
	EXPECT_EQ(info.dma_addr, dma_addr);
	EXPECT_EQ(info.dma_bits, dma_bits);
}

TEST_EACH(info, dma_address_is_where_the_node_puts_the_buffer, dma_buffers)
{
	struct cohbuf_info info = info_of(b);

	EXPECT_GE(info.dma_addr, b->dma_first);
	EXPECT_LE(info.dma_addr + info.size, b->dma_end);
}

TEST(info, pool_starts_where_its_region_does)
{
	EXPECT_EQ(info_of(&pool).dma_addr, pool.dma_first);
}

TEST(info, no_two_buffers_share_dma_addresses)
{
	struct cohbuf_info info[MAX_BUFFERS];
	size_t count = 0;

	/* Behind an IOMMU each device has a space of addresses of its own. */
	for (size_t i = 0; dma_buffers[i]; i++)
		if (!dma_buffers[i]->has_iommu)
			info[count++] = info_of(dma_buffers[i]);

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < i; j++)
			EXPECT_TRUE(info[i].dma_addr + info[i].size <= info[j].dma_addr ||
				    info[j].dma_addr + info[j].size <= info[i].dma_addr);
}

TEST_EACH(info, works_on_a_file_of_any_mode, all_buffers)
{
	EXPECT_EQ(info_of_file(open_buffer(b, O_RDONLY)).size, b->size);
	EXPECT_EQ(info_of_file(open_buffer(b, O_WRONLY)).size, b->size);
	EXPECT_EQ(info_of_file(open_buffer(b, O_RDWR)).size, b->size);
}

static void expect_no_dma_addr(int fd, const struct test_buffer *b)
{
	struct cohbuf_info info = info_of_file(fd);

	EXPECT_EQ(info.flags, b->flags);
	EXPECT_EQ(info.dma_addr, 0);
	EXPECT_EQ(info.size, b->size);
}

TEST_EACH(info, file_opened_without_cap_sys_rawio_has_no_dma_address, all_buffers)
{
	drop_rawio();
	expect_no_dma_addr(open_buffer(b, O_RDWR), b);
}

TEST_EACH(info, file_opened_with_cap_sys_rawio_keeps_the_dma_address, dma_buffers)
{
	int fd = open_buffer(b, O_RDWR);
	struct cohbuf_info before = info_of_file(fd), after;

	EXPECT_TRUE(before.flags & COHBUF_INFO_DMA_ADDR);
	drop_privileges();
	after = info_of_file(fd);
	EXPECT_BYTES(&after, &before, sizeof(after));
}

/* ... and a file opened without it does not gain by who uses it. */
TEST(info, privileged_user_of_an_unprivileged_file_gets_no_dma_address)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct caps[2];
	int fd;

	ASSERT_OK(syscall(SYS_capget, &header, caps));
	drop_rawio();
	fd = open_buffer(&plain, O_RDWR);
	ASSERT_OK(syscall(SYS_capset, &header, caps));
	EXPECT_TRUE(info_of(&plain).flags & COHBUF_INFO_DMA_ADDR);
	expect_no_dma_addr(fd, &plain);
}

/* Root in a user namespace of its own has all capabilities, but only there. */
TEST(info, root_of_a_user_namespace_gets_no_dma_address)
{
	if (unshare(CLONE_NEWUSER))
		SKIP("no user namespaces: %s", strerror(errno));
	expect_no_dma_addr(open_buffer(&plain, O_RDWR), &plain);
}

TEST(info, bad_pointer_is_efault)
{
	int fd = open_buffer(&plain, O_RDWR);
	unsigned char *map = ASSERT_MAP(mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE,
					     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	ASSERT_OK(munmap(map + PAGE, PAGE));
	ASSERT_OK(mprotect(map + 2 * PAGE, PAGE, PROT_READ));

	EXPECT_ERRNO(ioctl(fd, COHBUF_IOC_INFO, NULL), EFAULT);
	EXPECT_ERRNO(ioctl(fd, COHBUF_IOC_INFO, (void *)-1L), EFAULT);
	EXPECT_ERRNO(ioctl(fd, COHBUF_IOC_INFO, (void *)-PAGE), EFAULT);
	EXPECT_ERRNO(ioctl(fd, COHBUF_IOC_INFO, map + PAGE), EFAULT);
	EXPECT_ERRNO(ioctl(fd, COHBUF_IOC_INFO, map + 2 * PAGE), EFAULT);
	EXPECT_ERRNO(ioctl(fd, COHBUF_IOC_INFO, map + PAGE - 1), EFAULT);
	EXPECT_ERRNO(ioctl(fd, COHBUF_IOC_INFO,
			   map + PAGE - sizeof(struct cohbuf_info) + 1),
		     EFAULT);
}

TEST(info, pointer_needs_no_alignment)
{
	int fd = open_buffer(&plain, O_RDWR);
	unsigned char bytes[sizeof(struct cohbuf_info) + 2];
	struct cohbuf_info info = info_of_file(fd);

	memset(bytes, 0xa5, sizeof(bytes));
	EXPECT_OK(ioctl(fd, COHBUF_IOC_INFO, bytes + 1));
	EXPECT_BYTES(bytes + 1, &info, sizeof(info));
	EXPECT_EQ(bytes[0], 0xa5);
	EXPECT_EQ(bytes[sizeof(info) + 1], 0xa5);
}

TEST(info, buffer_can_hold_its_own_info)
{
	int fd = open_buffer(&plain, O_RDWR);
	unsigned char *map = map_buffer(&plain, fd);
	struct cohbuf_info info = info_of_file(fd);

	EXPECT_OK(ioctl(fd, COHBUF_IOC_INFO, map + PAGE - 64));
	EXPECT_BYTES(map + PAGE - 64, &info, sizeof(info));
}

/* Each number in each direction, with sizes around those that could be meant. */
TEST(info, commands_that_do_not_exist_are_enotty)
{
	static const unsigned int sizes[] = {
		0, 1, 4, 8, 0x20, 0x28, 0x7f, 0x80, 0x81, 0x100, 0x3fff
	};
	int fd = open_buffer(&plain, O_RDWR);
	unsigned char *bytes = new_bytes(0x4000, 0xa5);
	unsigned char *wanted = new_bytes(0x4000, 0xa5);
	unsigned int count = 0;

	for (unsigned int nr = 0; nr < 256; nr++) {
		for (unsigned int dir = 0; dir < 4; dir++) {
			for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
				unsigned int cmd = _IOC(dir, COHBUF_IOC_MAGIC, nr, sizes[i]);

				if (cmd == COHBUF_IOC_INFO || cmd == COHBUF_IOC_COPY ||
				    cmd == COHBUF_IOC_SYNC || cmd == COHBUF_IOC_EXPORT ||
				    cmd == COHBUF_IOC_EVENTS)
					continue;
				if (ioctl(fd, cmd, bytes) == -1 && errno == ENOTTY)
					count++;
				else
					harness_check(HARNESS_HERE(false), false,
						      "ioctl(%#x) is ENOTTY", cmd);
			}
		}
	}
	EXPECT_EQ(count, 256 * 4 * sizeof(sizes) / sizeof(sizes[0]) - 5);
	EXPECT_BYTES(bytes, wanted, 0x4000);
}

TEST(info, commands_of_another_magic_are_enotty)
{
	int fd = open_buffer(&plain, O_RDWR);
	struct cohbuf_info info;

	EXPECT_ERRNO(ioctl(fd, _IOR(0xBB, 0x00, struct cohbuf_info), &info), ENOTTY);
	EXPECT_ERRNO(ioctl(fd, _IOR(0xBD, 0x00, struct cohbuf_info), &info), ENOTTY);
	EXPECT_ERRNO(ioctl(fd, _IOR(0x3C, 0x00, struct cohbuf_info), &info), ENOTTY);
	EXPECT_ERRNO(ioctl(fd, _IOR(0x00, 0x00, struct cohbuf_info), &info), ENOTTY);
	EXPECT_ERRNO(ioctl(fd, 0xffffffff, &info), ENOTTY);
	EXPECT_ERRNO(ioctl(fd, 0, &info), ENOTTY);
}

/* A command is 32 bits, and INFO has the highest one set: libraries differ. */
TEST(info, command_may_be_sign_extended)
{
	int fd = open_buffer(&plain, O_RDWR);
	struct cohbuf_info info = zero;

	EXPECT_OK(syscall(SYS_ioctl, fd, (long)(int)COHBUF_IOC_INFO, &info));
	EXPECT_EQ(info.size, plain.size);
}
