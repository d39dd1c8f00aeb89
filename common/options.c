#include <sys/types.h>

#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "options.h"
#include "version.h"
#include "visible.h"

#define COLUMNS	  80
#define LEFT_MAX  28 /* wider ones get their help on the next line */
#define LONG_BASE (UCHAR_MAX + 1) /* getopt_long(3)'s value of entry 0 */

enum { BUILTIN_HELP, BUILTIN_VERSION, BUILTINS };

static const struct options_entry builtins[BUILTINS] = {
    [BUILTIN_HELP] = {'h', "help", NULL, "show this text and exit", NULL},
    [BUILTIN_VERSION] = {0, "version", NULL, "show the version and exit", NULL},
};

/* The table in getopt_long(3)'s words. */
struct grammar {
	char shorts[1 + 3 * (OPTIONS_MAX + BUILTINS) + 1];
	struct option longs[OPTIONS_MAX + BUILTINS + 1];
};

static size_t
entry_count(const struct options_program *program)
{
	return program->count + BUILTINS;
}

static const struct options_entry *
entry_at(const struct options_program *program, size_t i)
{
	if (i < program->count)
		return &program->entries[i];
	return &builtins[i - program->count];
}

/* The entry behind getopt_long(3)'s return value or optopt, or NULL. */
static const struct options_entry *
entry_find(const struct options_program *program, int value)
{
	size_t i;

	if (value >= LONG_BASE)
		return entry_at(program, (size_t)(value - LONG_BASE));
	for (i = 0; i < entry_count(program); i++) {
		if (value != 0 && entry_at(program, i)->letter == value)
			return entry_at(program, i);
	}
	return NULL;
}

static int
entry_has_arg(const struct options_entry *entry)
{
	if (entry->argument == NULL)
		return no_argument;
	return entry->argument[0] == '[' ? optional_argument
					 : required_argument;
}

/* Behind the colon that is there; the rest is zero. */
static void
grammar_make(struct grammar *grammar, const struct options_program *program)
{
	const struct options_entry *entry;
	char *shorts = grammar->shorts + 1;
	struct option *longs = grammar->longs;
	size_t i;

	for (i = 0; i < entry_count(program); i++) {
		entry = entry_at(program, i);
		if (entry->letter != 0) {
			*shorts++ = (char)entry->letter;
			if (entry_has_arg(entry) != no_argument)
				*shorts++ = ':';
			if (entry_has_arg(entry) == optional_argument)
				*shorts++ = ':';
		}
		if (entry->name != NULL) {
			longs->name = entry->name;
			longs->has_arg = entry_has_arg(entry);
			longs->val = LONG_BASE + (int)i;
			longs++;
		}
	}
}

/* "--port", or "-4" for an entry that has no long name. */
static const char *
entry_format(char *buf, size_t size, const struct options_entry *entry)
{
	if (entry->name != NULL)
		(void)snprintf(buf, size, "--%s", entry->name);
	else
		(void)snprintf(buf, size, "-%c", entry->letter);
	return buf;
}

/* Words of text from column on; further lines begin at indent. */
static void
print_wrapped(const char *text, size_t column, size_t indent)
{
	size_t word;
	bool first = true;

	for (text += strspn(text, " "); *text != '\0';
	     text += word + strspn(text + word, " ")) {
		word = strcspn(text, " ");
		if (!first && column + 1 + word > COLUMNS) {
			printf("\n%*s", (int)indent, "");
			column = indent;
			first = true;
		}
		printf("%s%.*s", first ? "" : " ", (int)word, text);
		column += word + (first ? 0 : 1);
		first = false;
	}
	putchar('\n');
}

/* "  -p, --port N": what stands to the left of the help. */
static size_t
left_format(char *buf, size_t size, const struct options_entry *entry)
{
	char letter[] = "    ";
	int len;

	if (entry->letter != 0) {
		letter[0] = '-';
		letter[1] = (char)entry->letter;
		letter[2] = entry->name != NULL ? ',' : ' ';
	}
	len = snprintf(buf, size, "  %s%s%s%s%s", letter,
	    entry->name != NULL ? "--" : "",
	    entry->name != NULL ? entry->name : "",
	    entry->argument != NULL ? " " : "",
	    entry->argument != NULL ? entry->argument : "");
	return (size_t)len;
}

static size_t
left_width(const struct options_program *program)
{
	char left[COLUMNS];
	size_t i, len, width = 0;

	for (i = 0; i < entry_count(program); i++) {
		len = left_format(left, sizeof(left), entry_at(program, i));
		if (len > width && len <= LEFT_MAX)
			width = len;
	}
	return width;
}

static void
print_entry(const struct options_entry *entry, size_t width)
{
	char left[COLUMNS];
	size_t len;

	len = left_format(left, sizeof(left), entry);
	if (len > width)
		printf("%s\n%*s", left, (int)width + 2, "");
	else
		printf("%-*s  ", (int)width, left);
	print_wrapped(entry->help, width + 2, width + 2);
}

