"""Every planted fault is refused with one line on stderr that names the file, the line, the column, the key and what is wrong.

The faults stand in tests/scenarios/faults, one a file; what is expected stands behind the scenario in comments that begin with `#!`. Faults that are
too large or no text at all are made here.
"""

import os
import pathlib
import subprocess
import tempfile

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
FAULTS = ROOT / "tests" / "scenarios" / "faults"
MOECAST = pathlib.Path(os.environ.get("MOECAST_BIN", ROOT / "build" / "moecast"))
SCENARIO_FAULT, FILE_FAULT = 2, 4
HEAD = "moecast: 1\nname: fault\nextends: baseline\n"

pytestmark = pytest.mark.skipif(not MOECAST.exists(), reason=f"{MOECAST} is not built; set MOECAST_BIN")


def check(path, user=None, **environment):
    """Runs `moecast check`, as another user when one is given; returns its exit code and the one line it printed."""
    env = {**os.environ, "MOECAST_SCENARIOS": str(ROOT / "scenarios"), **environment}
    done = subprocess.run([MOECAST, "check", path], capture_output=True, text=True, env=env, timeout=20, check=False, user=user)
    lines = done.stderr.splitlines()
    assert done.returncode != 0, "the fault was not noticed"
    assert len(lines) == 1, f"expected one line, got {lines}"
    return done.returncode, lines[0]


def expectations(path):
    """{"place": [...], "key": [...], "words": [...]} from the comments behind a fault."""
    found = {"place": [], "key": [], "words": []}
    for line in path.read_text().splitlines():
        if line.startswith("#! "):
            name, _, value = line[3:].partition(":")
            found[name].append(value.strip())
    return found


def test_there_are_more_than_a_hundred_faults():
    assert len(list(FAULTS.glob("*.yaml"))) > 100


@pytest.mark.parametrize("path", sorted(FAULTS.glob("*.yaml")), ids=lambda path: path.stem)
def test_fault_is_refused(path):
    expected = expectations(path)
    (place,), (key,) = expected["place"], expected["key"]
    assert expected["words"], "a fault without expected words tests nothing"
    file_missing = any(word in ("cannot be opened", "there is no folder") or word.startswith(("there is no file", "there is only a folder")) for word in expected["words"])
    code, line = check(path)
    assert code == (FILE_FAULT if file_missing else SCENARIO_FAULT), line
    # A place may name another file: the one where the text stands that came through extends.
    assert f"{place}" in line if ".yaml:" in place else line.startswith(f"{path}:{place}"), line
    if key:
        assert f": {key}: " in line
    for words in expected["words"]:
        assert words in line


