// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copies inside a buffer by a DMA engine: the proof that a device sees what the
 * CPU wrote, and the CPU what the device wrote.
 *
 * The channel is the one that the node's "dmas" name, held from bind to unbind, or
 * else any public one that sees the buffer at the address that the node's own
 * device does, held for one copy.
 *
 * The DMA engine core has no way to take a channel back from a client: a controller
 * that is unbound while a client holds one is a warning, and worse. So for "dmas" a
 * device link makes the driver core unbind the buffer first, and a public channel is
 * held under the lock of its controller's device, which makes an unbind wait.
 *
 * Lock order: cohbuf.copy_lock -> device_lock() of a controller -> cohbuf.lock
 */
#include <linux/dmaengine.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/iommu.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/property.h>
#include <linux/sched/signal.h>

#include "cohbuf.h"

static void cohbuf_release_chan(void *chan)
{
	dma_release_channel(chan);
}

static bool cohbuf_chan_can_copy(const struct dma_chan *chan)
{
	/* Without a way to stop it, a transfer could outlive its buffer. */
	return dma_has_cap(DMA_MEMCPY, chan->device->cap_mask) &&
	       chan->device->device_terminate_all;
}

static int cohbuf_check_chan(struct device *dev, struct dma_chan *chan)
{
	struct device *controller = chan->device->dev;

	if (!cohbuf_chan_can_copy(chan))
		return dev_err_probe(dev, -EINVAL,
				     "dmas: %s cannot copy from memory to memory: name another controller\n",
				     dev_name(controller));

	/* Unbinding the controller unbinds the buffer first. */
	if (!device_link_add(dev, controller, DL_FLAG_AUTOREMOVE_CONSUMER))
		return dev_err_probe(dev, -EINVAL,
				     "dmas: %s cannot be a supplier of this node\n",
				     dev_name(controller));
	return 0;
}

/**
 * devm_cohbuf_engine_get() - take the DMA channel that the node names
 * @dev: platform device
 *
 * Context: Process context, in probe.
 * Return: the engine, NULL where the node has no "dmas", or an ERR_PTR() after one
 * line in the kernel's log; -EPROBE_DEFER where the controller is not there yet.
 */
struct cohbuf_engine *devm_cohbuf_engine_get(struct device *dev)
{
	struct cohbuf_engine *engine;
	int ret;

	if (!device_property_present(dev, "dmas"))
		return NULL;

	if (device_property_match_string(dev, "dma-names", "memcpy") < 0)
		return ERR_PTR(dev_err_probe(dev, -EINVAL,
					     "dmas without dma-names = \"memcpy\": add it\n"));

	engine = devm_kzalloc(dev, sizeof(*engine), GFP_KERNEL);
	if (!engine)
		return ERR_PTR(-ENOMEM);
	init_waitqueue_head(&engine->transfer.wait);

	engine->chan = dma_request_chan(dev, "memcpy");
	if (IS_ERR(engine->chan))
		return ERR_PTR(dev_err_probe(dev, PTR_ERR(engine->chan),
					     "dmas: the controller has no such channel, or it is in use: see its #dma-cells and /sys/class/dma\n"));

	ret = devm_add_action_or_reset(dev, cohbuf_release_chan, engine->chan);
	if (ret)
		return ERR_PTR(ret);

	ret = cohbuf_check_chan(dev, engine->chan);
	return ret ? ERR_PTR(ret) : engine;
}

/*
 * Does another device see memory at the same address as @dev? Where it may not, no
 * address is turned into another: the node has to name the engine.
 */
static bool cohbuf_same_view(struct device *dev, struct device *engine)
{
	if (dev == engine)
		return true;
	if (device_iommu_mapped(dev) || device_iommu_mapped(engine))
		return false;
	if (!dev->dma_range_map && !engine->dma_range_map)
		return true;

	/* On the same bus, the same dma-ranges hold. */
	return dev_of_node(dev) && dev_of_node(engine) &&
	       dev_of_node(dev)->parent == dev_of_node(engine)->parent;
}

