/*
 * Memory: the blocks that the code under test holds are written down, and where
 * no sanitizer does it better, each has some bytes behind it that must stay
 * what they are.
 */

#include <stdint.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"
#include "fault_wrap.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FENCE_BYTES 0
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define FENCE_BYTES 0
#endif
#ifndef FENCE_BYTES
#define FENCE_BYTES 16
#endif

#define FENCE_BYTE 0xa5
#define BLOCKS_MAX 65536 /* a power of two; at most the half is ever used */

void *__real_malloc(size_t);
void *__real_realloc(void *, size_t);
void __real_free(void *);
void *__wrap_malloc(size_t);
void *__wrap_calloc(size_t, size_t);
void *__wrap_realloc(void *, size_t);
void __wrap_free(void *);
char *__wrap_strdup(const char *);
char *__wrap_strndup(const char *, size_t);

/* Both linkers that know --wrap define it: where the program begins. */
extern const char __executable_start[];

struct block {
	void *p; /* NULL: free */
	size_t size;
	const void *from; /* who asked for it */
	unsigned age;
};

static struct {
	pthread_mutex_t lock;
	struct block blocks[BLOCKS_MAX];
	size_t count;
	unsigned age; /* of those that come now */
	bool overrun;
} memory = {.lock = PTHREAD_MUTEX_INITIALIZER};

#if FENCE_BYTES > 0
static void
fence_build(unsigned char *fence)
{
	memset(fence, FENCE_BYTE, FENCE_BYTES);
}

static bool
fence_is_broken(const unsigned char *fence)
{
	size_t i;

	for (i = 0; i < FENCE_BYTES; i++)
		if (fence[i] != FENCE_BYTE)
			return true;
	return false;
}
#else
static void
fence_build(unsigned char *fence)
{
	(void)fence;
}

static bool
fence_is_broken(const unsigned char *fence)
{
	(void)fence;
	return false;
}
#endif

static size_t
hash(const void *p)
{
	return (size_t)(((uintptr_t)p >> 4) * 0x9e3779b97f4a7c15u >> 40) %
	    BLOCKS_MAX;
}

static struct block *
find(const void *p)
{
	size_t i;

	for (i = hash(p); memory.blocks[i].p != NULL; i = (i + 1) % BLOCKS_MAX)
		if (memory.blocks[i].p == p)
			return &memory.blocks[i];
	return NULL;
}

static void
put(const struct block *block)
{
	size_t i;

	for (i = hash(block->p); memory.blocks[i].p != NULL;)
		i = (i + 1) % BLOCKS_MAX;
	memory.blocks[i] = *block;
}

static void
note(void *p, size_t size, const void *from)
{
	const struct block block = {p, size, from, memory.age};

	if (++memory.count > BLOCKS_MAX / 2)
		abort();
	put(&block);
	fence_build((unsigned char *)p + size);
}

/* Those that follow without a gap may belong where this one was. */
static void
take_out(struct block *block)
{
	size_t i = (size_t)(block - memory.blocks);
	struct block moved;

	block->p = NULL;
	memory.count--;
	for (i = (i + 1) % BLOCKS_MAX; memory.blocks[i].p != NULL;
	     i = (i + 1) % BLOCKS_MAX) {
		moved = memory.blocks[i];
		memory.blocks[i].p = NULL;
		put(&moved);
	}
}

static void
strike(void *p)
{
	struct block *block = find(p);

	if (block == NULL)
		return;
	if (fence_is_broken((const unsigned char *)p + block->size))
		memory.overrun = true;
	take_out(block);
}

static void *
get(size_t size, const void *from)
{
	void *p;

	p = size > SIZE_MAX - FENCE_BYTES ? NULL
					  : __real_malloc(size + FENCE_BYTES);
	if (p == NULL)
		return NULL;
	(void)pthread_mutex_lock(&memory.lock);
	note(p, size, from);
	(void)pthread_mutex_unlock(&memory.lock);
	return p;
}

void *
__wrap_malloc(size_t size)
{
	FAULT_TRY(malloc, -1, NULL);
	return get(size, __builtin_return_address(0));
}

void *
__wrap_calloc(size_t n, size_t size)
{
	void *p;

	FAULT_TRY(calloc, -1, NULL);
	if (size > 0 && n > SIZE_MAX / size) {
		errno = ENOMEM;
		return NULL;
	}
	p = get(n * size, __builtin_return_address(0));
	return p == NULL ? NULL : memset(p, 0, n * size);
}

void *
__wrap_realloc(void *before, size_t size)
{
	struct block *block;
	size_t size_before = 0;
	bool ours = true;
	void *p;

	FAULT_TRY(realloc, -1, NULL);
	(void)pthread_mutex_lock(&memory.lock);
	if (before != NULL) {
		block = find(before);
		ours = block != NULL;
		size_before = ours ? block->size : 0;
	}
	(void)pthread_mutex_unlock(&memory.lock);
	if (!ours)
		return __real_realloc(before, size);
	/* Always to another place: who keeps the old one is found out. */
	p = get(size, __builtin_return_address(0));
	if (p == NULL || before == NULL)
		return p;
	memcpy(p, before, size_before < size ? size_before : size);
	__wrap_free(before);
	return p;
}

void
__wrap_free(void *p)
{
	if (p == NULL)
		return;
	(void)pthread_mutex_lock(&memory.lock);
	strike(p);
	(void)pthread_mutex_unlock(&memory.lock);
	__real_free(p);
}

char *
__wrap_strdup(const char *text)
{
	const size_t size = strlen(text) + 1;
	char *copy;

	FAULT_TRY(strdup, -1, NULL);
	copy = get(size, __builtin_return_address(0));
	return copy == NULL ? NULL : memcpy(copy, text, size);
}

char *
__wrap_strndup(const char *text, size_t max)
{
	const size_t len = strnlen(text, max);
	char *copy;

	FAULT_TRY(strndup, -1, NULL);
	copy = get(len + 1, __builtin_return_address(0));
	if (copy == NULL)
		return NULL;
	copy[len] = '\0';
	return memcpy(copy, text, len);
}

size_t
fault_blocks(void)
{
	size_t count;

	(void)pthread_mutex_lock(&memory.lock);
	count = memory.count;
	(void)pthread_mutex_unlock(&memory.lock);
	return count;
}

void
fault_blocks_mark(void)
{
	(void)pthread_mutex_lock(&memory.lock);
	memory.age++;
	(void)pthread_mutex_unlock(&memory.lock);
}

size_t
fault_blocks_left(char *text, size_t size)
{
	const struct block *block;
	size_t i, left = 0;

	if (size > 0)
		text[0] = '\0';
	(void)pthread_mutex_lock(&memory.lock);
	for (i = 0; i < BLOCKS_MAX; i++) {
		block = &memory.blocks[i];
		if (block->p == NULL || block->age != memory.age)
			continue;
		if (left++ == 0)
			(void)snprintf(text, size,
			    "%zu bytes of memory, for addr2line: %#tx",
			    block->size,
			    (const char *)block->from - __executable_start);
	}
	(void)pthread_mutex_unlock(&memory.lock);
	return left;
}

bool
fault_blocks_overrun(void)
{
	bool overrun;

	(void)pthread_mutex_lock(&memory.lock);
	overrun = memory.overrun;
	memory.overrun = false;
	(void)pthread_mutex_unlock(&memory.lock);
	return overrun;
}
