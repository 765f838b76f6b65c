// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copies inside a buffer by a DMA engine: the proof that a device sees what the CPU
 * wrote, and the CPU what the device wrote. Nothing is in flight once a copy has
 * returned, however it ends, and an unbind ends it; an engine that cannot be stopped
 * keeps the memory for good.
 */
#include <linux/dmaengine.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/sched/signal.h>
#include <linux/xarray.h>

#include "cohbuf.h"
#include "compat.h"
#include "trace.h"

/**
 * struct cohbuf_transfer - one descriptor of an engine, while somebody waits for it
 * @wait: who waits
 * @finished: the engine called back
 * @failed: the engine reported an error
 */
struct cohbuf_transfer {
	wait_queue_head_t *wait;
	bool finished;
	bool failed;
};

/*
 * The transfers that are waited for. Not every controller's driver can tell when the
 * last callback of a stopped transfer is over, so one may come when its transfer and
 * even its buffer are gone. Hence an engine gets a number, not an address: a callback
 * whose number is not here is late, and touches nothing.
 */
static DEFINE_XARRAY_FLAGS(cohbuf_transfers, XA_FLAGS_ALLOC | XA_FLAGS_LOCK_IRQ);
static u32 cohbuf_next_transfer;

static void cohbuf_transfer_done(void *param, const struct dmaengine_result *result)
{
	struct cohbuf_transfer *transfer;
	unsigned long flags;

	xa_lock_irqsave(&cohbuf_transfers, flags);
	transfer = xa_load(&cohbuf_transfers, (unsigned long)param);
	if (transfer) {
		transfer->failed = result && result->result != DMA_TRANS_NOERROR;
		/* Whoever sees this sees what was written before. */
		smp_store_release(&transfer->finished, true);
		wake_up(transfer->wait);
	}
	xa_unlock_irqrestore(&cohbuf_transfers, flags);
}

/* Who has the turn to copy: buffers of a pool have one engine. */
static struct cohbuf *cohbuf_turn(struct cohbuf *cb)
{
	return cb->of_pool ?: cb;
}

/* Is it worth waiting longer: did the engine call back, or is the buffer gone? */
static bool cohbuf_transfer_is_over(const struct cohbuf *cb,
				    const struct cohbuf_transfer *transfer)
{
	/* Pairs with cohbuf_transfer_done(). */
	return !READ_ONCE(cb->mem) || smp_load_acquire(&transfer->finished);
}

/* Wait for the engine. Returns 0, or why it was not worth it: -ETIME if it is late. */
static int cohbuf_transfer_wait(struct cohbuf *cb, const struct cohbuf_transfer *transfer,
				ktime_t deadline)
{
	int ret;

	/* Not in jiffies: a tick that comes late would make the time shorter. */
	ret = wait_event_interruptible_hrtimeout(cohbuf_turn(cb)->copy_wait,
						 cohbuf_transfer_is_over(cb, transfer),
						 ktime_sub(deadline, ktime_get()));
	return READ_ONCE(cb->mem) ? ret : -ENODEV;
}

static int cohbuf_transfer_submit(struct dma_chan *chan, u32 number, dma_addr_t dst,
				  dma_addr_t src, size_t len, dma_cookie_t *cookie)
{
	struct dma_async_tx_descriptor *tx;

	tx = dmaengine_prep_dma_memcpy(chan, dst, src, len,
				       DMA_PREP_INTERRUPT | DMA_CTRL_ACK);
	if (!tx)
		return -EIO;

	tx->callback_result = cohbuf_transfer_done;
	tx->callback_param = (void *)(unsigned long)number;
	*cookie = dmaengine_submit(tx);
	if (dma_submit_error(*cookie))
		return -EIO;

	dma_async_issue_pending(chan);
	return 0;
}

/* One descriptor, from start to end; nothing is in flight on return, or @mem is lost. */
static int cohbuf_transfer_run(struct cohbuf *cb, struct cohbuf_mem *mem, dma_addr_t dst,
			       dma_addr_t src, size_t len, ktime_t deadline)
{
	struct cohbuf_transfer transfer = { .wait = &cohbuf_turn(cb)->copy_wait };
	struct dma_chan *chan = mem->engine;
	dma_cookie_t cookie;
	u32 number;
	int ret;

	ret = xa_alloc_cyclic_irq(&cohbuf_transfers, &number, &transfer, xa_limit_32b,
				  &cohbuf_next_transfer, GFP_KERNEL);
	if (ret < 0)
		return ret;

	ret = cohbuf_transfer_submit(chan, number, dst, src, len, &cookie);
	if (!ret)
		ret = cohbuf_transfer_wait(cb, &transfer, deadline);

	/* From here on a callback is late. */
	xa_erase_irq(&cohbuf_transfers, number);
	if (!ret && !transfer.failed &&
	    dma_async_is_tx_complete(chan, cookie, NULL, NULL) == DMA_COMPLETE)
		return 0;

	if (!cohbuf_engine_stop(cb->dev.parent, chan)) {
		mem->lost = true;
		cohbuf_turn(cb)->engine_lost = true;
	}
	return ret ?: -EIO;
}

