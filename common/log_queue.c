#include "log_queue.h"

#include "log_format.h"

#define LOG_LIMIT_DEFAULT (256 * 1024)
#define LOG_LIMIT_MIN	  (4 * LOG_LINE_MAX)

static size_t
log_queue_limit(size_t limit_bytes)
{
	if (limit_bytes == 0)
		return LOG_LIMIT_DEFAULT;
	return limit_bytes < LOG_LIMIT_MIN ? LOG_LIMIT_MIN : limit_bytes;
}

int
log_queue_init(struct log_queue *queue, size_t limit_bytes)
{
	return log_ring_init(&queue->ring, log_queue_limit(limit_bytes));
}

void
log_queue_end(struct log_queue *queue)
{
	log_ring_end(&queue->ring);
}

bool
log_queue_takes(const struct log_queue *queue, bool json, enum log_level level)
{
	return queue->json == json && level >= queue->level;
}

bool
log_queue_has_gap(const struct log_queue *queue)
{
	return queue->dropped > 0;
}

void
log_queue_put(struct log_queue *queue, bool important,
    const struct log_stamp *stamp, const char *body, size_t len)
{
	if ((!important && log_queue_has_gap(queue)) ||
	    !log_ring_fits(&queue->ring, stamp->len + len, important)) {
		queue->dropped++;
		return;
	}
	log_ring_append(&queue->ring, stamp->text, stamp->len);
	log_ring_append(&queue->ring, body, len);
}

bool
log_queue_lacks(const struct log_queue *queue)
{
	return queue->dropped > 0 || queue->withheld > 0;
}

uint64_t
log_queue_settle(struct log_queue *queue)
{
	const uint64_t count = queue->dropped + queue->withheld;

	if (queue->ring.used > queue->ring.size / 2)
		return 0;
	queue->dropped = queue->withheld = 0;
	return count;
}
