#include "shown.h"

#include "visible.h"

bool
shown_is_forbidden(int32_t code)
{
	return code < 0x20 || (code >= 0x7f && code <= 0x9f) ||
	    code == 0x061c || (code >= 0x200b && code <= 0x200f) ||
	    (code >= 0x2028 && code <= 0x202e) ||
	    (code >= 0x2060 && code <= 0x206f) || code == 0xfeff ||
	    (code >= 0xfff9 && code <= 0xfffb) ||
	    (code >= 0xe0000 && code <= 0xe007f) ||
	    (code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) == 0xfffe;
}

bool
shown_is_safe(const char *text, size_t len)
{
	size_t used;

	for (size_t i = 0; i < len; i += used) {
		int32_t code = visible_decode(text + i, len - i, &used);

		if (code < 0 ||
		    (code == SHOWN_JOINER ? i == 0 : shown_is_forbidden(code)))
			return false;
	}
	return true;
}
