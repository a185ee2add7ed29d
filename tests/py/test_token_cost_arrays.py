"""moecast.token_cost on arrays: broadcast like a ufunc, every element bit for bit what the scalar call says, NaN where there is no answer."""
import dataclasses
import gc
import itertools
import os
import signal
import threading
import time

import moecast
import numpy as np
import pytest
from moecast import _core

FIELDS = [field.name for field in dataclasses.fields(moecast.TokenCost)]


def same(a, b):
    return a == b or (a != a and b != b)


def check_elements(many, cases):
    """Every element of `many`, in C order, against its own scalar call."""
    for i, case in enumerate(cases):
        one = moecast.token_cost(**case)
        for name in FIELDS:
            assert same(getattr(many, name).reshape(-1)[i].item(), getattr(one, name)), (name, case)


def test_arrays_are_what_scalars_are_bit_for_bit():
    models, machines, speeds = ["deepseek-v3", "gpt-oss-120b", "Qwen/Qwen3-32B"], ["h200", "b200_sxm"], np.array([15.0, 60.0])
    many = moecast.token_cost(np.array(models)[:, None, None], np.array(machines)[:, None], tok_per_s_user=speeds, input_tokens=3000)
    assert all(getattr(many, name).shape == (3, 2, 2) for name in FIELDS)
    check_elements(many, [dict(model=m, hardware=h, tok_per_s_user=v, input_tokens=3000) for m, h, v in itertools.product(models, machines, speeds)])


def test_every_argument_may_be_an_array():
    choices = dict(
        input_tokens=[1000, 9000.5], output_tokens=[200, 700], hit_share=[0, 0.7], tok_per_s_user=[20, 45], ttft_s=[0.8, np.inf], draft=["best", 1], drafting=["agentic", "benchmark"],
        stack=["default", "first"], pools=["one", "split"], layouts=["searched", "spread"], basis=["neocloud", "3-year"], utilisation=[0.5, 0.9],
        electricity_usd_per_kwh=[0.05, 0.2], cache_hours=[0.1, 3], slower=[0.1, 0], less_bandwidth=[0, 0.2], less_memory=[0, 0.1], hungrier=[0.3, 0], dearer=[0, 0.5],
    )  # fmt: skip
    many = moecast.token_cost("deepseek-v3", ["h200", "b200"], **choices)
    check_elements(many, [dict(model="deepseek-v3", hardware=h, **{name: two[i] if name != "draft" or i == 0 else 1 for name, two in choices.items()}) for i, h in enumerate(("h200", "b200"))])
    stated = moecast.token_cost("deepseek-v3", "h200", draft=[0, 1, 2, 3], accepted=[1, 1.5, 2.25, 4], usd_per_hour=[1, 2, 3, 4.5])
    check_elements(stated, [dict(model="deepseek-v3", hardware="h200", draft=k, accepted=a, usd_per_hour=p) for k, a, p in zip(range(4), (1, 1.5, 2.25, 4), (1, 2, 3, 4.5), strict=True)])


def test_types_of_scalars_and_arrays():
    one, many, empty = moecast.token_cost("deepseek-v3", "h200"), moecast.token_cost(["deepseek-v3"], "h200"), moecast.token_cost("deepseek-v3", "h200", hit_share=np.zeros((0, 3)))
    assert type(one.batch) is float and type(one.binding) is str and type(one.fits) is bool and type(one.draft) is int
    assert one == moecast.token_cost(np.array("deepseek-v3"), "h200", hit_share=np.float32(0.5))
    for name in FIELDS:
        values = getattr(many, name)
        assert values.shape == (1,) and getattr(empty, name).shape == (0, 3), name
        assert values.dtype.kind == ("U" if name == "binding" else "b" if name in ("weights_at_8_bits", "meets_tpot", "meets_ttft", "fits") else "f"), name