/* How much to give to the engine at once, in bytes. */
static size_t cohbuf_max_chunk(const struct dma_chan *chan)
{
	size_t align = 1UL << chan->device->copy_align;
	size_t most = dma_get_max_seg_size(chan->device->dev);

	return max(round_down(most, align), align);
}

/* Piece by piece, as it may take long. Returns 0, or why it was not worth going on. */
static int cohbuf_copy_for_device(struct cohbuf *cb, const struct cohbuf_mem *mem, size_t offset,
				  size_t len, enum dma_data_direction direction, ktime_t deadline)
{
	size_t part;

	for (; len; offset += part, len -= part) {
		if (!READ_ONCE(cb->mem))
			return -ENODEV;
		if (signal_pending(current))
			return -ERESTARTSYS;
		if (ktime_after(ktime_get(), deadline))
			return -ETIME;
		part = cohbuf_sync_piece(offset, len);
		cohbuf_mem_sync(mem, offset, part, direction, false);
		cond_resched();
	}
	return 0;
}

/* Once an engine has written, all of it, for whoever looks: until there is no buffer. */
static void cohbuf_copy_for_cpu(struct cohbuf *cb, const struct cohbuf_mem *mem, size_t offset,
				size_t len)
{
	size_t part;

	for (; len && READ_ONCE(cb->mem); offset += part, len -= part) {
		part = cohbuf_sync_piece(offset, len);
		cohbuf_mem_sync(mem, offset, part, DMA_FROM_DEVICE, true);
		cond_resched();
	}
}

/* By as many transfers as the engine needs. */
static int cohbuf_copy_transfers(struct cohbuf *cb, struct cohbuf_mem *mem,
				 struct cohbuf_copy *copy, ktime_t deadline)
{
	dma_addr_t src = mem->dma_addr + copy->src;
	dma_addr_t dst = mem->dma_addr + copy->dst;
	size_t left = copy->length;
	ktime_t start = ktime_get();
	int ret;

	while (left) {
		size_t len = min(left, cohbuf_max_chunk(mem->engine));

		if (!READ_ONCE(cb->mem))
			return -ENODEV;
		if (ktime_after(ktime_get(), deadline))
			return -ETIME;
		ret = cohbuf_transfer_run(cb, mem, dst, src, len, deadline);
		if (ret)
			return ret;
		copy->transfers++;
		src += len;
		dst += len;
		left -= len;
	}
	copy->duration_ns = ktime_to_ns(ktime_sub(ktime_get(), start));
	return 0;
}

static int cohbuf_copy_run(struct cohbuf *cb, struct cohbuf_mem *mem,
			   struct cohbuf_copy *copy, ktime_t deadline)
{
	struct dma_chan *chan = mem->engine;
	int ret;

	cohbuf_engine_name(chan, copy->engine, sizeof(copy->engine));

	if (cohbuf_turn(cb)->engine_lost)
		return -EIO;

	if (!is_dma_copy_aligned(chan->device, copy->src, copy->dst, copy->length) ||
	    !is_dma_copy_aligned(chan->device, mem->dma_addr + copy->src,
				 mem->dma_addr + copy->dst, 0))
		return -EINVAL;

	ret = cohbuf_copy_for_device(cb, mem, copy->src, copy->length, DMA_TO_DEVICE, deadline);
	if (ret)
		return ret;
	/*
	 * The target goes both ways: what the CPU wrote into its first and its last cache
	 * line, beside the target, is not lost.
	 */
	ret = cohbuf_copy_for_device(cb, mem, copy->dst, copy->length, DMA_BIDIRECTIONAL,
				     deadline);
	if (ret)
		return ret;

	ret = cohbuf_copy_transfers(cb, mem, copy, deadline);
	/* Also where that failed: any part may have been written. */
	cohbuf_copy_for_cpu(cb, mem, copy->dst, copy->length);
	return ret;
}

VISIBLE_IF_KUNIT int cohbuf_copy_check(const struct cohbuf_mem *mem,
				       const struct cohbuf_copy *copy)
{
	if (!copy->length)
		return -EINVAL;

	if (cohbuf_mem_clamp(mem, copy->src, copy->length) != copy->length ||
	    cohbuf_mem_clamp(mem, copy->dst, copy->length) != copy->length)
		return -ENXIO;

	if (copy->src < copy->dst + copy->length &&
	    copy->dst < copy->src + copy->length)
		return -EINVAL;

	return mem->engine ? 0 : -EOPNOTSUPP;
}
EXPORT_SYMBOL_IF_KUNIT(cohbuf_copy_check);

