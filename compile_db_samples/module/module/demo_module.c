/* Sample: a module outside of the kernel's tree. */
#include <linux/errno.h>
#include <linux/sched/mm.h>
#include <linux/vmalloc.h>

#include "demo_module.h"

int demo_module_load(struct demo_table *table, unsigned long size)
{
	table->rows = __vmalloc(size, GFP_NOWAIT);
	return table->rows ? 0 : -ENOMEM;
}

int demo_module_reload(struct demo_table *table, unsigned long size)
{
	unsigned int noio = memalloc_noio_save();

	vfree(table->rows);
	table->rows = vmalloc(size);
	memalloc_noio_restore(noio);
	return table->rows ? 0 : -ENOMEM;
}
