// SPDX-License-Identifier: GPL-2.0-only
/*
 * A DMA controller for copies, made of a function that copies a few bytes: what
 * the drivers of such functions have in common. See copy_engine.h.
 *
 * Each channel has a work item that takes one transfer at a time from the list of
 * those that were issued. While it runs a transfer belongs to the work item, which
 * looks between two pieces whether it was told to stop.
 */
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/of_dma.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "copy_engine.h"

#define COPY_ENGINE_CHANNELS	6

/**
 * struct copy_desc - one transfer
 * @node: entry of a list of the channel
 * @tx: what the client has of it
 * @dst: DMA address of the target
 * @src: DMA address of the source
 * @len: bytes
 */
struct copy_desc {
	struct list_head node;
	struct dma_async_tx_descriptor tx;
	dma_addr_t dst;
	dma_addr_t src;
	size_t len;
};

/**
 * struct copy_chan - one channel
 * @chan: what the client has of it
 * @lock: protects all of this, and the cookies of @chan
 * @prepared: transfers that wait for dmaengine_submit()
 * @submitted: transfers that wait for dma_async_issue_pending()
 * @issued: transfers to do
 * @busy: @work is queued or runs
 * @stop: the transfer that @work does was terminated
 * @work: does the first transfer of @issued
 * @late: transfers that were terminated, and are to call back all the same
 * @late_work: calls back for those
 */
struct copy_chan {
	struct dma_chan chan;
	spinlock_t lock; /* see above */
	struct list_head prepared;
	struct list_head submitted;
	struct list_head issued;
	bool busy;
	bool stop;
	struct delayed_work work;
	struct list_head late;
	struct delayed_work late_work;
};

/**
 * struct copy_engine - the controller; freed when the last client is gone
 * @dma: what the DMA engine core has of it
 * @ops: what copies
 * @arg: first argument of the operations
 * @faults: how to misbehave, and what is counted of it
 * @of: how a client of the devicetree gets a channel
 * @lock: held for one piece: what copies is there once, the channels share it
 * @chans: the channels
 */
struct copy_engine {
	struct dma_device dma;
	const struct copy_engine_ops *ops;
	void *arg;
	struct copy_engine_faults *faults;
	struct of_dma_filter_info of;
	struct mutex lock; /* see above */
	struct copy_chan chans[COPY_ENGINE_CHANNELS];
};

#define to_copy_engine(d)	container_of(d, struct copy_engine, dma)
#define to_copy_chan(c)		container_of(c, struct copy_chan, chan)
#define to_copy_desc(t)		container_of(t, struct copy_desc, tx)

static struct copy_engine *copy_engine_of(const struct copy_chan *cc)
{
	return to_copy_engine(cc->chan.device);
}

static dma_cookie_t copy_submit(struct dma_async_tx_descriptor *tx)
{
	struct copy_chan *cc = to_copy_chan(tx->chan);
	dma_cookie_t cookie;
	unsigned long flags;

	spin_lock_irqsave(&cc->lock, flags);
	cookie = cc->chan.cookie + 1;
	if (cookie < DMA_MIN_COOKIE)
		cookie = DMA_MIN_COOKIE;
	cc->chan.cookie = cookie;
	tx->cookie = cookie;
	list_move_tail(&to_copy_desc(tx)->node, &cc->submitted);
	spin_unlock_irqrestore(&cc->lock, flags);
	return cookie;
}

static struct dma_async_tx_descriptor *
copy_prep(struct dma_chan *chan, dma_addr_t dst, dma_addr_t src, size_t len,
	  unsigned long tx_flags)
{
	struct copy_chan *cc = to_copy_chan(chan);
	struct copy_desc *desc;
	unsigned long flags;

	desc = kzalloc(sizeof(*desc), GFP_NOWAIT);
	if (!desc)
		return NULL;

	dma_async_tx_descriptor_init(&desc->tx, chan);
	desc->tx.tx_submit = copy_submit;
	desc->tx.flags = tx_flags;
	desc->dst = dst;
	desc->src = src;
	desc->len = len;

	spin_lock_irqsave(&cc->lock, flags);
	list_add_tail(&desc->node, &cc->prepared);
	spin_unlock_irqrestore(&cc->lock, flags);
	return &desc->tx;
}

