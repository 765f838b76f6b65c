// SPDX-License-Identifier: GPL-2.0-only
/*
 * GNU make knows the exit statuses 0, 1 and 2 only. "make run" promises the status
 * of the command that ran on the board, so it loads this extension where that is
 * another one: $(exit-with STATUS) ends make.
 *
 * "Loading Dynamic Objects", GNU make manual.
 */
#include <stdlib.h>
#include <gnumake.h>

int plugin_is_GPL_compatible;
int exit_status_gmk_setup(void);

static char *exit_with(const char *name, unsigned int argc, char **argv)
{
	(void)name;
	(void)argc;
	exit(atoi(argv[0]));
}

int exit_status_gmk_setup(void)
{
	gmk_add_function("exit-with", exit_with, 1, 1, GMK_FUNC_DEFAULT);
	return 1;
}
