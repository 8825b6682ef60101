"""The run folder: its lock, its configuration, and a log that survives what was cut off."""

import errno
import fcntl
import json
import subprocess
import sys

import pytest

from diffviz.core.errors import DiffvizError
from diffviz.core.files.atomic import write_atomically
from diffviz.core.models.catalog import training_losses
from diffviz.core.recipes import TrainConfig
from diffviz.core.records import Batch, EpochDone
from diffviz.core.runs import RunFolder, cut_log, event_line, read_config, read_log

CONFIG = TrainConfig(epochs=3, seed=2**64 - 1, lr=3e-4)


def test_log_lines_have_the_documented_keys():
    batch = json.loads(event_line(Batch(7, 2, 3, 1.5, 0.125, 1e-3, 900.0)))
    assert batch == {
        "event": "batch",
        "step": 7,
        "epoch": 2,
        "batch": 3,
        "wall_s": 1.5,
        "loss": 0.125,
        "lr": 1e-3,
        "images_per_s": 900.0,
    }
    epoch = json.loads(event_line(EpochDone(8, 2, 4, 2.5, 0.25, 1e-3, 800.0)))
    assert epoch.pop("event") == "epoch"
    assert epoch.keys() == batch.keys() - {"event"}


def test_config_round_trips(tmp_path):
    with RunFolder.create(tmp_path / "a" / "run", CONFIG, {"threads": 2}):
        pass
    assert read_config(tmp_path / "a" / "run") == (CONFIG, {"threads": 2})


DAMAGED = ["", "{", "[]", "3", "null", '{"config": {}}', '{"config": 1, "environment": {}}']
DAMAGED += ['{"config": {}, "environment": []}', "[" * 100_000]
DAMAGED += [json.dumps({"config": {"epochs": value}, "environment": {}}) for value in ("3", 0, 1.5)]
DAMAGED += [json.dumps({"config": {"momentum": 0.9}, "environment": {}})]


@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_config_is_refused(tmp_path, content):
    (tmp_path / "config.json").write_text(content)
    with pytest.raises(DiffvizError):
        read_config(tmp_path)


def test_an_undecodable_or_missing_config_is_refused(tmp_path):
    with pytest.raises(DiffvizError, match="no run in"):
        read_config(tmp_path)
    with pytest.raises(DiffvizError, match="no run in"):
        RunFolder.open(tmp_path)
    (tmp_path / "config.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DiffvizError, match="damaged"):
        read_config(tmp_path)


def test_a_run_is_not_overwritten(tmp_path):
    with RunFolder.create(tmp_path / "run", CONFIG):
        pass
    before = (tmp_path / "run" / "config.json").read_bytes()
    with pytest.raises(DiffvizError, match="--resume"):
        RunFolder.create(tmp_path / "run", TrainConfig())
    assert (tmp_path / "run" / "config.json").read_bytes() == before


def test_a_run_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file", tmp_path / "file" / "run"):
        with pytest.raises(DiffvizError, match="can't make the run folder"):
            RunFolder.create(path, CONFIG)


def test_a_second_trainer_in_this_process_is_refused(tmp_path):
    first = RunFolder.create(tmp_path / "run", CONFIG)
    with pytest.raises(DiffvizError, match="another process is training"):
        RunFolder.open(tmp_path / "run")
    with first:
        pass
    with RunFolder.open(tmp_path / "run"):
        pass


def test_a_second_trainer_in_another_process_is_refused(tmp_path):
    code = (
        "import sys, pathlib; from diffviz.core.runs import RunFolder\n"
        "with RunFolder.open(pathlib.Path(sys.argv[1])):\n"
        "    print('open', flush=True); sys.stdin.read()\n"
    )
    with RunFolder.create(tmp_path / "run", CONFIG):
        pass
    command = [sys.executable, "-c", code, str(tmp_path / "run")]
    other = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == b"open\n"
        with pytest.raises(DiffvizError, match="another process is training"):
            RunFolder.open(tmp_path / "run")
    finally:
        other.kill()  # the hard way: no clean-up of the lock
        other.communicate()
    with RunFolder.open(tmp_path / "run"):
        pass


OWN = [
    ".config.json.ab12cd_9.tmp",
    ".log.jsonl.abcdefgh.tmp",
    ".checkpoint.safetensors.abcdefgh.tmp",
    "epochs/.0012.safetensors.abcdefgh.tmp",
    "previews/.00000100.npy.abcdefgh.tmp",
]
OTHERS = [
    ".mine.tmp",
    ".grid.png.abcdefgh.tmp",  # sample -o RUN/grid.png, under way
    ".config.json.tmp",
    ".checkpoint.safetensors.abcdefghi.tmp",
    "sub/.config.json.abcdefgh.tmp",
    "epochs/.notes.tmp",
    ".cache/db/.wal.tmp",
]


def test_only_own_leftovers_are_deleted(tmp_path):
    with RunFolder.create(tmp_path / "run", CONFIG):
        pass
    for name in OWN + OTHERS:
        (tmp_path / "run" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "run" / name).write_text("precious")
    with RunFolder.open(tmp_path / "run"):
        left = {str(p.relative_to(tmp_path / "run")) for p in (tmp_path / "run").rglob(".*.tmp")}
    assert left == set(OTHERS)


def test_the_names_of_leftovers_are_those_of_atomic_writing(tmp_path, monkeypatch):
    def killed(*_args):
        raise KeyboardInterrupt

    with RunFolder.create(tmp_path / "run", CONFIG):
        pass
    monkeypatch.setattr("diffviz.core.files.atomic.Path.unlink", lambda *_, **__: None)
    monkeypatch.setattr("os.replace", killed)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "run" / "config.json", b"half")
    assert len(list((tmp_path / "run").glob(".*.tmp"))) == 1
    monkeypatch.undo()
    with RunFolder.open(tmp_path / "run"):
        assert not list((tmp_path / "run").glob(".*.tmp"))


