"""By how many units of the last place PyTorch's f64 results are off, at 4,000 random arguments each, beside mpmath."""

import math

import mpmath
import torch
import torch.nn.functional as F

mpmath.mp.dps = 50
TWO_OVER_PI = 2 / mpmath.pi
SCALE, ALPHA = mpmath.mpf("1.0507009873554804934193349852946"), mpmath.mpf("1.6732632423543772848170429916717")
FUNCTIONS = (  # name, PyTorch's, exact, from, to
    ("gelu", F.gelu, lambda x: x * mpmath.erfc(-x / mpmath.sqrt(2)) / 2, -5, 5),
    ("gelu, approximate='tanh'", lambda x: F.gelu(x, approximate="tanh"),
     lambda x: x / (1 + mpmath.exp(-2 * mpmath.sqrt(TWO_OVER_PI) * (x + mpmath.mpf("0.044715") * x**3))), -5, 5),
    ("softplus", F.softplus, lambda x: mpmath.log1p(mpmath.exp(x)), -40, 40),
    ("elu", F.elu, lambda x: x if x > 0 else mpmath.expm1(x), -20, 20),
    ("selu", F.selu, lambda x: SCALE * (x if x > 0 else ALPHA * mpmath.expm1(x)), -20, 20),
    ("silu", F.silu, lambda x: x / (1 + mpmath.exp(-x)), -40, 40),
    ("sigmoid", torch.sigmoid, lambda x: 1 / (1 + mpmath.exp(-x)), -40, 40),
    ("tanh", torch.tanh, mpmath.tanh, -5, 5),
    ("tan", torch.tan, mpmath.tan, -100, 100),
)


def units(value, exact):
    return abs(float((mpmath.mpf(value) - exact) / math.ulp(abs(float(exact)))))


torch.manual_seed(1)
for name, function, exact, low, high in FUNCTIONS:
    x = low + (high - low) * torch.rand(4000, dtype=torch.float64)
    worst, at = max((units(y, exact(mpmath.mpf(a))), a) for a, y in zip(x.tolist(), function(x).tolist()))
    print(f"{name}: {worst:,.1f} at {at:.9g}")
