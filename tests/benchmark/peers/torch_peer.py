"""The workloads in PyTorch (libtorch under Python), autograd and torch.optim as one writes them.

    torch_peer.py FOLDER SECONDS ROUNDS CASE..."""
import os

from common import DTYPES, NETS, WANTED, load, measure

import torch
import torch.nn.functional as F

torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
TYPES = {"f64": torch.float64, "f32": torch.float32}


def tensor(name, dtype):
    return torch.from_numpy(load(name, dtype))


def training(optimiser, parameters, rate, forward):
    made = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimiser](parameters, lr=rate)

    def step():
        made.zero_grad()
        loss = forward()
        loss.backward()
        made.step()
        return loss.item()

    return step


def moons(hidden, dtype):
    name = f"moons{hidden}"
    x, y = tensor(name + ".x", dtype), tensor(name + ".y", dtype)
    w1, w2 = tensor(name + ".w1", dtype).requires_grad_(), tensor(name + ".w2", dtype).requires_grad_()
    b1, b2 = torch.zeros(hidden, dtype=x.dtype, requires_grad=True), torch.zeros(1, dtype=x.dtype, requires_grad=True)
    logits = lambda: F.linear(torch.tanh(F.linear(x, w1, b1)), w2, b2)
    return training("sgd", [w1, b1, w2, b2], 1.2, lambda: F.binary_cross_entropy_with_logits(logits(), y))


def layers(data, sizes, optimiser, rate, dtype):
    x, y = tensor(data + ".x", dtype), tensor(data + ".y", dtype).long()
    w = [tensor(f"{data}.w{l}", dtype).t().contiguous().requires_grad_() for l in range(len(sizes) - 1)]
    b = [torch.zeros(n, dtype=x.dtype, requires_grad=True) for n in sizes[1:]]
    steps = 0

    def forward():
        nonlocal steps
        at = steps % len(x)
        steps += 1
        a = x[at]
        for l in range(len(w)):
            a = F.linear(a, w[l], b[l])
            if l + 1 < len(w):
                a = torch.relu(a)
        return F.cross_entropy(a, y[at])

    return training(optimiser, w + b, rate, forward)


def chain(length):
    x, a, b = (torch.tensor([first + step * i for i in range(8)], dtype=torch.float64, requires_grad=True)
               for first, step in ((0.1, 0.1), (0.01, 0.01), (1, -0.01)))

    def step():
        for leaf in (x, a, b):
            leaf.grad = None
        y = x
        for i in range(length):
            y = torch.tanh(y) if i % 3 == 0 else y * b if i % 3 == 1 else y + a
        y.sum().backward()
        return (x.grad.sum() + a.grad.sum() + b.grad.sum()).item()

    return step


def convolution(dtype):
    torch.manual_seed(1)
    net = torch.nn.Sequential(torch.nn.Conv2d(1, 8, 3, padding=1), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
                              torch.nn.Conv2d(8, 16, 3, padding=1), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
                              torch.nn.Flatten(), torch.nn.Linear(16 * 7 * 7, 10)).to(dtype)
    x, y = torch.rand(64, 1, 28, 28, dtype=dtype), torch.randint(0, 10, (64,))
    return training("sgd", net.parameters(), 0.01, lambda: F.cross_entropy(net(x), y))


for suffix, dtype in DTYPES.items():
    for hidden in (4, 50):
        measure(f"W1/2-{hidden}-1 tanh/{suffix}", "torch", moons(hidden, dtype))
    for case, (data, sizes, optimiser, rate) in NETS.items():
        if f"{case}/{suffix}" in WANTED:
            measure(f"{case}/{suffix}", "torch", layers(data, sizes, optimiser, rate, dtype))
    x = torch.linspace(-4, 4, 100_000, dtype=TYPES[suffix])
    for name, f in (("tanh", torch.tanh), ("exp", torch.exp), ("log", torch.log), ("sigmoid", torch.sigmoid)):
        given, out = x.abs() + 1e-3 if name == "log" else x, torch.empty_like(x)
        measure(f"W6/{name}/{suffix}", "torch", lambda: f(given, out=out).numpy())
    measure(f"conv/28x28 batch 64/{suffix}", "torch", convolution(TYPES[suffix]))
measure("W5/1000 operations on 8/f64", "torch", chain(1000))
