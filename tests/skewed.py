"""A wall clock that can be set under a running process and its children: the monotonic one goes on, as on a real machine.

with skewed(tmp_path) as clock:
    with Running(config, **clock.environment):
        clock.show(datetime(1970, 1, 2, tzinfo=UTC))
"""

import mmap
import shutil
import struct
import subprocess
import time
from datetime import UTC, datetime

import pytest

SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>

static volatile long long *skew_s;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("SKEW_FILE");
    int file = path ? open(path, O_RDONLY) : -1;
    void *seen = file < 0 ? MAP_FAILED : mmap(0, sizeof *skew_s, PROT_READ, MAP_SHARED, file, 0);
    if (seen != MAP_FAILED) skew_s = seen;
}

int clock_gettime(clockid_t clock, struct timespec *at) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int failed = real(clock, at);
    if (!failed && clock == CLOCK_REALTIME && skew_s) at->tv_sec += *skew_s;
    return failed;
}

int gettimeofday(struct timeval *at, void *zone) {
    struct timespec now;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &now)) return -1;
    at->tv_sec = now.tv_sec;
    at->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *at) {
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now)) return -1;
    if (at) *at = now.tv_sec;
    return now.tv_sec;
}
"""


class Skewed:
    """The clock of the processes that are started with its `environment`; right until it is set."""

    def __init__(self, folder):
        compiler = shutil.which("cc") or shutil.which("gcc")
        if compiler is None:
            pytest.skip("no C compiler: what sets the clock of one process alone is a few lines of C")
        source, self._shim, self._file = folder / "skew.c", folder / "skew.so", folder / "skew"
        source.write_text(SHIM)
        command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(self._shim), str(source), "-ldl"]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
        self._file.write_bytes(struct.pack("q", 0))
        with self._file.open("r+b") as file:
            self._seen = mmap.mmap(file.fileno(), 8)

    @property
    def environment(self):
        return {"LD_PRELOAD": str(self._shim), "SKEW_FILE": str(self._file)}

    def show(self, at):
        """From this moment on it shows this, and goes on from there."""
        self._seen[:8] = struct.pack("q", round(at.timestamp() - time.time()))

    def now(self):
        return datetime.fromtimestamp(time.time() + struct.unpack("q", self._seen[:8])[0], UTC)

    def close(self):
        self._seen.close()
