#include <locale.h>
#include <stdlib.h>
#include <time.h>

#include "region.h"

int
region_setup(void **state)
{
	(void)state;
	if (setenv("TZ", "UTC0", 1) == -1)
		return -1;
	tzset();
	return setlocale(LC_ALL, "C.UTF-8") != NULL ||
		setlocale(LC_ALL, "en_US.UTF-8") != NULL
	    ? 0
	    : -1;
}
