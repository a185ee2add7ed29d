"""Sliders around `WhatIf`: an ipywidgets.VBox. Computes nothing; a thread refines the last answer and is ended by the next move, by close and at exit."""

from __future__ import annotations

import asyncio
import math
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape

import ipywidgets

from .answers import Answers, WhatIf
from .levers import Lever, levers_of
from .picture import fan_svg, scale_svg, sentence, table_html, text_of

_TRACK_PX, _LABEL_PX, _ASK_SECONDS = 340, 240, 0.1


class Row(ipywidgets.VBox):
    """One slider with its name, value, state, scale and reset button."""

    def __init__(self, lever: Lever, start_month: str, on_move: Callable[[str], None], on_reset: Callable[[str], None]) -> None:
        self.lever, self.moved = lever, False
        self._on_move, self._on_reset, self._quiet, self._start_month = on_move, on_reset, False, start_month
        look = {"readout": False, "continuous_update": True, "layout": ipywidgets.Layout(width=f"{_TRACK_PX}px", margin="0")}
        start = min(max(lever.start, lever.low), lever.high)
        if lever.whole:
            self.slider = ipywidgets.IntSlider(value=round(start), min=round(lever.low), max=round(lever.high), **look)
        elif lever.logarithmic:
            self.slider = ipywidgets.FloatLogSlider(value=start, base=10, min=math.log10(lever.low), max=math.log10(lever.high), step=math.log10(lever.high / lever.low) / 200, **look)
        else:
            self.slider = ipywidgets.FloatSlider(value=start, min=lever.low, max=lever.high, step=_round_step((lever.high - lever.low) / 200), **look)
        self.number = ipywidgets.FloatText(value=float(f"{lever.start:.4g}"), layout=ipywidgets.Layout(width="110px"), continuous_update=False)
        self.button = ipywidgets.Button(description="reset", tooltip="as the scenario has it", layout=ipywidgets.Layout(width="60px"), disabled=True)
        self.state = ipywidgets.HTML()
        label = ipywidgets.HTML(
            f'<span title="{escape(lever.meaning, quote=True)}">{escape(lever.title)}</span>', layout=ipywidgets.Layout(width=f"{_LABEL_PX}px")
        )
        scale = ipywidgets.HTML(scale_svg(lever, _TRACK_PX), layout=ipywidgets.Layout(margin=f"-8px 0 0 {_LABEL_PX + 6}px"))
        super().__init__([ipywidgets.HBox([label, self.slider, self.number, self.button, self.state]), scale])
        self.slider.observe(self._slider_moved, "value")
        self.number.observe(self._number_typed, "value")
        self.button.on_click(lambda unused: self._on_reset(lever.key))
        self._say_state()

    @property
    def value(self) -> float:
        """What is asked: what was typed, where that is finer than the slider."""
        return float(self.number.value)

    def _say_state(self) -> None:
        lever = self.lever
        still = "drawn from its prior" if lever.kind == "input" else "as the scenario has it"
        held = "fixed in all paths" if lever.kind == "input" else f"held from {self._start_month} on"
        self.state.value = f'<span style="opacity:.75">{held if self.moved else still}</span>'
        self.button.disabled = not self.moved

    def set(self, value: float | None) -> None:
        """Show a value, or with None that the scenario's own is back, without telling anyone."""
        self._quiet = True
        try:
            self.moved = value is not None
            shown = self.lever.start if value is None else value
            self.number.value = float(f"{shown:.4g}") if value is None else value
            clipped = min(max(shown, self.lever.low), self.lever.high)
            self.slider.value = round(clipped) if self.lever.whole else clipped
        finally:
            self._quiet = False
        self._say_state()

    def _slider_moved(self, change: Mapping[str, float]) -> None:
        if not self._quiet:
            self.set(float(f"{change['new']:.4g}"))
            self._on_move(self.lever.key)

    def _number_typed(self, change: Mapping[str, float]) -> None:
        if not self._quiet:
            self.set(change["new"])
            self._on_move(self.lever.key)


