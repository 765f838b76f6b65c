// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohbuf copy: a DMA from the command line.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "controllers.h"
#include "json.h"
#include "target.h"

static const char help[] =
	"Usage: cohbuf copy NAME --from OFFSET --to OFFSET --length BYTES [OPTION]...\n"
	"Let a DMA controller copy one part of the buffer NAME to another.\n"
	"\n"
	"The controller is the one that the node's dmas name; where it has none, the line\n"
	"to add is printed, for each controller there is. Printed are the controller and\n"
	"its channel, the time that the kernel measured, and the rate.\n"
	"\n"
	"  --from OFFSET         where to read; decimal, 0x..., or with K, M or G\n"
	"  --to OFFSET           where to write; the two parts must not overlap\n"
	"  --length BYTES        how many\n"
	"  --timeout MS          limit of each copy in milliseconds, 1 to 60000 (1000)\n"
	"  --repeat N            do it N times (1)\n"
	"  --json                print JSON\n";

/**
 * struct request - what the user asked for, and what came of it
 * @copy: the copy; its results are those of the last one
 * @repeat: how often
 * @done: how often it was done
 * @transfers: of all that were done
 * @min_ns: the fastest
 * @max_ns: the slowest
 * @total_ns: all together
 */
struct request {
	struct cohbuf_copy copy;
	uint64_t repeat;
	uint64_t done;
	uint64_t transfers;
	uint64_t min_ns;
	uint64_t max_ns;
	uint64_t total_ns;
};

static double megabytes_per_second(const struct request *r)
{
	double bytes = (double)r->copy.length * r->done;

	return r->total_ns ? bytes * 1000.0 / r->total_ns : 0;
}

static void print_json(const struct target *target, const struct request *r, int error)
{
	json_open(NULL, '{');
	json_string("name", target->name);
	json_number("from", r->copy.src);
	json_number("to", r->copy.dst);
	json_number("length", r->copy.length);
	json_number("copies", r->done);
	json_string("engine", r->copy.engine[0] ? r->copy.engine : NULL);
	json_number("transfers", r->transfers);
	json_number("duration_ns", r->total_ns);
	json_number("fastest_ns", r->min_ns);
	json_number("slowest_ns", r->max_ns);
	json_number("bytes_per_second", megabytes_per_second(r) * 1e6);
	json_string("error", error ? strerror(error) : NULL);
	json_string("remedy", error ? cohbuf_remedy() : NULL);
	if (error == EOPNOTSUPP && target_has_dma(target))
		controllers_advise_json();
	json_close();
}

static void print_text(const struct target *target, const struct request *r)
{
	printf("%s: %" PRIu64 " bytes from 0x%" PRIx64 " to 0x%" PRIx64 ", %" PRIu64 " time%s, by %s\n",
	       target->name, (uint64_t)r->copy.length, (uint64_t)r->copy.src,
	       (uint64_t)r->copy.dst, r->done, r->done == 1 ? "" : "s", r->copy.engine);
	printf("%" PRIu64 " transfer%s, %.3f ms", r->transfers, r->transfers == 1 ? "" : "s",
	       r->total_ns / 1e6);
	if (r->done > 1)
		printf(" (%.3f to %.3f ms each)", r->min_ns / 1e6, r->max_ns / 1e6);
	printf(", %.2f MB/s\n", megabytes_per_second(r));
}

/* Returns 0 or an errno. */
static int copy_all(const struct target *target, struct request *r)
{
	r->min_ns = UINT64_MAX;
	while (r->done < r->repeat) {
		if (cohbuf_dma_copy(target->buffer, &r->copy)) {
			r->min_ns = r->done ? r->min_ns : 0;
			return errno;
		}
		r->done++;
		r->transfers += r->copy.transfers;
		r->total_ns += r->copy.duration_ns;
		if (r->copy.duration_ns < r->min_ns)
			r->min_ns = r->copy.duration_ns;
		if (r->copy.duration_ns > r->max_ns)
			r->max_ns = r->copy.duration_ns;
	}
	return 0;
}

