"""Usage errors: one line with the nearest word, before anything is printed, loaded or computed."""

import contextlib
import importlib.util
import io
import shlex
from pathlib import Path

import pytest

from diffviz.core.names import SAMPLER_INFO, find_name, suggestion
from diffviz.tui.cli import build_parser, main
from diffviz.tui.cli.command_line import COMMANDS
from diffviz.tui.cli.parser import Parser
from diffviz.tui.keys import Pace

ROOT = Path(__file__).resolve().parents[3]

NEAREST = [
    (["runn"], "unknown command 'runn': did you mean run?"),
    (["smaple", "-n", "1"], "did you mean sample?"),
    (["RUN"], "did you mean run?"),
    (["--hlep"], "did you mean --help?"),
    (["--seed", "7", "run"], "flags follow the name of a command"),
    (["run", "--spee", "5"], "unknown flag --spee: did you mean --speed?"),
    (["run", "--spee=5"], "unknown flag --spee: did you mean --speed?"),
    (["run", "--sampler", "ddmp"], "did you mean ddpm?"),
    (["sample", "--weights", "defualt"], "did you mean default?"),
    (["sample", "--weights", "refrence:ema"], "did you mean reference?"),
    (["phases", "--weights", "defalt"], "did you mean default?"),
    (["train", "--dataset", "mnits"], "did you mean mnist?"),
    (["train", "--recipe", "lnog"], "did you mean long?"),
    (["train", "--teacher", "flim-59"], "did you mean film-59?"),
    (["run", "--color", "257"], "did you mean 256?"),
    (["run", "--device", "cdua:0"], "did you mean cuda?"),
    (["completion", "basch"], "did you mean bash?"),
    (["run", "7"], "unexpected argument '7': see diffviz run --help"),
    (["run", "-x"], "unknown flag -x: see diffviz run --help"),
    (["run", "--once", "--loop"], "not allowed with"),
]


@pytest.mark.parametrize(("arguments", "words"), NEAREST)
def test_a_usage_error_names_the_nearest_word(diffviz, arguments, words):
    assert words in diffviz(*arguments).usage_complaint


@pytest.mark.parametrize(
    "arguments",
    [
        "run --sampler ddpm --eta 1",
        "run --sampler sa-solver --branch 999.1",
        "run --follow x --weights default",
        "sample --sampler ddim --eta 2",
        f"sample --seed {2**64 - 1} -n 2",
        "eval --sampler ddpm --eta 1 --data-dir nowhere",
        "eval --samples nothing.npz --seed 1",
        f"phases --seed {2**64 - 1}",
        "record a.cast --scenario train",
        "record a.cast --run runs/x",
    ],
)
def test_flags_that_contradict_each_other_are_refused_first(
    diffviz, monkeypatch, tmp_path, arguments
):
    def fail(*_args, **_kwargs):
        raise AssertionError("it began to work")

    monkeypatch.chdir(tmp_path)
    for name in ("core.pipeline.Pipeline.load", "core.models.weights.load_weights"):
        monkeypatch.setattr(f"diffviz.{name}", fail)
    assert diffviz(*arguments.split()).usage_complaint
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("DDPM", "ddpm"),
        ("SA_Solver", "sa-solver"),
        ("saSolver", "sa-solver"),
        ("", None),
        ("-", None),
        ("ddmp", None),
    ],
)
def test_names_are_the_same_in_any_case(text, name):
    assert find_name(text, SAMPLER_INFO) == name


def test_names_in_any_case_reach_the_command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    parse = build_parser().parse_args
    assert parse(["run", "--sampler", "DDIM", "--color", "ASCII"]).sampler == "ddim"
    assert parse(["run", "--color", "TrueColor", "--theme", "Light"]).color == "truecolor"
    assert parse(["run", "--speed", "MAX", "--backend", "OpenVINO"]).speed == Pace()
    assert parse(["run", "--device", "CUDA:1"]).device == "cuda:1"
    assert parse(["train", "--dataset", "FashionMNIST"]).dataset == "fashion-mnist"
    assert parse(["train", "--dataset", "EMNIST_Letters"]).dataset == "emnist-letters"
    assert parse(["train", "--recipe", "Reference"]).recipe == "reference"
    (tmp_path / "MNIST").mkdir()  # what is there is meant
    assert parse(["train", "--dataset", "MNIST"]).dataset == "MNIST"


def test_weights_in_any_case_are_the_bundled_ones(tmp_path, monkeypatch):
    from diffviz.core.models.catalog import split_set

    monkeypatch.chdir(tmp_path)
    assert split_set("Reference:EMA") == ("reference", "ema")
    assert split_set("FILM_59") == ("film-59", None)
    (tmp_path / "Reference").mkdir()
    assert split_set("Reference:ema") == ("Reference", "ema")


