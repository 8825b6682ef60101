"""While the app starts nobody looks for garbage; numpy gets one thread, its children as many."""

import asyncio
import gc
import os
import subprocess
import sys

import pytest

from diffviz.tui.terminal import startup
from diffviz.tui.terminal_app import TerminalApp


@pytest.fixture(autouse=True)
def _collector():
    yield
    gc.enable()
    gc.unfreeze()


def test_garbage_collection_is_off_until_the_first_frame():
    states = []

    class App(TerminalApp):
        def on_mount(self):
            states.append(gc.isenabled())

    async def main():
        async with App().run_test() as pilot:
            await pilot.pause()
            states.append(gc.isenabled())

    startup.begin()
    asyncio.run(main())
    assert states == [False, True]
    assert gc.get_freeze_count() > 1000


def test_without_begin_nothing_is_frozen():
    startup.done()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


def test_garbage_collection_is_on_after_other_commands(diffviz):
    assert diffviz("doctor").status == 0
    assert gc.isenabled()
    assert diffviz("doctor", "--none").status == 2
    assert gc.isenabled()


@pytest.mark.parametrize("before", ["", "3"])
def test_child_processes_get_the_users_thread_setting(before):
    name = "OPENBLAS_NUM_THREADS"
    environment = {key: value for key, value in os.environ.items() if key != name}
    code = "from diffviz.tui.terminal import startup; startup.begin(); "
    code += f"import os, sys; assert 'numpy' in sys.modules or {bool(before)}; "
    code += f"print(os.environ.get({name!r}, ''))"
    command = [sys.executable, "-P", "-c", code]
    environment |= {name: before} if before else {}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == before
