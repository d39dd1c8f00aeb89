/* control_clients: the answer to "clients": a line for each. */

#ifndef YODEL_CONTROL_CLIENTS_H
#define YODEL_CONTROL_CLIENTS_H

struct census;
struct control_answer;

/* Takes the census over, also where it fails: NULL with ENOMEM. */
struct control_answer *control_clients_new(struct census *);

#endif
