"""The only reader and writer of spreadsheets: xlsx, xls and csv, hostile ones included."""

from tracker.spreadsheets.workbook.reading import read_table
from tracker.spreadsheets.workbook.tables import LIMITS, Cell, Limits, SheetRow, Table
from tracker.spreadsheets.workbook.writing import Column, Written, write_csv, write_table

__all__ = [
    "LIMITS",
    "Cell",
    "Column",
    "Limits",
    "SheetRow",
    "Table",
    "Written",
    "read_table",
    "write_csv",
    "write_table",
]
