#include <string.h>

#include "cluster.h"
#include "editor_text.h"
#include "field.h"
#include "keys.h"
#include "visible.h"

#define BAD 0xfffd /* what a bad byte counts as */

#define CONTROL(letter) ((letter) - '@')

void
field_append(struct field *f, const char *text, size_t len)
{
	size_t room = sizeof(f->text) - f->len;

	if (len > room) {
		len = room;
		while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
			len--;
	}
	memcpy(f->text + f->len, text, len);
	f->len += len;
}

void
field_append_char(struct field *f, wchar_t ch)
{
	char text[EDITOR_TEXT_BYTES + 1];
	size_t len = editor_text_encode(text, &ch, 1);

	field_append(f, text, len);
}

void
field_erase_char(struct field *f)
{
	struct cluster cluster = {0};
	size_t at = 0, last = 0;

	while (at < f->len) {
		size_t used;
		int32_t code = visible_decode(f->text + at, f->len - at, &used);

		if (!cluster_add(&cluster, code < 0 ? BAD : code))
			last = at;
		at += used;
	}
	f->len = last;
}

void
field_erase_word(struct field *f)
{
	while (f->len > 0 && f->text[f->len - 1] == ' ')
		f->len--;
	while (f->len > 0 && f->text[f->len - 1] != ' ')
		f->len--;
}

void
field_clear(struct field *f)
{
	f->len = 0;
}

bool
field_take(struct field *f, const struct key *key)
{
	if (key->code != KEYS_CHAR || key->mods & KEYS_ALT)
		return false;
	switch (key->ch) {
	case CONTROL('H'):
	case 0x7f:
		field_erase_char(f);
		return true;
	case CONTROL('U'):
		field_clear(f);
		return true;
	case CONTROL('W'):
		field_erase_word(f);
		return true;
	default:
		if (editor_text_is_control((wchar_t)key->ch))
			return false;
		field_append_char(f, (wchar_t)key->ch);
		return true;
	}
}
