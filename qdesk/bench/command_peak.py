"""The memory that a command takes: `python -m qdesk.bench.command_peak rank drawings.ndjson --out scores.csv`.

Between the benchmark and the command, because a process's peak counts from that of the one that starts it: this one is
small.
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
