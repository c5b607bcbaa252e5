"""What the peers share: the data that `xgrad_benchmark --write-data` wrote, and timing as the table reads it."""
import json
import os
import sys
import time

import numpy as np

FOLDER, SECONDS, ROUNDS = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
WANTED = {case: int(steps) for case, _, steps in (a.rpartition("@") for a in sys.argv[4:])}  # cases and steps before the check


def load(name, dtype):
    return np.load(os.path.join(FOLDER, name + ".npy")).astype(dtype)


def clock():
    """Processor time of this thread; of several threads, the time that passes."""
    return time.perf_counter if os.environ.get("OMP_NUM_THREADS", "1") != "1" else time.thread_time


def measure(case, peer, step):
    """Times step in rounds of SECONDS each and prints a line of JSON; what it gave after the case's steps goes with it."""
    if case not in WANTED:
        return
    value = None
    for _ in range(WANTED[case]):
        value = step()
    step()
    now, rounds = clock(), []
    start = now()
    step()
    count = max(1, int(SECONDS / max(1e-7, now() - start)))
    for _ in range(ROUNDS):
        start = now()
        for _ in range(count):
            step()
        rounds.append((now() - start) / count * 1e9)
    print(json.dumps({"case": case, "column": peer, "ns": rounds, "value": None if np.ndim(value) or value is None else float(value)}))
    sys.stdout.flush()


NETS = {  # case: data, sizes, optimiser, rate
    "W3/64-128-128-64-10 SGD batch 128": ("digits128", (64, 128, 128, 64, 10), "sgd", 0.1),
    "W3/64-128-128-64-10 Adam batch 128": ("digits128", (64, 128, 128, 64, 10), "adam", 0.001),
}
for batch in (128, 1024):
    for threads in ("", " 2 threads"):
        NETS[f"W4/784-512-256-10 SGD batch {batch}{threads}"] = (f"images{batch}", (784, 512, 256, 10), "sgd", 0.05)
DTYPES = {"f64": np.float64, "f32": np.float32}
