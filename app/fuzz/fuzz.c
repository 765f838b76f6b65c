// SPDX-License-Identifier: GPL-2.0-only
/*
 * Make up programs of calls on a buffer's node, run each as a user without privileges,
 * and keep those that reach code which none did before. Prints TAP.
 *
 * What may never happen: the kernel complains (who started this looks for that), a
 * process that cannot be killed, an errno that programs do not know, a byte of another
 * buffer that changes, a byte of this one that changes while the node may only be read,
 * a file or a mapping that is still counted when nobody has one.
 *
 * Registers are fuzzed where they are asked for, as a wild access may be an abort that a
 * board does not survive. What is in them is the device's: it is not looked at.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <grp.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"
#include "cover.h"
#include "device.h"
#include "process.h"
#include "program.h"
#include "tests/harness/abi.h"

/* Whoever may use the node, and has no other right. */
#define USER		65534

#define MAX_BUFFERS	32
#define MAX_KEPT	1024
/* How a process ends that was told of no errno. */
#define BAD_ERRNO	3
/* Seconds for the calls of a program, and for a killed process to disappear: its kernel is slow. */
#define PROGRAM_LIMIT	20
#define KILL_LIMIT	200
/* Of a buffer that is large the bytes are looked at less often. */
#define SMALL		(16 << 10)
#define LARGE_PERIOD	128

struct buffer {
	char name[COHBUF_NAME_SIZE];
	char path[PATH_MAX];
	bool is_pool;
	unsigned char *map;	/* NULL: it has no bytes of its own, or those of a device */
	unsigned char *before;
	size_t size;
};

struct options {
	unsigned int seconds;
	unsigned int buffers;
	uint64_t seed;
	const char *corpus;
	const char *save;
	const char *replay;
};

static struct options options = { .seconds = 40, .corpus = "corpus" };
static struct buffer buffers[MAX_BUFFERS];
static size_t num_buffers;
static struct program kept[MAX_KEPT];
static size_t num_kept, num_given;
static unsigned int num_tests;
static bool all_good = true;
static int kernel_log = -1;

static void __attribute__((noreturn, format(printf, 1, 2))) die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("Bail out! ");
	vprintf(format, args);
	printf("\n");
	exit(1);
}

static void show_program(const struct program *program)
{
	char text[PROGRAM_TEXT], *rest = text, *line;

	program_print(program, text);
	printf("# the program, for --replay:\n");
	while ((line = strsep(&rest, "\n")) && *line)
		printf("#   %s\n", line);
}

/* So that it is known what a kernel that panics was asked for. */
static void log_program(const struct program *program)
{
	char text[PROGRAM_TEXT + 16];

	snprintf(text, sizeof(text), "<7>fuzz: ");
	program_print(program, text + strlen(text));
	for (char *c = text; (c = strchr(c, '\n'));)
		*c = ';';
	if (kernel_log >= 0)
		dprintf(kernel_log, "%.900s\n", text);
}

