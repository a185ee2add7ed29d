"""A terminal of so many rows and columns that a command believes to have, and what stands on it."""
import fcntl
import os
import pty
import re
import struct
import termios


def show(text, columns):
    """The lines that stand on a terminal after `text`: carriage return, line feed, and the two sequences that moecast uses (up, clear to the end)."""
    rows, row, column = [""], 0, 0
    for piece in re.findall(r"\x1b\[\d*[A-Z]|\r|\n|[^\r\n\x1b]+", text):
        if piece == "\r":
            column = 0
        elif piece == "\n":
            row += 1
            rows += [""] * (row == len(rows))
        elif piece.endswith("A") and piece[0] == "\x1b":
            row -= int(piece[2:-1])
            assert row >= 0, "moved above the first line"
        elif piece == "\x1b[J":
            rows[row:] = [rows[row][:column]]
        else:
            assert column + len(piece) <= columns or not piece.startswith("  "), f"a line that is rewritten wraps: {piece!r}"
            rows[row] = rows[row][:column].ljust(column) + piece + rows[row][column + len(piece):]
            column += len(piece)
    return rows


def run(words, rows=24, columns=100, env=None):
    """Runs a command on a terminal: its exit code and the pictures it drew, each a list of lines, the last being what is left behind."""
    child, master = pty.fork()
    if not child:
        os.environ.update(env or {})
        os.execv(words[0], [str(word) for word in words])
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    said = b""
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:  # how Linux says that nobody is at the other end
            break
        if not piece:
            break
        said += piece
    os.close(master)
    text = said.decode()
    ends = [match.start() for match in re.finditer(r"\x1b\[\d+A", text)] + [len(text)]  # a picture is whole before the next begins
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), [show(text[:end], columns) for end in ends]
