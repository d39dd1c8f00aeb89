/* sim: yodeld's server among made-up clients, in a system that is made up too. */

#include "sim_server.h"
#include "sim_play.h"

#define SEEDS 60

int
main(int argc, char **argv)
{
	return sim_play("sim: server", sim_server_run, SEEDS, argc, argv);
}
