"""The benchmark's two sections of docs/performance.md, inner loops and workbooks. They stand last on the page; docs/tables/scale.py writes what stands before them and leaves
them alone."""

HEAD, SHEETS_HEAD = "## Benchmark\n", "## Workbooks\n"

TEXT = """
How fast the parts of a run are on one core, beside the same work in NumPy, numba and GSL. `make bench` repeats it: it builds the programs, installs numba, prints this table and writes `build/bench.json` (five minutes). This section is written by `{command}`.

{sentence}

{table}

Rates of the processor in the same minutes: {limits}.

**Same work, same numbers.** Before anything is timed every peer must give our numbers to 1e-9 of each; otherwise the benchmark ends with an error. (Quantiles of statistics: to the width of a bin. Normals made by other means: by their first four moments.) Inputs are the same for all, differ between paths as in a run, and use the shapes of the baseline's offerings of August 2026 on twelve machines of the catalogue; `tests/bench/inputs.py`.

**Ours** are the library's own objects in the variant that a run chooses, called as a run calls them: blocks of 64 paths, folds made once and used for all machines, statistics taken outcome by outcome. The cost kernel's rate is `moe_cost_evaluate` alone; the two folds before it have rows of their own. **NumPy** writes into arrays made beforehand, in blocks as large as runs fastest, with the algebra of our kernels. **numba** runs our loops on blocks of 64 with `fastmath` and `parallel`, one thread; its exponentials and logarithms come from the C library one at a time unless Intel's vector library was built into it. **GSL** is called value by value; its normals come from the Mersenne Twister.

**Timing.** {rounds} rounds; in each everything runs once, in turn, for {seconds:g} s of processor time, after a round that is not counted. Rates and ratios are of medians; ± is half the distance between the quartiles of ours. Processor time leaves out what the machine gives to others but not that they share its caches, its memory and, on virtual machines, the core. A whole run (84 months, all outcomes, no further runs, no workbook) is measured by processor time, less what a run of 64 paths takes beside them, and by its own wall clock, where other work counts in full.

**Of limit.** For arithmetic: the count of operations a unit over the rate of additions and multiplications, or of divisions and square roots over their rate, whichever takes longer. The operations are counted while the NumPy peer runs on blocks of 64: an addition, multiplication, comparison or choice of one double is one; an exponential is 39 and a logarithm 45 and a division, counted in `kernels/vmath.h`. The rate is the better of a loop of separate additions and multiplications and one of fused ones, counted as two; our code fuses in exponential, logarithm and normal quantile alone, where a fused operation counts as two. Loads, stores, moves between registers and waiting count nothing: 100 % would need everything in registers and every unit busy in every cycle. For memory: bytes that must be read a unit (adding a value: a row of 2,048 counts for every 512 values; merging: both cells) over the rate of reading far beyond the caches; more than 100 % means that part of them were still in the last cache. For two threads: the rate over twice one thread's.
"""


def section(sentence, table, limits, rounds, seconds, command="python tests/bench/run.py build --page docs/performance.md"):
    return HEAD + TEXT.format(sentence=sentence, table=table, limits=limits, rounds=rounds, seconds=seconds, command=command)


SHEETS_TEXT = """
How fast a table of {rows:,} rows and {columns} columns ({cells:,} cells: two columns of text, eight of numbers with up to 16 digits) becomes a workbook, beside XlsxWriter and pandas; and how long the baseline's workbook takes. Written by `{command}`, which `make bench` calls too.

{sentence}

{table}

The baseline's workbook from a finished run of {report[paths]:,} paths (`moecast report`: reading the run file, all quantiles with their errors, all sheets, compression and the check of the library's container): {report[processor]:.2f} s of processor time, {report[wall]:.2f} s of wall clock, {report[peak_mb]:.0f} MB at the peak, {report[file_mb]:.1f} MB on disk.

Each writer is a process of its own; all take turns, {rounds} times, and the numbers are medians. Time is that of the writing alone: imports, rows and pandas' data frame are made before (and count in the peaks of the others: XlsxWriter alone would need little). × ours compares processor time, which leaves out what the machine gave to others. Before anything is timed, a small table from each must hold the same cells. Ours formats every cell, has a filter and a frozen head, checks every text and number, and reads again what the library wrote.
"""


def write(path, text):
    """Puts the section of the inner loops in the place of the last one, or at the end."""
    replace(path, HEAD, text)


def write_sheets(path, sentence, table, rows, rounds, report, command="python tests/bench/sheets.py build --page docs/performance.md"):
    """The same for the section of workbooks."""
    from peers_sheet import COLUMNS

    replace(path, SHEETS_HEAD, SHEETS_HEAD + SHEETS_TEXT.format(rows=rows, columns=COLUMNS, cells=rows * COLUMNS, sentence=sentence, table=table, rounds=rounds, report=report, command=command))


def replace(path, head, text):
    """The section from its head to the next one is exchanged; a new one goes to the end."""
    before, _, old = path.read_text(encoding="utf-8").partition(head)
    _, mark, after = old.partition("\n## ")
    path.write_text(before.rstrip("\n") + "\n\n" + text.rstrip("\n") + "\n" + (mark and mark + after), encoding="utf-8")
