// SPDX-License-Identifier: GPL-2.0-only
/*
 * Registers by read(2) and write(2): a call is one access of its width, or none. That it
 * is one is counted by boards/harness/tests/boot/registers_test, which sees the device.
 * Their mappings are in registers_map_test.c.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "block.h"

/* 8 is one on some kernels. */
static const size_t wrong_sizes[] = { 3, 5, 6, 7, 9, 12, 16, 4095, 4096 };
#define NUM_WRONG_SIZES	(sizeof(wrong_sizes) / sizeof(wrong_sizes[0]))

static int open_registers(int flags)
{
	this_block();
	return open_buffer(&registers, flags);
}

/* What a call that is refused must leave as it is. */
static int open_with_scratch(uint32_t value)
{
	int fd = open_registers(O_RDWR);

	write_register(fd, this_block()->scratch, value);
	return fd;
}

static void expect_scratch(int fd, uint32_t value)
{
	const struct block *block = this_block();

	EXPECT_EQ(read_register(fd, block->scratch), value & block->mask);
}

TEST(registers, info_says_that_no_device_sees_them)
{
	struct cohbuf_info info;

	ASSERT_OK(buffer_info(open_registers(O_RDONLY), &info));
	EXPECT_EQ(info.memory, COHBUF_MEMORY_REGISTERS);
	EXPECT_EQ(info.size, registers.size);
	EXPECT_EQ(info.flags, registers.flags);
	EXPECT_EQ(info.dma_addr, 0);
	EXPECT_EQ(info.dma_bits, 0);
	EXPECT_EQ(info.cache_line, 0);
	EXPECT_STREQ(info.name, "registers");
}

static void expect_attr(const char *attr, const char *wanted)
{
	char text[64] = "?";

	EXPECT_OK(cohbuf_attribute("registers", attr, text, sizeof(text)));
	harness_check(HARNESS_HERE(false), !strcmp(text, wanted), "%s is \"%s\", not \"%s\"", attr,
		      wanted, text);
}

TEST(registers, sysfs_says_what_they_are)
{
	char size[32];

	this_block();
	snprintf(size, sizeof(size), "%zu", registers.size);
	expect_attr("size", size);
	expect_attr("memory", "registers");
	expect_attr("cpu_mapping", "device");
	expect_attr("dma_bits", "0");
	expect_attr("dma_coherent", "0");
	expect_attr("cache_line", "0");
	expect_attr("region", "");
	expect_attr("engine", "");
	EXPECT_ERRNO(access("/sys/class/cohbuf/registers/dma_addr", F_OK), ENOENT);
}

TEST(registers, known_register_reads_as_its_value)
{
	EXPECT_EQ(read_register(open_registers(O_RDONLY), this_block()->known),
		  this_block()->value);
}

/* The lowest bytes of the register, as the processor has them in memory. */
TEST(registers, narrow_reads_are_the_lower_part)
{
	const struct block *block = this_block();
	int fd = open_registers(O_RDONLY);

	for (size_t width = 1; width <= 2; width++) {
		unsigned char bytes[4] = { 0xa5, 0xa5, 0xa5, 0xa5 };

		if (!has_width(block, width))
			SKIP("the emulator's %s answers no access of %zu bytes", block->name,
			     width);
		EXPECT_EQ(pread(fd, bytes, width, block->known), width);
		EXPECT_BYTES(bytes, &block->value, width);
		EXPECT_EQ(bytes[width], 0xa5);
	}
}

TEST(registers, narrow_write_reaches_the_register)
{
	const struct block *block = this_block();
	int fd = open_registers(O_RDWR);

	for (size_t width = 1; width <= 2; width++) {
		const uint32_t value = 0x1234, mask = (1 << 8 * width) - 1;

		if (!has_width(block, width))
			SKIP("the emulator's %s answers no access of %zu bytes", block->name,
			     width);
		EXPECT_EQ(pwrite(fd, &value, width, block->scratch), width);
		EXPECT_EQ(read_register(fd, block->scratch) & mask, value & mask);
	}
}

