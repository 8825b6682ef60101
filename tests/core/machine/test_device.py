"""Which device a name means."""

import pytest

from diffviz.core.machine import device


@pytest.mark.parametrize("system", ["linux", "darwin"])
def test_without_torch_the_cpu_is_all_there_is(monkeypatch, system):
    def never(name):
        raise AssertionError("torch was asked")

    monkeypatch.setattr(device.sys, "platform", system)
    monkeypatch.setattr(device, "_GPU_FILES", ("/",))
    monkeypatch.setattr(device, "is_installed", lambda: False)
    monkeypatch.setattr(device, "pick_device", never)
    assert device.find_device("auto") == "cpu"
