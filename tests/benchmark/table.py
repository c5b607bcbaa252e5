"""The results as a table: medians over the rounds, ratios to the limit with their quartiles, and the targets."""
import statistics

STUDY_STEPS = 5 * 111_100  # of each net of W2: 5 rates, up to 100, 1,000, 10,000 and 100,000 iterations


def quartiles(values):
    return statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else [values[0]] * 3


def number(v):
    return f"{v:,.0f}" if v >= 100 else f"{v:.1f}" if v >= 10 else f"{v:.2f}" if v >= 0.1 else f"{v:.3f}"


def cost(ns, result):
    """A run's median in its own unit: us a step, ns an element or operation."""
    median = statistics.median(ns)
    return f"{number(median / 1e3)} us" if result["unit"] == "step" else f"{number(median / result['units'])} ns"


def ratio(result, column):
    """Median, first and third quartile of a column over the limit; None without either."""
    base, own = result["columns"].get("limit"), result["columns"].get(column)
    if not base or not own:
        return None
    middle = statistics.median(own) / statistics.median(base)
    if len(own) != len(base):
        return middle, middle, middle
    low, _, high = quartiles([a / b for a, b in zip(own, base)])
    return middle, low, high


def times(r, spread=False):
    if r is None:
        return ""
    return f"{r[0]:.2f}" + (f" ({r[1]:.2f}–{r[2]:.2f})" if spread else "")


def same(limit, peer, case):
    """Whether a peer came to the limit's value, to 4 digits: it did the same work. Single operations have none."""
    return limit is None or peer is None or case.startswith("W6") or abs(peer - limit) <= 1e-4 * abs(limit) + 1e-9


def verdict(value, must):
    return "" if not must else "yes" if value <= must else "no"


def row(result, busy):
    c = result["columns"]
    name = result["case"] + ("" if result["blas"] == "as set" else f" [{result['blas']}]")
    r = ratio(result, "xgrad")
    target, met = "", ""
    if result["must"]:
        target, met = f"≤ {result['must']:g}", verdict(r[0], result["must"])
    elif result["must_ns"]:
        target = f"≤ {result['must_ns']:g} ns"
        met = verdict(statistics.median(c["xgrad"]) / result["units"], result["must_ns"])
    elif result["case"].startswith("conv/") and "torch" in c:
        target = "≤ torch"
        met = verdict(statistics.median(c["xgrad"]), statistics.median(c["torch"]))
    if busy and result["threads"] > 1:
        met = "?"  # what passes says nothing while others have the processors
    peers = [times(ratio(result, p)) if "limit" in c else cost(c[p], result) if p in c else "" for p in ("numpy", "torch")]
    peers = [p + ("!" if n in result.get("differs", {}) else "") for n, p in zip(("numpy", "torch"), peers)]
    return [name, cost(c["limit"], result) if "limit" in c else "", cost(c["xgrad"], result), times(r, True), target, met, *peers]


def study(results):
    """W2 as a whole, from its 21 nets."""
    nets = [r for r in results if r["case"].startswith("W2/") and "error" not in r]
    if len(nets) != 21:
        return []
    seconds = {c: sum(statistics.median(r["columns"][c]) for r in nets) * STUDY_STEPS * 1e-9 for c in ("limit", "xgrad")}
    r = seconds["xgrad"] / seconds["limit"]
    return [["W2/whole study on 2 cores, EXTRAPOLATED", f"{number(seconds['limit'] / 2)} s", f"{number(seconds['xgrad'] / 2)} s",
             f"{r:.2f}", "≤ 1.8", verdict(r, 1.8), "", ""]]


def growth(results):
    """What an operation costs on the longest tape, over what it costs on one of 1,000."""
    found = {r["case"]: r for r in results if r["case"].startswith("length/") and "error" not in r}
    short, long = (found.get(f"length/{n} operations on 8/f64") for n in (1000, 1_000_000))
    if not short or not long:
        return []
    each = {c: statistics.median(long["columns"][c]) / statistics.median(short["columns"][c]) / 1000 for c in ("limit", "xgrad")}
    r = each["xgrad"] / each["limit"]
    return [["length/an operation of 10^6, over one of 10^3", f"{each['limit']:.2f} ×", f"{each['xgrad']:.2f} ×", f"{r:.2f}", "≤ 1.5",
             verdict(r, 1.5), "", ""]]


def rows(report):
    result, busy = [], report["machine"]["load"] > report["machine"]["processors"]
    for blas in dict.fromkeys(r["blas"] for r in report["cases"]):
        part = [r for r in report["cases"] if r["blas"] == blas]
        for r in part:
            result.append([r["case"], "", "", r["error"], "", "no", "", ""] if "error" in r else row(r, busy))
        result += growth(part) + study(part)
    for m in report["memory"]:
        r = m["peak"] / m["live"]
        result.append([m["case"], f"{m['live'] / 1e6:.2f} MB", f"{m['peak'] / 1e6:.2f} MB", f"{r:.2f}", "≤ 1.3", verdict(r, 1.3), "", ""])
    return result


def head(report):
    m = report["machine"]
    blas, settings = m["blas"], ", ".join(f"{k}={v}" for k, v in m["environment"].items()) or "no OPENBLAS_* or OMP_* set"
    return [f"{report['date']}, {report['command'].strip()}; commit {m['commit']}",
            f"{m['processor']}, {m['processors']} processors, {m['vectors']}, load {m['load']:.1f}; {m['compiler']}",
            f"BLAS {blas['library']}, {blas.get('config', '')} kernels {blas.get('corename', 'unknown')}; {settings}",
            f"{'; '.join(m['peers']) or 'no NumPy or PyTorch'}. {report['rounds']} rounds of {report['seconds']:g} s;"
            " × is the ratio of medians, quartiles over rounds in brackets;"
            " processor time where one thread works, else what passes; "
            " ! marks a peer that came to another loss, ? what a loaded machine cannot tell."]


def text(report, markdown=False):
    titles = ["case", "limit", "xgrad", "× limit", "target", "met", "NumPy ×", "torch ×"]
    cells = [titles] + rows(report)
    if markdown:
        lines = ["| " + " | ".join(r) + " |" for r in cells]
        lines.insert(1, "|" + "---|" * len(titles))
        return "\n".join(head(report) + [""] + lines)
    widths = [max(len(r[i]) for r in cells if not r[3].startswith("not the")) for i in range(len(titles))]
    return "\n".join(head(report) + [""] + ["  ".join(c.ljust(w) for c, w in zip(r, widths)).rstrip() for r in cells])