/* Which range is wrong, and why: one errno of the driver's covers several. */
static bool request_fits(const struct target *target, const struct request *r)
{
	const struct cohbuf_copy *c = &r->copy;
	uint64_t size = target->size;
	bool from = c->src < size && c->length <= size - c->src;

	if (!from || c->dst >= size || c->length > size - c->dst) {
		complain("%" PRIu64 " bytes from --%s 0x%" PRIx64 " reach outside \"%s\", which has %" PRIu64 " (0x%" PRIx64 ") bytes: make --length smaller",
			 (uint64_t)c->length, from ? "to" : "from",
			 (uint64_t)(from ? c->dst : c->src), target->name, size, size);
		return false;
	}
	if (c->src < c->dst + c->length && c->dst < c->src + c->length) {
		complain("the two parts overlap: --from and --to must be at least --length apart");
		return false;
	}
	return true;
}

static void print_advice(const char *line)
{
	fprintf(stderr, "  %s\n", line);
}

static int run_request(const char *name, struct request *r, bool json)
{
	struct target target;
	int error;

	if (!target_open(&target, name, O_RDWR))
		return STATUS_FAILED;
	if (target_has_dma(&target) && !request_fits(&target, r)) {
		target_close(&target);
		return STATUS_FAILED;
	}
	error = copy_all(&target, r);
	target_close(&target);
	if (error)
		complain("copy %" PRIu64 " of %" PRIu64 " on \"%s\"%s%s: %s: %s",
			 r->done + 1, r->repeat, target.name,
			 r->copy.engine[0] ? " by " : "", r->copy.engine,
			 strerror(error), cohbuf_remedy());
	if (error == EOPNOTSUPP && target_has_dma(&target))
		controllers_advise(print_advice);
	if (json)
		print_json(&target, r, error);
	else if (!error)
		print_text(&target, r);
	return flush_output(error ? STATUS_FAILED : STATUS_OK);
}

static const struct option options[] = {
	{ "from", required_argument, NULL, OPT_FROM },
	{ "to", required_argument, NULL, OPT_TO },
	{ "length", required_argument, NULL, OPT_LENGTH },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ "repeat", required_argument, NULL, OPT_REPEAT },
	{ "json", no_argument, NULL, OPT_JSON },
	OPTIONS_OF_ALL
};

static int run_copy(const struct command *command, int argc, char **argv)
{
	bool json = false, from = false, to = false, length = false, good = true;
	uint64_t from_at = 0, to_at = 0, bytes = 0, timeout = COHBUF_COPY_TIMEOUT_DEFAULT;
	struct request r = { .repeat = 1 };
	int option, status;

	while (good && (option = next_option(command, argc, argv, options, &status)) != -1) {
		switch (option) {
		case OPT_FROM:
			from = good = parse_bytes(command, "--from", optarg, &from_at);
			break;
		case OPT_TO:
			to = good = parse_bytes(command, "--to", optarg, &to_at);
			break;
		case OPT_LENGTH:
			length = good = parse_bytes(command, "--length", optarg, &bytes);
			break;
		case OPT_TIMEOUT:
			good = parse_number(command, "--timeout", optarg,
					    COHBUF_COPY_TIMEOUT_MAX, &timeout);
			break;
		case OPT_REPEAT:
			good = parse_number(command, "--repeat", optarg, UINT32_MAX, &r.repeat);
			break;
		case OPT_JSON:
			json = true;
			break;
		default:
			return status;
		}
	}
	if (!good || !arguments_are(command, argc, 1, 1))
		return STATUS_USAGE;
	if (!from || !to || !length)
		return misused(command, "%s is missing",
			       !from ? "--from" : !to ? "--to" :
							"--length");
	if (!bytes || !timeout || !r.repeat)
		return misused(command, "%s must not be 0",
			       !bytes ? "--length" : !timeout ? "--timeout" :
								"--repeat");
	r.copy = (struct cohbuf_copy){
		.src = from_at,
		.dst = to_at,
		.length = bytes,
		.timeout_ms = timeout,
	};
	return run_request(argv[optind], &r, json);
}

const struct command command_copy = {
	.name = "copy",
	.summary = "let a DMA controller copy inside a buffer",
	.help = help,
	.run = run_copy,
};
