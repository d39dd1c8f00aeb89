/* prefs: what can be switched while the client runs. */

#include <stdio.h>
#include <string.h>

#include "harness/harness.h"
#include "prefs.h"
#include "session.h"
#include "session_probe.h"

static struct prefs prefs;

static int
setup(void **state)
{
	struct session_probe *p = session_probe_new(NULL, false);

	prefs_init(&prefs, false);
	*state = p;
	return 0;
}

static struct prefs_target
target_of(void **state)
{
	struct session_probe *p = *state;

	return (struct prefs_target){&prefs, p->session};
}

static void
expect(void **state, const char *name, const char *value)
{
	struct prefs_target target = target_of(state);
	const char *got = prefs_get(&target, name);

	assert_non_null(got);
	assert_string_equal(got, value);
}

static void
set(void **state, const char *name, const char *value)
{
	struct prefs_target target = target_of(state);

	assert_null(prefs_set(&target, name, value));
	expect(state, name, value);
}

static void
refuse(void **state, const char *name, const char *value, const char *why)
{
	struct prefs_target target = target_of(state);
	const char *got = prefs_set(&target, name, value);

	assert_non_null(got);
	assert_string_equal(got, why);
}

static void
to_begin_with_they_are_the_usual_ones(void **state)
{
	expect(state, "crlf", "off");
	expect(state, "hex", "off");
	expect(state, "mouse", "on");
	expect(state, "resend", "ask");
	expect(state, "time", "on");
	prefs_init(&prefs, true);
	expect(state, "hex", "on");
}

static void
each_one_reaches_what_it_is_for(void **state)
{
	struct session_probe *p = *state;

	set(state, "hex", "on");
	assert_true(prefs.hex);
	set(state, "mouse", "off");
	assert_false(prefs.mouse);
	set(state, "time", "off");
	assert_false(prefs.times);
	set(state, "crlf", "on");
	assert_true(session_crlf(p->session));
	set(state, "resend", "never");
	assert_int_equal(session_resend(p->session), SESSION_NEVER);
	set(state, "resend", "always");
	assert_int_equal(session_resend(p->session), SESSION_ALWAYS);
	set(state, "resend", "ask");
	assert_int_equal(session_resend(p->session), SESSION_ASK);
	assert_true(prefs.hex && !prefs.mouse && !prefs.times);
}

/* What the table promises is what prefs_set() takes, and each has a meaning. */
static void
every_value_of_the_table_is_taken_and_told(void **state)
{
	struct prefs_target target = target_of(state);
	size_t count;
	const struct prefs_entry *table = prefs_table(&count);

	assert_true(count > 3);
	for (size_t i = 0; i < count; i++) {
		char values[64], before[80] = "";

		assert_true(
		    i == 0 || strcmp(table[i - 1].name, table[i].name) < 0);
		assert_in_range(strlen(table[i].help), 1, 34);
		snprintf(values, sizeof(values), "%s", table[i].values);
		for (char *value = strtok(values, "|"); value != NULL;
		     value = strtok(NULL, "|")) {
			const char *meaning;

			set(state, table[i].name, value);
			meaning = prefs_meaning(&target, table[i].name);
			assert_string_not_equal(meaning, before);
			snprintf(before, sizeof(before), "%s", meaning);
		}
	}
}

static void
what_is_wrong_is_said_and_changes_nothing(void **state)
{
	struct prefs_target target = target_of(state);

	refuse(state, "colour", "on", "no such setting");
	refuse(state, "", "on", "no such setting");
	refuse(state, "time", "", "on or off is wanted");
	refuse(state, "time", "On", "on or off is wanted");
	refuse(state, "time", "ask", "on or off is wanted");
	refuse(state, "resend", "on", "ask, always or never is wanted");
	expect(state, "time", "on");
	expect(state, "resend", "ask");
	assert_null(prefs_get(&target, "colour"));
	assert_null(prefs_meaning(&target, "tim"));
}

#define prefs_test(f) \
	cmocka_unit_test_setup_teardown(f, setup, session_probe_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    prefs_test(to_begin_with_they_are_the_usual_ones),
	    prefs_test(each_one_reaches_what_it_is_for),
	    prefs_test(every_value_of_the_table_is_taken_and_told),
	    prefs_test(what_is_wrong_is_said_and_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
