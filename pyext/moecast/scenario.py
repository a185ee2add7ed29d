"""Scenarios: what a run assumes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from . import _core, views
from .columns import position
from .differences import Change, ScenarioDiff
from .keys import changed_name, refusal, written

_HOME = "<home>"  # stands for the folder of the shipped scenarios in what is pickled
_WORDS = {"name", "title", "description", "title_zh", "description_zh"}


@dataclass(frozen=True)
class Input:
    """One number of a scenario, fixed or drawn once a path.

    `low` and `high` bound 90 % of the draws, `median` halves them; all in `unit`. `basis` is measured, vendor, estimate or guess.
    """

    key: str
    unit: str
    meaning: str
    distribution: str
    mean: float
    low: float
    median: float
    high: float
    basis: str
    source: str
    date: str
    reason: str
    file: str
    line: int


def _portable(file: str) -> str:
    """A file's name that holds in another process, and on another machine where it is one of the shipped ones."""
    if not file or file.startswith("<"):
        return file
    file, home = os.path.abspath(file), os.path.abspath(_core.home())
    return _HOME + file[len(home) :] if file.startswith(home + os.sep) else file


def _here(file: str) -> str:
    return os.path.abspath(_core.home()) + file[len(_HOME) :] if file.startswith(_HOME) else file


def _restored(text: str, file: str, base: str, places: list[tuple[str, str]]) -> Scenario:
    """What a pickle calls."""
    return Scenario(_core.Scenario.restore(text, _here(file), _here(base), [(field, _here(place)) for field, place in places]))