static bool cohbuf_chan_sees(struct dma_chan *chan, const struct cohbuf_mem *mem)
{
	struct device *engine = dmaengine_get_dma_device(chan);
	dma_addr_t last = mem->dma_addr + mem->size - 1;

	return cohbuf_same_view(mem->dev, engine) &&
	       last <= min_not_zero(dma_get_mask(engine), engine->bus_dma_limit);
}

/**
 * cohbuf_engine_sees() - can an engine reach a buffer at its DMA address?
 * @engine: the engine
 * @mem: the memory
 *
 * Context: Any context.
 * Return: true where it can.
 */
bool cohbuf_engine_sees(const struct cohbuf_engine *engine,
			const struct cohbuf_mem *mem)
{
	return cohbuf_chan_sees(engine->chan, mem);
}

/**
 * cohbuf_engine_name() - name an engine as a person finds it in sysfs
 * @engine: the engine
 * @name: filled in: the controller's device, a slash, the channel
 * @size: room in @name, in bytes
 *
 * Context: Any context.
 */
void cohbuf_engine_name(const struct cohbuf_engine *engine, char *name, size_t size)
{
	snprintf(name, size, "%s/%s", dev_name(engine->chan->device->dev),
		 dma_chan_name(engine->chan));
}

/* What a search for a public channel asks for, and the controller it found. */
struct cohbuf_search {
	const struct cohbuf_mem *mem;
	struct device *controller;
};

/* Filters run under the lock of the DMA engine core: take nothing, note it. */
static bool cohbuf_note_controller(struct dma_chan *chan, void *param)
{
	struct cohbuf_search *search = param;

	if (!search->controller && cohbuf_chan_can_copy(chan) &&
	    cohbuf_chan_sees(chan, search->mem))
		search->controller = get_device(chan->device->dev);
	return false;
}

static bool cohbuf_is_on_controller(struct dma_chan *chan, void *param)
{
	struct cohbuf_search *search = param;

	return chan->device->dev == search->controller;
}

/*
 * A channel of any controller that can do it, with the controller's device locked.
 * The lock comes first: between the taking of a channel and a later lock the
 * controller could go.
 */
static int cohbuf_get_public_chan(struct cohbuf_engine *engine,
				  const struct cohbuf_mem *mem)
{
	struct cohbuf_search search = { .mem = mem };
	dma_cap_mask_t mask;
	int ret = -EBUSY;

	dma_cap_zero(mask);
	dma_cap_set(DMA_MEMCPY, mask);

	dma_request_channel(mask, cohbuf_note_controller, &search);
	if (!search.controller)
		return -EOPNOTSUPP;

	if (device_lock_interruptible(search.controller)) {
		ret = -EINTR;
		goto err_put_device;
	}

	engine->chan = dma_request_channel(mask, cohbuf_is_on_controller, &search);
	if (engine->chan)
		return 0;

	device_unlock(search.controller);
err_put_device:
	put_device(search.controller);
	return ret;
}

static void cohbuf_put_public_chan(struct cohbuf_engine *engine)
{
	struct device *controller = engine->chan->device->dev;

	/* Waits for callbacks as well: none comes after this. */
	dma_release_channel(engine->chan);
	device_unlock(controller);
	put_device(controller);
}

static void cohbuf_transfer_done(void *param, const struct dmaengine_result *result)
{
	struct cohbuf_transfer *transfer = param;

	if (result && result->result != DMA_TRANS_NOERROR)
		WRITE_ONCE(transfer->failed, true);
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
	return smp_load_acquire(&transfer->finished) &&
	       dma_async_is_tx_complete(chan, cookie, NULL, NULL) != DMA_IN_PROGRESS;
}

