/*
 * fuzz: what the fuzz targets share. A target is one file, fuzz_NOUN.c, with
 * LLVMFuzzerTestOneInput(): any bytes come in, and what it promises holds or
 * the process ends. libFuzzer drives it, or driver.c where there is none.
 */

#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FUZZ_LEN(array)	(sizeof(array) / sizeof((array)[0]))

/* An input is kept, and can be run again, when this ends the process. */
#define FUZZ_CHECK(holds) \
	((holds) ? (void)0 : fuzz_fail(__FILE__, __LINE__, #holds))

int		 LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

void		 fuzz_fail(const char *file, int line, const char *holds)
		    __attribute__((noreturn));

/*
 * A copy of just its size, so that a read beyond it is found; as a string it
 * ends at the first NUL. free(3) it.
 */
void		*fuzz_copy(const void *data, size_t size);
char		*fuzz_string(const void *data, size_t size);

/* The same numbers for the same input: how to split it, say. */
struct fuzz_random {
	uint32_t state;
};

struct fuzz_random fuzz_random_of(const uint8_t *data, size_t size);
uint32_t	 fuzz_random_next(struct fuzz_random *, uint32_t below);

/* The first time: a locale with UTF-8. */
void		 fuzz_locale(void);

/* A file with this content; its path is the same each time. */
const char	*fuzz_file(const void *data, size_t size);

/* UTF-8 without anything that acts on a terminal, hides or reorders. */
void		 fuzz_check_shown(const char *text, size_t len);

#endif
