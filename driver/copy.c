// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copies inside a buffer by a DMA engine: the proof that a device sees what the CPU
 * wrote, and the CPU what the device wrote. Nothing is in flight once a copy has
 * returned, however it ends, and an unbind ends it.
 */
#include <linux/dmaengine.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/sched/signal.h>

#include "cohbuf.h"
#include "compat.h"
#include "trace.h"

static void cohbuf_transfer_done(void *param, const struct dmaengine_result *result)
{
	struct cohbuf_transfer *transfer = param;

	if (result && result->result != DMA_TRANS_NOERROR)
		WRITE_ONCE(transfer->failed, true);
	/* Whoever sees this sees what was written before. */
	smp_store_release(&transfer->finished, true);
	wake_up(&transfer->wait);
}

/*
 * The engine called back and means it: a callback of a transfer that was stopped
 * may come late, and is not that of this one.
 */
static bool cohbuf_transfer_is_over(const struct cohbuf_transfer *transfer,
				    struct dma_chan *chan, dma_cookie_t cookie)
{
	if (READ_ONCE(transfer->aborted))
		return true;

	/* Pairs with cohbuf_transfer_done(). */
	return smp_load_acquire(&transfer->finished) &&
	       dma_async_is_tx_complete(chan, cookie, NULL, NULL) != DMA_IN_PROGRESS;
}

/* Wait for the engine. Returns 0, or why it is not worth waiting longer. */
static int cohbuf_transfer_wait(struct cohbuf_transfer *transfer,
				struct dma_chan *chan, dma_cookie_t cookie,
				ktime_t deadline)
{
	int ret;

	/* Not in jiffies: a tick that comes late would make the time shorter. */
	ret = wait_event_interruptible_hrtimeout(transfer->wait,
						 cohbuf_transfer_is_over(transfer, chan, cookie),
						 ktime_sub(deadline, ktime_get()));
	if (READ_ONCE(transfer->aborted))
		return -ENODEV;
	if (ret == -ETIME)
		return -ETIMEDOUT;
	if (ret)
		return -EINTR;
	if (READ_ONCE(transfer->failed) ||
	    dma_async_is_tx_complete(chan, cookie, NULL, NULL) != DMA_COMPLETE)
		return -EIO;
	return 0;
}

/* One descriptor, from start to end; nothing is in flight on return. */
static int cohbuf_transfer_run(struct cohbuf_engine *engine, dma_addr_t dst,
			       dma_addr_t src, size_t len, ktime_t deadline)
{
	struct cohbuf_transfer *transfer = &engine->transfer;
	struct dma_chan *chan = engine->chan;
	struct dma_async_tx_descriptor *tx;
	dma_cookie_t cookie;
	int ret;

	tx = dmaengine_prep_dma_memcpy(chan, dst, src, len,
				       DMA_PREP_INTERRUPT | DMA_CTRL_ACK);
	if (!tx)
		return -EIO;

	transfer->finished = false;
	transfer->failed = false;
	tx->callback_result = cohbuf_transfer_done;
	tx->callback_param = transfer;

	cookie = dmaengine_submit(tx);
	if (dma_submit_error(cookie))
		return -EIO;
	dma_async_issue_pending(chan);

	ret = cohbuf_transfer_wait(transfer, chan, cookie, deadline);
	if (ret)
		dmaengine_terminate_sync(chan);
	return ret;
}

/* How much to give to the engine at once, in bytes. */
static size_t cohbuf_max_chunk(const struct dma_chan *chan)
{
	size_t align = 1UL << chan->device->copy_align;
	size_t most = dma_get_max_seg_size(chan->device->dev);

	return max(round_down(most, align), align);
}

static int cohbuf_copy_on(struct cohbuf_engine *engine, const struct cohbuf_mem *mem,
			  struct cohbuf_copy *copy)
{
	struct dma_chan *chan = engine->chan;
	dma_addr_t src = mem->dma_addr + copy->src;
	dma_addr_t dst = mem->dma_addr + copy->dst;
	size_t left = copy->length;
	ktime_t start, deadline;
	int ret;

	cohbuf_engine_name(engine, copy->engine, sizeof(copy->engine));

