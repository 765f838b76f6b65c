// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the doctor found; see findings.h.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "findings.h"
#include "json.h"

struct finding {
	char subject[160];
	char problem[768];
	char remedy[512];
};

static struct finding *findings;
static unsigned int count;

void finding_add(const char *subject, const char *remedy, const char *problem, ...)
{
	struct finding *f = realloc(findings, (count + 1) * sizeof(*findings));
	va_list args;

	if (!f) {
		perror("cohbuf");
		exit(1);
	}
	findings = f;
	f = &findings[count++];
	snprintf(f->subject, sizeof(f->subject), "%s", subject);
	snprintf(f->remedy, sizeof(f->remedy), "%s", remedy);
	va_start(args, problem);
	vsnprintf(f->problem, sizeof(f->problem), problem, args);
	va_end(args);
}

unsigned int findings_count(void)
{
	return count;
}

void findings_print(const char *name)
{
	for (unsigned int i = 0; i < count; i++) {
		const struct finding *f = &findings[i];

		putchar('\n');
		if (name && strncmp(name, f->subject, sizeof(f->subject) - 1))
			printf("%s: ", name);
		printf("%s: %s\n  remedy: %s\n", f->subject, f->problem, f->remedy);
	}
}

void findings_print_json(void)
{
	json_open("findings", '[');
	for (unsigned int i = 0; i < count; i++) {
		json_open(NULL, '{');
		json_string("subject", findings[i].subject);
		json_string("problem", findings[i].problem);
		json_string("remedy", findings[i].remedy);
		json_close();
	}
	json_close();
}
