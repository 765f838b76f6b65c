// SPDX-License-Identifier: GPL-2.0-only
/*
 * "cohbuf doctor": it finds each fault that is made here, names the remedy, and finds
 * nothing where all is well.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "json.h"
#include "run.h"
#include "tests/copy/test_engine.h"
#include "tests/harness/klog.h"
#include "tests/harness/memory.h"

/* One finding about "plain", with its remedy, in both forms. */
static void expect_finding(const char *problem, const char *remedy)
{
	struct run text = run("cohbuf doctor plain"), json = run("cohbuf doctor plain --json");
	char found[1024] = "";

	expect_status(&text, 1);
	expect_in(&text, text.out, "\nplain: ");
	expect_in(&text, strstr(text.out, "\nplain: ") ?: "", problem);
	expect_in(&text, strstr(text.out, problem) ?: "", remedy);
	expect_status(&json, 1);
	expect_json(&json, "name", "plain");
	EXPECT_TRUE(json_is_valid(json.out));
	EXPECT_TRUE(json_get(json.out, "findings.0.problem", found, sizeof(found)));
	expect_in(&json, found, problem);
	EXPECT_TRUE(json_get(json.out, "findings.0.remedy", found, sizeof(found)));
	expect_in(&json, found, remedy);
	EXPECT_TRUE(!json_get(json.out, "findings.1.problem", found, sizeof(found)));
}

TEST_EACH(tool_doctor, finds_nothing_where_all_is_well, named_buffers)
{
	char name[COHBUF_NAME_SIZE], text[80];
	struct run r;

	if (cohbuf_find(b->name, name))
		SKIP("this board has no %s", b->name);
	r = run("cohbuf doctor %s", b->name);
	expect_status(&r, 0);
	snprintf(text, sizeof(text), "\nNothing found: all is well with %s.\n", b->name);
	expect_in(&r, r.out, text);
	r = run("cohbuf doctor /dev/%s --json", b->name);
	expect_status(&r, 0);
	expect_json(&r, "driver_loaded", "true");
	expect_json(&r, "nodes.0.buffer", b->name);
	expect_json(&r, "nodes.0.state", "bound");
	expect_json(&r, "findings", "[]");
}

TEST(tool_doctor, finds_that_the_module_is_not_loaded)
{
	need_module();
	ASSERT_OK(unload_module("cohbuf"));
	expect_finding("it is not loaded", "modprobe cohbuf");
	ASSERT_OK(load_module("cohbuf"));
}

TEST(tool_doctor, finds_an_unbound_device)
{
	char device[DEVICE_NAME_SIZE], remedy[DEVICE_NAME_SIZE + 80];

	ASSERT_OK(buffer_device("plain", device));
	snprintf(remedy, sizeof(remedy), "echo %s > /sys/bus/platform/drivers/cohbuf/bind", device);
	unbind_buffer(&plain);
	expect_finding("is not bound to the driver", remedy);
	bind_buffer(&plain);
}

TEST(tool_doctor, finds_that_a_user_may_not_open_it)
{
	struct run r = run_unprivileged("cohbuf doctor plain");

	expect_status(&r, 1);
	expect_in(&r, r.out, "/dev/plain is not open to you: mode 0600");
	expect_in(&r, r.out, "run as root, or let a udev rule");
}

TEST(tool_doctor, finds_that_everyone_may_write)
{
	ASSERT_OK(chmod("/dev/plain", 0666));
	expect_finding("everyone may write to /dev/plain", "MODE=\"0660\"");
	ASSERT_OK(chmod("/dev/plain", 0600));
}

/* What comes of a label that another driver's device has. */
TEST(tool_doctor, finds_a_name_that_belongs_to_something_else)
{
	ASSERT_OK(rename("/dev/plain", "/dev/plain.away"));
	expect_finding("/dev/plain is not: No such file", "mount devtmpfs");
	ASSERT_OK(mknod("/dev/plain", S_IFCHR | 0666, makedev(1, 3)));
	expect_finding("/dev/plain belongs to something else (c 1:3", "choose another label");
	ASSERT_OK(rename("/dev/plain.away", "/dev/plain"));
}

