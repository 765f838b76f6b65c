/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A DMA controller for copies, made of a function that copies a few bytes.
 *
 * The controller is what a client sees of a real one: channels with a queue each,
 * transfers that go on after dma_async_issue_pending() has returned, callbacks, and
 * faults to order, which no emulated controller has.
 */
#ifndef _COPY_ENGINE_H
#define _COPY_ENGINE_H

#include <linux/dmaengine.h>
#include <linux/moduleparam.h>

/**
 * struct copy_engine_faults - how to misbehave; may change at any time unless said
 * @hang: a transfer never ends; it has to be terminated
 * @fail: a transfer ends with an error; nothing is copied
 * @drop: a transfer ends well; nothing is copied
 * @shift: bytes added to the address of the target
 * @delay_ms: how long a transfer takes at least, in milliseconds
 * @late_ms: a transfer that is terminated calls back all the same, so much later
 * @late_fail: what calls back late reports an error
 * @no_wait: neither synchronizing nor releasing a channel waits for what is late; where it
 *	is set at bind, the driver cannot synchronize at all
 * @no_stop: a channel that is told to stop says that it cannot, and goes on
 * @channels: how many there are, six at most, which 0 stands for too; read at bind
 * @gap: the devicetree does not lead to the channels, which are there, as long as this is set
 * @align: log2 of what addresses and lengths must be a multiple of; read at bind
 * @max_seg: bytes that one transfer should have at most; read at bind
 * @slave: it says that it serves peripherals, and copies nothing; read at bind
 * @hung: counts the transfers that will never end
 * @late: counts the callbacks that came late
 */
struct copy_engine_faults {
	bool hang;
	bool fail;
	bool drop;
	long shift;
	unsigned int delay_ms;
	unsigned int late_ms;
	bool late_fail;
	bool no_wait;
	bool no_stop;
	unsigned int channels;
	bool gap;
	unsigned int align;
	unsigned int max_seg;
	bool slave;
	unsigned int hung;
	unsigned int late;
};

/* Faults that are parameters of the module, writable at run time, and its counters. */
#define COPY_ENGINE_FAULTS(name)						\
	static struct copy_engine_faults name = { .max_seg = 64 << 10 };	\
	module_param_named(hang, name.hang, bool, 0644);			\
	MODULE_PARM_DESC(hang, "a transfer never ends, it has to be terminated");	\
	module_param_named(fail, name.fail, bool, 0644);			\
	MODULE_PARM_DESC(fail, "a transfer ends with an error, nothing is copied");	\
	module_param_named(drop, name.drop, bool, 0644);			\
	MODULE_PARM_DESC(drop, "a transfer ends well, but nothing is copied");	\
	module_param_named(shift, name.shift, long, 0644);			\
	MODULE_PARM_DESC(shift, "bytes added to the address of the target");	\
	module_param_named(delay_ms, name.delay_ms, uint, 0644);		\
	MODULE_PARM_DESC(delay_ms, "how long a transfer takes at least");	\
	module_param_named(late_ms, name.late_ms, uint, 0644);			\
	MODULE_PARM_DESC(late_ms, "a transfer that is terminated calls back all the same, so much later");	\
	module_param_named(late_fail, name.late_fail, bool, 0644);		\
	MODULE_PARM_DESC(late_fail, "what calls back late reports an error");	\
	module_param_named(no_wait, name.no_wait, bool, 0644);			\
	MODULE_PARM_DESC(no_wait, "nothing waits for a callback that is late");	\
	module_param_named(no_stop, name.no_stop, bool, 0644);			\
	MODULE_PARM_DESC(no_stop, "a channel that is told to stop goes on");	\
	module_param_named(channels, name.channels, uint, 0644);		\
	MODULE_PARM_DESC(channels, "how many there are, from the next bind on");	\
	module_param_named(gap, name.gap, bool, 0644);				\
	MODULE_PARM_DESC(gap, "does the devicetree not lead to the channels yet?");		\
	module_param_named(align, name.align, uint, 0644);			\
	MODULE_PARM_DESC(align, "log2 of the alignment it asks for, from the next bind on");	\
	module_param_named(max_seg, name.max_seg, uint, 0644);			\
	MODULE_PARM_DESC(max_seg, "bytes a transfer has at most, from the next bind on");	\
	module_param_named(slave, name.slave, bool, 0644);			\
	MODULE_PARM_DESC(slave, "serves peripherals only, from the next bind on");	\
	module_param_named(hung, name.hung, uint, 0444);			\
	MODULE_PARM_DESC(hung, "how many transfers never ended");		\
	module_param_named(late, name.late, uint, 0444);			\
	MODULE_PARM_DESC(late, "how many callbacks came late")

/**
 * struct copy_engine_ops - what does the copying
 * @piece: bytes that @copy does at most
 * @copy: copy between two DMA addresses; called by one task at a time, may sleep
 */
struct copy_engine_ops {
	size_t piece;
	enum dmaengine_tx_result (*copy)(void *arg, dma_addr_t dst, dma_addr_t src,
					 size_t len);
};

int devm_copy_engine_register(struct device *dev, const struct copy_engine_ops *ops,
			      void *arg, struct copy_engine_faults *faults);

#endif /* _COPY_ENGINE_H */
