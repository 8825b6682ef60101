"""Bundle the weights of a finished run, with a card: ``python -m diffviz.weights.bundle``.

For maintainers, in a checkout. The card is made from the run's log.
"""

import argparse
import hashlib
import json
from math import isfinite
from pathlib import Path
from typing import Any

from ..core.errors import DiffvizError
from ..core.files.atomic import write_atomically
from ..core.models import build, multiply_adds, parameter_count
from ..core.models.catalog import read_card
from ..core.models.weight_files import read_tensors
from ..core.recipes import PUBLISHED_LOSSES
from ..core.records import EpochDone, Started
from ..core.runs import LOG, read_config, read_log
from ..core.train import WEIGHTS

RAW_FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


def make_card(run: Path, name: str, command: str, data_dir: Path | None) -> dict[str, Any]:
    """Return the card of a complete run.

    Raises:
        DiffvizError: if the run is not complete or a file of it is damaged.
    """
    config, environment = read_config(run)
    file = read_tensors(run / WEIGHTS)
    events = list(read_log(run / LOG))
    started = next((event for event in events if isinstance(event, Started)), None)
    epochs = [event for event in events if isinstance(event, EpochDone)]
    whole = [e.epoch for e in epochs if isfinite(e.loss + e.wall_s + e.images_per_s)]
    if whole != list(range(1, config.epochs + 1)):
        raise DiffvizError(f"{run / LOG} doesn't have each of {config.epochs} epochs once")
    classes = file.metadata.get("classes", [])
    model = build(config.architecture, len(classes))
    card: dict[str, Any] = {
        "name": name,
        "kind": "diffusion",
        "architecture": config.architecture,
        "parameters": parameter_count(model),
        "multiply_adds": multiply_adds(model),
        **({"classes": classes} if classes else {}),
        "sets": ["raw", "ema"],
        "default_set": config.default_set,
        "sha256": hashlib.sha256((run / WEIGHTS).read_bytes()).hexdigest(),
        "recipe": config.to_json(),
        "command": command,
        "environment": {k: v for k, v in environment.items() if k != "data_dir"},
        "data": {
            "name": config.dataset,
            "images": (started and started.images) or environment.get("images"),
            "images_md5": file.metadata.get("data_md5"),
        },
        "losses": [round(event.loss, 6) for event in epochs],
        "seconds": [round(event.wall_s, 1) for event in epochs],
        "images_per_s": [round(event.images_per_s, 1) for event in epochs],
        "published_losses": list(PUBLISHED_LOSSES),
    }
    if data_dir is not None:
        raw = data_dir / "MNIST" / "raw"
        card["data"]["files_md5"] = {
            n: hashlib.md5((raw / n).read_bytes(), usedforsecurity=False).hexdigest()
            for n in RAW_FILES
        }
    return card


def add_phases(name: str, measured: Path) -> dict[str, Any]:
    """Return the card of ``name`` with the output of ``diffviz phases --json`` added.

    Raises:
        DiffvizError: if the file is damaged or was measured on other weights.
    """
    card = read_card(name)
    try:
        phases = json.loads(measured.read_bytes())
        used, sha256 = phases["set"], phases["weights_sha256"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DiffvizError(f"{measured} is not the output of diffviz phases --json") from error
    if used not in card["sets"] or sha256 != card["sha256"]:
        raise DiffvizError(f"{measured} was measured on other weights than {name}")
    card.setdefault("phases", {})[used] = phases
    return card


def main() -> None:
    """Copy the weights of a run and write their card, or add measured phases to a card."""
    parser = argparse.ArgumentParser(prog="diffviz.weights.bundle", description=__doc__)
    parser.add_argument("name")
    parser.add_argument("--run", type=Path, help="the run whose weights to take")
    parser.add_argument("--command", help="the command that made the run")
    parser.add_argument("--data-dir", type=Path, help="to note the md5 of the data files")
    parser.add_argument("--phases", type=Path, help="output of diffviz phases --json to add")
    args = parser.parse_args()
    here = Path(__file__).parent
    if args.run is not None:
        card = make_card(args.run, args.name, args.command, args.data_dir)
        write_atomically(here / f"{args.name}.safetensors", (args.run / WEIGHTS).read_bytes())
        write_card(here, card)
    if args.phases is not None:
        write_card(here, add_phases(args.name, args.phases))


def write_card(folder: Path, card: dict[str, Any]) -> None:
    """Write a card to the folder of its weights."""
    write_atomically(folder / f"{card['name']}.json", (json.dumps(card, indent=2) + "\n").encode())
    print(f"{card['name']}: {card['parameters']:,} parameters, last loss {card['losses'][-1]:.4f}")


if __name__ == "__main__":
    main()
