"""docs/file-formats.md says what the records say: every key of every JSON, with its type."""

import json
import re
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from diffviz.core import records
from diffviz.core.measure.diffusion_classifier import SCHEMA as DIFFUSION_SCHEMA
from diffviz.core.measure.diffusion_classifier import DiffusionClassified
from diffviz.core.measure.guidance_record import SCHEMA as GUIDANCE_SCHEMA
from diffviz.core.measure.guidance_record import GuidanceReport
from diffviz.core.measure.metrics import Estimate
from diffviz.core.measure.phase_record import SCHEMA as PHASES_SCHEMA
from diffviz.core.measure.phase_record import MeasuredPhases
from diffviz.core.measure.report import SCHEMA as EVAL_SCHEMA
from diffviz.core.measure.report import EvalReport
from diffviz.core.measure.u_turn import SCHEMA as U_TURN_SCHEMA
from diffviz.core.measure.u_turn import BranchCurve, UTurns
from diffviz.core.models.catalog import bundled_names, read_card
from diffviz.core.recipes import TrainConfig
from diffviz.core.runs import EVENT_NAMES

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "file-formats.md"
NAMES = {int: "integer", float: "number", str: "string", bool: "boolean", NoneType: "null"}


def type_name(kind: Any) -> str:
    """Return a type as the document writes it."""
    if kind is Estimate:
        return "estimate"
    if is_dataclass(kind) or get_origin(kind) is dict or kind is dict:
        return "object"
    if get_origin(kind) is tuple:
        return f"list of {type_name(get_args(kind)[0])}"
    if get_origin(kind) is UnionType:
        return " or ".join(type_name(part) for part in get_args(kind))
    return NAMES[kind]


def parts(kind: Any) -> list[Any]:
    """Return the record types within a type."""
    if is_dataclass(kind):
        return [] if kind is Estimate else [kind]
    return [record for part in get_args(kind) for record in parts(part)]


def keys(record: Any, before: str = "") -> dict[str, str]:
    """Return every key of a record's JSON with its type, nested ones as ``a.b``."""
    found = {}
    for field, kind in get_type_hints(record).items():
        if field not in {f.name for f in fields(record)}:
            continue
        found[before + field] = type_name(kind)
        for part in parts(kind):
            found |= keys(part, f"{before}{field}.")
    return found


def documented(heading: str) -> dict[str, str]:
    """Return keys and types of the first table below a heading."""
    text = DOCUMENT.read_text(encoding="utf-8")
    _, _, section = text.partition(f"# {heading}\n")
    assert section, f"no heading '{heading}'"
    table = re.search(r"^\| key .*\n\|[-| ]+\n((?:\|.*\n)+)", section, re.M)
    assert table is not None, heading
    assert "\n#" not in section[: table.start()], f"no table below '{heading}'"
    rows = [row.strip("|").split("|") for row in table[1].splitlines()]
    return {row[0].strip().strip("`"): row[1].strip() for row in rows}


RECORDS = {
    "`diffviz eval --json`": (EvalReport, {"schema": "string"}),
    "`diffviz eval --diffusion-classifier --json`": (DiffusionClassified, {"schema": "string"}),
    "`diffviz phases --json`": (MeasuredPhases, {"schema": "string"}),
    "`diffviz uturn --json`": (
        UTurns,
        {"schema": "string", "branches": "object or null", **keys(BranchCurve, "branches.")},
    ),
    "`diffviz guidance --json`": (GuidanceReport, {"schema": "string"}),
    "`config.json`, the part `config`": (TrainConfig, {}),
} | {f"Event `{name}`": (kind, {"event": "string"}) for kind, name in EVENT_NAMES.items()}


@pytest.mark.parametrize("heading", RECORDS)
def test_every_key_is_documented_with_its_type(heading):
    record, more = RECORDS[heading]
    assert documented(heading) == more | keys(record)


def test_schemas_are_named():
    text = DOCUMENT.read_text(encoding="utf-8")
    assert f"`{EVAL_SCHEMA}`" in text
    assert f"`{PHASES_SCHEMA}`" in text
    assert f"`{U_TURN_SCHEMA}`" in text
    assert f"`{GUIDANCE_SCHEMA}`" in text
    assert f"`{DIFFUSION_SCHEMA}`" in text


def test_every_event_has_a_name():
    assert set(EVENT_NAMES) == set(get_args(records.TrainEvent))


@pytest.mark.parametrize("name", bundled_names())
def test_cards_have_documented_keys_only(name):
    assert set(read_card(name)) <= set(documented("Cards: `weights/NAME.json`"))
    json.dumps(read_card(name), allow_nan=False)
