#include <stdlib.h>
#include <string.h>

#include "harness/region.h"
#include "scratch.h"
#include "typist.h"

/* A stranger at the keyboard. */
struct monkey {
	struct typist *typist;
	uint32_t random;
	unsigned keys;
};

static uint32_t
draw(struct monkey *m, uint32_t n)
{
	m->random = m->random * 1664525u + 1013904223u;
	return (m->random >> 8) % n;
}

static bool
monkey_key(void *arg, struct key *key)
{
	static const uint32_t wide[] = {0xe9, 0x301, 0xae00, 0x1f600, 0x200d,
	    0x1100, 0x1161, 0xfffd, 0x85, 0x928, 0x93f, 0x94d, 0x600, 0x1f1f0,
	    0x1f469, 0x1f3fd};
	struct monkey *m = arg;
	struct editor_view view;

	if (m->keys == 0)
		return false;
	m->keys--;
	editor_view(m->typist->editor, &view);
	assert_true(view.cursor <= view.len);
	key->code = KEYS_CHAR;
	switch (draw(m, 16)) {
	case 0:
		key->ch = wide[draw(m, sizeof(wide) / sizeof(wide[0]))];
		break;
	case 1:
	case 2:
	case 3:
		key->ch = draw(m, 32);
		break;
	case 4:
	case 5:
		key->ch = draw(m, 128);
		key->mods = KEYS_ALT;
		break;
	case 6:
	case 7:
		(void)typist_special_key(draw(m, 24), key);
		break;
	case 8:
		key->code = KEYS_ESCAPE;
		break;
	case 9:
		key->code = KEYS_UNKNOWN;
		if (draw(m, 4) == 0)
			editor_drop_line(m->typist->editor);
		else
			(void)editor_insert(m->typist->editor,
			    "한글 paste e\xcc\x81", draw(m, 18));
		break;
	default:
		key->ch = 0x20 + draw(m, 96);
	}
	return true;
}

static void
run_monkey(const char *editrc, uint32_t seed, unsigned keys)
{
	struct typist *t = typist_new(NULL);
	struct monkey m = {.typist = t, .random = seed, .keys = keys};
	char path[TYPIST_TEXT_MAX];
	struct editor_options options = {.program = "yodel",
	    .editrc = scratch_path(path, sizeof(path), "editrc"),
	    .history = t->history,
	    .next_key = monkey_key,
	    .arg = &m};
	enum editor_result result;

	scratch_write(path, editrc, strlen(editrc));
	editor_free(t->editor);
	t->editor = editor_new(&options);
	assert_non_null(t->editor);
	do {
		result = editor_read(t->editor, &t->line, &t->len);
		if (result == EDITOR_LINE)
			assert_true(t->len <= 4u * EDITOR_LINE_MAX);
	} while (result != EDITOR_QUIT);
	assert_int_equal(m.keys, 0);
	typist_free(t);
}

/* FUZZ_KEYS and FUZZ_SEED: more of them, and other ones. */
static unsigned
number_from(const char *variable, unsigned otherwise)
{
	const char *text = getenv(variable);

	return text == NULL ? otherwise : (unsigned)strtoul(text, NULL, 10);
}

static void
random_keys_do_no_harm_to(const char *editrc)
{
	unsigned keys = number_from("FUZZ_KEYS", 8000);
	unsigned seed = number_from("FUZZ_SEED", 0);

	for (unsigned i = 1; i <= 3; i++)
		run_monkey(editrc, seed + i, keys);
}

static void
random_keys_do_no_harm_to_emacs(void **state)
{
	(void)state;
	random_keys_do_no_harm_to("\n");
}

static void
random_keys_do_no_harm_to_vi(void **state)
{
	(void)state;
	random_keys_do_no_harm_to("bind -v\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(random_keys_do_no_harm_to_emacs),
	    cmocka_unit_test(random_keys_do_no_harm_to_vi),
	};

	return cmocka_run_group_tests(tests, region_setup, NULL);
}
