"""The house stays a house: who may include what, and what library code may not do."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCES = [p for folder in ("kernels", "csim", "pyext") for p in sorted((ROOT / folder).rglob("*.[ch]")) if "build" not in p.parts]
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.M)

ALLOWED_HOMES = {
    "gsl/": ("csim/rng/", "csim/dist/", "csim/stats/"),
    "yaml.h": ("csim/scenario/yaml_tree.c",),
    "sqlite3.h": ("csim/store/",),
    "xlsxwriter.h": ("csim/report/book_parts.h",),
    "csim/report/book_parts.h": ("csim/report/book",),
    "Python.h": ("pyext/",),
    "immintrin.h": ("kernels/",),
}
LAYERS = ["base", "rng", "dist", "scenario", "catalogue", "cost", "plan", "model", "stats", "engine", "store", "report", "batch", "cli"]
MAY_USE = {
    "base": set(), "rng": {"base"}, "dist": {"base"}, "scenario": {"base", "dist"}, "catalogue": {"base", "scenario"}, "cost": {"base", "scenario", "catalogue"},
    "plan": {"base", "rng", "dist", "scenario", "catalogue"}, "model": {"base", "rng", "dist", "scenario", "catalogue", "plan"}, "stats": {"base"},
    "engine": {"base", "rng", "scenario", "catalogue", "cost", "plan", "model", "stats"}, "store": {"base", "scenario", "catalogue", "plan", "stats", "engine"},
    "report": {"base", "dist", "scenario", "catalogue", "cost", "plan", "stats", "engine", "store"},
    "batch": {"base", "scenario", "catalogue", "plan", "stats", "engine", "store", "report"}, "cli": set(LAYERS),
}


def name(path):
    return path.relative_to(ROOT).as_posix()


def code_of(path):
    text = path.read_text()
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
    text = re.sub(r"//[^\n]*", " ", text)
    return re.sub(r'"(\\.|[^"\\])*"', '""', text)


def test_foreign_headers_stay_in_their_module():
    wrong = [f"{name(p)} includes <{h}>" for p in SOURCES for h in INCLUDE.findall(p.read_text())
             for header, homes in ALLOWED_HOMES.items() if h.startswith(header) and not name(p).startswith(homes)]
    assert not wrong, "\n".join(wrong)


def test_kernels_include_nothing_of_the_core():
    wrong = [f"{name(p)}: {h}" for p in SOURCES if name(p).startswith("kernels/") for h in INCLUDE.findall(p.read_text()) if h.startswith("csim/")]
    assert not wrong, "\n".join(wrong)


def test_layers_look_only_down():
    wrong = []
    for p in SOURCES:
        parts = name(p).split("/")
        if parts[0] != "csim" or len(parts) < 3:
            continue
        layer = parts[1]
        for h in INCLUDE.findall(p.read_text()):
            target = h.split("/")
            if target[0] == "csim" and len(target) > 2 and target[1] != layer and target[1] not in MAY_USE[layer]:
                wrong.append(f"{name(p)} includes {h}")
    assert not wrong, "\n".join(wrong)


def test_library_never_prints_exits_or_aborts():
    banned = re.compile(r"\b(printf|puts|putchar|exit|_exit|abort|assert|perror|system|gsl_set_error_handler\w*)\s*\(")
    wrong = [f"{name(p)}: {m.group(1)}" for p in SOURCES if name(p).startswith(("kernels/", "csim/")) and not name(p).startswith("csim/cli/")
             for m in banned.finditer(code_of(p))]
    assert not wrong, "\n".join(wrong)


def test_gsl_calls_are_on_the_list():
    permitted = {line.split()[0] for line in (ROOT / "csim/dist/gsl_calls.txt").read_text().splitlines() if line and not line.startswith("#")}
    used = {call: name(p) for p in SOURCES for call in re.findall(r"\b(gsl_[a-z0-9_]+)\s*\(", code_of(p)) if not call.startswith("gsl_rng_")}
    missing = {call: where for call, where in used.items() if call not in permitted}
    assert not missing, missing


def test_inner_loop_uses_no_libm():
    libm = re.compile(r"\b(exp|log|pow|expm1|log1p|erf|erfc|lgamma|tgamma|sin|cos|exp2|log2|log10|cbrt|hypot)\s*\(")
    wrong = [f"{name(p)}: {m.group(1)}" for p in SOURCES if name(p).startswith(("kernels/", "csim/model/")) for m in libm.finditer(code_of(p))]
    assert not wrong, "\n".join(wrong)


def test_every_input_and_lever_is_read_by_the_model():
    def ids(path, macro):
        return re.findall(rf"^{macro}\((\w+),", (ROOT / path).read_text(), re.M)
    model = " ".join(code_of(p) for p in SOURCES if name(p).startswith("csim/model/"))
    unread = [i for i in ids("csim/scenario/inputs.def", "INPUT") if not re.search(rf"\b(IN\(\s*\w+\s*,\s*{i}\b|CSIM_IN_{i}\b)|\b{i}\b", model)]
    unread += [i for i in ids("csim/scenario/levers.def", "LEVER") if not re.search(rf"\b{i}\b", model)]
    assert not unread, f"defined but not read: {unread}"


def test_every_outcome_is_filled_by_the_model():
    outcomes = re.findall(r"^OUTCOME\((\w+),", (ROOT / "csim/plan/outcomes.def").read_text(), re.M)
    text = code_of(ROOT / "csim/model/outcomes.c")
    missing = [o for o in outcomes if not re.search(rf"\b(CSIM_OUT_)?{o}\b", text)]
    assert not missing, missing


def test_exported_symbols_carry_their_prefix():
    pattern = re.compile(r"^(?!static|typedef|extern|struct|enum|union|#|\s|\}|/|_)[\w \*]+?\b(\w+)\s*\([^;{]*\)\s*\{", re.M)
    wrong = [f"{name(p)}: {f}" for p in SOURCES if p.suffix == ".c" and name(p).startswith(("kernels/", "csim/")) and "cli/main" not in name(p)
             for f in pattern.findall(code_of(p)) if not f.startswith(("csim_", "moe_"))]
    assert not wrong, "\n".join(wrong)
