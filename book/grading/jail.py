"""Starts a program locked in (Linux): `python -I -S jail.py SETTINGS PROGRAM...`, SETTINGS being JSON.

The program gets namespaces of its own: no network, no other processes, and a file system that holds the folders of
`read` (read-only), copies of the files of `copy`, and a small /tmp. `cover` empties folders but for some files. It runs
as nobody in particular, cannot start processes, and has limits on memory, time and the size of files. Ends with the
status of the program, or 99 and one sentence where the system refuses one of these.

Standard library alone, since this runs before anything is safe.
"""

import ctypes
import json
import os
import resource
import signal
import sys

NEW = {
    "mount": 0x00020000,
    "uts": 0x04000000,
    "ipc": 0x08000000,
    "user": 0x10000000,
    "pid": 0x20000000,
    "net": 0x40000000,
}
RDONLY, NOSUID, NODEV, REMOUNT, BIND, REC, PRIVATE = 1, 2, 4, 32, 4096, 16384, 1 << 18
KEPT = 1 | 2 | 4 | 8 | 1024 | 2048  # what statvfs says of a mount and a remount may not take away: ro ... nodiratime
DETACH = 2
PDEATHSIG, NO_NEW_PRIVS = 1, 38
REFUSED = 99
libc = ctypes.CDLL(None, use_errno=True)


def call(what, function, *args):
    """Call libc; what it is for is said where the system refuses."""
    if function(*args) != 0:
        error = os.strerror(ctypes.get_errno())
        print(f"This system does not let the grader {what} ({error}).", file=sys.stderr)
        sys.stderr.flush()
        os._exit(REFUSED)


def mount(what, source, target, kind, flags, options=None):
    encoded = [None if text is None else os.fsencode(text) for text in (source, target, kind)]
    call(what, libc.mount, *encoded, ctypes.c_ulong(flags), None if options is None else options.encode())


def die_with_parent():
    call("end what it started", libc.prctl, PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def separate(root):
    """New namespaces for this process and for those that it will start."""
    names = ["mount", "uts", "ipc", "pid", "net"] + ([] if root else ["user"])
    uid, gid = os.getuid(), os.getgid()
    call("separate a submission from the system", libc.unshare, sum(NEW[name] for name in names))
    if not root:
        for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)


def build(settings):
    """A file system of its own: everything that the program may see, and nothing else."""
    new, what = settings["root"], "lay out a file system for a submission"
    mount(what, None, "/", None, REC | PRIVATE)
    mount(what, "tmpfs", new, "tmpfs", NOSUID | NODEV, "size=4m,mode=755")
    os.makedirs(f"{new}/tmp")  # first, since what may be read can lie below it
    mount(what, "tmpfs", f"{new}/tmp", "tmpfs", NOSUID | NODEV, f"size={settings['disk']},nr_inodes=2000,mode=1777")
    for path in settings["read"]:
        if os.path.islink(path):
            os.makedirs(os.path.dirname(new + path), exist_ok=True)
            os.symlink(os.readlink(path), new + path)
            continue
        expose(path, new + path, what)
    for folder, kept in settings["cover"].items():
        mount(what, "tmpfs", new + folder, "tmpfs", NOSUID | NODEV, "size=1m,mode=755")
        open(f"{new}{folder}/__init__.py", "w").close()
        for name in kept:
            with open(f"{folder}/{name}", "rb") as source, open(f"{new}{folder}/{name}", "wb") as target:
                target.write(source.read())
        mount(what, None, new + folder, None, REMOUNT | BIND | RDONLY | NOSUID | NODEV)
    for name in ("null", "zero", "urandom"):
        os.makedirs(f"{new}/dev", exist_ok=True)
        open(f"{new}/dev/{name}", "w").close()
        mount(what, f"/dev/{name}", f"{new}/dev/{name}", None, BIND)
    for source, target in settings["copy"].items():
        os.makedirs(os.path.dirname(new + target), exist_ok=True)
        with open(source, "rb") as old, open(new + target, "wb") as copied:
            copied.write(old.read())
    mount(what, None, new, None, REMOUNT | BIND | RDONLY | NOSUID | NODEV)
    os.chdir(new)
    call(what, libc.pivot_root, b".", b".")
    call(what, libc.umount2, b".", DETACH)
    os.chdir("/tmp")


def expose(path, target, what):
    """Show a folder or file at `target`, read-only."""
    if os.path.isdir(path):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        open(target, "w").close()
    mount(what, path, target, None, BIND | REC)
    kept = os.statvfs(target).f_flag & KEPT
    mount(what, None, target, None, REMOUNT | BIND | RDONLY | NOSUID | kept)


def limit(settings):
    """Limits of the process, which it cannot raise again."""
    kinds = {
        "AS": settings["memory"],
        "CPU": settings["seconds"],
        "FSIZE": settings["disk"] // 4,
        "NOFILE": 64,
        "CORE": 0,
        "MEMLOCK": 0,
    }
    if settings["locked"]:
        kinds["NPROC"] = 1  # no process and no thread besides its own
    for name, value in kinds.items():
        number = getattr(resource, f"RLIMIT_{name}")
        highest = resource.getrlimit(number)[1]
        value = value if highest == resource.RLIM_INFINITY else min(value, highest)
        resource.setrlimit(number, (value, value))


def become(uid):
    """Give up being root for good."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def main():
    settings, program = json.loads(sys.argv[1]), sys.argv[2:]
    root = os.geteuid() == 0
    die_with_parent()
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")  # where memory runs out all the same, this is what the system ends first
        if not settings["locked"]:
            limit(settings)
            os.execve(program[0], program, settings["environment"])
        separate(root)
        child = os.fork()
        if child:
            signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGKILL))  # and with it all that it started
            _, status = os.waitpid(child, 0)
            os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
        die_with_parent()
        os.setsid()  # a group of its own: signals to a group cross the border between namespaces
        build(settings)
        if root:
            become(settings["uid"])
        limit(settings)
        call("keep a submission from becoming root", libc.prctl, NO_NEW_PRIVS, 1, 0, 0, 0)
        die_with_parent()  # changing the user had forgotten it
        os.execve(program[0], program, settings["environment"])
    except OSError as error:
        print(f"This system does not let the grader lock a submission in ({error}).", file=sys.stderr)
        sys.stderr.flush()
        os._exit(REFUSED)


if __name__ == "__main__":
    main()
