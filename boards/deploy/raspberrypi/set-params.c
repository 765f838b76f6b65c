// SPDX-License-Identifier: GPL-2.0-only
/*
 * set-params - give an overlay its parameters, as the firmware of a Raspberry Pi does
 * for "dtoverlay=NAME,PARAM=VALUE,..." in config.txt, before it merges the overlay.
 *
 *   set-params OVERLAY.dtbo OUT.dtbo [PARAM[=VALUE]]...
 *
 * What a parameter changes is in the overlay's node __overrides__: a property by the
 * name of the parameter holds targets, each a phandle and a string:
 *
 *	<&node> "property"	the text
 *	<&node> "name"		the node's name
 *	<&node> "property:0"	32 bits at this offset; "#": 64, ";": 16, ".": 8
 *	<&node> "property?"	there or not
 *	<0>	"=1"		fragment 1 is merged or not; "+", "-", "!" likewise
 *
 * The firmware leaves out what it does not understand and goes on. Here it is an error.
 */
#include <errno.h>
#include <libfdt.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOM	65536

static char overlay[ROOM];

static void die(const char *text, ...) __attribute__((format(printf, 1, 2), noreturn));
static void die(const char *text, ...)
{
	va_list args;

	fputs("set-params: ", stderr);
	va_start(args, text);
	vfprintf(stderr, text, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

static int must(int ret, const char *what)
{
	if (ret < 0)
		die("%s: %s", what, fdt_strerror(ret));
	return ret;
}

static uint64_t number_of(const char *param, const char *value)
{
	static const char *const words[][2] = {
		{ "n", "y" }, { "no", "yes" }, { "off", "on" }, { "false", "true" },
	};
	uint64_t number;
	char *end;
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!strcmp(value, words[i][0]) || !strcmp(value, words[i][1]))
			return !strcmp(value, words[i][1]);
	}
	errno = 0;
	number = strtoull(value, &end, 0);
	if (errno || end == value || *end || strchr(value, '-'))
		die("%s=%s: not a number", param, value);
	return number;
}

static void set_cells(int node, const char *param, const char *property, int offset,
		      int size, uint64_t number)
{
	uint8_t bytes[256] = { 0 };
	const void *old;
	int len, i;

	if (size < 8 && number >> (8 * size))
		die("%s: 0x%llx does not fit into %d bits; the firmware would cut it",
		    param, (unsigned long long)number, 8 * size);
	old = fdt_getprop(overlay, node, property, &len);
	if (len < 0)
		len = 0;
	if (len > (int)sizeof(bytes) || offset + size > (int)sizeof(bytes))
		die("%s: %s is too long", param, property);
	if (old)
		memcpy(bytes, old, len);
	for (i = 0; i < size; i++)
		bytes[offset + i] = number >> (8 * (size - 1 - i));
	must(fdt_setprop(overlay, node, property, bytes,
			 len > offset + size ? len : offset + size), property);
}

/*
 * The firmware resolves references first and knows no paths after that; here that is
 * left to who merges the overlay. Both names are equally long.
 */
static void rename_in_fixups(const char *from, const char *to)
{
	int fixups = fdt_path_offset(overlay, "/__fixups__");
	char path[96];
	int property, len;

	fdt_for_each_property_offset(property, overlay, fixups) {
		char *list = (char *)fdt_getprop_by_offset(overlay, property, NULL, &len);
		char *end = list + len, *at;

		for (at = list; list && at < end; at += strlen(at) + 1)
			if (!strncmp(at, from, strlen(from)))
				memcpy(at, to, strlen(to));
	}
	snprintf(path, sizeof(path), "/__local_fixups__%s", from);
	fixups = fdt_path_offset(overlay, path);
	if (fixups >= 0)
		must(fdt_set_name(overlay, fixups, strrchr(to, '/') + 1), path);
}

