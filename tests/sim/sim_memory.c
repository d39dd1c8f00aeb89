/* Memory is the system's, but now and then there is none. */

#include <errno.h>
#include <stddef.h>

#include "sim.h"
#include "sim_wrap.h"

void *
__wrap_malloc(size_t size)
{
	if (!sim_lacks_memory())
		return __real_malloc(size);
	errno = ENOMEM;
	return NULL;
}

void *
__wrap_calloc(size_t n, size_t size)
{
	if (!sim_lacks_memory())
		return __real_calloc(n, size);
	errno = ENOMEM;
	return NULL;
}

void *
__wrap_realloc(void *p, size_t size)
{
	if (!sim_lacks_memory())
		return __real_realloc(p, size);
	errno = ENOMEM;
	return NULL;
}