def _round_step(least: float) -> float:
    """1, 2 or 5 times a power of ten, not below `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least * (1 - 1e-9))


class Sliders(ipywidgets.VBox):
    """Sliders over levers, the answers to what they say, and how sure these are. Made by `what_if`.

    Attributes
    ----------
    engine : WhatIf
    answers : Answers or None
        What is shown.
    rows : dict of str to Row
        By key; ``rows[key].slider`` is the ipywidgets slider.
    """

    def __init__(self, engine: WhatIf, levers: Sequence[str] | Mapping[str, tuple[float, float]], wide: bool = True) -> None:
        if isinstance(levers, str):
            raise TypeError("levers wants a list of keys, such as ['policy.severity']")
        ends = dict(levers) if isinstance(levers, Mapping) else dict.fromkeys(levers)
        known = levers_of(engine.scenario._core, wide, ends)
        self.engine, self.answers = engine, None
        self._turn, self._thread, self._loop = 0, None, _running_loop()
        self.rows = {key: Row(lever, engine.scenario.start, self._moved, self.reset) for key, lever in known.items()}
        self._status = ipywidgets.HTML()
        self._table = ipywidgets.HTML()
        self._fan = ipywidgets.HTML()
        all_back = ipywidgets.Button(description="reset all")
        rest = ipywidgets.Button(description="stop refining")
        all_back.on_click(lambda unused: self.reset())
        rest.on_click(lambda unused: self.stop())
        head = ipywidgets.HTML(f"<b>{escape(engine.scenario.name)}</b>: {escape(engine.scenario.title)}")
        super().__init__([head, *self.rows.values(), ipywidgets.HBox([all_back, rest]), self._status, self._table, self._fan])
        self._finalizer = weakref.finalize(self, _end, engine, self.__dict__.setdefault("_threads", []))
        self._ask()

    # ---- what people do -----------------------------------------------------------------------------------------------------------------------

    @property
    def values(self) -> dict[str, float]:
        """Keys that were moved, and where to."""
        return {key: row.value for key, row in self.rows.items() if row.moved}

    def move(self, key: str, value: float) -> None:
        """As if the slider had been moved there."""
        self.rows[key].set(value)
        self._moved(key)

    def reset(self, key: str | None = None) -> None:
        """Back to what the scenario has: one key, or all."""
        for row in self.rows.values() if key is None else [self.rows[key]]:
            row.set(None)
        self._ask()

    def stop(self) -> None:
        """End the refinement; the answers stay."""
        self._turn += 1
        self.engine.stop()
        if self.answers is not None:
            self._say(f"{sentence(self.answers, self.engine.most).partition(' Refining')[0]} Stopped.")

    def close(self) -> None:
        """End the thread and take the sliders away, with all they are made of: ipywidgets would keep the parts."""
        self._finalizer()
        for part in _parts_of(self):
            part.close()
        super().close()

    # ---- asking -------------------------------------------------------------------------------------------------------------------------------

    def _moved(self, unused: str) -> None:
        self._ask()

    def _ask(self) -> None:
        self._turn += 1
        try:
            self._show(self._turn, self.engine.ask(self.values, seconds=_ASK_SECONDS))
            if not self.answers.finished:
                self._refine(self._turn)
        except KeyboardInterrupt:
            self.engine.stop()
            self._say("Interrupted; move a slider to go on.")
        except Exception as error:  # whatever it is, it belongs where the user looks
            self._say(_said(error), wrong=True)

    def _refine(self, turn: int) -> None:
        refinements = self.engine.refine()
        self._threads[:] = [thread for thread in self._threads if thread.is_alive()]
        self._thread = threading.Thread(target=_work, args=(weakref.ref(self), turn, refinements, self._loop), name="moecast refining", daemon=True)
        self._threads.append(self._thread)
        self._thread.start()

    # ---- showing ------------------------------------------------------------------------------------------------------------------------------

    def _say(self, text: str, wrong: bool = False) -> None:
        self._status.value = f'<span style="color:{"var(--jp-error-color1, #b00020)" if wrong else "inherit"}">{escape(text)}</span>'

    def _show(self, turn: int, answers: Answers) -> None:
        """Unless something else was asked meanwhile."""
        if turn != self._turn:
            return
        self.answers = answers
        self._table.value = table_html(answers)
        self._fan.value = fan_svg(answers)
        self._say(sentence(answers, self.engine.most))

    def _fail(self, turn: int, error: BaseException) -> None:
        if turn == self._turn:
            self._say(_said(error), wrong=True)

    def __repr__(self) -> str:
        return text_of(self.answers, self.engine.most) if self.answers is not None else "<Sliders>"


def _parts_of(box: ipywidgets.Box) -> list[ipywidgets.Widget]:
    """All widgets inside, innermost first, each with its layout and style."""
    found: list[ipywidgets.Widget] = []
    for child in box.children:
        found += _parts_of(child) if isinstance(child, ipywidgets.Box) else []
        found += [child, child.layout, *([child.style] if hasattr(child, "style") else [])]
    return found


def _said(error: BaseException) -> str:
    """An exception as one sentence."""
    text = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    return text or type(error).__name__


def _running_loop() -> asyncio.AbstractEventLoop | None:
    """The kernel's loop, when there is one: widgets are then touched only in its thread."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _hand_over(loop: asyncio.AbstractEventLoop | None, method: Callable[..., None], *what: object) -> None:
    if loop is None:
        method(*what)
    elif not loop.is_closed():
        loop.call_soon_threadsafe(method, *what)


def _work(reference: weakref.ref[Sliders], turn: int, refinements: Iterator[Answers], loop: asyncio.AbstractEventLoop | None) -> None:
    """The thread: knows the sliders only weakly, so that they can go away, and prints nothing."""
    try:
        for answers in refinements:
            sliders = reference()
            if sliders is None or sliders._turn != turn:
                return
            _hand_over(loop, sliders._show, turn, answers)
            del sliders
    except Exception as error:
        sliders = reference()
        if sliders is not None:
            try:
                _hand_over(loop, sliders._fail, turn, error)
            except RuntimeError:
                pass  # the loop has just been closed: nobody is left to tell


def _end(engine: WhatIf, threads: list[threading.Thread]) -> None:
    """Stops the engine and waits for its threads, which answers within milliseconds."""
    engine.close()
    for thread in threads:
        if thread is not threading.current_thread():
            thread.join(timeout=2.0)
