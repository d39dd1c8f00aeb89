/* stall: see stall.h. */

#include "quartiles.h"
#include "stall.h"

bool
stall_happened(const struct stall_slice slices[STALL_SLICES])
{
	double messages[STALL_SLICES], cpu[STALL_SLICES];
	double few, idle;
	int i;

	for (i = 0; i < STALL_SLICES; i++) {
		messages[i] = slices[i].messages;
		cpu[i] = slices[i].cpu;
	}
	few = quartiles_of(messages, STALL_SLICES).median / 2;
	idle = quartiles_of(cpu, STALL_SLICES).median / 2;
	for (i = 0; i < STALL_SLICES; i++)
		if (slices[i].messages < few && slices[i].cpu < idle)
			return true;
	return false;
}
