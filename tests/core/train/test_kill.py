"""``kill -9`` of a real training process, at a known place, and going on from there.

A process that has imported everything forks one trainer a test; the trainer says where it is
and waits there to be killed.
"""

import os
import random
import select
import signal
import subprocess
import sys
import time

import pytest

SCRIPT = """
import os, signal, sys
from pathlib import Path

import torch
from diffviz.core.data import ImageData
from diffviz.core.recipes import TrainConfig
from diffviz.core.runs import RunFolder
from diffviz.core.data.synthetic import synthetic_digits
from diffviz.core.train import Extras, train

torch.set_num_threads(1)
weight = torch.nn.Parameter(torch.zeros(1))
weight.grad = torch.zeros(1)
torch.optim.AdamW([weight], fused=True).step()  # imports the rest, once for all children

def run(folder, place):
    images, labels = synthetic_digits(26)
    data = ImageData("synthetic", images, labels, "md5")
    config = TrainConfig(dataset="synthetic", epochs=2, batch_size=8, lr=1e-3)

    def here(name):
        if name == place:
            print(os.getpid(), flush=True)
            signal.pause()

    rename = os.replace
    def replace(source, target):
        if Path(target).name == "checkpoint.safetensors" and Path(target).exists():
            here("writing the second checkpoint")
        rename(source, target)
    os.replace = replace

    path = Path(folder)
    extras = Extras(checkpoint_every_s=60.0)
    if place == "anywhere":  # mostly writing, then
        extras = Extras(checkpoint_every_s=0.0, preview_every=2)
        print(os.getpid(), flush=True)
    resume = (path / "config.json").exists()
    opened = RunFolder.open(path) if resume else RunFolder.create(path, config, {})
    with opened as run:
        for event in run.record(train(config, data, path, resume=resume, extras=extras)):
            here(f"{type(event).__name__} {event.step}")

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        run(*line.rstrip("\\n").split("\\t"))
        os._exit(0)
    print("end", os.waitpid(child, 0)[1], flush=True)
"""

PLACES = {
    "Batch 1": 0,  # before there is any checkpoint
    "Batch 3": 0,  # an epoch's batches are done, its event is not
    "Batch 5": 3,
    "writing the second checkpoint": 3,
    "CheckpointSaved 6": 6,
}


class Trainers:
    """Starts one trainer after the other."""

    def __init__(self, process) -> None:
        self.process = process

    def start(self, folder, place: str) -> None:
        self.process.stdin.write(f"{folder}\t{place}\n")
        self.process.stdin.flush()

    def answer(self) -> list[str]:
        return self.process.stdout.readline().split()

    def ends_within(self, seconds: float) -> bool:
        return bool(select.select([self.process.stdout], [], [], seconds)[0])


@pytest.fixture(scope="module")
def trainers():
    command = [sys.executable, "-c", SCRIPT]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    yield Trainers(process)
    process.kill()
    process.communicate()


@pytest.fixture(scope="module")
def uninterrupted(trainers, tmp_path_factory):
    """Return the folder of a run that nobody killed, made by the same script."""
    run = tmp_path_factory.mktemp("uninterrupted") / "run"
    trainers.start(run, "-")
    assert trainers.answer() == ["end", "0"]
    return run


@pytest.mark.parametrize("place", PLACES)
def test_a_killed_training_resumes_to_the_same_bits(new_training, trainers, uninterrupted, place):
    training = new_training(architecture="reference-unet")
    trainers.start(training.run, place)
    (trainer,) = trainers.answer()
    os.kill(int(trainer), signal.SIGKILL)
    assert trainers.answer() == ["end", str(int(signal.SIGKILL))]
    leftovers = list(training.run.rglob(".*.tmp"))
    assert bool(leftovers) == place.startswith("writing")

    whole = new_training(architecture="reference-unet")
    whole.run = uninterrupted
    started, *_ = training.sit(resume=True)
    assert started.step == PLACES[place]
    assert training.result() == whole.result()


@pytest.mark.slow
def test_twenty_random_kills_end_with_the_same_bits(
    trainers, new_training, uninterrupted, tmp_path, tell
):
    """Each kill falls anywhere in a sitting: between batches, within one, while writing."""
    chance = random.Random(20)
    whole = new_training(architecture="reference-unet")
    whole.run = uninterrupted
    began = time.monotonic()
    trainers.start(tmp_path / "timed", "anywhere")
    trainers.answer()
    assert trainers.answer() == ["end", "0"]
    sitting = time.monotonic() - began
    kills = writing = 0
    training = new_training("run-0", architecture="reference-unet")
    while kills < 20:
        trainers.start(training.run, "anywhere")
        (trainer,) = trainers.answer()
        if not trainers.ends_within(chance.uniform(0, 0.8 * sitting)):
            os.kill(int(trainer), signal.SIGKILL)
        if trainers.answer() == ["end", "0"]:  # too late
            training = new_training(f"again-{kills}", architecture="reference-unet")
            continue
        kills += 1
        writing += any(training.run.rglob(".*.tmp"))
        if kills % 4 == 0:  # from here to the end, then another run
            training.sit(resume=(training.run / "config.json").exists())
            assert training.result() == whole.result()
            training = new_training(f"run-{kills}", architecture="reference-unet")
    tell(f"train, checkpoint after every batch | kill -9 at random moments, {writing} while a "
         f"file was written | {kills} | same bits")  # fmt: skip
