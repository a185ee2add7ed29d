"""Stories: a few whole paths that stand for all kept ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from . import views
from .frames import pandas

if TYPE_CHECKING:
    from pandas import DataFrame

    from .replay import Replay
    from .result import Result


@dataclass(frozen=True, eq=False)
class Story:
    """One whole path, consistent in itself, and the most central of the paths that are like it.

    Attributes
    ----------
    index : int
        Number of the path: ``result.path(story.index)`` tells it in full.
    name : str
        "Bear", "Base" or "Bull" for open weights.
    title : str
        What it is, in a line.
    sentences : tuple of str
        What the path comes to, what the paths like it draw otherwise than the rest, what happens on it.
    paths : int
        Kept paths nearest to it, itself among them.
    weight : float
        Their share of the kept paths.
    distance : float
        Their mean distance from it, in 5 to 95 % ranges of the numbers by which paths are told apart.
    headline : float
        Its value of `Stories.order`, by which stories rise.
    members : numpy.ndarray of int64, shape (paths,)
        Numbers of these paths.
    """

    index: int
    name: str
    title: str
    sentences: tuple[str, ...]
    paths: int
    weight: float
    distance: float
    headline: float
    members: NDArray[np.int64] = field(repr=False)
    _result: Result = field(repr=False)

    def replay(self) -> Replay:
        """The path, simulated again: as `Result.path`."""
        return self._result.path(self.index)

    def __str__(self) -> str:
        return "\n".join((self.title, *self.sentences))

    def _repr_html_(self) -> str:
        return views.story(self)


class Stories(list[Story]):
    """Stories from bear to bull, as a list.

    Attributes
    ----------
    order : str
        The number by which they rise: the open share of world tokens at the last date kept, as ``"series@month"``.
    paths : int
        Kept paths that they stand for.
    spread, spread_of_one : float
        Mean distance of a path from its story, and from the best single one: the less the first is below the second, the more the kinds of path shade into
        one another.
    """

    def __init__(self, stories: list[Story], result: Result, order: str, paths: int, spread: float, spread_of_one: float) -> None:
        super().__init__(stories)
        self._result = result
        self.order, self.paths, self.spread, self.spread_of_one = order, paths, spread, spread_of_one

    @cached_property
    def _lines(self) -> tuple[str, list[NDArray[np.float64]]]:
        """The series of `order` and each story's values of it in the report months: a path is simulated again only when somebody looks."""
        series = self.order.split("@")[0]
        months = [self._result.months.index(month) for month in self._result.report_months]
        return series, [story.replay()[series][months] for story in self]

    def to_dataframe(self) -> DataFrame:
        """A row a story: name, index, paths, weight, distance, headline, title. Needs pandas."""
        names = ("name", "index", "paths", "weight", "distance", "headline", "title")
        return pandas().DataFrame([{name: getattr(story, name) for name in names} for story in self], columns=names)

    def __str__(self) -> str:
        return "\n\n".join(map(str, self))

    def _repr_html_(self) -> str:
        return views.stories(self)


def told(result: Result, count: int) -> Stories:
    """`Result.stories`."""
    found = result._core.stories(count)
    first = result._core.first_path
    cluster = np.asarray(found["of"], dtype=np.int64)
    stories = []
    for at, row in enumerate(found["stories"]):
        row["sentences"] = tuple(row["sentences"])
        del row["row"]
        stories.append(Story(**row, members=first + np.flatnonzero(cluster == at), _result=result))
    return Stories(stories, result, result._core.scalar_names[found["order"]], found["paths"], found["spread"], found["spread_of_one"])
