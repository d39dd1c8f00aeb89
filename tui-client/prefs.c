#include <string.h>

#include "prefs.h"
#include "session.h"

#define VALUES_MAX 3

/* A setting: its row of the table, and how its values are got and set. */
struct pref {
	const char *wanted; /* what is said of another value */
	struct {
		const char *value, *meaning;
	} values[VALUES_MAX]; /* by number; the rest is empty */
	size_t (*get)(const struct prefs_target *);
	void (*set)(struct prefs_target *, size_t number);
};

enum { OFF, ON }; /* the numbers of a switch's values */

static size_t
get_crlf(const struct prefs_target *target)
{
	return session_crlf(target->session) ? ON : OFF;
}

static void
set_crlf(struct prefs_target *target, size_t number)
{
	session_set_crlf(target->session, number == ON);
}

static size_t
get_hex(const struct prefs_target *target)
{
	return target->prefs->hex ? ON : OFF;
}

static void
set_hex(struct prefs_target *target, size_t number)
{
	target->prefs->hex = number == ON;
}

static size_t
get_mouse(const struct prefs_target *target)
{
	return target->prefs->mouse ? ON : OFF;
}

static void
set_mouse(struct prefs_target *target, size_t number)
{
	target->prefs->mouse = number == ON;
}

static size_t
get_resend(const struct prefs_target *target)
{
	return (size_t)session_resend(target->session);
}

static void
set_resend(struct prefs_target *target, size_t number)
{
	session_set_resend(target->session, (enum session_resend)number);
}

static size_t
get_time(const struct prefs_target *target)
{
	return target->prefs->times ? ON : OFF;
}

static void
set_time(struct prefs_target *target, size_t number)
{
	target->prefs->times = number == ON;
}

#define SWITCH	      "on|off"
#define SWITCH_WANTED "on or off is wanted"

static const struct prefs_entry table[] = {
    {"crlf", SWITCH, "end lines with CR LF"},
    {"hex", SWITCH, "what comes back as a hex dump too"},
    {"mouse", SWITCH, "the wheel scrolls"},
    {"resend", "ask|always|never", "send lines typed while down"},
    {"time", SWITCH, "the time of each line"},
};
#define PREFS (sizeof(table) / sizeof(table[0]))

/* In the order of the table. */
static const struct pref prefs[PREFS] = {
    {SWITCH_WANTED,
	{[OFF] = {"off", "lines end with LF"},
	    [ON] = {"on", "lines end with CR LF"}},
	get_crlf, set_crlf},
    {SWITCH_WANTED,
	{[OFF] = {"off", "what comes back is shown as text"},
	    [ON] = {"on", "what comes back is shown as a hex dump too"}},
	get_hex, set_hex},
    {SWITCH_WANTED,
	{[OFF] = {"off", "the mouse is the terminal's own, to select with"},
	    [ON] = {"on", "the wheel scrolls; Shift and the mouse select"}},
	get_mouse, set_mouse},
    {"ask, always or never is wanted",
	{[SESSION_ASK] = {"ask",
	     "lines typed while down wait for /resend or /drop"},
	    [SESSION_ALWAYS] = {"always",
		"lines typed while down are sent once it is back"},
	    [SESSION_NEVER] = {"never", "lines typed while down are not sent"}},
	get_resend, set_resend},
    {SWITCH_WANTED,
	{[OFF] = {"off", "lines are shown without their time"},
	    [ON] = {"on", "each line has its time"}},
	get_time, set_time},
};

static const struct pref *
prefs_find(const char *name)
{
	for (size_t i = 0; i < PREFS; i++)
		if (strcmp(table[i].name, name) == 0)
			return &prefs[i];
	return NULL;
}

void
prefs_init(struct prefs *p, bool hex)
{
	*p = (struct prefs){.times = true, .hex = hex, .mouse = true};
}

const struct prefs_entry *
prefs_table(size_t *count)
{
	*count = PREFS;
	return table;
}

const char *
prefs_get(const struct prefs_target *target, const char *name)
{
	const struct pref *pref = prefs_find(name);

	return pref == NULL ? NULL : pref->values[pref->get(target)].value;
}

const char *
prefs_meaning(const struct prefs_target *target, const char *name)
{
	const struct pref *pref = prefs_find(name);

	return pref == NULL ? NULL : pref->values[pref->get(target)].meaning;
}

const char *
prefs_set(struct prefs_target *target, const char *name, const char *value)
{
	const struct pref *pref = prefs_find(name);

	if (pref == NULL)
		return "no such setting";
	for (size_t i = 0; i < VALUES_MAX; i++)
		if (pref->values[i].value != NULL &&
		    strcmp(pref->values[i].value, value) == 0) {
			pref->set(target, i);
			return NULL;
		}
	return pref->wanted;
}
