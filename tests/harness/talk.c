#include "client.h"
#include "peer.h"
#include "talk.h"
#include "term.h"

struct talk
talk_start(const char *const *args, const struct term_options *options)
{
	struct talk talk;

	talk.listener = peer_listen(0);
	talk.term =
	    client_start(peer_listener_port(talk.listener), args, options);
	talk.peer = peer_accept(talk.listener);
	term_wait_text(talk.term, "connected to");
	return talk;
}

void
talk_end(struct talk *talk)
{
	client_quit(talk->term);
	peer_free(talk->peer);
	peer_listener_free(talk->listener);
}
