"""The CPU limit of a container, as both versions of Linux control groups write it."""

import os

import pytest

from diffviz.core.machine import cpu_quota, device


@pytest.fixture
def groups(tmp_path, monkeypatch):
    """Return a function that makes the process a member of control groups with limits."""
    monkeypatch.setattr(cpu_quota, "_MOUNT", tmp_path)
    monkeypatch.setattr(cpu_quota, "_MEMBERSHIP", tmp_path / "membership")

    def make(membership, **files):
        (tmp_path / "membership").write_text(membership)
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)

    return make


V2 = "0::/pod/box\n"
V1 = "4:memory:/pod\n3:cpuacct,cpu:/pod\n"


@pytest.mark.parametrize(
    ("membership", "files", "limit"),
    [
        (V2, {}, None),
        (V2, {"cpu.max": "max 100000\n"}, None),
        (V2, {"pod/box/cpu.max": "200000 100000\n"}, 2),
        (V2, {"pod/box/cpu.max": "150000 100000\n"}, 2),
        (V2, {"pod/box/cpu.max": "5000 100000\n"}, 1),
        (V2, {"pod/box/cpu.max": "max 100000\n", "pod/cpu.max": "300000 100000\n"}, 3),
        (V2, {"pod/box/cpu.max": "500000 100000\n", "pod/cpu.max": "300000 100000\n"}, 3),
        ("0::/../host/path\n", {"cpu.max": "400000 100000\n"}, 4),
        (V2, {"pod/box/cpu.max": "many\n", "pod/cpu.max": "1 0\n"}, None),
        (V1, {"cpuacct,cpu/pod/cpu.cfs_quota_us": "100000", "cpuacct,cpu/pod/cpu.cfs_period_us":
              "100000"}, 1),
        (V1, {"cpu/cpu.cfs_quota_us": "350000", "cpu/cpu.cfs_period_us": "100000"}, 4),
        (V1, {"cpu/pod/cpu.cfs_quota_us": "-1", "cpu/pod/cpu.cfs_period_us": "100000"}, None),
        ("damaged", {}, None),
    ],
)  # fmt: skip
def test_the_tightest_limit_counts(groups, membership, files, limit):
    groups(membership, **files)
    assert cpu_quota.cpu_quota() == limit


def test_without_control_groups_there_is_no_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(cpu_quota, "_MEMBERSHIP", tmp_path / "none")
    assert cpu_quota.cpu_quota() is None


@pytest.mark.parametrize(("limit", "threads"), [(None, 6), (2, 2), (64, 6)])
def test_the_default_number_of_threads_keeps_the_limit(monkeypatch, limit, threads):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(6)), raising=False)
    monkeypatch.setattr(device, "cpu_quota", lambda: limit)
    assert device.default_threads() == threads
