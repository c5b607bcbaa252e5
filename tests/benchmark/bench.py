#!/usr/bin/env python3
"""Runs the benchmarks and prints ratios to the limit; `./dev bench` calls it. --help lists the options."""
import argparse
import datetime
import json
import os
import re
import subprocess
import sys

import chart
import machine
import table

HERE = os.path.dirname(os.path.abspath(__file__))
SPECIAL = re.compile(r"([][().*+?{}|^$\\])")


def options():
    p = argparse.ArgumentParser(prog="./dev bench", description="xgrad beside hand-written limits and peers: ratios of medians.",
                                epilog="Workloads: W1 W2 W3 W4 W5 W6 odd broadcast reduction product length conv memory (docs/performance.md).")
    p.add_argument("filter", nargs="*", help="run only cases that match one of these regular expressions, as W1 or 'W4.*f32'")
    p.add_argument("--quick", action="store_true", help="3 short rounds: does everything run and agree?")
    p.add_argument("--rounds", type=int, default=11, help="how often limit and xgrad take turns (11)")
    p.add_argument("--seconds", type=float, default=0.03, help="how long a turn is at least (0.03)")
    p.add_argument("--no-peers", action="store_true", help="without NumPy and PyTorch")
    p.add_argument("--both-blas", action="store_true",
                   help="also with the other setting of OpenBLAS: OPENBLAS_CORETYPE unset if it is set, Haswell if not")
    p.add_argument("--chart", metavar="FILE", help="draw the ratios as SVG")
    p.add_argument("--markdown", action="store_true", help="print the table as the documentation has it")
    p.add_argument("--build", default="build/bench", help=argparse.SUPPRESS)
    o = p.parse_args()
    if o.rounds < 1 or o.seconds <= 0:
        p.error("--rounds and --seconds must be positive")
    if o.quick:
        o.rounds, o.seconds = 3, 0.002
    return o


def lines_of(command, env=None):
    """Standard output by lines; a program that fails ends the run."""
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode > 1:
        sys.exit(f"bench: {command[0]} failed: {done.stderr.strip()}")
    return done.stdout


def chosen(o, case):
    return not o.filter or any(re.search(f, case) for f in o.filter)


def cases_of(o, program):
    names = [re.sub(r"/real_time$", "", n) for n in lines_of([program, "--benchmark_list_tests"]).splitlines()]
    return [c for c in dict.fromkeys(n.rpartition("/")[0] for n in names) if chosen(o, c)]


def run_case(o, program, case, env):
    """limit and xgrad in random turns, within one process."""
    out = lines_of([program, "--benchmark_filter=^" + SPECIAL.sub(r"\\\1", case) + "/(limit|xgrad)(/real_time)?$",
                    f"--benchmark_repetitions={o.rounds}", f"--benchmark_min_time={o.seconds}",
                    "--benchmark_enable_random_interleaving=true", "--benchmark_format=json"], env)
    result = {"case": case, "columns": {}}
    for run in json.loads(out)["benchmarks"]:
        if run.get("error_occurred"):
            return {"case": case, "error": run["error_message"]}
        if run["run_type"] != "iteration":
            continue
        column = re.sub(r"/real_time$", "", run["name"]).rpartition("/")[2]
        wall = run["threads_used"] > 1
        result["columns"].setdefault(column, []).append(run["real_time" if wall else "cpu_time"])
        result.update(must=run["must"], must_ns=run["must_ns"], unit=run["label"], units=run["units"], threads=int(run["threads_used"]),
                      agree_after=int(run.get("agree_after", 0)), value=run.get("value"))
    return result


def run_peers(o, data, results, env):
    """Adds the columns of the peers that are installed; says which are not."""
    python = machine.python_with("numpy")
    for peer, module in (("numpy", "numpy"), ("torch", "torch")):
        if not python or not machine.has(python, module):
            print(f"bench: no column {peer}: python3-{module} is not installed", file=sys.stderr)
            continue
        for threads in (1, 2):
            wanted = {r["case"]: r for r in results if "error" not in r and r["threads"] == threads}
            if not wanted:
                continue
            more = dict(env, OMP_NUM_THREADS=str(threads), OPENBLAS_NUM_THREADS=str(threads), PYTHONDONTWRITEBYTECODE="1",
                        OMP_WAIT_POLICY="passive")
            print(f"bench: {peer}, {threads} thread(s)", file=sys.stderr)
            command = [python, f"{HERE}/peers/{peer}_peer.py", data, str(o.seconds), str(o.rounds),
                       *(f"{case}@{r['agree_after']}" for case, r in wanted.items())]
            for line in lines_of(command, more).splitlines():
                got = json.loads(line)
                result = wanted[got["case"]]
                result["columns"][got["column"]] = got["ns"]
                if not table.same(result["value"], got["value"], result["case"]):
                    result.setdefault("differs", {})[got["column"]] = got["value"]


def main():
    o = options()
    folder = f"{o.build}/tests/benchmark"
    program, data = f"{folder}/xgrad_benchmark", f"{o.build}/data"
    cases, results = cases_of(o, program), []
    settings = [("as set", dict(os.environ))]
    if o.both_blas:
        settings.append(machine.other_blas(os.environ))
    for blas, env in settings:
        part = []
        for i, case in enumerate(cases):
            print(f"\rbench: {i + 1} of {len(cases)}, {case:70}", end="", file=sys.stderr, flush=True)
            part.append(run_case(o, program, case, env))
        print(file=sys.stderr)
        if not o.no_peers and cases:
            os.makedirs(data, exist_ok=True)
            lines_of([program, "--write-data", data])
            run_peers(o, data, part, env)
        results += [dict(r, blas=blas) for r in part]
    memory = [json.loads(line) for line in lines_of([f"{folder}/memory_benchmark"]).splitlines()]
    report = {"date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
              "command": "./dev bench " + " ".join(sys.argv[1:]), "rounds": o.rounds, "seconds": o.seconds,
              "machine": machine.describe(o.build, program), "cases": results,
              "memory": [m for m in memory if chosen(o, m["case"])]}
    with open(f"{o.build}/results.json", "w") as f:
        json.dump(report, f, indent=1)
    print(table.text(report, o.markdown))
    print(f"bench: every round is in {o.build}/results.json", file=sys.stderr)
    if o.chart:
        with open(o.chart, "w") as f:
            f.write(chart.svg(report))
    if any("error" in r for r in results):
        sys.exit("bench: some cases do not do the same work as their limit")


if __name__ == "__main__":
    main()
