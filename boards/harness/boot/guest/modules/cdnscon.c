// SPDX-License-Identifier: GPL-2.0-only
/*
 * A printk console on a Cadence UART, for kernels without its driver: Debian's
 * armmp has none for Zynq. Output only.
 *
 * Registers: "Zynq-7000 SoC Technical Reference Manual", UG585, appendix B.33.
 */
#include <linux/console.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/of_address.h>

#define CDNS_CR		0x00
#define CDNS_CR_TX_EN	BIT(4)
#define CDNS_CR_RX_EN	BIT(2)
#define CDNS_SR		0x2c
#define CDNS_SR_TX_FULL	BIT(4)
#define CDNS_FIFO	0x30

static void __iomem *cdnscon_base;

static void cdnscon_putc(char c)
{
	while (readl(cdnscon_base + CDNS_SR) & CDNS_SR_TX_FULL)
		cpu_relax();
	writel(c, cdnscon_base + CDNS_FIFO);
}

static void cdnscon_write(struct console *console, const char *text, unsigned int len)
{
	for (; len--; text++) {
		if (*text == '\n')
			cdnscon_putc('\r');
		cdnscon_putc(*text);
	}
}

static struct console cdnscon = {
	.name = "cdnscon",
	.write = cdnscon_write,
	.flags = CON_PRINTBUFFER | CON_ENABLED,
	.index = -1,
};

static int __init cdnscon_init(void)
{
	struct device_node *np;

	np = of_find_compatible_node(NULL, NULL, "cdns,uart-r1p8");
	if (!np)
		return -ENODEV;

	cdnscon_base = of_iomap(np, 0);
	of_node_put(np);
	if (!cdnscon_base)
		return -ENOMEM;

	writel(CDNS_CR_TX_EN | CDNS_CR_RX_EN, cdnscon_base + CDNS_CR);
	register_console(&cdnscon);
	return 0;
}
module_init(cdnscon_init);

static void __exit cdnscon_exit(void)
{
	unregister_console(&cdnscon);
	iounmap(cdnscon_base);
}
module_exit(cdnscon_exit);

MODULE_DESCRIPTION("printk console on a Cadence UART");
MODULE_AUTHOR("The cohbuf project");
MODULE_LICENSE("GPL");
