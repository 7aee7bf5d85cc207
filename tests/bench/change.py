"""Changes a source file for a while: a comment at its end.

The file itself is never written to. It is kept under a second name while a changed copy stands in its
place, and is put back by rename, so that contents and time of modification are as before.
"""
import contextlib
import os
import shutil
import time

SAVED = ".gfplint-bench-saved"
CHANGED = ".gfplint-bench-changed"


def restore(path):
    """Puts the file back where a run that was killed left a changed one."""
    saved = path + SAVED
    if not os.path.exists(saved):
        return
    if os.path.samefile(saved, path):
        os.unlink(saved)
    else:
        os.rename(saved, path)


@contextlib.contextmanager
def comment_added(path):
    restore(path)
    shutil.copyfile(path, path + CHANGED)
    shutil.copymode(path, path + CHANGED)
    with open(path + CHANGED, "a") as file:
        file.write("\n/* changed by gfplint's bench, %d */\n" % time.time_ns())
    os.link(path, path + SAVED)
    try:
        os.rename(path + CHANGED, path)
        # gfplint does not keep what it learnt of a file that may have changed during its run.
        time.sleep(0.1)
        yield
    finally:
        restore(path)