def test_leftovers_stay_where_no_lock_keeps_others_out(tmp_path, monkeypatch):
    """Another process may be writing them."""
    with RunFolder.create(tmp_path / "run", CONFIG):
        pass
    leftover = tmp_path / "run" / ".config.json.abcdefgh.tmp"
    leftover.touch()

    def fail(*_args):
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(fcntl, "flock", fail)
    with RunFolder.open(tmp_path / "run"):
        assert leftover.exists()


@pytest.mark.parametrize("file", ["", "notes.txt"])
def test_a_discarded_run_frees_its_name_and_loses_nothing_else(tmp_path, file):
    out = tmp_path / "runs" / "x"
    with RunFolder.create(out, CONFIG) as run:
        if file:
            (out / file).write_text("mine")
        run.discard()
    assert [p.name for p in tmp_path.rglob("*")] == (["runs", "x", file] if file else [])
    (tmp_path / "old").mkdir()
    with RunFolder.create(tmp_path / "old", CONFIG) as run:
        run.discard()
    assert (tmp_path / "old").is_dir()


PLACES = ["/手書き　数字", "/my\u00a0data", "/caf\udce9", "/a\u200db", "/tab\there", "/esc\x1b[2J"]


@pytest.mark.parametrize("place", PLACES)
def test_any_path_can_be_in_a_configuration(tmp_path, place):
    config = TrainConfig(dataset=place, init=place, teacher=place, guide=place, guidance=2.0)
    environment = {"data_dir": place}
    with RunFolder.create(tmp_path / "run", config, environment):
        pass
    assert read_config(tmp_path / "run") == (config, environment)


@pytest.mark.parametrize("name", ["dataset", "data_dir", "recipe", "device"])
def test_what_can_be_no_path_or_name_is_refused(tmp_path, name):
    bad = "a\0b" if name in ("dataset", "data_dir") else "\x1b[2J"
    inside = {"config": {name: bad}, "environment": {}}
    if name in ("data_dir", "device"):
        inside = {"config": {}, "environment": {name: bad}}
    (tmp_path / "config.json").write_text(json.dumps(inside))
    with pytest.raises(DiffvizError, match=r"text|where the run trains"):
        read_config(tmp_path)


def lines(*steps: int) -> bytes:
    return b"".join(b'{"event": "batch", "step": %d}\n' % step for step in steps)


HALVES = [
    b'{"event": "batch", "st',
    b'{"event": "batch", "step": 3}',
    b"\x00\xff\n",
    b"[1]\n",
    b"{}\n",
]


@pytest.mark.parametrize("half", HALVES)
def test_incomplete_lines_are_skipped_and_cut(tmp_path, half):
    log = tmp_path / "log.jsonl"
    log.write_bytes(lines(1, 2) + half)
    assert [event.step for event in read_log(log)] == [1, 2]
    cut_log(log, 2)
    assert log.read_bytes() == lines(1, 2)


def test_cutting_the_log_keeps_earlier_events(tmp_path):
    log = tmp_path / "log.jsonl"
    log.write_bytes(lines(1, 2, 3, 4))
    cut_log(log, 4)
    assert log.read_bytes() == lines(1, 2, 3, 4)
    cut_log(log, 2)
    assert log.read_bytes() == lines(1, 2)
    cut_log(log, 0)
    assert log.read_bytes() == b""
    cut_log(tmp_path / "none.jsonl", 5)
    assert not (tmp_path / "none.jsonl").exists()


def test_losses_of_a_run_are_read_from_its_log(tmp_path):
    epochs = [EpochDone(3 * e, e, 3, 1.0, 0.5 / e, 1e-3, 1.0) for e in (1, 2, 3)]
    batches = [Batch(1, 1, 1, 1.0, 9.0, 1e-3, 1.0)]
    (tmp_path / "log.jsonl").write_text("".join(map(event_line, [*batches, *epochs])))
    assert training_losses(str(tmp_path)) == [0.5, 0.25, 0.5 / 3]
    assert training_losses(f"{tmp_path}@2:ema") == [0.5, 0.25]
    assert training_losses(str(tmp_path / "nothing")) == []


def test_atomic_write_replaces_the_file_whole(tmp_path, monkeypatch):
    path = tmp_path / "new" / "file"
    write_atomically(path, b"old")
    assert path.read_bytes() == b"old"
    assert path.stat().st_mode & 0o400
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"

    def stop(*_args):
        raise KeyboardInterrupt

    monkeypatch.setattr("os.replace", stop)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, b"never")
    assert path.read_bytes() == b"new"
    assert [p.name for p in path.parent.iterdir()] == ["file"]


def test_atomic_write_below_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DiffvizError, match="can't write"):
        write_atomically(tmp_path / "file" / "x", b"")
