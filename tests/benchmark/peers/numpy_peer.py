"""The workloads in NumPy, derivatives by hand: whole expressions as one writes them, a row a sample.

    numpy_peer.py FOLDER SECONDS ROUNDS CASE..."""
from common import DTYPES, NETS, WANTED, load, measure

import numpy as np


def moons(hidden, dtype):
    name = f"moons{hidden}"
    x, y = load(name + ".x", dtype), load(name + ".y", dtype)
    w1, w2 = load(name + ".w1", dtype).T.copy(), load(name + ".w2", dtype).T.copy()
    b1, b2, rate, m = np.zeros(hidden, dtype), np.zeros(1, dtype), dtype(1.2), dtype(len(y))

    def step():
        nonlocal w1, b1, w2, b2
        a = np.tanh(x @ w1 + b1)
        z = a @ w2 + b2
        e = np.exp(-np.abs(z))
        loss = np.mean(np.maximum(z, 0) - y * z + np.log1p(e))
        dz = (np.where(z > 0, 1, e) / (1 + e) - y) / m
        da = (dz @ w2.T) * (1 - a * a)
        w2 = w2 - rate * (a.T @ dz)
        b2 = b2 - rate * dz.sum(axis=0)
        w1 = w1 - rate * (x.T @ da)
        b1 = b1 - rate * da.sum(axis=0)
        return loss

    return step


def layers(data, sizes, optimiser, rate, dtype):
    x, y = load(data + ".x", dtype), load(data + ".y", np.int64)
    batches, batch = y.shape
    w = [load(f"{data}.w{l}", dtype) for l in range(len(sizes) - 1)]
    b = [np.zeros(n, dtype) for n in sizes[1:]]
    parameters = w + b
    m, v = [np.zeros_like(p) for p in parameters], [np.zeros_like(p) for p in parameters]
    rows, steps = np.arange(batch), 0

    def step():
        nonlocal steps
        at = steps % batches
        steps += 1
        a = [x[at]]
        for l in range(len(w)):
            z = a[-1] @ w[l] + b[l]
            a.append(np.maximum(z, 0) if l + 1 < len(w) else z)
        z = a[-1] - a[-1].max(axis=1, keepdims=True)
        e = np.exp(z)
        s = e.sum(axis=1, keepdims=True)
        loss = np.mean(np.log(s[:, 0]) - z[rows, y[at]])
        d = e / s
        d[rows, y[at]] -= 1
        d /= dtype(batch)
        dw, db = [None] * len(w), [None] * len(w)
        for l in reversed(range(len(w))):
            dw[l], db[l] = a[l].T @ d, d.sum(axis=0)
            if l:
                d = (d @ w[l].T) * (a[l] > 0)
        for p, g, first, second in zip(parameters, dw + db, m, v):
            if optimiser == "sgd":
                p -= dtype(rate) * g
            else:
                first *= dtype(0.9)
                first += dtype(0.1) * g
                second *= dtype(0.999)
                second += dtype(0.001) * g * g
                p -= dtype(rate / (1 - 0.9**steps)) * first / (np.sqrt(second / dtype(1 - 0.999**steps)) + dtype(1e-8))
        return loss

    return step


def functions(dtype):
    x = np.linspace(-4, 4, 100_000).astype(dtype)
    positive = np.abs(x) + dtype(1e-3)

    def sigmoid(x, out):
        np.negative(x, out=out)
        np.exp(out, out=out)
        np.add(out, 1, out=out)
        np.divide(1, out, out=out)

    for name, f in (("tanh", np.tanh), ("exp", np.exp), ("log", np.log), ("sigmoid", sigmoid)):
        given, out = positive if name == "log" else x, np.empty_like(x)
        yield name, lambda f=f, given=given, out=out: f(given, out=out)


for suffix, dtype in DTYPES.items():
    for hidden in (4, 50):
        measure(f"W1/2-{hidden}-1 tanh/{suffix}", "numpy", moons(hidden, dtype))
    for case, (data, sizes, optimiser, rate) in NETS.items():
        if f"{case}/{suffix}" in WANTED:
            measure(f"{case}/{suffix}", "numpy", layers(data, sizes, optimiser, rate, dtype))
    for name, run in functions(dtype):
        measure(f"W6/{name}/{suffix}", "numpy", run)
