#include "pool.h"

#include <sys/mman.h>

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Cells come from mmap(2): AddressSanitizer has to be told which are free. */
#if defined(__SANITIZE_ADDRESS__)
#define POOL_ASAN
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POOL_ASAN
#endif
#endif
#ifdef POOL_ASAN
#include <sanitizer/asan_interface.h>
#define POOL_HIDE(p, len) ASAN_POISON_MEMORY_REGION(p, len)
#define POOL_SHOW(p, len) ASAN_UNPOISON_MEMORY_REGION(p, len)
#else
#define POOL_HIDE(p, len) ((void)(p), (void)(len))
#define POOL_SHOW(p, len) ((void)(p), (void)(len))
#endif

#define POOL_SLAB_BYTES 65536 /* a power of two: slabs are aligned to it */
#define POOL_CELL_MIN	64
#define POOL_CELL_MAX	4096
#define POOL_WORD_BITS	32
#define POOL_WORDS	(POOL_SLAB_BYTES / POOL_CELL_MIN / POOL_WORD_BITS)

struct slab {
	struct pool *pool;
	size_t index; /* in pool->slabs */
	size_t used;
	bool held;		   /* pool_each() is walking through it */
	uint32_t free[POOL_WORDS]; /* a bit for each cell */
};

struct pool {
	void *owner;
	struct slab **slabs;
	size_t slab_count;
	size_t slab_room; /* for how many of them slabs has room */
	size_t first;	  /* no slab before this one has a free cell */
	size_t cell_bytes;
	size_t slab_cells;
	size_t count;
};

#define POOL_HEAD_BYTES ((sizeof(struct slab) + 15) / 16 * 16)

struct pool *
pool_new(size_t cell_bytes, void *owner)
{
	struct pool *pool;

	if (cell_bytes < POOL_CELL_MIN || cell_bytes > POOL_CELL_MAX) {
		errno = EINVAL;
		return NULL;
	}
	pool = calloc(1, sizeof(*pool));
	if (pool == NULL)
		return NULL;
	pool->owner = owner;
	pool->cell_bytes = (cell_bytes + 7) / 8 * 8;
	pool->slab_cells =
	    (POOL_SLAB_BYTES - POOL_HEAD_BYTES) / pool->cell_bytes;
	return pool;
}

static void *
slab_cell(const struct slab *slab, size_t i)
{
	return (char *)slab + POOL_HEAD_BYTES + i * slab->pool->cell_bytes;
}

static struct slab *
slab_of(const void *cell)
{
	uintptr_t address = (uintptr_t)cell;

	return (struct slab *)(address & ~(uintptr_t)(POOL_SLAB_BYTES - 1));
}

