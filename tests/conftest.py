"""How tests are shared out between processes: a file's tests stay together, because they share what they set up, and the longest files go first; those of ALONE
share nothing and are dealt singly, last, so that no process waits for another. tests/py/test_sharing_out.py sees that it is so."""
import signal

import pytest

LONG = ("test_command.py", "test_report.py", "test_batch.py", "test_compare.py", "test_comparison_report.py", "test_cost_oracle.py", "test_check_workbook.py", "test_parts_of_sampled_runs.py", "test_parts_of_runs.py", "test_small_runs.py")
ALONE = ("test_oracle_agreement.py::test_c_core_equals_the_oracle", "test_report.py::test_hostile_text", "test_report.py::test_a_segment_may_play", "test_notebooks.py::test_notebook_runs", "test_alone.py::")


def pytest_configure(config):
    """Whoever starts the tests in the background of a shell makes them deaf to Ctrl-C, and tests of Ctrl-C would wait for ever."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    config.option.loadscopereorder = False  # xdist would begin with the files of the most tests, which are not the longest


def is_alone(nodeid):
    return any(name in nodeid for name in ALONE)


def place(item):
    name = item.path.name
    return len(LONG) + 1 if is_alone(item.nodeid) else LONG.index(name) if name in LONG else len(LONG)


def pytest_collection_modifyitems(items):
    items.sort(key=place)


@pytest.hookimpl(optionalhook=True)  # there are no processes without xdist
def pytest_xdist_make_scheduler(config, log):
    """A scheduler of our own: groups of `--dist loadgroup` are lost without a word by pytest 9.2, which keeps names of tests elsewhere than xdist 3.8 writes them."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return nodeid if is_alone(nodeid) else nodeid.split("::")[0]

    return ByFile(config, log)
