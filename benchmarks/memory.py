"""Peak memory of ``diffviz run`` and ``diffviz sample``, of bare torch, and of others' loops.

python -m benchmarks.memory [--quick]

Each line is a process of its own, with all that it starts; the peaks of its processes (VmHWM: the
most that was resident at once) are added up, so what two share counts twice. Linux only.
"""

import argparse
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .endurance import family
from .terminal import AppOnTerminal
from .timing import table

_PYTHON = [sys.executable, "-P", "-c"]
_MAIN = "import sys; from diffviz.tui.cli import main; sys.exit(main(sys.argv[1:]))"
_TORCH = """
import torch
from diffviz.core.models.weights import load_weights
with torch.inference_mode():
    load_weights("default").model.eval()(torch.zeros(1, 1, 28, 28), torch.zeros(1).long())
"""
_PEER = """
import warnings; warnings.simplefilter("ignore")
from benchmarks import loops
from diffviz.core.models import multiply_adds
from diffviz.core.models.weights import load_weights
model = load_weights("reference").model.eval()
made = loops.{make}
(made[0] if isinstance(made, tuple) else made)({steps})
"""
_WAIT = "\nprint('ready', flush=True); input()"
_PATIENCE_S = 300.0


@dataclass(frozen=True)
class Peak:
    """The most that some processes had resident."""

    mib: float
    processes: int
    with_torch: int

    @classmethod
    def of(cls, pid: int) -> "Peak":
        """Look at a process and all that it started."""
        mib, members = 0.0, family(pid)
        for member in members:
            lines = Path(f"/proc/{member}/status").read_text().splitlines()
            mib += sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
        maps = [Path(f"/proc/{member}/maps").read_text() for member in members]
        return cls(mib, len(members), sum("libtorch" in text for text in maps))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Peak memory.")
    parser.add_argument("--quick", action="store_true", help="fewer steps")
    args = parser.parse_args()
    steps, loop = (50, 3) if args.quick else (1000, 20)
    base = _of_code(_TORCH)
    rows = {"torch imported, the network run once": base}
    run = ["run", "--device", "cpu", "--speed", "max", "--steps", str(steps)]
    rows[f"diffviz run, {steps} steps"] = _of_run(run)
    rows["the same, --backend pytorch"] = _of_run([*run, "--backend", "pytorch"])
    sample = ["sample", "--device", "cpu", "-n", "32", "--sampler", "ddpm", "--steps", str(loop)]
    with tempfile.TemporaryDirectory() as folder:
        code = _command([*sample, "-o", f"{folder}/digits.npz"])
        rows["diffviz sample -n 32 -o digits.npz"] = _of_code(code)
    for name, make in _peers().items():
        try:
            rows[name] = _of_code(_PEER.format(make=make, steps=loop))
        except ChildProcessError:
            print(f"{name}: not installed, left out\n")
    lines = [
        [name, f"{p.mib:.0f}", f"{p.mib / base.mib:.2f}x", str(p.processes), str(p.with_torch)]
        for name, p in rows.items()
    ]
    head = ["peak resident memory", "MiB", "against bare torch", "processes", "of them with torch"]
    print(table(head, lines))


def _peers() -> dict[str, str]:
    """Return what makes each loop, by name: batches of 32 through the reference network."""
    return {
        "the write-up's loop, batch 32": "write_up(model, 32)",
        "diffusers, DDPMScheduler, same network": "diffusers_scheduler(model, 32)",
        "diffusers, DDPMPipeline, own network": "diffusers_pipeline(32, multiply_adds(model))",
        "denoising_diffusion_pytorch, same network": "denoising_diffusion(model, 32)",
    }


def _command(arguments: list[str]) -> str:
    return f"from diffviz.tui.cli import main; main({arguments!r})"


def _of_code(code: str) -> Peak:
    """Return the peak of a process that runs ``code``.

    Raises:
        ChildProcessError: if that fails.
    """
    process = subprocess.Popen(
        [*_PYTHON, f"import sys; sys.path.append('.')\n{code}{_WAIT}"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    with process:
        assert process.stdout is not None
        if not any(line == "ready\n" for line in process.stdout):
            raise ChildProcessError(code)
        peak = Peak.of(process.pid)
        process.kill()
    return peak


def _of_run(arguments: list[str]) -> Peak:
    """Return the peak of the app and its sampler when the run is done."""
    with AppOnTerminal([*_PYTHON, _MAIN, *arguments], 120, 40) as app:
        app.wait_for(("● done".encode(),), _PATIENCE_S)
        app.read_for(1.0)
        return Peak.of(app.pid)


if __name__ == "__main__":
    main()