/* A fragment that is not merged is called __dormant__ inside. */
static void set_fragments(const char *param, const char *ops, uint64_t on)
{
	while (*ops) {
		char from[64], to[64], op = *ops++, *end;
		unsigned long number = strtoul(ops, &end, 0);
		int merged, node;

		if (!strchr("+-=!", op) || end == ops)
			die("%s: \"%c%s\" is no change of a fragment", param, op, ops);
		ops = end;
		merged = op == '+' || (op == '=' && on) || (op == '!' && !on);
		snprintf(from, sizeof(from), "/fragment@%lu/%s", number, merged ? "__dormant__" : "__overlay__");
		snprintf(to, sizeof(to), "/fragment@%lu/%s", number, merged ? "__overlay__" : "__dormant__");
		node = fdt_path_offset(overlay, from);
		if (node == -FDT_ERR_NOTFOUND && fdt_path_offset(overlay, to) >= 0)
			continue;
		must(node, from);
		must(fdt_set_name(overlay, node, strrchr(to, '/') + 1), from);
		rename_in_fixups(from, to);
	}
}

/* Of the number that a mark stands for. */
static int bytes_of(char mark)
{
	switch (mark) {
	case ':':
		return 4;
	case '#':
		return 8;
	case ';':
		return 2;
	default:
		return 1;
	}
}

static void set_target(const char *param, uint32_t phandle, const char *target, const char *value)
{
	char property[64];
	size_t len = strcspn(target, ":#;.?![{=");
	int node, offset;

	if (!phandle) {
		set_fragments(param, target, number_of(param, value));
		return;
	}
	node = must(fdt_node_offset_by_phandle(overlay, phandle), param);
	if (len >= sizeof(property))
		die("%s: \"%s\" is too long", param, target);
	memcpy(property, target, len);
	property[len] = '\0';
	offset = target[len] ? atoi(target + len + 1) : 0;

	switch (target[len]) {
	case '\0':
		if (!strcmp(property, "name"))
			must(fdt_set_name(overlay, node, value), param);
		else
			must(fdt_setprop_string(overlay, node, property, value), param);
		break;
	case ':':
	case '#':
	case ';':
	case '.':
		set_cells(node, param, property, offset, bytes_of(target[len]),
			  number_of(param, value));
		break;
	case '?':
		if (number_of(param, value))
			must(fdt_setprop_empty(overlay, node, property), param);
		else
			fdt_delprop(overlay, node, property);
		break;
	default:
		die("%s: \"%s\" is not a sort of parameter that is known here", param, target);
	}
}

static void set_param(char *param)
{
	char *value = strchr(param, '=');
	char targets[1024];
	const char *found;
	int len, at = 0;

	if (value)
		*value++ = '\0';
	found = fdt_getprop(overlay, must(fdt_path_offset(overlay, "/__overrides__"), "__overrides__"), param, &len);
	if (!found)
		die("the overlay has no parameter \"%s\"", param);
	/* What is set below moves the blob. */
	if (len >= (int)sizeof(targets))
		die("%s: too many targets", param);
	memcpy(targets, found, len);
	targets[len] = '\0';

	while (at + 5 <= len) {
		fdt32_t phandle;
		const char *target = targets + at + 4;

		memcpy(&phandle, targets + at, sizeof(phandle));
		set_target(param, fdt32_to_cpu(phandle), target, value ? value : "true");
		at += 4 + strlen(target) + 1;
	}
	if (at != len)
		die("%s: its targets are garbled", param);
}

int main(int argc, char **argv)
{
	FILE *file;
	int i;

	if (argc < 3) {
		fputs("usage: set-params OVERLAY.dtbo OUT.dtbo [PARAM[=VALUE]]...\n", stderr);
		return 2;
	}
	file = fopen(argv[1], "rb");
	if (!file || !fread(overlay, 1, sizeof(overlay) / 2, file) || fclose(file))
		die("%s cannot be read", argv[1]);
	must(fdt_open_into(overlay, overlay, sizeof(overlay)), argv[1]);
	for (i = 3; i < argc; i++)
		set_param(argv[i]);
	must(fdt_pack(overlay), argv[2]);
	file = fopen(argv[2], "wb");
	if (!file || fwrite(overlay, fdt_totalsize(overlay), 1, file) != 1 || fclose(file))
		die("%s cannot be written", argv[2]);
	return 0;
}
