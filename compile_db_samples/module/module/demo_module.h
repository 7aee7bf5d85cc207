/* Sample: a header of the module's own. */
#ifndef DEMO_MODULE_H
#define DEMO_MODULE_H

struct demo_table {
	void *rows;
};

#endif
