"""On what, and with which versions, a result was measured."""
import datetime
import os
import platform
import subprocess


def first_line(command, folder=None):
    """Of a command's output; empty where it cannot be run."""
    try:
        done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    except OSError:
        return ""
    return done.stdout.decode(errors="replace").partition("\n")[0].strip() if done.returncode == 0 else ""


def value(path, key, separator):
    with open(path) as file:
        for line in file:
            name, found, rest = line.partition(separator)
            if found and name.strip() == key:
                return rest.strip().strip('"')
    return ""


def commit(root):
    name = first_line(["git", "rev-parse", "--short=12", "HEAD"], root)
    changed = first_line(["git", "status", "--porcelain", "--untracked-files=no"], root)
    return name + (" with changes" if changed else "")


def about(root, database, compiler):
    stamp = os.path.join(os.path.dirname(database), "source.stamp")
    kernel = "unknown"
    if os.path.exists(stamp):
        with open(stamp) as file:
            kernel = "linux-source-%s %s" % (os.path.basename(os.path.dirname(database)), file.read().strip())
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": "%s, %d cores" % (value("/proc/cpuinfo", "model name", ":") or platform.machine(),
                                       os.cpu_count()),
        "system": "%s, Linux %s" % (value("/etc/os-release", "PRETTY_NAME", "="), platform.release()),
        "gfplint": commit(root),
        "clang": first_line([compiler, "--version"]),
        "spatch": first_line(["spatch", "--version"]),
        "sparse": first_line(["sparse", "--version"]),
        "kernel": kernel,
        "load before": "%.1f %.1f %.1f (1, 5, 15 minutes)" % os.getloadavg(),
    }
