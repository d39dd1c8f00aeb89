/* sim: the client's link, with an owner full of ideas, among made-up hosts. */

#include "sim_link.h"
#include "sim_play.h"

#define SEEDS 100

int
main(int argc, char **argv)
{
	return sim_play("sim: link", sim_link_run, SEEDS, argc, argv);
}