TEST(registers, wide_access_is_of_two_registers)
{
	const struct block *block = this_block();
	const off_t known = block->known & ~7, scratch = block->scratch & ~7;
	const uint32_t twice[2] = { 0x5a96c33c, 0x5a96c33c };
	int fd = open_registers(O_RDWR);
	uint32_t both[2] = {}, wanted[2];

	if (!has_width(block, 8))
		SKIP("the emulator's %s, or the kernel, has no access of 8 bytes",
		     block->name);
	wanted[0] = read_register(fd, known);
	wanted[1] = read_register(fd, known + 4);
	EXPECT_EQ(pread(fd, both, 8, known), 8);
	EXPECT_BYTES(both, wanted, 8);

	EXPECT_EQ(pwrite(fd, twice, 8, scratch), 8);
	expect_scratch(fd, twice[0]);
}

TEST(registers, access_of_8_bytes_is_einval_on_a_32_bit_kernel)
{
	const struct block *block = this_block();
	int fd = open_with_scratch(0x31415926);
	uint64_t value = 0;

	if (kernel_is_64_bit())
		SKIP("a 64-bit kernel has them");
	EXPECT_ERRNO(pread(fd, &value, 8, block->known & ~7), EINVAL);
	EXPECT_ERRNO(pwrite(fd, &value, 8, block->scratch & ~7), EINVAL);
	expect_scratch(fd, 0x31415926);
}

TEST(registers, written_value_is_read_back)
{
	static const uint32_t values[] = { 0, 0xffffffff, 0x12345678, 0x55555555, 0xaaaaaaaa, 1 };
	int fd = open_registers(O_RDWR), other = open_registers(O_RDWR);

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		write_register(fd, this_block()->scratch, values[i]);
		expect_scratch(fd, values[i]);
		expect_scratch(other, values[i]);
	}
}

TEST(registers, size_that_is_no_width_is_einval)
{
	static unsigned char bytes[4096];
	const struct block *block = this_block();
	int fd = open_with_scratch(0x2718);

	for (size_t i = 0; i < NUM_WRONG_SIZES; i++) {
		EXPECT_ERRNO(pread(fd, bytes, wrong_sizes[i], block->known & ~15), EINVAL);
		EXPECT_ERRNO(pwrite(fd, bytes, wrong_sizes[i], block->scratch & ~15), EINVAL);
	}
	/* All at once, which is how a file is copied. */
	EXPECT_ERRNO(read(fd, new_bytes(registers.size, 0), registers.size), EINVAL);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 0);
	expect_scratch(fd, 0x2718);
}

TEST(registers, offset_that_is_no_multiple_of_the_width_is_einval)
{
	const struct block *block = this_block();
	int fd = open_with_scratch(0x2817);
	const off_t at = block->scratch & ~7;
	uint64_t value = 0;

	for (size_t width = 2; width <= 8; width *= 2) {
		for (size_t off = 1; off < width; off++) {
			EXPECT_ERRNO(pread(fd, &value, width, at + off), EINVAL);
			EXPECT_ERRNO(pwrite(fd, &value, width, at + off), EINVAL);
		}
	}
	expect_scratch(fd, 0x2817);
}

TEST(registers, no_bytes_are_no_access)
{
	const off_t offsets[] = { 0, 1, this_block()->scratch, registers.size, registers.size + 1 };
	int fd = open_with_scratch(0x1728);

	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		EXPECT_EQ(pread(fd, NULL, 0, offsets[i]), 0);
		EXPECT_EQ(pwrite(fd, NULL, 0, offsets[i]), 0);
	}
	expect_scratch(fd, 0x1728);
}

TEST(registers, read_at_and_past_the_end_is_0_and_a_write_enospc)
{
	const off_t past[] = { registers.size, registers.size + 1, registers.size + 4,
			       0x100000000LL, LLONG_MAX - 7 };
	int fd = open_registers(O_RDWR);
	uint64_t value = 0xa5a5a5a5;

	for (size_t i = 0; i < sizeof(past) / sizeof(past[0]); i++) {
		EXPECT_EQ(pread(fd, &value, 4, past[i]), 0);
		EXPECT_ERRNO(pwrite(fd, &value, 4, past[i]), ENOSPC);
	}
	EXPECT_EQ(value, 0xa5a5a5a5);

	/* A part of a register is none. */
	EXPECT_ERRNO(pread(fd, &value, 4, registers.size - 2), EINVAL);
	EXPECT_ERRNO(pwrite(fd, &value, 4, registers.size - 2), EINVAL);
	EXPECT_ERRNO(pread(fd, &value, 8, registers.size - 4), EINVAL);
	EXPECT_ERRNO(pwrite(fd, &value, 8, registers.size - 4), EINVAL);
}

