from data.files.csv_sheet import guarded_row, sheet_rows
from maps.pages.i18n import translator
from maps.pages.tables import table_csv


def test_a_text_that_a_spreadsheet_would_compute_is_no_formula() -> None:
    assert guarded_row(["=1+1", "@SUM(A1)", "+98 912", "-", "\tx"]) == [
        "'=1+1",
        "'@SUM(A1)",
        "'+98 912",
        "'-",
        "'\tx",
    ]


def test_numbers_stay_numbers() -> None:
    assert guarded_row([-1.5, "-1.5", "+3", "-0,3", 7, None]) == [
        -1.5,
        "-1.5",
        "+3",
        "-0,3",
        7,
        None,
    ]


def test_every_table_of_a_page_is_guarded() -> None:
    text = table_csv(["street"], [["=HYPERLINK(1)"]], translator("en"))
    assert "'=HYPERLINK" in text
    assert sheet_rows(text.encode())[1][1] == ["=HYPERLINK(1)"]