TEST(tool_doctor, finds_that_no_node_is_called_so)
{
	struct run r = run("cohbuf doctor nonesuch");

	expect_status(&r, 1);
	expect_in(&r, r.out, "\nnonesuch: none of the ");
	expect_in(&r, r.out, "give a node this label");
}

/* For a board that was started with nodes of dts/refused. */
TEST(tool_doctor, quotes_the_kernel_on_a_refused_node)
{
	static const struct {
		const char *node, *line, *remedy;
	} refused[] = {
		{ "label-taken", "label \"taken\" is taken by", "docs/devicetree.md" },
		{ "size-beyond-machine", "is more than the", "docs/devicetree.md" },
	};
	char device[DEVICE_NAME_SIZE];

	for (int i = 0; i < 2; i++) {
		struct run r;

		if (device_find(refused[i].node, device))
			SKIP("the board has no node %s: start it with the overlay", refused[i].node);
		r = run("cohbuf doctor %s", refused[i].node);
		expect_status(&r, 1);
		expect_in(&r, r.out, "the driver refused it; the kernel's log has: ");
		expect_in(&r, r.out, refused[i].line);
		expect_in(&r, r.out, refused[i].remedy);
		r = run("cohbuf doctor %s --json", refused[i].node);
		expect_status(&r, 1);
		EXPECT_TRUE(json_is_valid(r.out));
		expect_json(&r, "nodes.0.state", "not bound");
	}
}

/* For a board that was started with dts/doctor/faults.dtso. */
TEST(tool_doctor, finds_what_the_driver_never_gets_to_see)
{
	static const struct {
		const char *node, *problem, *remedy;
	} faults[] = {
		{ "doctor-disabled", "/doctor-disabled is disabled", "set its status to \"okay\"" },
		{ "doctor-waits", "its device doctor-waits waits for another", "see to what it waits for" },
		{ "doctor-waits", "its dmas name /doctor-controller, which no driver is bound to",
		  "load or bind the controller's driver" },
		{ "doctor-large", "it wants 268435456 bytes, and the system's CMA has ",
		  "give the kernel a larger cma= on its command line" },
		{ "doctor-lost", "the kernel made no device of it", "compatible = \"simple-bus\"" }
	};
	struct run r;

	char name[64];

	if (access("/sys/firmware/devicetree/base/doctor-disabled", F_OK))
		SKIP("the board has no such nodes: start it with dts/doctor/faults.dtso");
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		r = run("cohbuf doctor %s", faults[i].node);
		expect_status(&r, 1);
		snprintf(name, sizeof(name), "\n%s: /", faults[i].node);
		expect_in(&r, r.out, name);
		expect_in(&r, r.out, faults[i].problem);
		expect_in(&r, strstr(r.out, faults[i].problem) ?: "", faults[i].remedy);
	}
	r = run("cohbuf doctor doctor-large-kmalloc");
	expect_status(&r, 1);
	expect_not_in(&r, r.out, "the system's CMA");
}

/* What a buffer can come from; vmalloc() has plenty where there are 64 bits. */
TEST(tool_doctor, says_what_memory_there_is)
{
	struct run r = run("cohbuf doctor plain"), json = run("cohbuf doctor plain --json");
	long cma = meminfo("CmaTotal"), vmalloc = meminfo("VmallocTotal");
	char text[80];

	if (cma < 0) {
		expect_in(&r, r.out, "\nCMA: none in this kernel\n");
	} else {
		snprintf(text, sizeof(text), "\nCMA: %ld KiB, ", cma);
		expect_in(&r, r.out, text);
		snprintf(text, sizeof(text), "%lld", cma * 1024LL);
		expect_json(&json, "cma_total", text);
	}

	ASSERT_GT(vmalloc, 0);
	snprintf(text, sizeof(text), "\nvmalloc: %ld KiB for all of the kernel\n", vmalloc);
	if (vmalloc < 4 << 20)
		expect_in(&r, r.out, text);
	else
		expect_not_in(&r, r.out, "\nvmalloc: ");
}