def test_weights_in_any_case_are_stored_by_their_name(tmp_path, monkeypatch):
    from diffviz.tui.plain.train_options import TrainOptions

    monkeypatch.chdir(tmp_path)
    args = build_parser().parse_args(["train", "--init", "Film-15:EMA"])
    assert TrainOptions.from_flags(args).config["init"] == "film-15:ema"


def test_a_flag_given_twice_is_reported_and_the_last_one_counts(capsys):
    parse = build_parser().parse_args
    args = parse(["record", "a.cast", "--run", "A", "--scenario", "train", "--run", "B"])
    assert str(args.run) == "B"
    assert capsys.readouterr().err == "diffviz: --run is given twice: the last one counts\n"
    parse(["sample", "-o", "a.png", "--output", "b.png", "-o", "c.png"])
    assert "--output is given 3 times" in capsys.readouterr().err
    parse(["sample", "--seed", "7", "--seed", "7"])
    parse(["watch", "a", "b"])
    assert capsys.readouterr().err == ""
    assert not hasattr(args, "_given")


def help_texts() -> dict[str, str]:
    texts = {}
    for name in ("", *COMMANDS):
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):
            main([*([name] if name else []), "--help"])
        texts[name] = out.getvalue()
    return texts


def test_each_help_ends_with_two_examples_that_parse():
    for name, text in help_texts().items():
        last = text.rstrip("\n").split("\n")[-3:]
        assert last[0] == "examples:", name
        for example in last[1:]:
            words = shlex.split(example.rpartition(" | ")[2].partition(" > ")[0] or example)
            assert words[0] == "diffviz"
            assert name in ("", words[1])
            assert build_parser().parse_args(words[1:]).execute


def test_every_help_is_ascii():
    assert all(text.isascii() and len(text) > 200 for text in help_texts().values())


def test_no_help_has_escape_sequences_where_colour_is_forced(monkeypatch):
    for name in ("FORCE_COLOR", "PYTHON_COLORS", "CLICOLOR_FORCE"):
        monkeypatch.setenv(name, "1")
    assert "\x1b" not in "".join(help_texts().values())


def test_the_examples_of_train_cli_parse():
    from diffviz.tui.cli.train import add_arguments

    spec = importlib.util.spec_from_file_location("train_cli", ROOT / "train_cli.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    parser = Parser(prog="train_cli.py")
    add_arguments(parser)
    assert len(module.EXAMPLES) == 2
    for example in module.EXAMPLES:
        parser.parse_args(example.partition("train_cli.py ")[2].split())


def test_a_suggestion_lists_all_names_where_none_is_near():
    assert suggestion("paint", ("run", "watch")) == "choose one of run, watch"
    assert suggestion("", ("run", "watch")) == "choose one of run, watch"


def test_diffviz_alone_samples_a_digit_as_run_does(diffviz):
    import argparse

    from diffviz.tui.cli import command_line

    seen: list[argparse.Namespace] = []

    def remember(args: argparse.Namespace) -> int:
        seen.append(args)
        return 0

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("diffviz.tui.cli.run.execute", remember)
        assert diffviz().status == 0
    assert seen[0].command == "run"
    assert command_line.COMMANDS[0] == "run"


def test_choices_of_the_screen_are_kept_and_flags_are_not(tmp_path, monkeypatch):
    from types import SimpleNamespace

    from diffviz.tui import app as run_app_module
    from diffviz.tui.keys import Pace as Chosen
    from diffviz.tui.run_options import RunOptions
    from diffviz.tui.terminal import Terminal
    from diffviz.tui.terminal.settings import Remembered, Settings, read_settings

    file = tmp_path / "settings.json"

    def leave(app) -> None:
        app._return_code = 0
        app.run_screen.session.pacing.pace = Chosen(length=5)
        app.run_screen.panels.page = 2

    monkeypatch.setattr(run_app_module, "run_until_left", leave)
    monkeypatch.setattr(run_app_module, "command_line", lambda session: "")
    monkeypatch.setattr(run_app_module.os, "_exit", lambda code: None)
    driver = SimpleNamespace(close=lambda: None, join=lambda timeout: True)
    monkeypatch.setattr(run_app_module, "RemoteDriver", lambda *args: driver)
    spec = build_parser().parse_args(["run", "--speed", "max"])
    assert spec.speed == Pace()
    from diffviz.core.sampling import SamplingSpec

    options = RunOptions("default", 7, SamplingSpec(steps=10), "cpu", 1, None)
    light = Terminal(theme="light")  # as --theme light says
    run_app_module.run_app(options, terminal=light, remembered=Remembered(Settings(), file))
    assert read_settings(file) == (Settings(None, Chosen(length=5), False, 2), "")
