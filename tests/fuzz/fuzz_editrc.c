/*
 * editrc: any .editrc is read, and the editor works on: keys are typed into it,
 * with a paste and a ^C, which nothing in the file can change.
 */

#include "fuzz.h"
#include "typed.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char keys[] = "ab\033[D\001\020\022a\033[200~글 \033[201~"
				   "\020\026\033\xff\xfex\t\177y\004\rz\r";

	typed_run(data, size, (const uint8_t *)keys, sizeof(keys) - 1);
	return 0;
}
