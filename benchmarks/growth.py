"""What many rides cost: time and peak memory of one run, each in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import time

from benchmarks.rides import ridelab


def measured(rides: int) -> dict[str, float]:
    """Run so many traced rides in a new process; gives its processor seconds and its peak memory in bytes."""
    command = [sys.executable, "-m", "benchmarks.growth", str(rides)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> None:
    """Measure this process."""
    import resource

    ridelab(200)
    begun = time.process_time()
    ridelab(int(sys.argv[1]))
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    print(json.dumps({"seconds": time.process_time() - begun, "peak": peak}))


if __name__ == "__main__":
    main()