/* Under the channel's lock. */
static void copy_go_on(struct copy_chan *cc)
{
	unsigned int delay_ms = READ_ONCE(copy_engine_of(cc)->faults->delay_ms);

	cc->busy = !list_empty(&cc->issued);
	if (cc->busy)
		queue_delayed_work(system_unbound_wq, &cc->work, msecs_to_jiffies(delay_ms));
}

static void copy_issue_pending(struct dma_chan *chan)
{
	struct copy_chan *cc = to_copy_chan(chan);
	unsigned long flags;

	spin_lock_irqsave(&cc->lock, flags);
	list_splice_tail_init(&cc->submitted, &cc->issued);
	if (!cc->busy)
		copy_go_on(cc);
	spin_unlock_irqrestore(&cc->lock, flags);
}

static enum dma_status copy_tx_status(struct dma_chan *chan, dma_cookie_t cookie,
				      struct dma_tx_state *state)
{
	dma_cookie_t used = READ_ONCE(chan->cookie);
	dma_cookie_t complete = READ_ONCE(chan->completed_cookie);

	/* What was written before the cookie. */
	smp_rmb();
	dma_set_tx_state(state, complete, used, 0);
	return dma_async_is_complete(cookie, complete, used);
}

/* The first transfer, for the work item to keep, or NULL where there is nothing to do. */
static struct copy_desc *copy_take(struct copy_chan *cc)
{
	struct copy_engine_faults *faults = copy_engine_of(cc)->faults;
	struct copy_desc *desc;

	spin_lock_irq(&cc->lock);
	desc = list_first_entry_or_null(&cc->issued, struct copy_desc, node);
	if (desc && READ_ONCE(faults->hang)) {
		desc = NULL;
		WRITE_ONCE(faults->hung, faults->hung + 1);
	}
	if (desc)
		list_del(&desc->node);
	else
		cc->busy = false;
	cc->stop = false;
	spin_unlock_irq(&cc->lock);
	return desc;
}

static enum dmaengine_tx_result copy_run(struct copy_chan *cc, const struct copy_desc *desc)
{
	struct copy_engine *ce = copy_engine_of(cc);
	enum dmaengine_tx_result result = DMA_TRANS_NOERROR;
	dma_addr_t dst = desc->dst + READ_ONCE(ce->faults->shift);
	size_t done, len;

	if (READ_ONCE(ce->faults->fail))
		return DMA_TRANS_ABORTED;
	if (READ_ONCE(ce->faults->drop))
		return DMA_TRANS_NOERROR;

	for (done = 0; done < desc->len && !result; done += len) {
		len = min(desc->len - done, ce->ops->piece);
		mutex_lock(&ce->lock);
		/* Under the lock, which may have been waited for. */
		if (READ_ONCE(cc->stop))
			result = DMA_TRANS_ABORTED;
		else
			result = ce->ops->copy(ce->arg, dst + done, desc->src + done, len);
		mutex_unlock(&ce->lock);
		cond_resched();
	}
	return result;
}

static void copy_call_back(const struct dma_async_tx_descriptor *tx,
			   const struct dmaengine_result *result)
{
	if (tx->callback_result)
		tx->callback_result(tx->callback_param, result);
	else if (tx->callback)
		tx->callback(tx->callback_param);
}

static void copy_work(struct work_struct *work)
{
	struct copy_chan *cc = container_of(to_delayed_work(work), struct copy_chan, work);
	struct dmaengine_result result = { };
	struct copy_desc *desc;
	bool stopped;

	desc = copy_take(cc);
	if (!desc)
		return;
	result.result = copy_run(cc, desc);

	spin_lock_irq(&cc->lock);
	stopped = cc->stop;
	if (!stopped)
		cc->chan.completed_cookie = desc->tx.cookie;
	spin_unlock_irq(&cc->lock);

	if (!stopped)
		copy_call_back(&desc->tx, &result);
	kfree(desc);

	spin_lock_irq(&cc->lock);
	copy_go_on(cc);
	spin_unlock_irq(&cc->lock);
}