def test_a_model_that_does_not_fit_is_nan_in_arrays():
    many = moecast.token_cost(["deepseek-v3", "kimi-k3"], ["h200", "groq-3-lpu"])
    assert many.fits.tolist() == [True, False] and many.binding[1] == "" and many.meets_tpot[1] == False  # noqa: E712
    assert all(np.isnan(getattr(many, name)[1]) and np.isfinite(getattr(many, name)[0]) for name in FIELDS if getattr(many, name).dtype.kind == "f")
    for case in (dict(model="kimi-k3"), dict(model=["deepseek-v3", "kimi-k3"], errors="raise")):
        with pytest.raises(moecast.ScenarioError, match="does not fit") as caught:
            moecast.token_cost(hardware="groq-3-lpu", **case)
        assert caught.value.status == "INCONSISTENT"
    alone = moecast.token_cost("kimi-k3", "groq-3-lpu", errors="nan")
    assert alone.fits is False and np.isnan(alone.usd_per_mtok_out) and alone.binding == ""


DOLLARS = [name for name in FIELDS if name.startswith("usd_")]


@pytest.mark.parametrize("draft", [0, 2, "best"])
@pytest.mark.parametrize("pools", ["split", "one"])
def test_without_a_price_of_the_hour_dollars_alone_are_nan(draft, pools):
    case = dict(tok_per_s_user=[20, 60, 9000], ttft_s=[9.0, 0.01, 9.0], draft=draft, pools=pools)
    unpriced, priced = moecast.token_cost("deepseek-v3", "ascend-910c", basis="neocloud", **case), moecast.token_cost("deepseek-v3", "ascend-910c", usd_per_hour=1.0, **case)
    for name in FIELDS:
        assert np.isnan(getattr(unpriced, name)).all() if name in DOLLARS else np.array_equal(getattr(unpriced, name), getattr(priced, name)), name
    assert unpriced.fits.all() and unpriced.meets_tpot.tolist() == [True, unpriced.meets_tpot[1], False] and unpriced.meets_ttft.tolist() == [True, False, True]
    with pytest.raises(moecast.ScenarioError, match="neocloud"):
        moecast.token_cost("deepseek-v3", ["h200", "ascend-910c"], basis="neocloud", draft=draft, errors="raise")
    alone = moecast.token_cost("deepseek-v3", "ascend-910c", basis="neocloud", draft=draft, errors="nan")
    assert alone.meets_tpot is True and alone.meets_ttft is True and alone.binding and np.isnan(alone.usd_per_hour) and type(alone.draft) is int


@pytest.mark.parametrize("wrong, error, words", [
    (dict(hit_share=[0.1, 1.0]), moecast.ScenarioError, "hit_share.*element 1"), (dict(model=["deepseek-v3", "deepseek-v33"]), moecast.ScenarioError, "deepseek-v3'"),
    (dict(stack=["tuned", "old"]), moecast.ScenarioError, "stack"), (dict(draft=[0, 1.5]), moecast.ScenarioError, "draft"), (dict(draft="most"), ValueError, "most"),
    (dict(basis=["own", "lease"]), moecast.ScenarioError, "basis"), (dict(input_tokens=np.ones(3) * 100, output_tokens=np.ones(2)), ValueError, "broadcast"),
    (dict(model=[1, 2]), TypeError, "model"), (dict(usd_per_hour=[2.0, np.nan]), ValueError, "nan"), (dict(draft=["best", "1"], accepted=1.5), ValueError, "best"),
    (dict(errors="ignore"), ValueError, "errors"), (dict(input_tokens="many"), ValueError, "many"), (dict(tok_per_s_user=[[1.0], [np.nan]]), moecast.ScenarioError, "tok_per_s_user"),
])  # fmt: skip
def test_wrong_arguments_are_refused_by_name(wrong, error, words):
    with pytest.raises(error, match=words):
        moecast.token_cost(**{**dict(model="deepseek-v3", hardware="h200"), **wrong})


@pytest.mark.parametrize("field", ["model", "hardware", "stack", "pools", "layouts", "basis", "drafting"])
@pytest.mark.parametrize("word, said", [("own\0", "NUL character follows 'own'"), ("a\0b", "NUL"), ("\0", "NUL"), ("deepseek-v3\ud800", "surrogate"), ("\udcff", "surrogate")])
def test_words_that_are_no_text_are_refused_whole(field, word, said):
    for words in (word, [word], [[word], [word]], np.array([word], dtype=object)):
        with pytest.raises(moecast.ScenarioError, match=said) as caught:
            moecast.token_cost(**{**dict(model="deepseek-v3", hardware="h200"), field: words})
        assert caught.value.field == field and caught.value.hint and caught.value.status == "UNKNOWN_NAME" and len(str(caught.value)) < 300


