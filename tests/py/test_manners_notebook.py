"""A real Jupyter kernel: a run with a bar, interrupted as the stop button does, and a kernel that still answers."""

from __future__ import annotations

import queue
import time

import pytest

pytest.importorskip("moecast", reason="the package is not installed: make python")
pytest.importorskip("ipykernel")
manager = pytest.importorskip("jupyter_client.manager")

pytestmark = pytest.mark.slow

PATIENCE_S = 60


class Cell:
    """One executed cell: what the kernel published until it was idle again."""

    def __init__(self) -> None:
        self.streams, self.displays, self.errors, self.result = "", [], [], ""


@pytest.fixture(scope="module")
def kernel():
    km, client = manager.start_new_kernel(kernel_name="python3")
    yield km, client
    client.stop_channels()
    km.shutdown_kernel(now=True)


def take(client, request: str, cell: Cell, until=lambda cell: False) -> bool:
    """Reads messages until the kernel is idle (True) or `until` holds (False)."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            message = client.get_iopub_msg(timeout=1)
        except queue.Empty:
            continue
        if message["parent_header"].get("msg_id") != request:
            continue
        kind, content = message["msg_type"], message["content"]
        if kind == "stream":
            cell.streams += content["text"]
        elif kind in ("display_data", "update_display_data"):
            cell.displays.append(content["data"])
        elif kind == "execute_result":
            cell.result = content["data"]["text/plain"]
        elif kind == "error":
            cell.errors.append(content["ename"])
        elif kind == "status" and content["execution_state"] == "idle":
            return True
        if until(cell):
            return False
    raise AssertionError("the kernel does not answer")


def executed(client, code: str) -> Cell:
    cell = Cell()
    take(client, client.execute(code), cell)
    return cell


def test_a_cell_is_interrupted_and_the_kernel_goes_on(kernel):
    km, client = kernel
    assert not executed(client, "import moecast, time").errors
    whole = executed(client, "moecast.run('baseline', paths=200, seed=1, progress=True).paths")
    assert whole.result == "200" and not whole.errors
    cell = Cell()
    request = client.execute("began = time.monotonic(); moecast.run('baseline', paths=5_000_000, progress=True)")
    assert not take(client, request, cell, until=lambda it: it.displays or it.streams)
    time.sleep(1.0)
    sent = time.monotonic()
    km.interrupt_kernel()
    assert take(client, request, cell)
    seconds = time.monotonic() - sent
    print(f"{1e3 * seconds:.0f} ms from the interrupt to an idle kernel")
    assert cell.errors == ["KeyboardInterrupt"] and seconds < 2.0
    assert executed(client, "1 + 1").result == "2"


def test_a_cell_that_asks_for_it_keeps_what_was_done(kernel):
    km, client = kernel
    cell = Cell()
    request = client.execute("part = moecast.run('baseline', paths=5_000_000, progress=True, partial=True); part.interrupted, 0 < part.paths < part.asked")
    assert not take(client, request, cell, until=lambda it: it.displays or it.streams)
    time.sleep(1.0)
    km.interrupt_kernel()
    assert take(client, request, cell)
    assert cell.errors == [] and cell.result == "(True, True)"
    assert executed(client, "part.mean('cap.gap').shape == (len(part.report_months),)").result == "True"


def test_the_bar_is_a_widget_where_there_are_widgets(kernel):
    pytest.importorskip("ipywidgets")
    pytest.importorskip("tqdm")
    _, client = kernel
    cell = executed(client, "moecast.run('baseline', paths=640, seed=1, progress=True).paths")
    assert cell.result == "640" and any("application/vnd.jupyter.widget-view+json" in display for display in cell.displays)
    assert "Warning" not in cell.streams


def test_other_cells_of_the_event_loop_run_beside_a_run_in_a_thread(kernel):
    _, client = kernel
    cell = executed(client, "import asyncio; (await asyncio.to_thread(moecast.run, 'baseline', 128)).paths")
    assert cell.result == "128" and not cell.errors
