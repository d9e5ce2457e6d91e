"""Runs a command, its output to a file, and says what it took: `python measure.py FILE COMMAND...`.

Prints seconds by the clock, seconds of all processors, and the most memory in bytes. A process is
never seen to take less memory than the one that started it did, so this one imports little.
"""

import os
import sys
import time

# What macOS tells in bytes, others tell in units of 1024.
MEMORY_UNIT = 1 if sys.platform == "darwin" else 1024


def main():
    output, *command = sys.argv[1:]
    write = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    streams = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, output, write, 0o644),
    ]
    started = time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ, file_actions=streams)
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - started
    if status:
        sys.exit(f"status {os.waitstatus_to_exitcode(status)} of {' '.join(command)}")
    print(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * MEMORY_UNIT)


main()
