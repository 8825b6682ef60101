"""Files of sampling loops: what is written is read again, and the loop never suffers."""

import threading
import warnings
from pathlib import Path

import numpy as np
import pytest

from diffviz.core.errors import DiffvizError
from diffviz.core.pictures import to_grey
from diffviz.core.writers import StepWriter, fit_matrix
from diffviz.core.writers.background import Background
from diffviz.core.writers.latent_rgb import principal_matrix
from diffviz.core.writers.step_file import StepFile, is_step_file


def images(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


@pytest.fixture
def read():
    """Return a function that opens a file of steps; all are closed in the end."""
    files: list[StepFile] = []

    def open_file(path) -> StepFile:
        files.append(StepFile(path))
        files[-1].poll()
        return files[-1]

    yield open_file
    for file in files:
        file.close()


def test_steps_are_read_as_they_were_written(tmp_path, read):
    path = tmp_path / "loop.steps"
    x = images(2, 3, 16, 12)
    with StepWriter(path) as writer:
        writer.step(1000, x, x * 0.5)
        writer.step(500, x * 0.7, x * 0.6)
        writer.step(0, x * 0.1)
    file = read(path)
    assert [(e.sampling, e.t, e.pictures) for e in file.entries] == [
        (1, 1000.0, 2),
        (1, 500.0, 2),
        (1, 0.0, 1),
    ]
    step = file.read(1)
    assert step is not None
    assert step.x_t.shape == (16, 12, 3)
    assert np.array_equal(step.x_t, np.moveaxis(to_grey(x[0] * 0.7), 0, -1))
    expected = np.abs(to_grey(x[0] * 0.6).astype(int) - to_grey(x[0] * 0.5)).mean()
    assert step.moved == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(
    ("shape", "picture"),
    [
        ((28, 28), (28, 28)),
        ((1, 9, 8), (9, 8)),
        ((5, 1, 10, 20), (10, 20)),
        ((3, 10, 20), (10, 20, 3)),
        ((10, 20, 3), (10, 20, 3)),
        ((4, 10, 20), (10, 20)),
        ((1, 3, 512, 256), (256, 128, 3)),
    ],
)
def test_arrays_of_all_usual_shapes_are_pictures(tmp_path, read, shape, picture):
    with StepWriter(tmp_path / "a.steps") as writer:
        writer.step(1, images(*shape))
    step = read(tmp_path / "a.steps").read(0)
    assert step is not None
    assert step.x_t.shape == picture


def test_other_channels_need_a_matrix(tmp_path, read):
    with StepWriter(tmp_path / "a.steps") as writer:
        with pytest.raises(ValueError, match=r"matrix \[C, 3\]"):
            writer.step(1, images(1, 4, 8, 8))
        with pytest.raises(ValueError, match="finite"):
            writer.step(float("nan"), images(1, 1, 8, 8))
    matrix = images(4, 3)
    x = images(1, 4, 8, 8)
    with StepWriter(tmp_path / "b.steps", matrix=matrix) as writer:
        writer.step(1, x)
    step = read(tmp_path / "b.steps").read(0)
    assert step is not None
    assert np.array_equal(step.x_t, to_grey(np.moveaxis(x[0], 0, -1) @ matrix))


def test_tensors_of_pytorch_are_arrays_too(tmp_path, read):
    torch = pytest.importorskip("torch")
    x = torch.randn(1, 3, 8, 8, dtype=torch.bfloat16, requires_grad=True)
    with StepWriter(tmp_path / "a.steps") as writer:
        writer.step(torch.tensor(7), x)
    step = read(tmp_path / "a.steps").read(0)
    assert step is not None
    assert np.array_equal(step.x_t, np.moveaxis(to_grey(x.detach().float().numpy()[0]), 0, -1))


@pytest.mark.parametrize("ts", [(9, 5, 1, 9, 5, 1), (0.0, 0.5, 1.0, 0.0, 0.5, 1.0)])
def test_where_time_turns_back_a_sampling_begins(tmp_path, read, ts):
    with StepWriter(tmp_path / "a.steps") as writer:
        for t in ts:
            writer.step(t, images(8, 8))
    assert [e.sampling for e in read(tmp_path / "a.steps").entries] == [1, 1, 1, 2, 2, 2]


def test_the_arrays_may_change_after_the_call(tmp_path, read):
    x = images(1, 1, 8, 8)
    before = x.copy()
    with StepWriter(tmp_path / "a.steps") as writer:
        writer.step(1, x)
        x[:] = 0
    step = read(tmp_path / "a.steps").read(0)
    assert step is not None
    assert np.array_equal(step.x_t, to_grey(before[0, 0]))


def test_a_record_that_was_cut_off_is_left_out_and_completed(tmp_path, read):
    path = tmp_path / "a.steps"
    with StepWriter(path) as writer:
        for t in (3, 2, 1):
            writer.step(t, images(8, 8))
    content = path.read_bytes()
    for cut in (1, 40, 64, 90):
        part = tmp_path / f"cut-{cut}.steps"
        part.write_bytes(content[:-cut])
        file = read(part)
        assert len(file.entries) == 2
        assert file.problem == ""
        with part.open("ab") as end:
            end.write(content[-cut:])
        assert file.poll()
        assert len(file.entries) == 3
        file.close()


def test_damage_is_said_and_what_is_before_it_is_shown(tmp_path, read):
    path = tmp_path / "a.steps"
    with StepWriter(path) as writer:
        for t in (3, 2, 1):
            writer.step(t, images(8, 8))
    content = bytearray(path.read_bytes())
    file = read(path)
    place = file.entries[1].place
    content[place] ^= 255  # a pixel
    content[file.entries[2].place - 32 : file.entries[2].place - 28] = b"what"
    path.write_bytes(bytes(content))
    damaged = read(path)
    assert len(damaged.entries) == 2
    assert "damaged after step 2" in damaged.problem
    assert damaged.read(0) is not None
    assert damaged.read(1) is None


def test_a_reader_follows_a_file_that_is_replaced(tmp_path):
    path = tmp_path / "a.steps"
    file = StepFile(path)
    assert not file.poll()
    with StepWriter(path) as writer:
        writer.step(2, images(8, 8))
        writer.step(1, images(8, 8))
    assert file.poll()
    assert len(file.entries) == 2
    with StepWriter(path) as writer:
        writer.step(5, images(8, 8))
    assert file.poll()
    assert [e.t for e in file.entries] == [5.0]
    file.close()


def test_the_file_is_bounded_and_keeps_the_newest_sampling(tmp_path, read):
    path = tmp_path / "a.steps"
    record = 32 + 64
    with StepWriter(path, max_bytes=25 + 5 * record) as writer:
        for _ in range(3):
            for t in (3, 2, 1):
                writer.step(t, images(8, 8))
    assert path.stat().st_size <= 25 + 5 * record
    assert [e.sampling for e in read(path).entries] == [3, 3, 3]


def test_a_full_file_is_told_once_and_the_loop_goes_on(tmp_path, read):
    path = tmp_path / "a.steps"
    writer = StepWriter(path, max_bytes=400)
    for t in range(9, 0, -1):
        writer.step(t, images(8, 8))
    with pytest.warns(RuntimeWarning, match="no longer written"):
        writer.close()
    assert 1 <= len(read(path).entries) <= 4


def test_other_files_are_never_replaced(tmp_path):
    precious = tmp_path / "thesis.txt"
    precious.write_text("words")
    with pytest.raises(DiffvizError, match="no file of steps"):
        StepWriter(precious)
    assert precious.read_text() == "words"
    assert not is_step_file(precious)
    with pytest.raises(DiffvizError, match="no folder"):
        StepWriter(tmp_path / "missing" / "a.steps")


def test_what_the_disk_cannot_take_is_left_out_instead_of_waited_for():
    go, done = threading.Event(), []
    background = Background("it", max_bytes=10)
    background.put(lambda: (go.wait(), None)[1], 0)
    for number in range(20):
        background.put(lambda n=number: done.append(n), 1)
    assert background.dropped == 10
    go.set()
    background.close()
    assert done == list(range(10))


def test_a_failing_disk_ends_the_writing_with_one_warning():
    def fail() -> None:
        raise OSError(28, "No space left on device")

    background = Background("runs/mine", max_bytes=100)
    background.put(fail)
    background._thread.join(10)
    with pytest.warns(RuntimeWarning, match="runs/mine is no longer written: No space left"):
        background.put(lambda: None)
    background.put(lambda: None)  # a second warning would be an error here
    background.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a file of Linux that is always full")
def test_a_full_disk_never_stops_the_loop(tmp_path):
    writer = StepWriter(tmp_path / "a.steps")
    assert writer._file is not None
    writer._file.close()
    writer._file = open("/dev/full", "wb")  # noqa: SIM115
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for t in (900, 500, 100):
            writer.step(t, images(1, 1, 8, 8))
        writer.close()  # what is left in the buffer fails again
        writer.close()
    assert [str(one.message) for one in told] == [
        f"diffviz: {tmp_path / 'a.steps'} is no longer written: No space left on device"
    ]


def test_no_temporary_file_is_left_where_a_new_one_has_no_room(tmp_path, monkeypatch):
    path = tmp_path / "a.steps"
    writer = StepWriter(path, max_bytes=400)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfileobj", full)

    def write() -> None:
        for t in (900, 500, 700, 100):  # the second sampling needs the room of the first
            writer.step(t, images(1, 1, 8, 8))
        writer.close()

    with pytest.warns(RuntimeWarning, match="No space left"):
        write()
    assert [found.name for found in tmp_path.iterdir()] == ["a.steps"]


def test_a_matrix_is_fitted_to_decoded_pictures():
    latents, wanted = images(2, 16, 8, 8), images(17, 3, seed=1)
    small = np.einsum("bchw,cr->brhw", latents, wanted[:16]) + wanted[16][:, None, None]
    decoded = small.repeat(4, axis=2).repeat(4, axis=3)
    assert np.allclose(fit_matrix(latents, decoded), wanted, atol=1e-4)
    with pytest.raises(ValueError, match="kH"):
        fit_matrix(latents, decoded[:, :2])


@pytest.mark.parametrize("channels", [2, 8, 16])
def test_unknown_channels_get_a_picture_with_contrast(channels):
    latents = images(channels, 8, 8)
    matrix = principal_matrix(latents)
    assert matrix.shape == (channels + 1, 3)
    again = principal_matrix(np.multiply(latents, 1.1, dtype=np.float32), matrix)
    assert np.allclose(again[:channels] * 1.1, matrix[:channels], atol=1e-4)  # no sign has turned


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_file_never_ends_the_reader(tmp_path, read, seed):
    path = tmp_path / "a.steps"
    with StepWriter(path) as writer:
        for t in (3, 2, 1):
            writer.step(t, images(3, 8, 8), images(3, 8, 8))
    rng, content = np.random.default_rng(seed), bytearray(path.read_bytes())
    for place in rng.integers(25, len(content), 4).tolist():
        content[place] = int(rng.integers(256))
    path.write_bytes(bytes(content[: int(rng.integers(25, len(content) + 1))]))
    file = read(path)
    for index in range(len(file.entries)):
        step = file.read(index)
        assert step is None or step.x_t.dtype == np.uint8
