"""Builds moecast._core against the one static library that make builds: what the command runs and the tests test is what Python ships."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from setuptools import Extension, find_packages, setup
from setuptools.command.build_ext import build_ext
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
BUILD = os.environ.get("MOECAST_BUILD", "build")
ARCHIVE = f"{BUILD}/libcsim.a"

# A header that must be found, and the Debian package that has it.
HEADERS = {
    "gsl/gsl_version.h": "libgsl-dev",
    "xlsxwriter.h": "libxlsxwriter-dev",
    "yaml.h": "libyaml-dev",
    "sqlite3.h": "libsqlite3-dev",
}
WARNINGS = [
    "-Wall",
    "-Wextra",
    "-Wpedantic",
    "-Wshadow",
    "-Wconversion",
    "-Wstrict-prototypes",
    "-Wmissing-prototypes",
    "-Wvla",
    "-Wdouble-promotion",
]


def compiler() -> str:
    return os.environ.get("CC", "gcc")


def has_header(name: str) -> bool:
    probe = [*compiler().split(), "-E", "-x", "c", "-"]
    return subprocess.run(probe, input=f"#include <{name}>\n", text=True, capture_output=True, check=False).returncode == 0


def check_machine() -> None:
    """One sentence that says what to install, instead of a page of compiler output."""
    missing = [program for program in (compiler().split()[0], "make", "ar") if not shutil.which(program)]
    if not missing:
        missing = [package for header, package in HEADERS.items() if not has_header(header)]
        if not Path(sysconfig.get_path("include"), "Python.h").exists():
            missing.append("python3-dev")
    if missing:
        packages = " ".join({"ar": "binutils"}.get(name, name) for name in missing)
        sys.exit(f"moecast needs programs or libraries that are not installed; on Debian run as root: apt-get install {packages}")


def make_archive() -> None:
    """Makes libcsim.a when it is missing or stale. The packages were checked, so make must not fetch any (-o: its list of them counts as ready)."""
    command = ["make", "--no-print-directory", "-s", f"-j{os.cpu_count() or 1}", "-o", ".venv/ready", f"BUILD={BUILD}", ARCHIVE]
    environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
        sys.exit(f"moecast's C library does not build: {' '.join(command)} failed in {ROOT}")


def find_data(folder: Path) -> list[str]:
    """Every file below a folder, by its path in it."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


class BuildPackages(build_py):
    """Begins with an empty folder but for the compiled module: a file that the tree lost must not live on in the wheel."""

    def run(self) -> None:
        for path in Path(self.build_lib, "moecast").rglob("*"):
            if path.is_file() and path.suffix != ".so":
                path.unlink()
        super().run()


class BuildCore(build_ext):
    def run(self) -> None:
        check_machine()
        make_archive()
        super().run()


os.chdir(ROOT)
Path(BUILD, "python").mkdir(parents=True, exist_ok=True)
setup(
    packages=[*find_packages("pyext", include=["moecast", "moecast.*"]), "moecast.scenarios"],
    package_dir={"": "pyext", "moecast.scenarios": "scenarios"},
    package_data={"moecast": ["py.typed", "*.pyi"], "moecast.scenarios": find_data(ROOT / "scenarios")},
    ext_modules=[
        Extension(
            "moecast._core",
            sources=sorted(str(path.relative_to(ROOT)) for path in (ROOT / "pyext/core").glob("*.c")),
            depends=[ARCHIVE, "csim/csim.h", "pyext/core/core.h", "pyext/core/token_cost.h"],
            include_dirs=["."],
            define_macros=[("Py_LIMITED_API", "0x030B0000"), ("_GNU_SOURCE", None)],
            extra_objects=[ARCHIVE],
            libraries=["gsl", "gslcblas", "xlsxwriter", "yaml", "sqlite3", "m", "pthread"],
            extra_compile_args=["-std=c11", "-O2", "-ffp-contract=off", "-fvisibility=hidden", *WARNINGS],
            extra_link_args=["-Wl,--exclude-libs,ALL"],
            py_limited_api=True,
        )
    ],
    cmdclass={"build_py": BuildPackages, "build_ext": BuildCore},
    options={
        "build": {"build_base": f"{BUILD}/python"},
        "egg_info": {"egg_base": f"{BUILD}/python"},
        "bdist_wheel": {"py_limited_api": "cp311"},
    },
)