def test_very_long_names_are_refused_in_one_short_sentence():
    for name in ("x" * 1_000_000, "é中🚀" * 100_000, "a\n" * 5000):
        for field in ("model", "hardware", "stack", "basis"):
            with pytest.raises(moecast.ScenarioError) as caught:
                moecast.token_cost(**{**dict(model="deepseek-v3", hardware="h200"), field: name})
            assert len(str(caught.value)) < 3000 and "\n" not in str(caught.value)


@pytest.mark.parametrize("wrong, error, words", [
    (dict(model=None), TypeError, "model must be str.*None"), (dict(model=["deepseek-v3", None]), TypeError, "model must be str.*None"), (dict(hardware=b"h200"), TypeError, "hardware must be str"),
    (dict(model=[["deepseek-v3"], ["kimi-k2", "kimi-k2"]]), TypeError, "model must be str"), (dict(stack=True), TypeError, "stack must be str.*True"),
    (dict(input_tokens=np.array([1000, None])), moecast.ScenarioError, "input_tokens.*nan"), (dict(input_tokens=None, output_tokens="x"), ValueError, "output_tokens must be a number"),
    (dict(hit_share=1j), TypeError, "hit_share must be a number"), (dict(hit_share=[[0.1], [0.2, 0.3]]), ValueError, "hit_share must be a number"), (dict(hit_share=object()), TypeError, "hit_share must be a number"),
    (dict(input_tokens=np.ones(3), hit_share=np.zeros((2, 2)), model=["deepseek-v3"] * 2), ValueError, r"broadcast.*model \(2,\).*input_tokens \(3,\).*hit_share \(2, 2\)"),
    (dict(draft="most"), ValueError, "draft must be a number.*most"), (dict(draft=[None]), moecast.ScenarioError, "draft.*nan"), (dict(draft=True, accepted=9), moecast.ScenarioError, "accepted"),
    (dict(threads=-1), ValueError, "threads"), (dict(threads="two"), TypeError, "str"), (dict(input_tokens=np.inf), moecast.ScenarioError, "input_tokens.*inf"),
])  # fmt: skip
def test_hostile_arguments_are_refused_in_one_clear_sentence(wrong, error, words):
    with pytest.raises(error, match=words) as caught:
        moecast.token_cost(**{**dict(model="deepseek-v3", hardware="h200"), **wrong})
    assert len(str(caught.value)) < 400 and "\n" not in str(caught.value)


def test_arrays_of_any_make_are_read():
    plain = moecast.token_cost(["deepseek-v3", "kimi-k2"], "h200", input_tokens=[4000.0, 9000.0], draft=1)
    locked, backward = np.array([4000.0, 9000.0]), np.array([9000.0, 0.0, 4000.0])
    locked.flags.writeable = False
    for tokens in (locked, backward[::-2], np.array([4000, 9000], dtype=object), np.array([4000, 9000], dtype=">i4"), np.array([4000, 9000], dtype=np.uint16), ("4000", "9000")):
        for names in (("deepseek-v3", "kimi-k2"), np.array(["deepseek-v3", "kimi-k2"], dtype=object), np.array(["kimi-k2", "deepseek-v3"])[::-1]):
            again = moecast.token_cost(names, np.array("h200"), input_tokens=tokens, draft=np.array(True))
            assert all(np.array_equal(getattr(again, name), getattr(plain, name)) for name in FIELDS)


def test_empty_arrays_give_empty_answers():
    for empty in (dict(model=[]), dict(model=np.zeros((0, 3), dtype=str)), dict(input_tokens=[]), dict(draft=[]), dict(model=[], input_tokens=np.zeros((4, 0)), hit_share=np.zeros((4, 1)))):
        shape = np.broadcast_shapes(*(np.shape(value) for value in empty.values()))
        many = moecast.token_cost(**{**dict(model="deepseek-v3", hardware="h200"), **empty})
        assert all(getattr(many, name).shape == shape for name in FIELDS)


