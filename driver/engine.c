// SPDX-License-Identifier: GPL-2.0-only
/*
 * The DMA channel that copies inside a buffer: the one that the node's "dmas" name,
 * held from bind to unbind, or else any public one that sees the buffer as the node's
 * own device does, held for one copy.
 *
 * The DMA engine core has no way to take a channel back from a client: a controller
 * that is unbound while a client holds one is a warning, and worse. So for "dmas" a
 * device link makes the driver core unbind the buffer first, and a public channel is
 * held under the lock of its controller's device, which makes an unbind wait.
 */
#include <linux/dmaengine.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/iommu.h>
#include <linux/of.h>
#include <linux/property.h>
#include <linux/rwsem.h>

#include "cohbuf.h"
#include "compat.h"

/*
 * Held for reading while a copy has a public channel, and for writing while a node
 * asks for its own one: a channel that is only lent out must not fail a probe.
 */
static DECLARE_RWSEM(cohbuf_borrow_lock);

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

/* A filter for dma_request_channel() that looks, and takes nothing. */
static bool cohbuf_note_node(struct dma_chan *chan, void *param)
{
	struct device_node **np = param;

	if (dev_of_node(chan->device->dev) == *np)
		*np = NULL;
	return false;
}

/*
 * The DMA engine core defers for ever where the controller is there and does not
 * know the channel.
 */
static bool cohbuf_controller_is_there(struct device *dev)
{
	struct device_node *np = of_parse_phandle(dev_of_node(dev), "dmas", 0);
	struct device_node *wanted = np;
	dma_cap_mask_t any;

	if (!np)
		return false;

	dma_cap_zero(any);
	dma_request_channel(any, cohbuf_note_node, &wanted);
	of_node_put(np);
	return !wanted;
}

static int cohbuf_no_chan(struct device *dev, int error)
{
	if (error == -EPROBE_DEFER && !cohbuf_controller_is_there(dev))
		return dev_err_probe(dev, error,
				     "dmas: the controller is not there yet: is its node enabled, and its driver loaded?\n");

	return dev_err_probe(dev, error == -EPROBE_DEFER ? -EINVAL : error,
			     "dmas: the controller has no such channel, or it is in use: see its #dma-cells and /sys/class/dma\n");
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

	down_write(&cohbuf_borrow_lock);
	engine->chan = dma_request_chan(dev, "memcpy");
	up_write(&cohbuf_borrow_lock);
	if (IS_ERR(engine->chan))
		return ERR_PTR(cohbuf_no_chan(dev, PTR_ERR(engine->chan)));

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

static bool cohbuf_device_sees(struct device *engine, const struct cohbuf_mem *mem)
{
	dma_addr_t last = mem->dma_addr + mem->size - 1;

	/* What the CPU has in its caches, only an engine that snoops sees. */
	if (mem->dma_coherent && device_get_dma_attr(engine) != DEV_DMA_COHERENT)
		return false;

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
	return cohbuf_device_sees(dmaengine_get_dma_device(engine->chan), mem);
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

/*
 * Filters run under the lock of the DMA engine core: take nothing, note it. Of a
 * controller that is being unbound they still see the channels, but chan->dev, where
 * dmaengine_get_dma_device() looks, is freed already.
 */
static bool cohbuf_note_controller(struct dma_chan *chan, void *param)
{
	struct cohbuf_search *search = param;

	if (!search->controller && cohbuf_chan_can_copy(chan) &&
	    cohbuf_device_sees(chan->device->dev, search->mem))
		search->controller = get_device(chan->device->dev);
	return false;
}

static bool cohbuf_is_on_controller(struct dma_chan *chan, void *param)
{
	struct cohbuf_search *search = param;

	return chan->device->dev == search->controller;
}

/**
 * cohbuf_engine_get_public() - take a channel of any controller that can copy
 * @engine: gets the channel
 * @mem: the memory that the engine has to see
 *
 * On return the controller's device is locked, and no node gets a channel of its own
 * until this is taken back. The device's lock comes first: between the
 * taking of a channel and a later lock the controller could go.
 *
 * Context: Process context, may sleep. Takes cohbuf_borrow_lock and device_lock() of
 * the controller.
 * Return: 0, -EOPNOTSUPP where no engine with a free channel sees the memory, -EBUSY
 * where it was taken or went away meanwhile, or -EINTR.
 */
int cohbuf_engine_get_public(struct cohbuf_engine *engine,
			     const struct cohbuf_mem *mem)
{
	struct cohbuf_search search = { .mem = mem };
	dma_cap_mask_t mask;
	int ret = -EBUSY;

	dma_cap_zero(mask);
	dma_cap_set(DMA_MEMCPY, mask);

	if (down_read_killable(&cohbuf_borrow_lock))
		return -EINTR;

	dma_request_channel(mask, cohbuf_note_controller, &search);
	if (!search.controller) {
		ret = -EOPNOTSUPP;
		goto err_up_read;
	}

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
err_up_read:
	up_read(&cohbuf_borrow_lock);
	return ret;
}

/**
 * cohbuf_engine_put_public() - take cohbuf_engine_get_public() back
 * @engine: the engine, with nothing in flight
 *
 * Context: Process context, may sleep. No callback of the channel runs afterwards.
 */
void cohbuf_engine_put_public(struct cohbuf_engine *engine)
{
	struct device *controller = engine->chan->device->dev;

	dma_release_channel(engine->chan);
	device_unlock(controller);
	put_device(controller);
	up_read(&cohbuf_borrow_lock);
}
