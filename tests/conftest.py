"""How tests are shared out between processes: a file's tests stay together, because they share what they set up; those marked `alone` share nothing and
are dealt singly, last, so that no process waits for another."""
import signal

import pytest


def pytest_configure():
    """Whoever starts the tests in the background of a shell makes them deaf to Ctrl-C, and tests of Ctrl-C would wait for ever."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items):
    for item in items:
        if not item.get_closest_marker("alone"):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.split("::")[0]))
