"""The ratios to the limit as SVG: a row a case on a logarithmic axis, a mark a column, a tick where the target is."""
import html
import math
import statistics

import table

COLUMNS = {"xgrad": ("#0b62a4", "xgrad"), "numpy": ("#b5651d", "NumPy"), "torch": ("#5f8f3e", "PyTorch")}
LEFT, WIDTH, ROW, TOP = 300, 860, 17, 46


def svg(report):
    shown = [r for r in report["cases"] if "error" not in r and "limit" in r["columns"] and r["blas"] == "as set" and r["case"][0] == "W"
             and not r["case"].startswith("W2/")]
    ratios = [{c: x[0] for c in COLUMNS if (x := table.ratio(r, c))} for r in shown]
    largest = max([v for r in ratios for v in r.values()] + [10])
    smallest = min([v for r in ratios for v in r.values()] + [0.8])
    low, high = math.log10(smallest / 1.15), math.log10(largest * 1.2)

    def x(v):
        return LEFT + (math.log10(v) - low) / (high - low) * (WIDTH - LEFT - 20)

    height = TOP + ROW * len(shown) + 30
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" font-family="sans-serif" font-size="11">',
           "<title>Time as a multiple of a hand-fused limit; less is better</title>",
           f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>']
    for i, (colour, name) in enumerate(COLUMNS.values()):
        out.append(f'<circle cx="{LEFT + 90 * i}" cy="14" r="4" fill="{colour}"/><text x="{LEFT + 9 + 90 * i}" y="18">{name}</text>')
    out.append(f'<path d="M{LEFT + 270} 8v12" stroke="#c22" stroke-width="2"/><text x="{LEFT + 279}" y="18">target</text>')
    for tick in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500):
        if smallest / 1.15 <= tick <= largest * 1.2:
            out.append(f'<path d="M{x(tick):.1f} {TOP - 8}V{height - 24}" stroke="{"#666" if tick == 1 else "#ddd"}"/>'
                       f'<text x="{x(tick):.1f}" y="{height - 10}" text-anchor="middle">{tick}×</text>')
    for i, (r, values) in enumerate(zip(shown, ratios)):
        y = TOP + ROW * i
        out.append(f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{html.escape(r["case"])}</text>')
        must = r["must"] or r["must_ns"] * r["units"] / statistics.median(r["columns"]["limit"])
        if must:
            out.append(f'<path d="M{x(must):.1f} {y - 6}v12" stroke="#c22" stroke-width="2"/>')
        for column, v in values.items():
            out.append(f'<circle cx="{x(v):.1f}" cy="{y}" r="4" fill="{COLUMNS[column][0]}" fill-opacity=".85">'
                       f"<title>{COLUMNS[column][1]} {v:.2f}×</title></circle>")
    return "\n".join(out + ["</svg>", ""])