/*
 * For a board that was started with dts/doctor/no-channel.dtso: it is no refusal, as the
 * controller might come to have the channel, and nothing in the log.
 */
TEST(tool_doctor, finds_a_channel_that_does_not_exist)
{
	char device[DEVICE_NAME_SIZE], problem[DEVICE_NAME_SIZE + 64];
	struct klog said;
	struct run r;

	if (device_find("doctor-no-channel", device))
		SKIP("the board has no such node: start it with dts/doctor/no-channel.dtso");
	r = run("cohbuf doctor doctor-no-channel");
	expect_status(&r, 1);
	expect_in(&r, r.out, "its device doctor-no-channel waits for another: cohbuf: dmas: no channel yet: ");
	snprintf(problem, sizeof(problem), "%s has no channel for the cells <99>: ", engine_device());
	expect_in(&r, r.out, problem);
	expect_in(&r, strstr(r.out, problem) ?: "", "chan0 by buffer-");
	expect_in(&r, strstr(r.out, problem) ?: "", "remedy: see the binding of the controller");

	said = klog_read(klog_open(SEEK_SET), device, "");
	EXPECT_EQ(said.lines, 0);
	expect_no_buffer(device);
}

/* False where it has come before another, which the driver core can let it at any time. */
static bool all_but_this_are_bound(const struct test_buffer *b)
{
	for (size_t i = 0; copying_buffers[i]; i++)
		if (copying_buffers[i] != b && ensure_bound(copying_buffers[i]))
			return false;
	return true;
}

/* A channel less than there are nodes: the one that comes last waits. */
TEST_EACH_LIMIT(tool_doctor, finds_that_all_channels_are_in_use, engine_buffers, 60)
{
	unsigned int users = 0;
	char problem[128];
	struct run r;

	for (size_t i = 0; copying_buffers[i]; i++)
		users += engine_copies_in(copying_buffers[i]);
	if (users < 2)
		SKIP("this buffer is the only one of its engine");

	engine_set("channels", users - 1);
	unbind_controller(engine_device());
	bind_controller(engine_device());
	while (!all_but_this_are_bound(b))
		device_unbind(platform_device_of(b));

	r = run("cohbuf doctor %s", b->name);
	expect_status(&r, 1);
	snprintf(problem, sizeof(problem), "all %u channels of %s are in use: dma",
		 users - 1, engine_device());
	expect_in(&r, r.out, problem);
	expect_in(&r, strstr(r.out, problem) ?: "", "chan0 by buffer-");
	expect_in(&r, r.out, "remedy: take dmas out of a node that does not need it");
	engine_behave();
	engine_rebind();
}

/* Of each controller, what a node says that names it. */
TEST(tool_doctor, says_how_a_node_names_a_controller)
{
	struct run r = run("cohbuf doctor plain"), json = run("cohbuf doctor plain --json");
	char dmas[256];

	if (!*board_fact("BOARD_ENGINE")) {
		expect_in(&r, r.out, "\nDMA controller: none\n");
		return;
	}
	expect_in(&r, r.out, "\nDMA controller: ");
	expect_in(&r, r.out, " in use; for a node: dmas = <&");
	expect_in(&r, r.out, " CELL");
	expect_in(&r, r.out, ">; dma-names = \"memcpy\";\n");
	expect_status(&json, 0);
	ASSERT_TRUE(json_is_valid(json.out));
	EXPECT_TRUE(json_get(json.out, "controllers.0.dmas", dmas, sizeof(dmas)));
}

/* A node that somebody disabled is no fault, unless it is the one that is missed. */
TEST(tool_doctor, a_disabled_node_is_a_finding_only_if_asked_for)
{
	struct run r = run("cohbuf doctor");

	expect_not_in(&r, r.out, "/doctor-disabled is disabled");
}

TEST(tool_doctor, says_without_rights_what_root_would_see)
{
	struct run r;

	unbind_buffer(&plain);
	r = run_unprivileged("cohbuf doctor plain");
	expect_status(&r, 1);
	expect_in(&r, r.out, "is not bound to the driver");
	bind_buffer(&plain);
}