TEST(registers, position_moves_by_what_was_accessed)
{
	const struct block *block = this_block();
	int fd = open_registers(O_RDWR);
	uint32_t value = 0;

	EXPECT_EQ(lseek(fd, block->known, SEEK_SET), block->known);
	EXPECT_EQ(read(fd, &value, 4), 4);
	EXPECT_EQ(value, block->value);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), block->known + 4);

	EXPECT_EQ(lseek(fd, block->scratch, SEEK_SET), block->scratch);
	value = 0x4711;
	EXPECT_EQ(write(fd, &value, 4), 4);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), block->scratch + 4);
	expect_scratch(fd, 0x4711);

	EXPECT_EQ(lseek(fd, 0, SEEK_END), registers.size);
	EXPECT_ERRNO(lseek(fd, 1, SEEK_END), EINVAL);
	EXPECT_ERRNO(lseek(fd, -1, SEEK_SET), EINVAL);
}

TEST(registers, vectors_together_are_one_access)
{
	const struct block *block = this_block();
	int fd = open_registers(O_RDWR);
	uint32_t value = 0x3f5ac681, back = 0xa5a5a5a5;
	unsigned char *in = (void *)&back, *out = (void *)&value;
	const struct iovec to[] = { { in, 2 }, { NULL, 0 }, { in + 2, 2 } };
	const struct iovec from[] = { { out, 1 }, { out + 1, 3 } };
	const struct iovec to_three[] = { { in, 2 }, { in + 2, 1 } };
	const struct iovec from_five[] = { { out, 4 }, { out, 1 } };

	EXPECT_EQ(pwritev(fd, from, 2, block->scratch), 4);
	expect_scratch(fd, value);
	EXPECT_EQ(preadv(fd, to, 3, block->scratch), 4);
	EXPECT_EQ(back, value & block->mask);

	EXPECT_EQ(lseek(fd, block->known, SEEK_SET), block->known);
	EXPECT_EQ(readv(fd, to, 3), 4);
	EXPECT_EQ(back, block->value);

	/* A width each, and together none. */
	EXPECT_ERRNO(preadv(fd, to_three, 2, block->scratch), EINVAL);
	EXPECT_ERRNO(pwritev(fd, from_five, 2, block->scratch), EINVAL);
	expect_scratch(fd, value);
}

/* The compiler would warn of it. */
static void *volatile nowhere;

TEST(registers, bad_pointer_is_efault)
{
	const struct block *block = this_block();
	int fd = open_with_scratch(0x5eed);

	EXPECT_ERRNO(pread(fd, nowhere, 4, block->known), EFAULT);
	EXPECT_ERRNO(pread(fd, (void *)-4L, 4, block->known), EFAULT);
	EXPECT_ERRNO(pwrite(fd, nowhere, 4, block->scratch), EFAULT);
	EXPECT_ERRNO(pwrite(fd, (void *)-4L, 4, block->scratch), EFAULT);
	expect_scratch(fd, 0x5eed);
}

/* Half of a register is neither read nor written. */
TEST(registers, pointer_that_turns_bad_is_efault)
{
	const struct block *block = this_block();
	int fd = open_with_scratch(0x5eed);
	unsigned char *map = ASSERT_MAP(mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
					     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	unsigned char *half = map + PAGE - 2;

	ASSERT_OK(munmap(map + PAGE, PAGE));
	EXPECT_EQ(lseek(fd, block->scratch, SEEK_SET), block->scratch);
	EXPECT_ERRNO(read(fd, half, 4), EFAULT);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), block->scratch);
	EXPECT_ERRNO(write(fd, half, 4), EFAULT);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), block->scratch);
	expect_scratch(fd, 0x5eed);
}

