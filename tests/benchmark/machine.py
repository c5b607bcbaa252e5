"""What the figures depend on: processor, compiler, libraries and their settings."""
import ctypes
import os
import re
import subprocess


def output(*command, env=None):
    try:
        return subprocess.run(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.strip()
    except OSError:
        return ""


def has(python, module):
    return subprocess.run([python, "-c", f"import {module}"], stderr=subprocess.DEVNULL).returncode == 0


def python_with(module):
    """The system's Python, where Debian's packages are, or the one in the path."""
    return next((p for p in ("/usr/bin/python3", "python3") if output(p, "--version") and has(p, module)), None)


def other_blas(environment):
    """The other of two settings, with its name: OpenBLAS' own choice, or its AVX2 kernels."""
    env = dict(environment)
    if "OPENBLAS_CORETYPE" in env:
        del env["OPENBLAS_CORETYPE"]
        env.pop("OPENBLAS_L2_SIZE", None)
        return "OPENBLAS_CORETYPE unset", env
    env["OPENBLAS_CORETYPE"] = "Haswell"
    return "OPENBLAS_CORETYPE=Haswell", env


def blas_of(program):
    """The library that the program loads, and what OpenBLAS says of itself."""
    found = re.findall(r"(lib\S*blas\S*) => (\S+)", output("ldd", program))
    if not found:
        return {"library": "none"}
    path = os.path.realpath(found[0][1])
    result = {"library": path}
    for candidate in [path] + [os.path.realpath(p) for _, p in re.findall(r"(libopenblas\S*) => (\S+)", output("ldd", path))]:
        try:
            library = ctypes.CDLL(candidate)
            for name in ("openblas_get_config", "openblas_get_corename"):
                f = getattr(library, name)
                f.restype = ctypes.c_char_p
                result[name.removeprefix("openblas_get_")] = f().decode()
            break
        except (OSError, AttributeError):
            continue
    return result


def describe(build, program):
    with open("/proc/cpuinfo") as f:
        info = f.read()
    with open(f"{build}/CMakeCache.txt") as f:
        compiler = re.search(r"^CMAKE_CXX_COMPILER:\w+=(.*)$", f.read(), re.M).group(1)
    flags = set(re.search(r"^flags\s*:(.*)$", info, re.M).group(1).split()) if "flags" in info else set()
    model = re.search(r"^model name\s*:\s*(.*)$", info, re.M)
    python = python_with("numpy")
    peers = "import numpy; print('NumPy', numpy.__version__)\ntry:\n import torch; print('PyTorch', torch.__version__)\nexcept ImportError: pass"
    return {
        "processor": model.group(1) if model else "unknown",
        "processors": os.cpu_count(),
        "vectors": next((n for n, f in (("AVX-512", "avx512f"), ("AVX2", "avx2")) if f in flags), "128 bit"),
        "load": os.getloadavg()[0],
        "compiler": output(compiler, "--version").splitlines()[0],
        "commit": output("git", "describe", "--always", "--dirty"),
        "blas": blas_of(program),
        "environment": {k: v for k, v in os.environ.items() if re.match("OPENBLAS_|OMP_|GOTO_|BLIS_|MKL_", k)},
        "peers": output(python, "-c", peers).splitlines() if python else [],
    }
