/* admit: who may connect, as a list of CIDR rules (RFC 4632, RFC 4291). */

#ifndef YODEL_ADMIT_H
#define YODEL_ADMIT_H

#include <stdbool.h>

struct admit;
struct remote;

/* No rules yet: everyone may connect. Returns NULL with ENOMEM. */
struct admit	*admit_new(void);
void		 admit_free(struct admit *); /* NULL is fine */

/*
 * Adds a rule behind those that are there: "10.0.0.0/8", "192.0.2.7",
 * "2001:db8::/32", "::1", "any". Bits behind the prefix are ignored. Returns 0,
 * or -1 with EINVAL or ENOMEM.
 */
int		 admit_add(struct admit *, const char *cidr, bool allow);

/* Whether one of the rules says allow. */
bool		 admit_has_allow(const struct admit *);

/*
 * The first rule that matches decides. What matches none is refused where there
 * is an allow, else let in. IPv4 and IPv4-mapped are the same; an IPv6 rule
 * such as ::/0 never matches IPv4. The peer of a Unix socket is always let in:
 * the permissions of the path have decided about it.
 */
bool		 admit_check(const struct admit *, const struct remote *);

/* Whether the first rule that matches is one that refuses. */
bool		 admit_denies(const struct admit *, const struct remote *);

#endif
