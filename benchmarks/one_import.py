"""`python -m benchmarks.one_import FILE`: seconds and work of one import and the process's peak memory in MB."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from benchmarks.bench_resident_import import bring
    from benchmarks.measures import timed

    took = timed(lambda: bring(Path(sys.argv[1])))
    # Kilobytes on Linux.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"{took.seconds:.2f} {took.worked:.2f} {peak:.1f}\n")
