"""The command, as ``moecast`` and ``python -m moecast``: the C library's own, so that it behaves like the compiled one."""

import signal
import sys

from . import _core


def main() -> int:
    """Run the command line of this process and return its exit code."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it: a reader that leaves, as `head` does, would be reported as a fault
    if sys.stdout is not None:  # None where it was closed before the start
        sys.stdout.flush()
    return _core.command(["moecast", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