class Scenario:
    """A checked scenario. Made by `load`, `parse`, `from_dict` and `replace`; never altered.

    Scenarios are equal when their canonical texts are (`hash`). A pickled one carries that text and where its relative file names start, so it opens in
    another process, and on another machine as far as it names shipped files only.

    Examples
    --------
    >>> import moecast
    >>> scenario = moecast.Scenario.load("baseline")
    >>> scenario.start
    '2024-01'
    >>> milder = scenario.replace({"policy.severity": 0.5})
    >>> milder.name, milder.input("policy.severity").mean, scenario == milder
    ('baseline+severity=0.5', 0.5, False)
    """

    def __init__(self, core: _core.Scenario) -> None:
        self._core = core

    @classmethod
    def load(cls, name: str | os.PathLike[str]) -> Scenario:
        """Read a scenario file, or a shipped scenario by its bare name.

        Raises
        ------
        ScenarioError
            With `file`, `line`, `column`, `field` and `hint` of the first mistake.
        FileError
            When the file cannot be read.
        """
        return cls(_core.Scenario(name))

    @classmethod
    def parse(cls, text: str, file: str = "<text>") -> Scenario:
        """Read a scenario from its text; `file` is what errors call it."""
        return cls(_core.Scenario.parse(text, file))

    @classmethod
    def from_dict(cls, mapping: Mapping[str, Any], name: str | None = None, file: str = "<dict>") -> Scenario:
        """Make a scenario of what its file would say.

        Parameters
        ----------
        mapping : mapping of str
            Keys as in a scenario file, nested (``{"policy": {"severity": 1.4}}``) or dotted at the top (``{"policy.severity": 1.4}``). Values are numbers,
            NumPy's too, text, bools, None (takes away what the base says), lists and mappings. ``moecast`` is 1 where it is missing.
        name : str, optional
            Takes the place of the mapping's own; "unnamed" where both are missing.
        file : str
            What errors call it. Relative names in the mapping start where this file lies, by default in the current folder.

        Raises
        ------
        ScenarioError
            With `field`, the dotted key, and `hint`.

        Examples
        --------
        >>> import moecast
        >>> mine = moecast.Scenario.from_dict({"name": "mine", "extends": "baseline", "policy.severity": {"uniform": {"low": 1, "high": 2}}})
        >>> mine.input("policy.severity").median
        1.5
        """
        if not isinstance(mapping, Mapping):
            raise TypeError(f"wanted a mapping of keys to values, got a {type(mapping).__name__}")
        told = {"moecast": 1, "name": "unnamed", **mapping}
        if name is not None:
            told["name"] = name
        return cls(_core.Scenario.from_keys(written(told, file), file))

    def replace(self, changes: Mapping[str, Any], name: str | None = None, title: str | None = None) -> Scenario:
        """Change keys; this scenario stays as it is.

        Parameters
        ----------
        changes : mapping of str
            Dotted keys to values, as in `from_dict`: a number fixes an input, ``{"uniform": {...}}`` and the like draw it, ``{"2024-01": 0, "2026-09": 1}``
            dates a lever, None takes a key away. A key that holds others takes a mapping, which is merged. Relative file names start where this scenario
            lies.
        name, title : str, optional
            By default the name says what is changed, as those of a batch's cells do (``"baseline+severity=1.4"``), and the title which scenario it extends.

        Returns
        -------
        Scenario
            The same as a file with these keys that extends this scenario: same canonical text, same `hash`.

        Raises
        ------
        ScenarioError
            For a key that does not exist or a value it does not take, with `field` and `hint`.

        Examples
        --------
        >>> import moecast
        >>> base = moecast.Scenario.load("baseline")
        >>> base.replace({"levers.plus_price": 25}).replace({"policy.severity": 1.4}).diff(base).keys
        ['policy.severity', 'levers.plus_price']
        """
        if not isinstance(changes, Mapping):
            raise TypeError(f"replace wants a mapping of dotted keys to values, got a {type(changes).__name__}")
        for word, given in (("name", name), ("title", title)):
            if given is not None and word in changes:
                raise ValueError(f"the {word} stands both in the changes and in {word}=")
        told = {"name": changed_name(self.name, changes) if name is None else name, **changes}
        if title is not None:
            told["title"] = title
        return Scenario(self._core.change(written(told, "<changes>"), "<changes>"))

    def diff(self, other: Scenario | str | os.PathLike[str]) -> ScenarioDiff:
        """What the other scenario has otherwise: a sequence of `Change`, the same as ``moecast diff --json`` lists.

        Examples
        --------
        >>> import moecast
        >>> moecast.Scenario.load("no_controls").diff("no_controls")
        <no_controls says the same as no_controls>
        """
        side = other if isinstance(other, Scenario) else Scenario.load(other)
        found = self._core.differences(side._core)
        return ScenarioDiff(self.name, side.name, (Change(**row) for row in found if row["key"] not in _WORDS))

    # ---- texts --------------------------------------------------------------------------------------------------------------------------------

    def to_yaml(self, path: str | os.PathLike[str] | None = None, full: bool = False) -> str:
        """The text of a scenario file that says this scenario.

        Parameters
        ----------
        path : str or path, optional
            Write it there; the file appears whole or not at all.
        full : bool
            The canonical text, with everything it extends and every key in the order of the tables.

        Returns
        -------
        str
            By default the short form: ``extends`` and what is different. It is read back before it is given, and has the same `hash` and leads to the same
            files; where no short form does, or the base is not to be found any more, the canonical text. Comments of the file it came from are in neither.

        Raises
        ------
        ScenarioError
            When a relative file name in this scenario would lead elsewhere from `path`.
        FileError
            When it cannot be written; what was there stays.

        Examples
        --------
        >>> import moecast
        >>> print(moecast.Scenario.load("baseline").replace({"policy.severity": 1.4}).to_yaml())
        moecast: 1
        name: "baseline+severity=1.4"
        extends: "baseline"
        policy:
          severity: {fixed: 1.4, unit: "-"}
        <BLANKLINE>
        """
        file = os.path.join(os.path.dirname(self.file), "<text>") if path is None else os.path.abspath(path)
        text = None if full else self._short_text(file, path is not None)
        if text is None:
            text = self.text
            if path is not None:
                self._check_files(text, file)
        if path is not None:
            _core.write_text(path, text)
        return text

    def _short_text(self, file: str, stays: bool) -> str | None:
        """From the nearest base that a file at `file` can name."""
        own = self._core.base
        for extends in dict.fromkeys(word for word in (own, self.name, self.name.partition("+")[0], "baseline") if word):
            if extends != own and extends not in scenarios():
                continue
            try:
                base = _core.Scenario(extends)
                text = self._core.short_text(base, _beside(extends, file) if stays else extends)
                back = _core.Scenario.parse(text, file)
            except (_core.ScenarioError, _core.FileError):
                continue
            if len(text) < len(self.text) and back.hash == self.hash and _leads(back) == _leads(self._core):
                return text
        return None

    def _check_files(self, text: str, file: str) -> None:
        there = _leads(_core.Scenario.parse(text, file))
        for field, leads_to in _leads(self._core).items():
            if there.get(field) != leads_to:
                raise refusal(
                    f"leads to {leads_to}, and from here to {there.get(field)}", field, file, "write it beside the original, or set the key to a full path", "INCONSISTENT"
                )

    def to_dict(self) -> dict[str, Any]:
        """The canonical text as nested dicts, which `from_dict` takes back: equal `hash`."""
        return self._core.tree()

    # ---- identity -----------------------------------------------------------------------------------------------------------------------------

    def __eq__(self, other: object) -> bool:
        return self.hash == other.hash if isinstance(other, Scenario) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.hash)

    def __reduce__(self) -> tuple[Any, ...]:
        places = [(field, _portable(where)) for field, where, _ in self._core.files() if where]
        base = self._core.base
        return _restored, (self.text, _portable(self.file), _portable(base) if os.path.isabs(base) else base, places)

    def __copy__(self) -> Scenario:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Scenario:
        return self

    @property
    def name(self) -> str:
        """Bare name."""
        return self._core.name

    @property
    def title(self) -> str:
        """One line of what it is."""
        return self._core.title

    @property
    def description(self) -> str:
        """What it changes, and the question it answers."""
        return self._core.description

    @property
    def file(self) -> str:
        """Where it was read: of a file the full path, so that what it names is found from every working folder."""
        return self._core.file

    @property
    def text(self) -> str:
        """Canonical text, with everything it extends."""
        return self._core.text

    @cached_property
    def hash(self) -> str:
        """SHA-256 of `text`, 64 hex digits."""
        return self._core.hash

    @property
    def start(self) -> str:
        """First month, YYYY-MM."""
        return self._core.start

    @property
    def months(self) -> int:
        """Length of the horizon in months."""
        return self._core.months

    @property
    def paths(self) -> int:
        """Paths that a run has unless told otherwise."""
        return self._core.paths

    @property
    def seed(self) -> int:
        """Seed that a run has unless told otherwise."""
        return self._core.seed

    @property
    def sampler(self) -> str:
        """Sampler that a run has unless told otherwise."""
        return self._core.sampler

    @property
    def replicates(self) -> int:
        """Replicates that a run with this sampler has unless told otherwise; 0 stands for the sampler's own number."""
        return self._core.replicates

    @cached_property
    def inputs(self) -> list[Input]:
        """Every number the model reads, in the order of the tables."""
        return [Input(**row) for row in self._core.inputs()]

    @cached_property
    def _input_position(self) -> dict[str, int]:
        return {row.key: i for i, row in enumerate(self.inputs)}

    def keys(self) -> list[str]:
        """Full keys of all inputs, such as ``"choice.alpha.developers"``."""
        return list(self._input_position)

    def input(self, key: str) -> Input:
        """One input by its full key.

        Raises
        ------
        KeyError
            When there is none, with the nearest ones.
        """
        return self.inputs[position(self._input_position, key, "input")]

    def explain(self) -> str:
        """Say in plain words what is assumed."""
        return self._core.explain()

    def __repr__(self) -> str:
        return f"<Scenario {self.name}: {self.title}>"

    def _repr_html_(self) -> str:
        return views.scenario(self)


def _beside(extends: str, file: str) -> str:
    """A base below the folder of `file` by a relative name, so that both can be moved together."""
    if not os.path.isabs(extends) or not os.path.isabs(file):
        return extends
    below = os.path.relpath(extends, os.path.dirname(file))
    return extends if below.startswith("..") else f"./{below}"


def _leads(core: _core.Scenario) -> dict[str, str]:
    return {field: os.path.abspath(leads_to) for field, _, leads_to in core.files()}


def scenarios() -> list[str]:
    """Names of the shipped scenarios."""
    return sorted(path.stem for path in Path(_core.home()).glob("*.yaml") if path.stem != "claims")
