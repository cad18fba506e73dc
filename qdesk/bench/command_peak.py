"""Measure the memory that a command takes: `python -m qdesk.bench.command_peak rank drawings.ndjson --out scores.csv`.

A process's peak memory begins with that of the process that starts it. So this small process runs between the benchmark
and the command.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys

if __name__ == "__main__":
    if status := subprocess.run([sys.executable, "-m", "qdesk", *sys.argv[1:]], stdout=subprocess.DEVNULL).returncode:
        sys.exit(status)
    print(json.dumps({"peak_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024}))
