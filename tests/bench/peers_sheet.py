"""Writes the table of bench_sheet.c by another program: python peers_sheet.py xlsxwriter|pandas-xlsxwriter|pandas-openpyxl FILE.xlsx ROWS.

Prints seconds of processor time and of wall clock for the writing alone: imports, the rows, and the data frame for pandas, are made before.
"""

import sys
import time

COLUMNS, TEXTS, SERIES, UNITS = 10, 2, 500, 7
HEADS = [f"column {i + 1}" for i in range(COLUMNS)]


def value_at(row, column):
    return (row * 7919 + column * 104729) % 1000003 / 997.0


def row_of(row):
    return [f"series.{row % SERIES}", f"unit {row % UNITS}", *(value_at(row, column) for column in range(TEXTS, COLUMNS))]


def xlsxwriter_writer(rows):
    """Row by row in constant memory, each value by the method for its type, which is the quickest way that its manual names."""
    import xlsxwriter

    table = [row_of(row) for row in range(rows)]

    def write(path):
        book = xlsxwriter.Workbook(path, {"constant_memory": True})
        sheet = book.add_worksheet("Data")
        for column, head in enumerate(HEADS):
            sheet.write_string(0, column, head)
        text, number = sheet.write_string, sheet.write_number
        for row, values in enumerate(table, 1):
            for column in range(TEXTS):
                text(row, column, values[column])
            for column in range(TEXTS, COLUMNS):
                number(row, column, values[column])
        book.close()

    return write


def pandas_writer(rows, engine):
    import pandas as pd

    frame = pd.DataFrame([row_of(row) for row in range(rows)], columns=HEADS)
    return lambda path: frame.to_excel(path, sheet_name="Data", index=False, engine=engine)


def main():
    peer, path, rows = sys.argv[1], sys.argv[2], int(sys.argv[3])
    write = xlsxwriter_writer(rows) if peer == "xlsxwriter" else pandas_writer(rows, peer.removeprefix("pandas-"))
    processor, wall = time.process_time(), time.perf_counter()
    write(path)
    print(f"{time.process_time() - processor:.4f} {time.perf_counter() - wall:.4f}")


if __name__ == "__main__":
    main()
