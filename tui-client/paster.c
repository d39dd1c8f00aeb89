#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "link.h"
#include "paste.h"
#include "paster.h"
#include "session.h"
#include "units.h"

#define LINES_A_TURN 256 /* then the keyboard has its turn */

struct paster {
	struct session *session;
	struct paste *paste;
	enum { PASTER_ASK, PASTER_SEND, PASTER_EDIT } phase;
	size_t bytes;
	bool cut;
	char hint[160];
};

struct paster *
paster_new(struct session *session)
{
	struct paster *p = calloc(1, sizeof(*p));

	if (p != NULL)
		p->session = session;
	return p;
}

static void
paster_end(struct paster *p)
{
	paste_free(p->paste);
	p->paste = NULL;
}

void
paster_free(struct paster *p)
{
	if (p == NULL)
		return;
	paster_end(p);
	free(p);
}

static void
paster_give_up(struct paster *p, const char *why)
{
	session_notice(p->session, "paste: %s: %zu of %zu lines were sent", why,
	    paste_taken(p->paste), paste_lines(p->paste));
	paster_end(p);
}

bool
paster_take(struct paster *p, const char *text, size_t len, bool cut)
{
	struct paste *paste = paste_new(text, len);

	if (paste == NULL || paste_lines(paste) < 2) {
		paste_free(paste);
		return false;
	}
	/* What is left of the other one can't be pasted again; this one can. */
	if (p->paste != NULL && p->phase != PASTER_ASK) {
		session_notice(p->session,
		    "paste: not taken, another one is under way (^C stops it)");
		paste_free(paste);
		return true;
	}
	paster_end(p);
	p->paste = paste;
	p->phase = PASTER_ASK;
	p->bytes = len;
	p->cut = cut;
	return true;
}

bool
paster_asks(const struct paster *p)
{
	return p->paste != NULL && p->phase == PASTER_ASK;
}

bool
paster_answer(struct paster *p, unsigned ch)
{
	switch (ch) {
	case 's':
	case 'S':
		p->phase = PASTER_SEND;
		return true;
	case 'e':
	case 'E':
		p->phase = PASTER_EDIT;
		return true;
	case 'd':
	case 'D':
		paster_end(p);
		return true;
	default:
		return false;
	}
}

/* Sends one line; false where there is nothing more to do now. */
static bool
paster_send(struct paster *p)
{
	const char *line;
	size_t len;

	if (session_status(p->session)->state != LINK_CONNECTED) {
		paster_give_up(p, "the connection is down");
		return false;
	}
	if (session_is_busy(p->session))
		return false;
	if (!paste_next(p->paste, &line, &len)) {
		paster_end(p);
		return false;
	}
	if (session_send(p->session, line, len) == -1) {
		paste_back(p->paste);
		paster_give_up(p, session_send_error(errno));
		return false;
	}
	return true;
}

bool
paster_work(struct paster *p)
{
	if (p->paste == NULL || p->phase != PASTER_SEND)
		return false;
	for (int i = 0; i < LINES_A_TURN; i++)
		if (!paster_send(p))
			return false;
	return true;
}

bool
paster_edit(struct paster *p, const char **line, size_t *len)
{
	if (p->paste == NULL || p->phase != PASTER_EDIT)
		return false;
	if (paste_next(p->paste, line, len))
		return true;
	paster_end(p);
	return false;
}

bool
paster_stop(struct paster *p)
{
	if (p->paste == NULL)
		return false;
	if (p->phase == PASTER_SEND)
		paster_give_up(p, "stopped");
	paster_end(p);
	return true;
}

const char *
paster_hint(struct paster *p)
{
	size_t lines, taken;
	char bytes[16];

	if (p->paste == NULL)
		return NULL;
	lines = paste_lines(p->paste);
	taken = paste_taken(p->paste);
	units_format_bytes(bytes, sizeof(bytes), p->bytes);
	switch (p->phase) {
	case PASTER_ASK:
		(void)snprintf(p->hint, sizeof(p->hint),
		    "paste: %zu lines, %s%s: s send, e edit, d drop", lines,
		    bytes, p->cut ? " (cut)" : "");
		break;
	case PASTER_SEND:
		(void)snprintf(p->hint, sizeof(p->hint),
		    "paste: %zu of %zu lines sent, ^C stops", taken, lines);
		break;
	case PASTER_EDIT:
		(void)snprintf(p->hint, sizeof(p->hint),
		    "paste: line %zu of %zu, ^C drops the rest", taken, lines);
		break;
	}
	return p->hint;
}
