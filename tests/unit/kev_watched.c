#include "kev_watched.h"

#include <stdint.h>
#include <unistd.h>

#include "harness/harness.h"
#include "kev.h"

struct kev_watched
kev_watched_of(void **state)
{
	int fds[2];

	kev_pair(fds);
	return (struct kev_watched){kev_queue(state), fds[0], fds[1]};
}

void
kev_watched_close(struct kev_watched w)
{
	close(w.fd);
	close(w.peer);
}

void
kev_watched_read(struct kev_watched w, int flags)
{
	kev_change(w.kq, (uintptr_t)w.fd, EVFILT_READ, flags, 0);
}

void
kev_watched_write(struct kev_watched w, int flags)
{
	kev_change(w.kq, (uintptr_t)w.fd, EVFILT_WRITE, flags, 0);
}

static void
expect(struct kev_watched w, int filter)
{
	struct kevent ev = kev_wait(w.kq);

	assert_int_equal(ev.ident, w.fd);
	assert_int_equal(ev.filter, filter);
	assert_ptr_equal(ev.udata, (void *)(intptr_t)w.fd);
}

void
kev_watched_expect_read(struct kev_watched w)
{
	expect(w, EVFILT_READ);
}

void
kev_watched_expect_write(struct kev_watched w)
{
	expect(w, EVFILT_WRITE);
}
