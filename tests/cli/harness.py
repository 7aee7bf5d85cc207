"""Running gfplint over mini kernel trees: what the command-line tests share."""
import json
import os
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from minikernel import CFLAGS, Tree  # noqa: E402,F401

CLEAN = """#include <linux/slab.h>
void *clean_get(void)
{
	return kmalloc(64, GFP_KERNEL);
}
"""
# One error, and one note of restricted-gfp-site.
BAD = """#include <linux/vmalloc.h>
void *bad_get(unsigned long size)
{
	return __vmalloc(size, GFP_NOWAIT);
}
"""
NOTE = """#include <linux/slab.h>
void *note_get(void)
{
	return kmalloc(64, GFP_NOFS);
}
"""
BROKEN = """#include <linux/slab.h>
void *broken_get(void)
{
	return kmalloc(64, GFP_KERNEL)
}
"""
# A safe fix: what the scope makes of the mask anyway.
FIXABLE = """#include <linux/sched/mm.h>
#include <linux/slab.h>
void *fix_get(void)
{
	unsigned int flags = memalloc_nowait_save();
	void *ptr = kmalloc(64, GFP_KERNEL | __GFP_NOWARN);

	memalloc_nowait_restore(flags);
	return ptr;
}
"""


class CliTest(unittest.TestCase):
    program = ""

    def run_in(self, tree, *words, status=None):
        done = subprocess.run(
            [self.program, *words], cwd=tree.root, capture_output=True, text=True, timeout=120, check=False
        )
        if status is not None:
            self.assertEqual(done.returncode, status, f"{words}\n{done.stdout}\n{done.stderr}")
        return done

    def findings(self, tree, *words):
        done = self.run_in(tree, "check", "--format=json", *words)
        return json.loads(done.stdout)


def main():
    CliTest.program = os.path.abspath(sys.argv.pop(1))
    unittest.main()