def write(tmp_path, content):
    path = tmp_path / "fault.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def aliases(depth):
    """A few hundred bytes that would be 10^depth values if aliases were followed."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, depth)]
    return HEAD + "\n".join(lines) + "\n"


MADE = {
    "empty file": ("", "1:1", "the file is empty"),
    "binary file": (bytes(range(256)), "1:1", "NUL byte"),
    "ELF header": (b"\x7fELF\x02\x01\x01" + bytes(64), "1:1", "U+007F"),
    "UTF-16": ("moecast: 1\n".encode("utf-16"), "1:1", "0xff is not valid UTF-8"),
    "invalid UTF-8": (HEAD.encode() + b"title: caf\xe9\n", "4:11", "0xe9 is not valid UTF-8"),
    "over-long UTF-8": (HEAD.encode() + b"title: \xc0\xaf\n", "4:8", "0xc0 is not valid UTF-8"),
    "NUL byte": (HEAD.encode() + b"title: a\x00b\n", "4:9", "NUL byte"),
    "escape character": (HEAD.encode() + b"title: \x1b[31mred\n", "4:8", "U+001B"),
    "alias bomb": (aliases(9), "4:5", "anchors"),
    "line of 10 MB": (HEAD + "title: " + "x" * 10_000_000 + "\n", "", "larger than 4 MiB"),
    "line of 100 kB": (HEAD + "title: " + "x" * 100_000 + "\n", "4:1", "longer than 65536 bytes"),
    "file of 5 MB": (HEAD + "# comment\n" * 500_000, "", "larger than 4 MiB"),
    "deep nesting": (HEAD + "title: " + "[" * 5000 + "]" * 5000 + "\n", "4:", "nested more than 32 deep"),
    "deep maps": (HEAD + "title: " + "{a: " * 2000 + "1" + "}" * 2000 + "\n", "4:", "nested more than 32 deep"),
    "many values": (HEAD + "title: [\n" + "1,\n" * 250_000 + "]\n", "", "more than 200000 values"),
    "long text": (HEAD + "title: |\n" + "  words and more words\n" * 300, "4:8", "longer than 4096 bytes"),
    "many segments": (HEAD + f"segments: [{', '.join(f's{i}' for i in range(9))}]\n", "4:11", "has 9 entries, wanted 1 to 8"),
    "many knots": (HEAD + f"cap: {{g_f: {{discrete: {{values: {[15] * 33}, weights: {[1] * 33}}}}}}}\n", "4:32", "has 33 numbers, at most 32"),
    "line feeds in a name": (HEAD + 'cap: {"g_f\\n\\n": 15}\n', "4:7", "unknown key"),
    "long key": (HEAD + f"cap: {{{'g' * 900}: 15}}\n", "4:7", "unknown key"),
}


@pytest.mark.parametrize("name", MADE, ids=lambda name: name.replace(" ", "_"))
def test_made_fault_is_refused(name, tmp_path):
    content, place, words = MADE[name]
    path = write(tmp_path, content)
    code, line = check(path)
    assert code == SCENARIO_FAULT, line
    assert line.startswith(f"{path}:{place}"), line
    assert words in line


def test_chain_of_ten_is_refused_and_named(tmp_path):
    for i in range(10):
        base = f"./s{i + 1}.yaml" if i < 9 else "baseline"
        (tmp_path / f"s{i}.yaml").write_text(f"moecast: 1\nname: s{i}\nextends: {base}\n")
    code, line = check(tmp_path / "s0.yaml")
    assert code == SCENARIO_FAULT
    assert f"{tmp_path}/s8.yaml:3:10: extends: more than 8 scenarios build on each other: s0.yaml → s1.yaml" in line


def test_missing_input_is_named_with_its_meaning(tmp_path):
    path = write(tmp_path, HEAD + "cap: {g_f: null}\n")
    code, line = check(path)
    assert code == SCENARIO_FAULT
    assert line == f"{path}:4:1: cap.g_f: is missing: Growth of the closed frontier at equal efforts"


def test_folder_is_no_scenario(tmp_path):
    folder = tmp_path / "folder.yaml"
    folder.mkdir()
    code, line = check(folder)
    assert code == FILE_FAULT
    assert line.startswith(f"{folder}: cannot be read: ")


def test_missing_file_is_named(tmp_path):
    code, line = check(tmp_path / "nowhere.yaml")
    assert code == FILE_FAULT
    assert line == f"{tmp_path / 'nowhere.yaml'}: cannot be opened: No such file or directory"


def test_unreadable_file_is_named():
    """Root may read every file, so nobody reads for it, in a folder that is open to all."""
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder).chmod(0o755)
        path = write(pathlib.Path(folder), HEAD)
        path.chmod(0)
        try:
            code, line = check(path, user=65534 if os.geteuid() == 0 else None)
        except PermissionError:
            pytest.skip("an unprivileged user cannot read the program here")
    assert code == FILE_FAULT
    assert line == f"{path}: cannot be opened: Permission denied"


def test_unknown_name_lists_the_shipped_ones():
    code, line = check("baselin")
    assert code == SCENARIO_FAULT
    assert "no shipped scenario is called 'baselin'" in line
    assert "no_rubin" in line
    assert line.endswith("(did you mean 'baseline'?)")


def test_an_empty_home_is_named_with_the_way_to_mend_it(tmp_path):
    code, line = check("baseline", MOECAST_SCENARIOS=str(tmp_path))
    assert code == SCENARIO_FAULT
    assert str(tmp_path) in line and "set MOECAST_SCENARIOS" in line