/* As a controller does whose driver cannot tell when its last interrupt is over. */
static void copy_call_back_late(struct work_struct *work)
{
	struct copy_chan *cc = container_of(to_delayed_work(work), struct copy_chan, late_work);
	struct copy_engine_faults *faults = copy_engine_of(cc)->faults;
	const struct dmaengine_result result = {
		.result = READ_ONCE(faults->late_fail) ? DMA_TRANS_ABORTED : DMA_TRANS_NOERROR,
	};
	struct copy_desc *desc, *next;
	LIST_HEAD(late);

	spin_lock_irq(&cc->lock);
	list_splice_tail_init(&cc->late, &late);
	spin_unlock_irq(&cc->lock);

	list_for_each_entry_safe(desc, next, &late, node) {
		copy_call_back(&desc->tx, &result);
		kfree(desc);
		WRITE_ONCE(faults->late, faults->late + 1);
	}
}

static int copy_terminate_all(struct dma_chan *chan)
{
	struct copy_chan *cc = to_copy_chan(chan);
	struct copy_desc *desc, *next;
	unsigned int late_ms = READ_ONCE(copy_engine_of(cc)->faults->late_ms);
	unsigned long flags;
	LIST_HEAD(descs);

	/* As tegra186-gpc-dma, where the hardware does not pause in time. */
	if (READ_ONCE(copy_engine_of(cc)->faults->no_stop))
		return -EAGAIN;

	spin_lock_irqsave(&cc->lock, flags);
	list_splice_tail_init(&cc->prepared, &descs);
	list_splice_tail_init(&cc->submitted, &descs);
	if (late_ms && !list_empty(&cc->issued)) {
		list_splice_tail_init(&cc->issued, &cc->late);
		queue_delayed_work(system_unbound_wq, &cc->late_work, msecs_to_jiffies(late_ms));
	}
	list_splice_tail_init(&cc->issued, &descs);
	WRITE_ONCE(cc->stop, true);
	spin_unlock_irqrestore(&cc->lock, flags);

	list_for_each_entry_safe(desc, next, &descs, node)
		kfree(desc);
	return 0;
}

static void copy_synchronize(struct dma_chan *chan)
{
	flush_delayed_work(&to_copy_chan(chan)->work);
}

/* On return nothing of the channel runs, and nothing will; no callback comes either. */
static void copy_drain(struct copy_chan *cc)
{
	copy_terminate_all(&cc->chan);
	copy_synchronize(&cc->chan);
	flush_delayed_work(&cc->late_work);
}

/*
 * No callback after this, not even a late one; but for controllers as sun4i and sun6i,
 * whose drivers neither wait for their tasklet nor stop it.
 */
static void copy_free_chan_resources(struct dma_chan *chan)
{
	struct copy_chan *cc = to_copy_chan(chan);

	if (!READ_ONCE(copy_engine_of(cc)->faults->no_wait)) {
		copy_drain(cc);
		return;
	}
	copy_terminate_all(chan);
	copy_synchronize(chan);
}

static void copy_engine_release(struct dma_device *dma)
{
	kfree(to_copy_engine(dma));
}

/* All channels are alike: the cell of a "dmas" only has to be a number of one. */
static bool copy_engine_any(struct dma_chan *chan, void *cell)
{
	return *(u32 *)cell < COPY_ENGINE_CHANNELS;
}

