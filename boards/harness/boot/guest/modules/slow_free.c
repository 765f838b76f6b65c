// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hold up a task that gives memory back to the DMA API, at the beginning of the call, for
 * as long as a test likes: what it needs of the device must not go meanwhile.
 */
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/sched.h>

static int pid;
module_param(pid, int, 0644);
MODULE_PARM_DESC(pid, "the task that is held up; 0: none");

static bool hold = true;
module_param(hold, bool, 0644);
MODULE_PARM_DESC(hold, "it is held up until this is cleared");

static atomic_t begun, ended;

static int get_count(char *buffer, const struct kernel_param *param)
{
	return sysfs_emit(buffer, "%d\n", atomic_read((atomic_t *)param->arg));
}

static const struct kernel_param_ops count_ops = {
	.get = get_count,
};

module_param_cb(begun, &count_ops, &begun, 0444);
MODULE_PARM_DESC(begun, "how many calls there were");
module_param_cb(ended, &count_ops, &ended, 0444);
MODULE_PARM_DESC(ended, "how many of them have returned");

/* In place of the function, and so with what that may do: it sleeps, and RCU goes on. */
static void slow_dma_free_attrs(struct device *dev, size_t size, void *cpu_addr,
				dma_addr_t dma_handle, unsigned long attrs)
{
	atomic_inc(&begun);
	while (READ_ONCE(hold))
		msleep(20);
	/* Its own call goes through. */
	WRITE_ONCE(pid, 0);
	dma_free_attrs(dev, size, cpu_addr, dma_handle, attrs);
	atomic_inc(&ended);
}

static int go_elsewhere(struct kprobe *probe, struct pt_regs *regs)
{
	if (task_pid_nr(current) != READ_ONCE(pid))
		return 0;
	instruction_pointer_set(regs, (unsigned long)slow_dma_free_attrs);
	return 1;
}

/* Where there is one the probe is not optimized, and so can go elsewhere. */
static void stay(struct kprobe *probe, struct pt_regs *regs, unsigned long flags)
{
}

static struct kprobe slow_probe = {
	.symbol_name = "dma_free_attrs",
	.pre_handler = go_elsewhere,
	.post_handler = stay,
};

static int __init slow_init(void)
{
	return register_kprobe(&slow_probe);
}
module_init(slow_init);

static void __exit slow_exit(void)
{
	unregister_kprobe(&slow_probe);
	WRITE_ONCE(hold, false);
	while (atomic_read(&ended) != atomic_read(&begun))
		msleep(20);
}
module_exit(slow_exit);

MODULE_DESCRIPTION("A longer time in which memory is given back to the DMA API, for tests");
MODULE_AUTHOR("The cohbuf project");
MODULE_LICENSE("GPL");
