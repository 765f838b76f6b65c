// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hold up each mmap() of a buffer where it hurts: the driver's part is done and the
 * page tables are filled, but the kernel has not linked the VMA, so no search finds it.
 * What is a moment otherwise is here a time that a test can aim at.
 */
#include <linux/delay.h>
#include <linux/kprobes.h>
#include <linux/module.h>

static unsigned int ms = 30;
module_param(ms, uint, 0644);
MODULE_PARM_DESC(ms, "milliseconds that an mmap() takes longer");

static unsigned int held;
module_param(held, uint, 0444);
MODULE_PARM_DESC(held, "how many were held up, the one that is now among them");

static int slow_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	WRITE_ONCE(held, held + 1);
	mdelay(ms);
	return 0;
}

static struct kretprobe slow_probe = {
	.kp.symbol_name = "cohbuf_mmap",
	.handler = slow_return,
};

static int __init slow_init(void)
{
	return register_kretprobe(&slow_probe);
}
module_init(slow_init);

static void __exit slow_exit(void)
{
	unregister_kretprobe(&slow_probe);
}
module_exit(slow_exit);

MODULE_DESCRIPTION("A longer time between a buffer's mmap() and its VMA, for tests");
MODULE_AUTHOR("The cohbuf project");
MODULE_LICENSE("GPL");
