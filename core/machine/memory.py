"""The memory in use."""

import os
import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def memory_in_use(device: "torch.device") -> float:
    """Return the memory in use in 10^6 bytes: a CUDA device's, otherwise this process's."""
    if device.type == "cuda":
        import torch

        return round(torch.cuda.memory_allocated(device) / 1e6, 1)
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)
    except (OSError, ValueError, IndexError):  # not Linux: its peak
        unit = 1 if sys.platform == "darwin" else 1024
        return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6, 1)