/* Memory that is aligned to its size: taken double, then cut to fit. */
static void *
slab_map(void)
{
	size_t before;
	char *p;

	p = mmap(NULL, (size_t)2 * POOL_SLAB_BYTES, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANON, -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	before = -(uintptr_t)p & (POOL_SLAB_BYTES - 1);
	if (before > 0)
		(void)munmap(p, before);
	(void)munmap(p + before + POOL_SLAB_BYTES, POOL_SLAB_BYTES - before);
	return p + before;
}

static void
slab_unmap(struct slab *slab)
{
	POOL_SHOW(slab, POOL_SLAB_BYTES);
	(void)munmap(slab, POOL_SLAB_BYTES);
}

static int
pool_reserve(struct pool *pool)
{
	struct slab **slabs;
	size_t room;

	if (pool->slab_count < pool->slab_room)
		return 0;
	room = pool->slab_room == 0 ? 16 : 2 * pool->slab_room;
	slabs = realloc(pool->slabs, room * sizeof(struct slab *));
	if (slabs == NULL)
		return -1;
	pool->slabs = slabs;
	pool->slab_room = room;
	return 0;
}

static struct slab *
slab_new(struct pool *pool)
{
	struct slab *slab;
	size_t i;

	if (pool_reserve(pool) == -1 || (slab = slab_map()) == NULL)
		return NULL;
	slab->pool = pool;
	slab->index = pool->slab_count;
	for (i = 0; i < pool->slab_cells; i++)
		slab->free[i / POOL_WORD_BITS] |= UINT32_C(1)
		    << i % POOL_WORD_BITS;
	POOL_HIDE(
	    (char *)slab + POOL_HEAD_BYTES, POOL_SLAB_BYTES - POOL_HEAD_BYTES);
	pool->slabs[pool->slab_count++] = slab;
	return slab;
}

/* The last slab takes the place of one that is empty. */
static void
slab_release(struct slab *slab)
{
	struct pool *pool = slab->pool;
	struct slab *last;

	/* One stays: a lone client that comes and goes costs no mmap(2). */
	if (slab->used > 0 || slab->held || pool->slab_count == 1)
		return;
	last = pool->slabs[--pool->slab_count];
	last->index = slab->index;
	pool->slabs[last->index] = last;
	slab_unmap(slab);
}

void
pool_free(struct pool *pool)
{
	if (pool == NULL)
		return;
	while (pool->slab_count > 0)
		slab_unmap(pool->slabs[--pool->slab_count]);
	free(pool->slabs);
	free(pool);
}

static size_t
slab_take(struct slab *slab)
{
	size_t word;
	int bit;

	for (word = 0; slab->free[word] == 0; word++)
		continue;
	bit = ffs((int)slab->free[word]) - 1;
	slab->free[word] &= ~(UINT32_C(1) << bit);
	slab->used++;
	return word * POOL_WORD_BITS + (size_t)bit;
}

static struct slab *
pool_find_room(struct pool *pool)
{
	struct slab *slab;

	for (; pool->first < pool->slab_count; pool->first++) {
		slab = pool->slabs[pool->first];
		if (slab->used < pool->slab_cells)
			return slab;
	}
	return slab_new(pool);
}

void *
pool_get(struct pool *pool)
{
	struct slab *slab;
	void *cell;

	slab = pool_find_room(pool);
	if (slab == NULL)
		return NULL;
	cell = slab_cell(slab, slab_take(slab));
	pool->count++;
	POOL_SHOW(cell, pool->cell_bytes);
	return memset(cell, 0, pool->cell_bytes);
}

void
pool_put(void *cell)
{
	struct slab *slab;
	struct pool *pool;
	size_t i;

	if (cell == NULL)
		return;
	slab = slab_of(cell);
	pool = slab->pool;
	i = (size_t)((char *)cell - (char *)slab_cell(slab, 0)) /
	    pool->cell_bytes;
	POOL_HIDE(cell, pool->cell_bytes);
	slab->free[i / POOL_WORD_BITS] |= UINT32_C(1) << i % POOL_WORD_BITS;
	slab->used--;
	pool->count--;
	if (slab->index < pool->first)
		pool->first = slab->index;
	slab_release(slab);
}

void *
pool_owner(const void *cell)
{
	return slab_of(cell)->pool->owner;
}

size_t
pool_count(const struct pool *pool)
{
	return pool->count;
}

static void
slab_visit(struct slab *slab, void (*fn)(void *cell, void *arg), void *arg)
{
	size_t i;

	slab->held = true;
	for (i = 0; i < slab->pool->slab_cells; i++)
		if ((slab->free[i / POOL_WORD_BITS] >> i % POOL_WORD_BITS &
			1) == 0)
			fn(slab_cell(slab, i), arg);
	slab->held = false;
	slab_release(slab);
}

void
pool_visit(struct pool *pool, void (*fn)(void *cell, void *arg), void *arg)
{
	size_t i;

	/* Backwards: what takes a released slab's place was walked through. */
	for (i = pool->slab_count; i-- > 0;)
		slab_visit(pool->slabs[i], fn, arg);
}

struct pool_call {
	void (*fn)(void *cell);
};

static void
pool_call(void *cell, void *arg)
{
	const struct pool_call *call = arg;

	call->fn(cell);
}

void
pool_each(struct pool *pool, void (*fn)(void *cell))
{
	struct pool_call call = {fn};

	pool_visit(pool, pool_call, &call);
}