/* What is not in memory yet is fetched, and not bad. */
TEST(registers, memory_that_is_not_there_yet_is_fetched)
{
	const struct block *block = this_block();
	int fd = open_registers(O_RDWR);
	uint32_t *fresh = ASSERT_MAP(mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
					  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	EXPECT_EQ(pread(fd, fresh, 4, block->known), 4);
	EXPECT_EQ(*fresh, block->value);
	EXPECT_EQ(pwrite(fd, (char *)fresh + PAGE, 4, block->scratch), 4);
	expect_scratch(fd, 0);
}

TEST(registers, call_against_the_open_mode_is_ebadf)
{
	const struct block *block = this_block();
	int fd = open_with_scratch(0xbadf);
	uint32_t value = 0;

	EXPECT_ERRNO(pwrite(open_registers(O_RDONLY), &value, 4, block->scratch), EBADF);
	EXPECT_ERRNO(pread(open_registers(O_WRONLY), &value, 4, block->scratch), EBADF);
	expect_scratch(fd, 0xbadf);
	EXPECT_EQ(pwrite(open_registers(O_WRONLY), &value, 4, block->scratch), 4);
	expect_scratch(fd, 0);
}

TEST(registers, o_append_is_enospc)
{
	const struct block *block = this_block();
	int fd = open_with_scratch(0xadd), append = open_registers(O_RDWR | O_APPEND);
	uint32_t value = 0;

	EXPECT_ERRNO(write(append, &value, 4), ENOSPC);
	EXPECT_ERRNO(pwrite(append, &value, 4, block->scratch), ENOSPC);
	expect_scratch(fd, 0xadd);
}

TEST(registers, splice_moves_one_register)
{
	const struct block *block = this_block();
	int fd = open_with_scratch(0), pipefd[2];
	loff_t at = block->known;
	uint32_t value = 0;

	ASSERT_OK(pipe(pipefd));
	EXPECT_EQ(splice(fd, &at, pipefd[1], NULL, 4, 0), 4);
	EXPECT_EQ(at, block->known + 4);
	ASSERT_EQ(read(pipefd[0], &value, 4), 4);
	EXPECT_EQ(value, block->value);

	value = 0x7ee7;
	ASSERT_EQ(write(pipefd[1], &value, 4), 4);
	at = block->scratch;
	EXPECT_EQ(splice(pipefd[0], NULL, fd, &at, 4, 0), 4);
	EXPECT_EQ(at, block->scratch + 4);
	expect_scratch(fd, 0x7ee7);
	EXPECT_ERRNO(splice(fd, NULL, pipefd[1], NULL, 3, 0), EINVAL);
}

TEST(registers, sendfile_sends_one_register)
{
	const struct block *block = this_block();
	int fd = open_registers(O_RDONLY), pipefd[2];
	off_t at = block->known;
	struct utsname system;
	uint32_t value = 0;

	ASSERT_OK(uname(&system));
	if (atoi(system.release) < 6)
		SKIP("sendfile() of Linux %s takes no device", system.release);
	ASSERT_OK(pipe(pipefd));
	EXPECT_EQ(sendfile(pipefd[1], fd, &at, 4), 4);
	ASSERT_EQ(read(pipefd[0], &value, 4), 4);
	EXPECT_EQ(value, block->value);
	EXPECT_EQ(at, block->known + 4);
}

TEST(registers, sync_fsync_and_msync_are_barriers_and_copy_is_eopnotsupp)
{
	struct cohbuf_sync sync = {
		.length = registers.size,
		.direction = COHBUF_SYNC_TO_DEVICE,
		.owner = COHBUF_SYNC_FOR_DEVICE,
	};
	struct cohbuf_copy copy = { .dst = 4, .length = 4 };
	int fd = open_with_scratch(0x57ac);
	volatile uint32_t *map = map_registers(fd, PROT_READ);

	for (sync.direction = 0; sync.direction <= COHBUF_SYNC_FROM_DEVICE; sync.direction++)
		EXPECT_OK(buffer_sync(fd, &sync));
	EXPECT_OK(fsync(fd));
	EXPECT_OK(fdatasync(fd));
	EXPECT_OK(msync((void *)map, registers.size, MS_SYNC));
	EXPECT_OK(msync((void *)map, registers.size, MS_ASYNC));
	EXPECT_ERRNO(ioctl(fd, COHBUF_IOC_COPY, &copy), EOPNOTSUPP);
	expect_scratch(fd, 0x57ac);
}

/* Neither the kernel nor the processor keeps what was read. */
TEST(registers, counter_counts)
{
	const struct block *block = this_block();
	int fd = open_registers(O_RDONLY);
	volatile uint32_t *map = map_registers(fd, PROT_READ);
	uint32_t before;

	if (block->counter == NO_COUNTER)
		SKIP("nothing of the %s counts by itself", block->name);
	before = read_register(fd, block->counter);
	while (read_register(fd, block->counter) == before)
		;
	before = map[block->counter / 4];
	while (map[block->counter / 4] == before)
		;
	EXPECT_NE(read_register(fd, block->counter), before);
}
