"""Several processes that share one training, or one set of digits, through gloo on this machine."""

import json
import os
import signal
import socket
import subprocess
import sys

import numpy as np
import pytest

from diffviz.core.data.synthetic import synthetic_digits
from diffviz.core.models.weight_files import read_tensors
from diffviz.core.records import Batch, Started
from diffviz.core.runs import read_log

MAIN = "import sys; from diffviz.tui.cli import main; sys.exit(main())"
TRAIN = ("train", "--plain", "--dataset", "digits.npz", "--recipe", "reference", "--device", "cpu",
         "--threads", "1", "--batch-size", "32", "--preview-every", "0")  # fmt: skip

pytestmark = [pytest.mark.slow, pytest.mark.needs_torch]


@pytest.fixture
def start(tmp_path):
    """Return a function that starts ``diffviz ARGUMENTS`` in so many processes of one group."""
    started = []
    np.savez(tmp_path / "digits.npz", images=synthetic_digits(256)[0])

    def begin(processes, *arguments):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        group = []
        for rank in range(processes):
            places = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": processes,
                      "LOCAL_WORLD_SIZE": processes, "MASTER_PORT": port,
                      "TORCHELASTIC_RUN_ID": "none"}  # fmt: skip
            own = {name: str(value) for name, value in places.items()} if processes > 1 else {}
            group.append(
                subprocess.Popen(
                    [sys.executable, "-c", MAIN, *map(str, arguments)],
                    env=os.environ | own | {"MASTER_ADDR": "127.0.0.1"},
                    cwd=tmp_path,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                )
            )
        started.extend(group)
        return group

    yield begin
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def finished(processes) -> str:
    """Wait for all and return what they printed."""
    printed = [process.communicate()[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes), printed
    return "".join(printed)


def losses(run) -> list[float]:
    return [e.loss for e in read_log(run / "log.jsonl") if isinstance(e, Batch)]


def test_two_processes_train_as_one(start, tmp_path):
    finished(start(1, *TRAIN, "--epochs", 2, "--out", "one"))
    printed = finished(start(2, *TRAIN, "--epochs", 1, "--out", "two"))
    assert printed.count("epoch 1/1") == 1  # one of them speaks
    finished(start(2, "train", "--plain", "--resume", "two", "--epochs", 2))
    assert losses(tmp_path / "two") == pytest.approx(losses(tmp_path / "one"), rel=1e-3)
    one, two = (read_tensors(tmp_path / name / "weights.safetensors") for name in ("one", "two"))
    for name, tensor in one.tensors.items():
        np.testing.assert_allclose(two.tensors[name], tensor, rtol=0.05, atol=1e-3)
    log = read_log(tmp_path / "two" / "log.jsonl")
    assert next(e for e in log if isinstance(e, Started)).processes == 2


def test_a_killed_worker_ends_the_training(start, tmp_path):
    leader, other = start(2, *TRAIN, "--epochs", 50, "--out", "run")
    assert any("epoch  1/50" in line for line in leader.stdout)
    other.send_signal(signal.SIGKILL)
    printed = leader.communicate()[0]
    assert leader.returncode == 1
    assert "another of the processes ended or can't be reached: go on with --resume run" in printed
    assert "Traceback" not in printed
    done = read_tensors(tmp_path / "run" / "checkpoint.safetensors").metadata["step"]
    assert done == len(losses(tmp_path / "run")) >= 8
    finished(start(1, "train", "--plain", "--resume", "run", "--epochs", done // 8 + 1))
    assert len(losses(tmp_path / "run")) == 8 * (done // 8 + 1)


def test_a_killed_leader_ends_the_training(start, tmp_path):
    leader, other = start(2, *TRAIN, "--epochs", 50, "--out", "run")
    assert any("epoch  2/50" in line for line in leader.stdout)
    leader.send_signal(signal.SIGKILL)
    printed = other.communicate()[0]
    assert other.returncode == 1
    assert "another of the processes ended" in printed
    assert read_tensors(tmp_path / "run" / "checkpoint.safetensors").metadata["step"] >= 8


def test_an_indivisible_batch_size_is_refused(start, tmp_path):
    processes = start(2, *TRAIN, "--batch-size", 33, "--out", "run")
    printed = [process.communicate()[0] for process in processes]
    assert any("2 processes can't share batches of 33 evenly" in text for text in printed)
    assert not (tmp_path / "run").exists()


def test_two_processes_sample_the_same_digits_as_one(start, tmp_path):
    command = ("sample", "-n", 72, "--weights", "reference", "--sampler", "ddim", "--steps", 2,
               "--device", "cpu", "--threads", 1, "-o")  # fmt: skip
    finished(start(1, *command, "one.npz"))
    printed = finished(start(2, *command, "two.npz"))
    assert printed.count("72 digits") == 1
    with np.load(tmp_path / "one.npz") as one, np.load(tmp_path / "two.npz") as two:
        np.testing.assert_array_equal(one["images"], two["images"])
        np.testing.assert_array_equal(one["seeds"], two["seeds"])
        assert json.loads(str(one["meta"])) == json.loads(str(two["meta"]))


def test_torchrun_restarts_a_training_that_lost_a_process(tmp_path):
    """The same command line, begun again by torchrun, goes on from the checkpoint to the end."""
    killed = tmp_path / "killed"
    code = (
        "import os, pathlib, sys\n"
        "from diffviz.core.train.batches import BatchRunner\n"
        "killed, real = pathlib.Path(sys.argv.pop(1)), BatchRunner.next\n"
        "def next_or_die(self, total):\n"
        "    if os.environ['RANK'] == '1' and self._state.step == 3 and not killed.exists():\n"
        "        killed.touch()\n"
        "        os.kill(os.getpid(), 9)\n"
        "    return real(self, total)\n"
        "BatchRunner.next = next_or_die\n"
        f"{MAIN}\n"
    )
    (tmp_path / "dying.py").write_text(code)
    np.savez(tmp_path / "digits.npz", images=synthetic_digits(256)[0])
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    run = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"]
    run += ["--max-restarts", "1", "--master-port", str(port), "dying.py", str(killed), *TRAIN]
    run += ["--epochs", "1", "--out", "run", "--resume"]
    outcome = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stderr
    assert killed.exists()
    assert "resuming after batch 3" in outcome.stdout
    assert len(losses(tmp_path / "run")) == 8
