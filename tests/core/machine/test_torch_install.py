"""The command that brings PyTorch into an environment, and the errors that have it."""

import json
import sys

import pytest

from diffviz.core.machine import torch_install
from diffviz.core.machine.torch_install import (
    MissingTorchError,
    import_torch,
    installation,
    is_installed,
    require_torch,
)

CPU_INDEX = ("--index-url", "https://download.pytorch.org/whl/cpu")
BOTH = ("torch", "torchvision")


@pytest.fixture
def prefix(tmp_path, monkeypatch):
    """Return an empty folder in the place of the environment, on Linux, without uv or pipx."""
    folder = tmp_path / "share" / "tools" / "diffviz"
    folder.mkdir(parents=True)
    monkeypatch.setattr(sys, "prefix", str(folder))
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("PIPX_HOME", raising=False)
    return folder


def test_pip_of_this_interpreter(prefix):
    found = installation()
    assert found.install == (sys.executable, "-m", "pip", "install", *BOTH)
    assert found.install_cpu == (*found.install, *CPU_INDEX)
    assert found.reinstall == (*found.install, "--force-reinstall")
    assert not found.runs_diffviz


def test_an_environment_that_uv_made(prefix):
    (prefix / "pyvenv.cfg").write_text("home = /usr/bin\nuv = 0.9.1\nversion_info = 3.12.1\n")
    found = installation()
    assert found.install == ("uv", "pip", "install", "--python", sys.executable, *BOTH)
    assert found.install_cpu == (*found.install, "--torch-backend", "cpu")


def test_an_environment_of_venv_is_not_uvs(prefix):
    (prefix / "pyvenv.cfg").write_text("home = /opt/uv = 1\ncommand = /usr/bin/python -m venv\n")
    assert installation().install[1:3] == ("-m", "pip")


def test_without_pip_uv_serves_if_it_is_there(prefix, monkeypatch):
    monkeypatch.setitem(sys.modules, "pip", None)
    assert installation().install[1:3] == ("-m", "pip")
    uv = prefix.parents[2] / "uv"
    uv.write_text("#!/bin/sh\n")
    uv.chmod(0o755)
    assert installation().install[:3] == ("uv", "pip", "install")


def test_pipx_by_its_file_and_by_its_folders(prefix, monkeypatch):
    expected = ("pipx", "inject", "diffviz", *BOTH)
    monkeypatch.setenv("PIPX_HOME", str(prefix.parents[1]))
    assert installation().install[0] == sys.executable
    venvs = prefix.parents[1] / "venvs" / "diffviz"
    monkeypatch.setattr(sys, "prefix", str(venvs))
    assert installation().install == expected
    monkeypatch.delenv("PIPX_HOME")
    monkeypatch.setattr(sys, "prefix", "/home/me/.local/share/pipx/venvs/diffviz")
    assert installation().install == expected
    monkeypatch.setattr(sys, "prefix", str(prefix))
    (prefix / "pipx_metadata.json").write_text("{}")
    (prefix / "pyvenv.cfg").write_text("uv = 0.9\n")  # pipx may have uv make its environments
    assert installation().install == expected
    assert installation().install_cpu == (*expected, *CPU_INDEX)
    assert installation().reinstall == (*expected, "--force")


@pytest.mark.parametrize(
    ("requirement", "source"),
    [
        ('{ name = "diffviz", directory = "/src/diff viz" }', ("/src/diff viz",)),
        ('{ name = "diffviz", editable = "/src" }', ("--editable", "/src")),
        ('{ name = "diffviz" }', ("diffviz",)),
        ('{ name = "rich-x" }, { name = "diffviz" }', ("--with", "rich-x", "diffviz")),
    ],
)
def test_a_tool_of_uv_is_installed_again_from_where_it_came(prefix, requirement, source):
    receipt = prefix / "uv-receipt.toml"
    receipt.write_text(f"[tool]\nrequirements = [{requirement}]\n")
    both = ("--with", "torch", "--with", "torchvision")
    assert installation().install == ("uv", "tool", "install", *both, *source)


@pytest.mark.parametrize("damaged", ["", "[tool", "[tool]\nrequirements = [3]\n", "tool = 1\n"])
def test_a_damaged_receipt_still_gives_a_command(prefix, damaged):
    (prefix / "uv-receipt.toml").write_text(damaged)
    assert installation().install[-1] == "diffviz"


def test_uvx_runs_the_same_command_again(prefix, monkeypatch):
    monkeypatch.setattr(sys, "prefix", "/home/me/.cache/uv/archive-v0/abc")
    monkeypatch.setattr(sys, "argv", ["diffviz", "train", "--epochs", "2"])
    found = installation()
    assert found.runs_diffviz
    assert found.install[:2] == ("uvx", "--from")
    both = ("--with", "torch", "--with", "torchvision")
    assert found.install[3:] == (*both, "diffviz", "train", "--epochs", "2")


def test_the_source_of_uvx_is_the_folder_of_the_installation(monkeypatch):
    class Distribution:
        def read_text(self, _name):
            return json.dumps({"url": "file:///src/diff%20viz", "dir_info": {}})

    monkeypatch.setattr("importlib.metadata.distribution", lambda _name: Distribution())
    monkeypatch.setattr(sys, "prefix", "/home/me/.cache/uv/archive-v0/abc")
    assert installation().install[2] == "/src/diff viz"


def test_only_linux_has_a_build_without_cuda_to_choose(prefix, monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert installation().install_cpu is None
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingTorchError) as caught:
        require_torch("training")
    assert str(caught.value).endswith("-m pip install torch torchvision")


@pytest.mark.parametrize("package", BOTH)
def test_the_error_has_the_purpose_and_both_commands(prefix, monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)
    assert not is_installed(package)
    with pytest.raises(MissingTorchError) as caught:
        import_torch("training", package)
    text = str(caught.value)
    assert text.startswith("training needs ")
    assert "which is not installed" in text
    assert f"{sys.executable} -m pip install torch torchvision" in text
    assert CPU_INDEX[1] in text
    assert "\n" not in text


@pytest.mark.parametrize(
    "trouble",
    [
        "RuntimeError('operator torchvision::nms does not exist')",
        "OSError('libcudart.so.12: cannot open shared object file')",
        "ImportError('bad')",
        "AttributeError('partially initialized')",
    ],
)
def test_a_package_whose_import_fails_is_named_with_its_error(
    prefix, monkeypatch, tmp_path, trouble
):
    monkeypatch.setattr(sys, "path", [str(tmp_path / "broken"), *sys.path])
    for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        monkeypatch.delitem(sys.modules, name)
    folder = tmp_path / "broken" / "torchvision"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(f"raise {trouble}\n")
    require_torch("downloading", "torchvision")  # it is there
    with pytest.raises(MissingTorchError) as caught:
        import_torch("downloading", "torchvision")
    name, _, rest = trouble.partition("('")
    text = str(caught.value)
    assert f"installed but can't be loaded ({name}: {rest[:-2]})" in text
    assert "pip install torch torchvision --force-reinstall" in text


def test_is_installed_loads_nothing():
    loaded = set(sys.modules)
    assert not is_installed("no_such_package_at_all")
    assert is_installed("json")
    assert is_installed("wave")
    assert "wave" in loaded or "wave" not in sys.modules
    assert torch_install.PACKAGES == BOTH