/* Wait for the engine. Returns 0, or why it is not worth waiting longer. */
static int cohbuf_transfer_wait(struct cohbuf_transfer *transfer,
				struct dma_chan *chan, dma_cookie_t cookie,
				unsigned long deadline)
{
	/* At least a jiffy, so that what is over is seen to be. */
	long left = max_t(long, deadline - jiffies, 1);
	long ret;

	ret = wait_event_interruptible_timeout(transfer->wait,
					       cohbuf_transfer_is_over(transfer, chan, cookie),
					       left);
	if (READ_ONCE(transfer->aborted))
		return -ENODEV;
	if (ret < 0)
		return -EINTR;
	if (!ret)
		return -ETIMEDOUT;
	if (READ_ONCE(transfer->failed) ||
	    dma_async_is_tx_complete(chan, cookie, NULL, NULL) != DMA_COMPLETE)
		return -EIO;
	return 0;
}

/* One descriptor, from start to end; nothing is in flight on return. */
static int cohbuf_transfer_run(struct cohbuf_engine *engine, dma_addr_t dst,
			       dma_addr_t src, size_t len, unsigned long deadline)
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

	return max(round_down(dma_get_max_seg_size(chan->device->dev), align), align);
}

static int cohbuf_copy_on(struct cohbuf_engine *engine, const struct cohbuf_mem *mem,
			  struct cohbuf_copy *copy)
{
	struct dma_chan *chan = engine->chan;
	unsigned long deadline = jiffies + msecs_to_jiffies(copy->timeout_ms);
	dma_addr_t src = mem->dma_addr + copy->src;
	dma_addr_t dst = mem->dma_addr + copy->dst;
	size_t left = copy->length;
	ktime_t start;
	int ret;

	cohbuf_engine_name(engine, copy->engine, sizeof(copy->engine));

	if (!is_dma_copy_aligned(chan->device, copy->src, copy->dst, left) ||
	    !is_dma_copy_aligned(chan->device, src, dst, 0))
		return -EINVAL;

	start = ktime_get();
	while (left) {
		size_t len = min(left, cohbuf_max_chunk(chan));

		if (READ_ONCE(engine->transfer.aborted))
			return -ENODEV;
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

static int cohbuf_copy_check(const struct cohbuf_mem *mem, const struct cohbuf_copy *copy)
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
 * cohbuf_engine_copy() - copy inside a buffer, by a DMA engine
 * @cb: the buffer
 * @copy: what to copy, in bytes, any values; the results are filled in
 *
 * One copy at a time runs on a buffer. On return nothing is in flight.
 *
 * Context: Process context, may sleep. Takes &cohbuf.copy_lock and &cohbuf.lock.
 * Return: 0, or
 * -EINVAL for no bytes, overlapping ranges, or an alignment the engine cannot do,
 * -ENXIO for a range outside the buffer,
 * -EOPNOTSUPP where no engine sees the buffer,
 * -EBUSY where all channels of the engine are taken,
 * -EIO where the engine failed,
 * -ETIMEDOUT, -EINTR (signal), or -ENODEV (unbound, before or meanwhile).
 */
int cohbuf_engine_copy(struct cohbuf *cb, struct cohbuf_copy *copy)
{
	const struct cohbuf_mem *mem;
	struct cohbuf_engine public = { };
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
		ret = cohbuf_get_public_chan(&public, mem);
		if (!ret) {
			ret = cohbuf_copy_on(&public, mem, copy);
			cohbuf_put_public_chan(&public);
		}
	}

	cohbuf_copy_end(cb);
out_unlock:
	mutex_unlock(&cb->copy_lock);
	return ret;
}

/**
 * cohbuf_engine_stop() - end the copy in flight, and let no other start
 * @cb: the buffer, its memory already taken away
 *
 * Context: Process context, may sleep. Takes &cohbuf.copy_lock and &cohbuf.lock.
 */
void cohbuf_engine_stop(struct cohbuf *cb)
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