/* In a process of its own. */
static void __attribute__((noreturn)) become(const struct buffer *b, const struct program *program)
{
	gid_t group = USER;
	sigset_t none;

	setpgid(0, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	alarm(PROGRAM_LIMIT);
	if (setgroups(1, &group) || setresgid(USER, USER, USER) || setresuid(USER, USER, USER))
		_exit(1);
	/* A process that has changed its user may else not open its own files anew. */
	prctl(PR_SET_DUMPABLE, 1);
	calls_begin(b->path, b->size);
	cover_me();
	for (size_t i = 0; i < program->count; i++)
		if (!call_run(&program->calls[i]))
			_exit(BAD_ERRNO);
	_exit(0);
}

static void show_stuck(const struct program *program)
{
	char line[256];
	FILE *stacks = popen("grep . /proc/[0-9]*/stack | grep -v ': \\[<0>\\] 0x' | tail -n 40", "r");

	while (stacks && fgets(line, sizeof(line), stacks))
		printf("# %s", line);
	show_program(program);
	die("a process cannot be killed");
}

/* Returns how many points it was the first one at; @good is false where an errno was not. */
static size_t run_program(const struct buffer *b, const struct program *program, bool *good)
{
	int status;
	pid_t pid;

	log_program(program);
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		die("fork: %s", strerror(errno));
	if (!pid)
		become(b, program);
	setpgid(pid, pid);
	if (!reap(pid, monotonic() + PROGRAM_LIMIT + KILL_LIMIT, &status))
		show_stuck(program);
	*good = !WIFEXITED(status) || WEXITSTATUS(status) != BAD_ERRNO;
	/* We are the subreaper: what it forked is ours now. */
	kill(-pid, SIGKILL);
	if (!reap(-1, monotonic() + KILL_LIMIT, NULL))
		show_stuck(program);
	return cover_take();
}

static bool same_bytes(const struct buffer *b)
{
	for (size_t i = 0; b->map && i < b->size; i++) {
		if (b->map[i] == b->before[i])
			continue;
		printf("# %s: byte 0x%zx is 0x%02x and was 0x%02x\n", b->name, i, b->map[i],
		       b->before[i]);
		return false;
	}
	return true;
}

static void fill(struct buffer *b, struct random *random)
{
	if (!b->map)
		return;
	for (size_t i = 0; i < b->size; i++)
		b->before[i] = random_next(random);
	memcpy(b->map, b->before, b->size);
}

/* A name and a directory to keep it in. */
static void save_program(const struct buffer *b, const struct program *program, size_t number)
{
	char path[PATH_MAX], text[PROGRAM_TEXT];
	FILE *file;

	if (!options.save)
		return;
	snprintf(path, sizeof(path), "%s/%s-%zu.calls", options.save, b->name, number);
	program_print(program, text);
	file = fopen(path, "w");
	if (!file || fputs(text, file) < 0 || fclose(file))
		die("%s: %s", path, strerror(errno));
}

static void next_program(struct program *program, struct random *random, uint64_t number)
{
	if (number < num_given) {
		*program = kept[number];
	} else if (num_kept && random_below(random, 4)) {
		*program = kept[random_below(random, num_kept)];
		program_change(program, &kept[random_below(random, num_kept)], random);
	} else {
		program_make(program, random);
	}
}

/* All that was made is gone, with who had it; the kernel may close the last files itself. */
static bool pool_is_empty(const struct buffer *b)
{
	double end = monotonic() + KILL_LIMIT;
	uint64_t used = 0;

	while (!buffer_attr_u64(b->name, "used", &used) && used && monotonic() < end)
		sched_yield();
	if (used)
		printf("# %s: used is %" PRIu64 ", not 0\n", b->name, used);
	return !used;
}

/* Returns false after a line that says what went wrong. */
static bool is_as_it_must_be(const struct buffer *b, bool writable)
{
	const char *const attrs[] = { "files", "mappings" };
	/* One of each is our own, where we look at the bytes. */
	uint64_t count, ours = b->map ? 1 : 0;

	if (b->is_pool)
		return pool_is_empty(b);
	if (!writable && !same_bytes(b))
		return false;
	for (size_t i = 0; i < 2; i++) {
		if (!buffer_attr_u64(b->name, attrs[i], &count) && count == ours)
			continue;
		printf("# %s: %s is %" PRIu64 ", not %" PRIu64 "\n", b->name, attrs[i], count, ours);
		return false;
	}
	return true;
}

static void report(bool good, const char *what, const char *name)
{
	all_good &= good;
	printf("%sok %u - fuzz.%s.%s\n", good ? "" : "not ", ++num_tests, what, name);
}

static void fuzz(struct buffer *b, bool writable, struct random *random)
{
	double start = monotonic(), end = start + options.seconds / (2. * options.buffers);
	uint64_t programs = 0, calls = 0;
	struct program program;
	bool good = true;

	num_kept = num_given;
	cover_forget();
	fill(b, random);
	if (chown(b->path, 0, USER) || chmod(b->path, writable ? 0660 : 0640))
		die("%s: %s", b->path, strerror(errno));

	while (good && (monotonic() < end || programs < num_given)) {
		next_program(&program, random, programs);
		if (run_program(b, &program, &good) && programs >= num_given &&
		    num_kept < MAX_KEPT) {
			save_program(b, &program, num_kept);
			kept[num_kept++] = program;
		}
		programs++;
		calls += program.count;
		if (good && (b->size <= SMALL || programs % LARGE_PERIOD == 0))
			good = is_as_it_must_be(b, writable);
	}
	good = good && is_as_it_must_be(b, writable);
	if (!good)
		show_program(&program);
	if (chmod(b->path, 0600) || chown(b->path, 0, 0))
		die("%s: %s", b->path, strerror(errno));

	printf("# %s, %s: %" PRIu64 " programs, %" PRIu64 " calls, %.0f s, %zu points, %zu programs kept\n",
	       b->name, writable ? "writable" : "read only", programs, calls, monotonic() - start,
	       cover_points(), num_kept - num_given);
	report(good, writable ? "writable" : "readable", b->name);
}

static bool is_asked_for(const char *name, char *const *names)
{
	while (*names && strcmp(*names, name))
		names++;
	return *names;
}

static void open_buffer(const char *name, char *const *names)
{
	struct buffer *b = &buffers[num_buffers];
	struct cohbuf_info info;
	int fd = buffer_open(name, O_RDWR | O_CLOEXEC);

	if (num_buffers == MAX_BUFFERS || fd < 0 || buffer_info(fd, &info))
		die("%s: %s", name, strerror(errno));
	if (info.memory == COHBUF_MEMORY_REGISTERS && !is_asked_for(name, names)) {
		close(fd);
		return;
	}
	num_buffers++;
	memcpy(b->name, info.name, sizeof(b->name));
	snprintf(b->path, sizeof(b->path), "/dev/%s", name);
	b->size = info.size;
	b->is_pool = info.flags & COHBUF_INFO_POOL;
	if (b->is_pool || info.memory == COHBUF_MEMORY_REGISTERS) {
		close(fd);
		return;
	}
	b->map = mmap(NULL, b->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	b->before = malloc(b->size);
	if (b->map == MAP_FAILED || !b->before)
		die("%s: %s", name, strerror(errno));
	/* A child has neither the file nor the mapping. */
	close(fd);
	if (madvise(b->map, b->size, MADV_DONTFORK))
		die("%s: madvise: %s", name, strerror(errno));
}

/* Also those that are not asked for: none of them may change. */
static void open_all_buffers(char *const *names)
{
	DIR *dir = opendir("/sys/class/cohbuf");
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			open_buffer(entry->d_name, names);
	if (!num_buffers)
		die("there is no buffer: is the module loaded?");
	closedir(dir);
}

static void read_program(const char *path, struct program *program)
{
	char text[PROGRAM_TEXT * 2] = "";
	FILE *file = fopen(path, "r");
	unsigned int line;

	if (!file)
		die("%s: %s", path, strerror(errno));
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	if (!program_parse(program, text, &line))
		die("%s: line %u is no call, or there are none or more than %d", path, line,
		    MAX_CALLS);
}

static int is_program(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot && !strcmp(dot, ".calls");
}

/* In an order that does not depend on the file system. */
static void read_corpus(void)
{
	struct dirent **entries;
	int count = scandir(options.corpus, &entries, is_program, alphasort);
	char path[PATH_MAX];

	if (count < 0)
		die("%s: %s", options.corpus, strerror(errno));
	for (int i = 0; i < count && num_given < MAX_KEPT / 2; i++) {
		snprintf(path, sizeof(path), "%s/%s", options.corpus, entries[i]->d_name);
		read_program(path, &kept[num_given++]);
	}
}

static const char usage[] =
	"Usage: fuzz [OPTION]... BUFFER...\n"
	"Make wild calls on each BUFFER, as a user who may write, then as one who may read.\n"
	"  --seconds N     in all (40)\n"
	"  --seed N        a number that the calls follow from; else any\n"
	"  --corpus DIR    programs to begin with (corpus)\n"
	"  --save DIR      write the programs that reached something new there\n"
	"  --replay FILE   run this program only, once\n";

static void take_options(int argc, char **argv)
{
	static const struct option known[] = {
		{ "seconds", required_argument, NULL, 't' },
		{ "seed", required_argument, NULL, 's' },
		{ "corpus", required_argument, NULL, 'c' },
		{ "save", required_argument, NULL, 'o' },
		{ "replay", required_argument, NULL, 'r' },
		{}
	};
	int option;

	/* Not the time: a board without a clock starts at the same one. */
	if (getrandom(&options.seed, sizeof(options.seed), GRND_INSECURE) != sizeof(options.seed))
		die("no random seed: %s", strerror(errno));
	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (option) {
		case 't':
			options.seconds = strtoul(optarg, NULL, 0);
			break;
		case 's':
			options.seed = strtoull(optarg, NULL, 0);
			break;
		case 'c':
			options.corpus = optarg;
			break;
		case 'o':
			options.save = optarg;
			break;
		case 'r':
			options.replay = optarg;
			options.seconds = 0;
			break;
		default:
			fputs(usage, stderr);
			exit(2);
		}
	}
	if (optind == argc) {
		fputs(usage, stderr);
		exit(2);
	}
	options.buffers = argc - optind;
}

static struct buffer *buffer_named(const char *name)
{
	for (size_t i = 0; i < num_buffers; i++)
		if (!strcmp(buffers[i].name, name))
			return &buffers[i];
	die("there is no buffer \"%s\"", name);
}

int main(int argc, char **argv)
{
	struct random random;
	bool untouched = true;
	sigset_t chld;
	size_t i;
	int arg;

	setvbuf(stdout, NULL, _IOLBF, 0);
	take_options(argc, argv);
	random.state = options.seed;
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	kernel_log = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);

	open_all_buffers(argv + optind);
	if (options.replay)
		read_program(options.replay, &kept[num_given++]);
	else
		read_corpus();

	printf("TAP version 13\n1..%u\n", options.buffers * 2 + 1);
	printf("# seed %" PRIu64 "; coverage %s\n", options.seed,
	       cover_begin() ? "by KCOV" : "is not known: the kernel has no KCOV");
	for (i = 0; i < num_buffers; i++)
		fill(&buffers[i], &random);
	for (arg = optind; arg < argc; arg++) {
		fuzz(buffer_named(argv[arg]), true, &random);
		fuzz(buffer_named(argv[arg]), false, &random);
	}
	for (i = 0; i < num_buffers; i++)
		untouched &= same_bytes(&buffers[i]);
	report(untouched, "other_buffers", "untouched");
	return !all_good;
}
