"""All side-by-side measurements in one report.

python -m benchmarks [--quick] [--only sampling --only start …] > report.md
"""

import argparse
import os
import platform
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version

PARTS = {
    "sampling": "the 1000-step chain against peers, against the machine's peak, and its overhead",
    "few_steps": "digits a second in 4, 2 and 1 steps against SA-Solver with 20",
    "backends": "the chain in numpy, PyTorch and OpenVINO",
    "training": "images a second against the write-up's loop and a peer's trainer",
    "start": "time to --help, to the first painted frame, to the first denoised step",
    "memory": "peak memory of each",
    "scaling": "cost as batch, steps and the number of digits grow",
    "frames": "time and bytes of a drawn frame against rich-pixels and textual-image",
    "screen": "the run screen beside headless sampling, and how soon a key shows",
    "link": "keys and frames over a slow connection",
}
_VERSIONS = ("torch", "openvino", "textual", "numpy", "diffusers", "denoising-diffusion-pytorch",
             "rich-pixels", "textual-image")  # fmt: skip


def main() -> int:
    """Run the parts; return 1 if one of them failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, the same tables")
    parser.add_argument("--only", action="append", choices=PARTS, metavar="NAME")
    args = parser.parse_args()
    print(_machine(), flush=True)
    failed = []
    for name in args.only or PARTS:
        print(f"\n## {name}: {PARTS[name]}\n", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{name}", *(["--quick"] * args.quick)]
        if subprocess.run(command, check=False).returncode != 0:
            failed.append(name)
            print(f"(failed: {' '.join(command)})", flush=True)
    return 1 if failed else 0


def _machine() -> str:
    """Return the machine and the versions in two lines."""
    processor = platform.processor()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            facts = dict(line.split(":", 1) for line in file if ":" in line)
        facts = {key.strip(): value.strip() for key, value in facts.items()}
        wanted = ("avx2", "avx512f", "avx512_bf16", "amx_bf16")
        has = [flag for flag in wanted if flag in facts.get("flags", "").split()]
        processor = f"{facts.get('model name', processor)} ({', '.join(has)})"
    except OSError:
        pass
    found = []
    for name in _VERSIONS:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"no {name}")
    python = f"Python {platform.python_version()}"
    return f"{os.cpu_count()} cores, {processor}, {platform.system()}\n{python}, {', '.join(found)}"


if __name__ == "__main__":
    sys.exit(main())
