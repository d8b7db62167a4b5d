"""Run a program that dies with whoever started it, even when that one is killed.

    python leash.py PARENT SIGNAL USER PROGRAM [ARGUMENT ...]

Linux sends SIGNAL to this process once PARENT is gone. USER "-" keeps the user; PostgreSQL refuses root.
A program of its own, because the alternative, code between fork and exec, can deadlock a parent with threads.
"""

import ctypes
import os
import pwd
import sys

PR_SET_PDEATHSIG = 1


def main(parent: int, death_signal: int, user: str, program: list[str]) -> None:
    if user != "-":
        account = pwd.getpwnam(user)
        os.initgroups(user, account.pw_gid)
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)  # before the leash: a change of user takes it off
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death_signal)
    if os.getppid() != parent:
        sys.exit("the parent died before the leash was on")
    os.execv(program[0], program)  # noqa: S606 no shell is wanted


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
