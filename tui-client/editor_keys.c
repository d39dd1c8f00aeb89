#include <stdint.h>

#include "editor_keys.h"
#include "keys.h"

struct entry {
	enum keys_code code;
	unsigned mods;
	uint32_t ch; /* of KEYS_F */
	struct editor_keys_entry public;
};

/* As xterm spells them. */
static const struct entry entries[] = {
    {KEYS_UP, 0, 0, {L"\033[A", L"ed-prev-history", L"up"}},
    {KEYS_DOWN, 0, 0, {L"\033[B", L"ed-next-history", L"down"}},
    {KEYS_RIGHT, 0, 0, {L"\033[C", L"ed-next-char", L"right"}},
    {KEYS_LEFT, 0, 0, {L"\033[D", L"ed-prev-char", L"left"}},
    {KEYS_HOME, 0, 0, {L"\033[H", L"ed-move-to-beg", L"home"}},
    {KEYS_END, 0, 0, {L"\033[F", L"ed-move-to-end", L"end"}},
    {KEYS_INSERT, 0, 0, {L"\033[2~", NULL, NULL}},
    {KEYS_DELETE, 0, 0, {L"\033[3~", L"ed-delete-next-char", L"delete"}},
    {KEYS_PAGE_UP, 0, 0, {L"\033[5~", NULL, NULL}},
    {KEYS_PAGE_DOWN, 0, 0, {L"\033[6~", NULL, NULL}},
    {KEYS_BACKTAB, 0, 0, {L"\033[Z", NULL, NULL}},
    {KEYS_UP, KEYS_CTRL, 0, {L"\033[1;5A", NULL, NULL}},
    {KEYS_DOWN, KEYS_CTRL, 0, {L"\033[1;5B", NULL, NULL}},
    {KEYS_RIGHT, KEYS_CTRL, 0, {L"\033[1;5C", L"em-next-word", NULL}},
    {KEYS_LEFT, KEYS_CTRL, 0, {L"\033[1;5D", L"ed-prev-word", NULL}},
    {KEYS_HOME, KEYS_CTRL, 0, {L"\033[1;5H", NULL, NULL}},
    {KEYS_END, KEYS_CTRL, 0, {L"\033[1;5F", NULL, NULL}},
    {KEYS_DELETE, KEYS_CTRL, 0, {L"\033[3;5~", L"em-delete-next-word", NULL}},
    {KEYS_UP, KEYS_ALT, 0, {L"\033[1;3A", NULL, NULL}},
    {KEYS_DOWN, KEYS_ALT, 0, {L"\033[1;3B", NULL, NULL}},
    {KEYS_RIGHT, KEYS_ALT, 0, {L"\033[1;3C", L"em-next-word", NULL}},
    {KEYS_LEFT, KEYS_ALT, 0, {L"\033[1;3D", L"ed-prev-word", NULL}},
    {KEYS_DELETE, KEYS_ALT, 0, {L"\033[3;3~", L"em-delete-next-word", NULL}},
    {KEYS_F, 0, 1, {L"\033OP", NULL, NULL}},
    {KEYS_F, 0, 2, {L"\033OQ", NULL, NULL}},
    {KEYS_F, 0, 3, {L"\033OR", NULL, NULL}},
    {KEYS_F, 0, 4, {L"\033OS", NULL, NULL}},
    {KEYS_F, 0, 5, {L"\033[15~", NULL, NULL}},
    {KEYS_F, 0, 6, {L"\033[17~", NULL, NULL}},
    {KEYS_F, 0, 7, {L"\033[18~", NULL, NULL}},
    {KEYS_F, 0, 8, {L"\033[19~", NULL, NULL}},
    {KEYS_F, 0, 9, {L"\033[20~", NULL, NULL}},
    {KEYS_F, 0, 10, {L"\033[21~", NULL, NULL}},
    {KEYS_F, 0, 11, {L"\033[23~", NULL, NULL}},
    {KEYS_F, 0, 12, {L"\033[24~", NULL, NULL}},
};

#define ENTRIES (sizeof(entries) / sizeof(entries[0]))

const struct editor_keys_entry *
editor_keys_entry(size_t i)
{
	return i < ENTRIES ? &entries[i].public : NULL;
}

static bool
char_sequence(const struct key *key, wchar_t out[EDITOR_KEYS_MAX])
{
	size_t n = 0;

	/* C1 is where the editor's private keys are. */
	if (key->ch > 0x10ffff || (key->ch >= 0x80 && key->ch < 0xa0))
		return false;
	if (key->mods & KEYS_ALT)
		out[n++] = L'\033';
	out[n++] = (wchar_t)key->ch;
	out[n] = L'\0';
	return true;
}

bool
editor_keys_sequence(const struct key *key, wchar_t out[EDITOR_KEYS_MAX])
{
	unsigned mods = key->mods & (KEYS_ALT | KEYS_CTRL);

	if (key->code == KEYS_CHAR)
		return char_sequence(key, out);
	for (size_t i = 0; i < ENTRIES; i++) {
		const struct entry *e = &entries[i];

		if (e->code != key->code || e->mods != mods ||
		    (e->code == KEYS_F && e->ch != key->ch))
			continue;
		wmemcpy(out, e->public.sequence, EDITOR_KEYS_MAX);
		return true;
	}
	return false;
}
