"""How tests are shared out between processes: a file's tests stay together, because they share what they set up; those marked `alone` share nothing and
are dealt singly, last, so that no process waits for another."""
import pytest


def pytest_collection_modifyitems(items):
    for item in items:
        if not item.get_closest_marker("alone"):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.split("::")[0]))