	if (!is_dma_copy_aligned(chan->device, copy->src, copy->dst, left) ||
	    !is_dma_copy_aligned(chan->device, src, dst, 0))
		return -EINVAL;

	start = ktime_get();
	deadline = ktime_add_ms(start, copy->timeout_ms);
	while (left) {
		size_t len = min(left, cohbuf_max_chunk(chan));

		if (READ_ONCE(engine->transfer.aborted))
			return -ENODEV;
		if (ktime_after(ktime_get(), deadline))
			return -ETIMEDOUT;
		ret = cohbuf_transfer_run(engine, dst, src, len, deadline);
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
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(cohbuf_copy_check);

/* Under cohbuf.lock: check, and let an unbind know of the copy. */
static const struct cohbuf_mem *cohbuf_copy_begin(struct cohbuf *cb,
						  struct cohbuf_engine *public,
						  const struct cohbuf_copy *copy)
{
	const struct cohbuf_mem *mem;
	int ret = -ENODEV;

	mutex_lock(&cb->lock);
	mem = cb->mem;
	if (mem)
		ret = cohbuf_copy_check(mem, copy);
	if (!ret)
		cb->transfer = mem->engine ? &mem->engine->transfer : &public->transfer;
	mutex_unlock(&cb->lock);
	return ret ? ERR_PTR(ret) : mem;
}

static void cohbuf_copy_end(struct cohbuf *cb)
{
	mutex_lock(&cb->lock);
	cb->transfer = NULL;
	mutex_unlock(&cb->lock);
}

/**
 * cohbuf_copy() - copy inside a buffer, by a DMA engine
 * @cb: the buffer
 * @copy: what to copy, in bytes, any values; the results are filled in
 *
 * One copy at a time runs on a buffer. On return nothing is in flight.
 *
 * Context: Process context, may sleep. Takes &cohbuf.copy_lock and &cohbuf.lock.
 * Return: 0, or
 * -EINVAL for no bytes, overlapping ranges, or an alignment the engine cannot do,
 * -ENXIO for a range outside the buffer,
 * -EOPNOTSUPP where no engine with a free channel sees the buffer,
 * -EBUSY where the channel was taken meanwhile,
 * -EIO where the engine failed,
 * -ETIMEDOUT, -EINTR (signal), or -ENODEV (unbound, before or meanwhile).
 */
int cohbuf_copy(struct cohbuf *cb, struct cohbuf_copy *copy)
{
	const struct cohbuf_mem *mem;
	struct cohbuf_engine public = {};
	int ret;

	init_waitqueue_head(&public.transfer.wait);

	if (mutex_lock_interruptible(&cb->copy_lock))
		return -EINTR;

	mem = cohbuf_copy_begin(cb, &public, copy);
	if (IS_ERR(mem)) {
		ret = PTR_ERR(mem);
		goto out_unlock;
	}

	if (mem->engine) {
		ret = cohbuf_copy_on(mem->engine, mem, copy);
	} else {
		ret = cohbuf_engine_get_public(&public, mem);
		if (!ret) {
			ret = cohbuf_copy_on(&public, mem, copy);
			cohbuf_engine_put_public(&public);
		}
	}

	cohbuf_copy_end(cb);
out_unlock:
	mutex_unlock(&cb->copy_lock);
	trace_cohbuf_copy(cb, copy, ret);
	return ret;
}
EXPORT_SYMBOL_IF_KUNIT(cohbuf_copy);

/**
 * cohbuf_copy_stop() - end the copy in flight, and let no other start
 * @cb: the buffer, its memory already taken away
 *
 * Context: Process context, may sleep. Takes &cohbuf.copy_lock and &cohbuf.lock.
 */
void cohbuf_copy_stop(struct cohbuf *cb)
{
	mutex_lock(&cb->lock);
	if (cb->transfer) {
		WRITE_ONCE(cb->transfer->aborted, true);
		wake_up(&cb->transfer->wait);
	}
	mutex_unlock(&cb->lock);

	/* Who holds it is on the way out, and who comes next finds no memory. */
	mutex_lock(&cb->copy_lock);
	mutex_unlock(&cb->copy_lock);
}
