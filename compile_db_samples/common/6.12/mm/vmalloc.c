/*
 * Sample tree: vmalloc as since 5.17. Page tables are allocated with GFP_KERNEL; a mask without
 * __GFP_FS or __GFP_IO is honoured by a scope around that.
 */
#include <linux/sched/mm.h>
#include <linux/vmalloc.h>

struct vm_struct {
	struct page **pages;
	unsigned int nr_pages;
	void *addr;
};

struct vm_struct *get_vm_area(unsigned long size, gfp_t gfp_mask);
int vmap_pages(struct vm_struct *area);

static void *__vmalloc_area_node(struct vm_struct *area, gfp_t gfp_mask)
{
	unsigned int flags = 0;
	unsigned int i;
	int ret;

	for (i = 0; i < area->nr_pages; i++) {
		area->pages[i] = alloc_page(gfp_mask);
		if (!area->pages[i])
			return NULL;
	}

	if ((gfp_mask & (__GFP_FS | __GFP_IO)) == __GFP_IO)
		flags = memalloc_nofs_save();
	else if ((gfp_mask & (__GFP_FS | __GFP_IO)) == 0)
		flags = memalloc_noio_save();

	ret = vmap_pages(area);

	if ((gfp_mask & (__GFP_FS | __GFP_IO)) == __GFP_IO)
		memalloc_nofs_restore(flags);
	else if ((gfp_mask & (__GFP_FS | __GFP_IO)) == 0)
		memalloc_noio_restore(flags);

	return ret ? NULL : area->addr;
}

void *__vmalloc_noprof(unsigned long size, gfp_t gfp_mask)
{
	struct vm_struct *area = get_vm_area(size, gfp_mask);

	return area ? __vmalloc_area_node(area, gfp_mask) : NULL;
}

void *vmalloc_noprof(unsigned long size)
{
	return __vmalloc_noprof(size, GFP_KERNEL);
}