/* What was printed has to arrive: a full disk must not look like success. */
static enum options_result
finish_output(const struct options_program *program)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return OPTIONS_DONE;
	(void)fprintf(stderr, "%s: standard output: %s\n", program->name,
	    strerror(errno));
	return OPTIONS_USAGE;
}

static enum options_result
run_help(const struct options_program *program)
{
	size_t i, width = left_width(program);

	printf("usage: %s [options]%s%s\n", program->name,
	    program->operands[0] != '\0' ? " " : "", program->operands);
	print_wrapped(program->summary, 0, 0);
	putchar('\n');
	for (i = 0; i < entry_count(program); i++)
		print_entry(entry_at(program, i), width);
	if (program->footer != NULL)
		printf("\n%s\n", program->footer);
	return finish_output(program);
}

static enum options_result
run_version(const struct options_program *program)
{
	printf("%s %s\n", program->name, YODEL_VERSION);
	return finish_output(program);
}

/* "NAME: BEFORE 'ARG'AFTER" and the way to --help; arg may be anything. */
static enum options_result
complain(const struct options_program *program, const char *before,
    const char *arg, const char *after)
{
	char safe[1024];

	visible_text(safe, sizeof(safe), arg, strlen(arg), 240, 0);
	(void)fprintf(stderr, "%s: %s '%s'%s\ntry '%s --help'\n", program->name,
	    before, safe, after, program->name);
	return OPTIONS_USAGE;
}

static enum options_result
complain_value(const struct options_program *program,
    const struct options_entry *entry, const char *value, const char *wanted)
{
	char name[COLUMNS], after[256];

	entry_format(name, sizeof(name), entry);
	(void)snprintf(after, sizeof(after), ": %s is wanted", wanted);
	if (value == NULL)
		return complain(program, "option", name, after);
	return complain(program, name, value, after);
}

/* How many long names begin with what stands between "--" and "=" in arg. */
static int
count_prefixed(const struct options_program *program, const char *arg)
{
	const struct options_entry *entry;
	size_t i, len = strcspn(arg + 2, "=");
	int count = 0;

	for (i = 0; i < entry_count(program); i++) {
		entry = entry_at(program, i);
		if (entry->name != NULL &&
		    strncmp(entry->name, arg + 2, len) == 0)
			count++;
	}
	return count;
}

/*
 * A ':' or '?' of getopt_long(3). Systems do not agree on which of the two an
 * unwanted argument gives, so what is wrong is read from the table.
 */
static enum options_result
complain_option(const struct options_program *program, char **argv)
{
	const struct options_entry *entry = entry_find(program, optopt);
	const char *arg = argv[optind - 1];
	char name[COLUMNS];

	if (entry != NULL) {
		return complain(program, "option",
		    entry_format(name, sizeof(name), entry),
		    entry->argument != NULL ? " needs an argument"
					    : " takes no argument");
	}
	if (optopt != 0) {
		name[0] = '-';
		name[1] = (char)optopt;
		name[2] = '\0';
		return complain(program, "unknown option", name, "");
	}
	return complain(program,
	    count_prefixed(program, arg) > 1 ? "ambiguous option"
					     : "unknown option",
	    arg, "");
}

/*
 * getopt_long(3) takes an optional argument only where it is written in the
 * same word as the option.
 */
static const char *
find_value(const struct options_entry *entry, int argc, char **argv)
{
	if (optarg == NULL && entry_has_arg(entry) == optional_argument &&
	    optind < argc && argv[optind][0] != '-')
		return argv[optind++];
	return optarg;
}

static enum options_result
check_operands(
    const struct options_program *program, int argc, char **argv, int first)
{
	if (argc - first > program->max_operands) {
		return complain(program, "unexpected operand",
		    argv[first + program->max_operands], "");
	}
	return OPTIONS_RUN;
}

enum options_result
options_parse(const struct options_program *program, int argc, char **argv,
    void *into, int *first)
{
	/* With the colon, a missing argument comes out as ':'. */
	struct grammar grammar = {.shorts = ":"};
	const struct options_entry *entry;
	const char *argument, *wanted;
	int value;

	assert(program->count <= OPTIONS_MAX);
	grammar_make(&grammar, program);
	opterr = 0;
	/* Not 1: 0 also forgets a cluster "-ab" that was left half-way. */
	optind = 0;
	while ((value = getopt_long(
		    argc, argv, grammar.shorts, grammar.longs, NULL)) != -1) {
		entry = entry_find(program, value);
		if (value == ':' || value == '?' || entry == NULL)
			return complain_option(program, argv);
		if (entry == &builtins[BUILTIN_HELP])
			return run_help(program);
		if (entry == &builtins[BUILTIN_VERSION])
			return run_version(program);
		argument = find_value(entry, argc, argv);
		wanted = entry->set(into, argument);
		if (wanted != NULL)
			return complain_value(program, entry, argument, wanted);
	}
	*first = optind;
	return check_operands(program, argc, argv, optind);
}
