/* Ignores that do not count. Where they are unused is for rules that run beside this one: tests/cli/ignore_test.py. */
#include <linux/slab.h>

void *no_reason(void)
{
	return kmalloc(64, GFP_NOFS); /* expect: unused-ignore warning: this ignore does not count: it gives no reason */ /* gfplint-ignore: restricted-gfp-site */
}

void *no_such_rule(void)
{
	return kmalloc(64, GFP_NOFS); /* expect: unused-ignore warning: there is no rule 'restricted-site' (did you mean restricted-gfp-site?) */ // gfplint-ignore: restricted-site -- why
}

/* Its rule did not run. */
void *not_judged(void)
{
	/* gfplint-ignore: restricted-gfp-site -- the caller holds a lock that reclaim takes */
	return kmalloc(64, GFP_KERNEL);
}

const char *in_a_string(void)
{
	return "/* gfplint-ignore: */";
}
