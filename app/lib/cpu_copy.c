// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copies by the CPU, out of mappings and into them, that are right for each kind of memory.
 */
#include <errno.h>
#include <string.h>

#include "buffer.h"

/* The widest that is loaded or stored by one aligned access or, of two registers, a pair. */
struct block {
	unsigned long words[2];
};

static struct block load_block(const volatile struct block *from)
{
	struct block block;

#if defined(__aarch64__)
	/* "Non-temporal": what is read once need not push anything out of a cache. */
	__asm__ __volatile__("ldnp %0, %1, %2"
			     : "=r"(block.words[0]), "=r"(block.words[1])
			     : "Q"(*from));
#else
	block.words[0] = from->words[0];
	block.words[1] = from->words[1];
#endif
	return block;
}

static void store_block(volatile struct block *to, struct block block)
{
#if defined(__aarch64__)
	__asm__ __volatile__("stnp %1, %2, %0"
			     : "=Q"(*to)
			     : "r"(block.words[0]), "r"(block.words[1]));
#else
	to->words[0] = block.words[0];
	to->words[1] = block.words[1];
#endif
}

static size_t to_block(const volatile void *at, size_t length)
{
	size_t bytes = -(uintptr_t)at % sizeof(struct block);

	return bytes < length ? bytes : length;
}

/* Bytes up to the first whole block and behind the last one: each is loaded once. */
static void copy_from_uncached(unsigned char *to, const volatile unsigned char *from, size_t length)
{
	size_t bytes = to_block(from, length);

	for (; bytes; bytes--, length--)
		*to++ = *from++;
	for (; length >= sizeof(struct block); length -= sizeof(struct block)) {
		struct block block = load_block((const volatile struct block *)from);

		memcpy(to, &block, sizeof(block));
		from += sizeof(block);
		to += sizeof(block);
	}
	for (; length; length--)
		*to++ = *from++;
}

static void copy_to_uncached(volatile unsigned char *to, const unsigned char *from, size_t length)
{
	size_t bytes = to_block(to, length);

	for (; bytes; bytes--, length--)
		*to++ = *from++;
	for (; length >= sizeof(struct block); length -= sizeof(struct block)) {
		struct block block;

		memcpy(&block, from, sizeof(block));
		store_block((volatile struct block *)to, block);
		from += sizeof(block);
		to += sizeof(block);
	}
	for (; length; length--)
		*to++ = *from++;
}

static bool is_memory(const struct cohbuf_buffer *buffer)
{
	if (buffer->info.memory != COHBUF_MEMORY_REGISTERS)
		return true;
	cohbuf_fail(EINVAL,
		    "use cohbuf_copy_from_registers() and cohbuf_copy_to_registers(), which say how wide each access is",
		    "\"%s\" is registers, and no memory", buffer->info.name);
	return false;
}

static bool is_uncached(const struct cohbuf_buffer *buffer)
{
	return buffer->info.memory == COHBUF_MEMORY_COHERENT &&
	       !(buffer->info.flags & COHBUF_INFO_DMA_COHERENT);
}

int cohbuf_copy_from(const struct cohbuf_buffer *buffer, void *to, const volatile void *from,
		     size_t length)
{
	if (!is_memory(buffer))
		return -1;
	if (is_uncached(buffer))
		copy_from_uncached(to, from, length);
	else
		memcpy(to, (const void *)from, length);
	return 0;
}

int cohbuf_copy_to(const struct cohbuf_buffer *buffer, volatile void *to, const void *from,
		   size_t length)
{
	if (!is_memory(buffer))
		return -1;
	if (is_uncached(buffer))
		copy_to_uncached(to, from, length);
	else
		memcpy((void *)to, from, length);
	return 0;
}

/* What the processor does by one access: one load or store of a C program, if volatile. */
static bool is_access(const volatile void *at, size_t width)
{
	if (width && width <= sizeof(unsigned long) && !(width & (width - 1)) &&
	    !((uintptr_t)at % width))
		return true;
	cohbuf_fail(EINVAL,
		    "give a width of 1, 2, 4 or, in a 64-bit program, 8, and an address that is a multiple of it",
		    "there is no access of %zu bytes at %p", width, (const void *)at);
	return false;
}

/* A number of any width, which is in the first bytes of memory. */
union number {
	uint8_t b;
	uint16_t w;
	uint32_t l;
	uint64_t q;
};

static void read_register(void *to, const volatile void *from, size_t width)
{
	union number number;

	switch (width) {
	case 1:
		number.b = *(const volatile uint8_t *)from;
		break;
	case 2:
		number.w = *(const volatile uint16_t *)from;
		break;
	case 4:
		number.l = *(const volatile uint32_t *)from;
		break;
	default:
		number.q = *(const volatile uint64_t *)from;
	}
	memcpy(to, &number, width);
}

static void write_register(volatile void *to, const void *from, size_t width)
{
	union number number;

	memcpy(&number, from, width);
	switch (width) {
	case 1:
		*(volatile uint8_t *)to = number.b;
		break;
	case 2:
		*(volatile uint16_t *)to = number.w;
		break;
	case 4:
		*(volatile uint32_t *)to = number.l;
		break;
	default:
		*(volatile uint64_t *)to = number.q;
	}
}

int cohbuf_copy_from_registers(void *to, const volatile void *from, size_t count, size_t width)
{
	if (!is_access(from, width))
		return -1;
	for (size_t i = 0; i < count; i++)
		read_register((unsigned char *)to + i * width,
			      (const volatile unsigned char *)from + i * width, width);
	return 0;
}

int cohbuf_copy_to_registers(volatile void *to, const void *from, size_t count, size_t width)
{
	if (!is_access(to, width))
		return -1;
	for (size_t i = 0; i < count; i++)
		write_register((volatile unsigned char *)to + i * width,
			       (const unsigned char *)from + i * width, width);
	return 0;
}
