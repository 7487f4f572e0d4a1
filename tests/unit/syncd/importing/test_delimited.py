"""CSV files as spreadsheets write them."""

from pathlib import Path

from syncd.importing.delimited import read_csv


def test_a_cell_of_several_lines_keeps_them_apart(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes('\ufeffDate;Event\r\n"Sep 21,\r\n2026";"Quarter\nbegins"\r\n'.encode())
    (table,) = read_csv(file).tables
    assert [" ".join(cell.text.split()) for cell in table.rows[1]] == ["Sep 21, 2026", "Quarter begins"]