/* What is copied in, if it can be; good from when the copy has the turn. */
static struct cohbuf_mem *cohbuf_copy_mem(struct cohbuf *cb, const struct cohbuf_copy *copy)
{
	struct cohbuf_mem *mem;
	int ret = -ENODEV;

	mutex_lock(&cb->lock);
	mem = cb->mem;
	if (mem)
		ret = cohbuf_copy_check(mem, copy);
	mutex_unlock(&cb->lock);
	return ret ? ERR_PTR(ret) : mem;
}

/* Is it worth waiting longer: has this copy the turn, or is the buffer gone? */
static bool cohbuf_copy_try_turn(struct cohbuf *cb, bool *turn)
{
	if (!READ_ONCE(cb->mem))
		return true;
	*turn = !atomic_cmpxchg(&cohbuf_turn(cb)->copying, 0, 1);
	return *turn;
}

static void cohbuf_copy_end_turn(struct cohbuf *cb)
{
	atomic_set_release(&cohbuf_turn(cb)->copying, 0);
	wake_up(&cohbuf_turn(cb)->copy_wait);
}

/* One copy at a time runs on an engine. Returns 0, -ETIME, -ERESTARTSYS or -ENODEV. */
static int cohbuf_copy_begin_turn(struct cohbuf *cb, ktime_t deadline)
{
	bool turn = false;
	int ret;

	ret = wait_event_interruptible_hrtimeout(cohbuf_turn(cb)->copy_wait,
						 cohbuf_copy_try_turn(cb, &turn),
						 ktime_sub(deadline, ktime_get()));
	if (ret)
		return ret;

	/* An unbind takes the memory, then looks for a turn; this is the other way round. */
	if (READ_ONCE(cb->mem))
		return 0;
	if (turn)
		cohbuf_copy_end_turn(cb);
	return -ENODEV;
}

/**
 * cohbuf_copy() - copy inside a buffer, by a DMA engine
 * @cb: the buffer
 * @copy: what to copy, in bytes, any values; the results are filled in
 *
 * One copy at a time runs on a buffer, or a pool; the time limit counts from the call. On
 * return nothing is in flight; but where the engine does not stop when it is told to, which is
 * tried for a second, the buffer has had its last copy.
 *
 * Context: Process context, may sleep. Takes &cohbuf.lock.
 * Return: 0, or
 * -EINVAL for no bytes, overlapping ranges, or an alignment the engine cannot do,
 * -ENXIO for a range outside the buffer,
 * -EOPNOTSUPP where the node has no "dmas",
 * -EIO where the engine failed, or did not stop at an earlier copy,
 * -ETIMEDOUT, -ERESTARTSYS (signal), -ENOMEM, or -ENODEV (unbound, before or
 * meanwhile).
 */
int cohbuf_copy(struct cohbuf *cb, struct cohbuf_copy *copy)
{
	ktime_t deadline = ktime_add_ms(ktime_get(), copy->timeout_ms);
	struct cohbuf_mem *mem;
	int ret;

	mem = cohbuf_copy_mem(cb, copy);
	ret = PTR_ERR_OR_ZERO(mem);
	if (!ret)
		ret = cohbuf_copy_begin_turn(cb, deadline);
	if (!ret) {
		ret = cohbuf_copy_run(cb, mem, copy, deadline);
		cohbuf_copy_end_turn(cb);
	}
	/* The one that a wait gives is for timers. */
	if (ret == -ETIME)
		ret = -ETIMEDOUT;

	trace_cohbuf_copy(cb, copy, ret);
	return ret;
}
EXPORT_SYMBOL_IF_KUNIT(cohbuf_copy);

/**
 * cohbuf_copy_stop() - end the copy in flight, and let no other start
 * @cb: the buffer, its memory already taken away; or a pool, of whose buffers that is true
 *
 * Context: Process context, may sleep until the engine has stopped.
 */
void cohbuf_copy_stop(struct cohbuf *cb)
{
	struct cohbuf *turn = cohbuf_turn(cb);

	/*
	 * Pairs with the atomic_cmpxchg() of cohbuf_copy_try_turn(): who takes the turn
	 * sees that the memory is gone, or is seen here.
	 */
	smp_mb();

	/* Who has the turn is on the way out, and who waits for it finds no memory. */
	wake_up(&turn->copy_wait);
	if (wait_event_timeout(turn->copy_wait, !atomic_read(&turn->copying), HZ))
		return;

	/* The memory cannot be taken from an engine that goes on. */
	dev_warn(cb->dev.parent, "the unbind waits for the driver of the DMA controller to stop a copy\n");
	wait_event(turn->copy_wait, !atomic_read(&turn->copying));
}
