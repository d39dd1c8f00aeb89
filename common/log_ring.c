#include "log_ring.h"

#include <stdlib.h>
#include <string.h>

int
log_ring_init(struct log_ring *ring, size_t size)
{
	*ring = (struct log_ring){.data = malloc(size), .size = size};
	return ring->data == NULL ? -1 : 0;
}

void
log_ring_end(struct log_ring *ring)
{
	free(ring->data);
	ring->data = NULL;
}

bool
log_ring_fits(const struct log_ring *ring, size_t len, bool important)
{
	size_t limit = important ? ring->size : ring->size - ring->size / 4;

	return ring->used <= limit && len <= limit - ring->used;
}

void
log_ring_append(struct log_ring *ring, const char *p, size_t len)
{
	size_t at, first;

	at = (ring->head + ring->used) % ring->size;
	first = ring->size - at < len ? ring->size - at : len;
	memcpy(ring->data + at, p, first);
	memcpy(ring->data, p + first, len - first);
	ring->used += len;
	ring->appended += len;
}

size_t
log_ring_take(struct log_ring *ring, char *buf, size_t size, uint64_t until)
{
	size_t first, len;

	len = ring->used < size ? ring->used : size;
	if (until - ring->taken < len)
		len = (size_t)(until - ring->taken);
	first = ring->size - ring->head < len ? ring->size - ring->head : len;
	memcpy(buf, ring->data + ring->head, first);
	memcpy(buf + first, ring->data, len - first);
	while (len > 0 && buf[len - 1] != '\n')
		len--;
	ring->head = (ring->head + len) % ring->size;
	ring->used -= len;
	ring->taken += len;
	/* An empty ring begins anew: it touches no more memory than it must. */
	if (ring->used == 0)
		ring->head = 0;
	return len;
}
