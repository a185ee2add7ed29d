"""The command, as ``moecast`` and ``python -m moecast``: the C library's own, so that it behaves like the compiled one."""

import sys

from . import _core


def main() -> int:
    """Run the command line of this process and return its exit code."""
    sys.stdout.flush()
    return _core.command(["moecast", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
