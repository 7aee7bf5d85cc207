"""Runs one command and tells what it took.

Peak memory comes from wait4(), and a process starts with the peak of the one that it was forked from:
the bench itself must stay small, so databases are read in a process of their own (see units.py).
"""
import collections
import os
import subprocess
import tempfile
import time

# Seconds, seconds (user plus system, of the process and its children), MiB (of the largest process),
# exit status, what it wrote to standard error.
Usage = collections.namedtuple("Usage", "wall cpu peak status errors")


def use_cores(number):
    """Confines this process and its children to the first cores that it may use; returns them."""
    cores = sorted(os.sched_getaffinity(0))[:number]
    os.sched_setaffinity(0, cores)
    return cores


def run(command, folder, keep_errors=False):
    """Standard output goes nowhere; standard error is kept where it is asked for."""
    with tempfile.TemporaryFile() as errors, open(os.devnull, "r+b") as null:
        start = time.monotonic()
        child = subprocess.Popen(command, cwd=folder, stdin=null, stdout=null,
                                 stderr=errors if keep_errors else null)
        try:
            _, status, used = os.wait4(child.pid, 0)
        except BaseException:
            child.kill()
            child.wait()
            raise
        wall = time.monotonic() - start
        code = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
        child.returncode = code
        errors.seek(0)
        text = errors.read().decode(errors="replace")
    return Usage(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, code, text)


def total(usages):
    """One after another: times add up, the peak is the largest."""
    return Usage(sum(u.wall for u in usages), sum(u.cpu for u in usages), max(u.peak for u in usages),
                 max(abs(u.status) for u in usages), "".join(u.errors for u in usages))