def test_the_first_wrong_element_is_told_whatever_the_threads_do():
    share = np.full(5000, 0.5)
    share[[1234, 1300, 4000]] = 2.0
    for threads in (1, 2, 5):
        with pytest.raises(moecast.ScenarioError) as caught:
            moecast.token_cost("llama-3.1-8b", "h100", hit_share=share, layouts="spread", threads=threads)
        assert caught.value.hint == "element 1234" and caught.value.field == "hit_share"


def test_no_answer_depends_on_the_threads():
    tokens = np.linspace(500, 30000, 700)
    one, more = (moecast.token_cost("qwen3-32b", ["h100", "b200"], input_tokens=tokens[:, None], threads=threads) for threads in (1, 3))
    assert all(np.array_equal(getattr(one, name), getattr(more, name)) for name in FIELDS)


def test_the_core_checks_what_the_package_hands_it():
    folder, words = os.path.join(_core.home(), "catalogue"), dict(model=["deepseek-v3"], hardware=["h200"])
    assert np.asarray(_core.token_cost(folder, words, {})["fits"]).tolist() == [1.0]
    for columns, error in ((dict(model=np.ones(1)), ValueError), (dict(model=np.full(1, np.nan)), ValueError), (dict(input_tokens=np.ones(2)), ValueError),
                           (dict(input_tokens=np.ones(1, np.float32)), ValueError), (dict(nothing=np.ones(1)), TypeError), (dict(input_tokens=3.0), TypeError)):  # fmt: skip
        with pytest.raises(error):
            _core.token_cost(folder, words, columns)
    for wrong in (dict(model=["deepseek-v3"]), dict(words, model=[1]), dict(words, model=[])):
        with pytest.raises((TypeError, ValueError)):
            _core.token_cost(folder, wrong, {})


def interrupted(tokens):
    """Seconds from a SIGINT to the KeyboardInterrupt."""
    sent = []

    def send():
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    timer = threading.Timer(0.3, send)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        moecast.token_cost("deepseek-v4-pro", "h200", input_tokens=tokens)
    seconds = time.monotonic() - sent[0]
    timer.join()
    return seconds


def test_ctrl_c_is_answered_within_100_ms():
    tokens = np.linspace(500, 30000, 200_000)  # a minute
    seconds = sorted(interrupted(tokens) for _ in range(5))
    assert seconds[1] < 0.1, seconds  # others may have the processor for a while: two of five must show it


def test_other_threads_work_meanwhile():
    ticks, stop = [0], threading.Event()

    def tick():
        while not stop.wait(0.001):
            ticks[0] += 1

    thread = threading.Thread(target=tick)
    thread.start()
    moecast.token_cost("deepseek-v3", "h200", input_tokens=np.linspace(500, 30000, 1500))
    stop.set()
    thread.join()
    assert ticks[0] > 20


@pytest.mark.slow
def test_calls_leak_nothing():
    def use():
        moecast.token_cost(["deepseek-v3", "kimi-k3"], "groq-3-lpu", input_tokens=np.full(1000, 900.0)[:, None], layouts="spread")
        for wrong in (dict(model="none"), dict(model="kimi-k3"), dict(model="deepseek-v3", hit_share=[0.5, 2.0])):
            with pytest.raises(moecast.ScenarioError):
                moecast.token_cost(hardware="groq-3-lpu", **wrong)

    def resident_mb():
        return int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6

    for _ in range(10):
        use()
    gc.collect()
    before = resident_mb()
    for _ in range(60):
        use()
    gc.collect()
    assert resident_mb() - before < 12.0


def test_words_and_numbers_that_numpy_would_bend_are_refused():
    with pytest.raises(ValueError, match="draft"):
        moecast.token_cost("deepseek-v3", "h200", draft="best\0")
    with pytest.raises(TypeError, match="draft.*complex"):
        moecast.token_cost("deepseek-v3", "h200", draft=1 + 2j)
    with pytest.raises(ValueError, match="input_tokens"):
        moecast.token_cost("deepseek-v3", "h200", input_tokens=10**400)
    with pytest.raises(TypeError, match="input_tokens is a masked array"):
        moecast.token_cost("deepseek-v3", "h200", input_tokens=np.ma.masked_array([1000.0, 2000.0], [False, True]))
    with pytest.raises(ValueError, match="draft"):
        moecast.token_cost("deepseek-v3", "h200", draft=[["best"], [1, 2]])