static void copy_engine_init(struct copy_engine *ce, struct device *dev)
{
	unsigned int channels = READ_ONCE(ce->faults->channels);
	struct dma_device *dma = &ce->dma;
	unsigned int i;

	mutex_init(&ce->lock);
	dma->dev = dev;
	INIT_LIST_HEAD(&dma->channels);
	if (!channels || channels > COPY_ENGINE_CHANNELS)
		channels = COPY_ENGINE_CHANNELS;
	for (i = 0; i < COPY_ENGINE_CHANNELS; i++) {
		struct copy_chan *cc = &ce->chans[i];

		spin_lock_init(&cc->lock);
		INIT_LIST_HEAD(&cc->prepared);
		INIT_LIST_HEAD(&cc->submitted);
		INIT_LIST_HEAD(&cc->issued);
		INIT_DELAYED_WORK(&cc->work, copy_work);
		INIT_LIST_HEAD(&cc->late);
		INIT_DELAYED_WORK(&cc->late_work, copy_call_back_late);
		cc->chan.device = dma;
		cc->chan.cookie = DMA_MIN_COOKIE;
		cc->chan.completed_cookie = DMA_MIN_COOKIE;
		if (i < channels)
			list_add_tail(&cc->chan.device_node, &dma->channels);
	}

	dma_cap_set(ce->faults->slave ? DMA_SLAVE : DMA_MEMCPY, dma->cap_mask);
	dma_cap_set(DMA_PRIVATE, dma->cap_mask);
	dma->copy_align = ce->faults->align;
	dma->directions = BIT(DMA_MEM_TO_MEM);
	dma->residue_granularity = DMA_RESIDUE_GRANULARITY_DESCRIPTOR;
	dma->device_free_chan_resources = copy_free_chan_resources;
	dma->device_prep_dma_memcpy = copy_prep;
	dma->device_issue_pending = copy_issue_pending;
	dma->device_tx_status = copy_tx_status;
	dma->device_terminate_all = copy_terminate_all;
	/* The drivers of sun4i and sun6i have none. */
	if (!READ_ONCE(ce->faults->no_wait))
		dma->device_synchronize = copy_synchronize;
	dma->device_release = copy_engine_release;

	ce->of.dma_cap = dma->cap_mask;
	ce->of.filter_fn = copy_engine_any;
}

static void copy_engine_unregister(void *engine)
{
	struct copy_engine *ce = engine;
	unsigned int i;

	/* What copies goes next, and the clients' callbacks with their channels. */
	for (i = 0; i < COPY_ENGINE_CHANNELS; i++)
		copy_drain(&ce->chans[i]);
	/* Frees it, if no client has a channel. */
	dma_async_device_unregister(&ce->dma);
}

static void copy_engine_free_of(void *np)
{
	of_dma_controller_free(np);
}

/**
 * devm_copy_engine_register() - make a DMA controller of a device
 * @dev: the device; its node has #dma-cells = <1>
 * @ops: what copies
 * @arg: first argument of the operations
 * @faults: how to misbehave, and what is counted of it
 *
 * Context: Process context, in probe.
 * Return: 0, or a negative errno.
 */
int devm_copy_engine_register(struct device *dev, const struct copy_engine_ops *ops,
			      void *arg, struct copy_engine_faults *faults)
{
	struct copy_engine *ce;
	int ret;

	/* It has a result up to 6.11, for buses that this is not used on. */
	dma_set_max_seg_size(dev, faults->max_seg);

	ce = kzalloc(sizeof(*ce), GFP_KERNEL);
	if (!ce)
		return -ENOMEM;
	ce->ops = ops;
	ce->arg = arg;
	ce->faults = faults;
	copy_engine_init(ce, dev);

	ret = dma_async_device_register(&ce->dma);
	if (ret) {
		kfree(ce);
		return ret;
	}
	ret = devm_add_action_or_reset(dev, copy_engine_unregister, ce);
	if (ret)
		return ret;

	/* What each driver of a controller has here is short, and clients meet it. */
	while (READ_ONCE(faults->gap))
		msleep(20);

	ret = of_dma_controller_register(dev->of_node, of_dma_simple_xlate, &ce->of);
	if (ret)
		return ret;
	return devm_add_action_or_reset(dev, copy_engine_free_of, dev->of_node);
}
EXPORT_SYMBOL_GPL(devm_copy_engine_register);

MODULE_DESCRIPTION("DMA controllers made of functions that copy");
MODULE_AUTHOR("The cohbuf project");
MODULE_LICENSE("GPL");
