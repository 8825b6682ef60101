"""Batch size and threads for many digits: measured once, where it pays, and never at a cost."""

import os

import numpy as np
import pytest

from diffviz.core.machine.distributed import Group
from diffviz.core.models.weights import Weights
from diffviz.core.samples import plan as sample_plan
from diffviz.core.samples.plan import BATCH, SamplePlan, plan_sampling, step_threads

NOTHING = Weights("test", "raw", "reference-unet", {}, {})


class Network:
    """Costs time on the machine's clock and does nothing."""

    def __init__(self, machine, threads, name):
        self.machine, self.threads, self.name = machine, threads, name

    def __call__(self, x_t, timestep):
        self.machine.passes += 1
        self.machine.now += self.machine.costs(len(x_t), self.threads)
        return x_t


@pytest.fixture(autouse=True)
def machine(tmp_path, monkeypatch):
    """A machine of four cores whose passes take as long as ``costs`` says; count its probes."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(sample_plan, "process_threads", lambda: 4)
    monkeypatch.setattr(sample_plan, "default_threads", lambda: 4)
    monkeypatch.setattr(os, "getloadavg", lambda: (1.0, 0.0, 0.0), raising=False)

    class Machine:
        now = 0.0
        passes = 0
        costs = staticmethod(lambda batch, threads: batch / threads)

        def open(self, weights, device, threads, *, precision, backend):
            return Network(self, threads, backend)

    machine = Machine()
    monkeypatch.setattr(sample_plan, "open_backend", machine.open)
    monkeypatch.setattr(sample_plan.time, "perf_counter", lambda: machine.now)
    return machine


def plan(passes=1_000_000, device="cpu", **options):
    return plan_sampling(NOTHING, device, passes, **options)


@pytest.mark.parametrize(
    ("costs", "expected"),
    [
        (lambda batch, threads: batch / threads, (32, 4)),  # all sizes are equal: nothing changes
        (lambda batch, threads: (batch + 40) / threads, (256, 4)),
        (lambda batch, threads: (batch + 40) * (1 + (batch > 100)) / threads, (64, 4)),
        (lambda batch, threads: batch**1.5 / threads, (8, 4)),
        (lambda batch, threads: batch * threads, (32, 1)),  # somebody else has the cores
        (lambda batch, threads: batch * abs(threads - 2.1), (32, 2)),
    ],
)
def test_the_fastest_plan_is_chosen(machine, costs, expected):
    machine.costs = costs
    assert plan() == SamplePlan(*expected)


def test_each_kind_of_work_is_measured_once(machine):
    first = plan()
    probed = machine.passes
    assert probed > 0
    assert plan(2_000_000) == first
    assert machine.passes == probed
    plan(backend="pytorch")
    assert machine.passes > probed


@pytest.mark.parametrize(
    ("options", "threads"),
    [({"passes": 50_000}, 4), ({"threads": 3}, 3)],
)
def test_fixed_options_are_planned_without_measuring(machine, options, threads):
    assert plan(**options) == SamplePlan(BATCH, threads)
    assert machine.passes == 0


def test_a_gpu_has_no_threads_to_choose(machine, monkeypatch):
    monkeypatch.setattr(sample_plan, "device_name", lambda device: "a GPU")
    machine.costs = lambda batch, threads: (batch + 500) * (5 - threads)
    assert plan(device="cuda") == SamplePlan(256, 4)
    machine.costs = lambda batch, threads: (batch + 500) * threads
    assert plan(device="cuda:1") == SamplePlan(256, 4)


def test_processes_of_a_group_use_the_batch_size_of_the_first(machine, monkeypatch):
    given = []

    def total(self, values):
        given.append(values.copy())
        return np.array([128.0])

    monkeypatch.setattr(Group, "sum", total)
    assert plan(group=Group(1, 2)) == SamplePlan(128, 4)
    assert given == [np.array([0.0])]
    assert plan(group=Group(0, 2)) == SamplePlan(128, 4)
    assert given[1] == np.array([32.0])


def test_without_a_writable_cache_a_plan_is_measured(machine, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert plan() == SamplePlan(32, 4)


def beside_a_screen(device="cpu", precision="fp32"):
    return step_threads(NOTHING, device, precision=precision, backend="auto")


@pytest.mark.parametrize(
    ("costs", "threads"),
    [
        (lambda batch, threads: 1 / threads, 7),
        (lambda batch, threads: 1.0, 1),
        (lambda batch, threads: threads, 1),
        (lambda batch, threads: abs(threads - 4.1), 4),
    ],
)
def test_one_digit_gets_the_threads_that_help_but_never_all(machine, monkeypatch, costs, threads):
    monkeypatch.setattr(sample_plan, "default_threads", lambda: 8)
    machine.costs = costs
    assert beside_a_screen() == threads
    probed = machine.passes
    assert beside_a_screen() == threads
    assert machine.passes == probed, "known by now"
    beside_a_screen(precision="bf16")
    assert machine.passes > probed


@pytest.mark.parametrize(
    ("cores", "device", "threads"), [(1, "cpu", 1), (2, "cpu", 1), (8, "mps", 7)]
)
def test_threads_during_a_screen_are_fixed_where_there_is_no_choice(
    machine, monkeypatch, cores, device, threads
):
    monkeypatch.setattr(sample_plan, "default_threads", lambda: cores)
    assert beside_a_screen(device) == threads
    assert machine.passes == 0


def test_a_plan_measured_on_a_busy_machine_is_not_cached(machine, monkeypatch):
    machine.costs = lambda batch, threads: batch * threads
    monkeypatch.setattr(os, "getloadavg", lambda: (2.5, 0.0, 0.0))
    assert plan() == SamplePlan(32, 1)
    machine.costs = lambda batch, threads: batch / threads
    assert plan() == SamplePlan(32, 4)
    monkeypatch.setattr(os, "getloadavg", lambda: (0.1, 9.0, 9.0))
    assert plan() == SamplePlan(32, 4)
    machine.costs = lambda batch, threads: batch * threads
    assert plan() == SamplePlan(32, 4), "kept now"
    monkeypatch.setattr(os, "getloadavg", lambda: (2.5, 0.0, 0.0))
    assert plan() == SamplePlan(32, 4), "what is kept is better than what is measured now"
