/*
 * editor: any keys, as bytes of a terminal, do no harm, and the lines that they
 * enter are lines. The first byte chooses emacs or vi.
 */

#include "fuzz.h"
#include "typed.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char vi[] = "bind -v\n";

	if (size == 0)
		return 0;
	typed_run(
	    vi, data[0] % 2 == 0 ? 0 : sizeof(vi) - 1, data + 1, size - 1);
	return 0;
}
