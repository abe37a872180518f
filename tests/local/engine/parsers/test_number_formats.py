"""Numbers as Excel shows them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.local.engine.parsers.sheets.number_formats import built_in, show_number, show_text

ACCOUNTING = '_($* #,##0.00_);_($* (#,##0.00);_($* "-"??_);_(@_)'
PHONE = "[<=9999999]###-####;(###) ###-####"


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        # digits: their number, groups, decimals, thousands
        ("2138", "00000", "02138"),
        ("1234.5", "#,##0.00", "1,234.50"),
        ("1234567", "#,##0", "1,234,567"),
        ("1500000", '#,##0,"k"', "1,500k"),
        ("1234567.891", '0.0,,"M"', "1.2M"),
        ("2", "0.##", "2."),
        ("0.5", "#.00", ".50"),
        ("1.005", "0.00", "1.01"),
        ("-0.001", "0.00", "0.00"),
        ("-5", "0.00", "-5.00"),
        ("16", "0000-0000", "0000-0016"),
        ("123456789", "000-00-0000", "123-45-6789"),
        ("2025550123", "(000) 000-0000", "(202) 555-0123"),
        ("1234567890123456", "0", "1234567890123456"),
        # words, currencies, units
        ("1234.5", '#,##0.00 "€"', "1,234.50 €"),
        ("1234.5", r"#,##0.00\ [$€-407]", "1,234.50 €"),
        ("1234.5", '[$$-409]#,##0.00', "$1,234.50"),
        ("75", '0" kg"', "75 kg"),
        ("100", r"0\ \m\²", "100 m²"),
        ("7", '"No. "General', "No. 7"),
        ("9.5", '0.0" h"', "9.5 h"),
        ("0.125", "0.0%", "12.5%"),
        # sections and conditions
        ("-1234.5", '"$"#,##0.00;[Red]("$"#,##0.00)', "($1,234.50)"),
        ("-0.125", "0.0%;[Red]-0.0%", "-12.5%"),
        ("-3", "General;(General)", "(3)"),
        ("0", '"Yes";"Yes";"No"', "No"),
        ("42", ";;;", ""),
        ("0", "0;-0;;@", ""),
        ("1234.5", ACCOUNTING, "$1,234.50"),
        ("-1234.5", ACCOUNTING, "$(1,234.50)"),
        ("0", ACCOUNTING, "$-"),
        ("5551234", PHONE, "555-1234"),
        ("2025551234", PHONE, "(202) 555-1234"),
        ("15", '[<10]"low";[>=10]"high"', "high"),
        ("-15", '[>100]"high";[<-10]0" below";0', "15 below"),
        ("2500", '[>=1000000]0.0,,"M";[>=1000]0.0,"K";0', "2.5K"),
        ("25", '[>=1000000]0.0,,"M";[>=1000]0.0,"K";0', "25"),
        ("7", '[=1]"one";[=2]"two";"many"', "many"),
        # Japan's eras and days
        ("45000", 'ggge"年"m"月"d"日"', "令和5年3月15日"),
        ("45000", "gge.m.d (aaa)", "令5.3.15 (水)"),
        ("32516", "ge/m/d aaaa", "H1/1/8 日曜日"),
        ("45000", 'e"年"', "2023年"),
        # powers and fractions
        ("6.02E+23", "0.00E+00", "6.02E+23"),
        ("0.00012", "0.00E+00", "1.20E-04"),
        ("12345", "##0.0E+0", "12.3E+3"),
        ("0.5", "# ?/?", "1/2"),
        ("-1.5", "# ?/?", "-1 1/2"),
        ("3", "# ??/??", "3"),
        ("1.25", "# ?/4", "1 1/4"),
        ("0.333333333333333", "?/?", "1/3"),
        # days and times
        ("45366", "dd.mm.yyyy", "15.03.2024"),
        ("45366", "m/d/yy", "3/15/24"),
        ("45366", "dddd, mmmm dd, yyyy", "Friday, March 15, 2024"),
        ("45366", "[$-407]d. mmmm yyyy;@", "15. März 2024"),
        ("45366", "[$-40C]dddd d mmmm", "vendredi 15 mars"),
        ("45366.75", "yyyy-mm-dd hh:mm", "2024-03-15 18:00"),
        ("45366.75", "mmm-yy h:mm AM/PM", "Mar-24 6:00 PM"),
        ("44927", 'yyyy"年"m"月"d"日"', "2023年1月1日"),
        ("1", "yyyy-mm-dd", "1900-01-01"),
        ("1.083333333333333", "[h]:mm", "26:00"),
        ("1.5", "[hh]:mm:ss", "36:00:00"),
        ("0.0006944444", "mm:ss.0", "01:00.0"),
        ("-1", "yyyy-mm-dd", "-1"),
        # without a format
        ("0.30000000000000004", "General", "0.3"),
        ("1E+20", "General", "1E+20"),
        ("1e3", "@", "1000"),
        ("0.000001", "General", "0.000001"),
        ("1E-7", "General", "1E-07"),
        ("n/a", "0.00", "n/a"),
        # digits that the format writes itself
        ("4", r"\1\.00", "1.04 (4)"),
    ],
)  # fmt: skip
def test_a_number_is_shown_as_its_format_says(value: str, code: str, text: str) -> None:
    assert show_number(value, code) == text


def test_days_may_be_counted_from_1904() -> None:
    assert show_number("0", "yyyy-mm-dd", from_1904=True) == "1904-01-01"


def test_what_a_computers_settings_decide_is_shown_as_in_iso_8601() -> None:
    assert show_number("45366.5", built_in(14)) == "2024-03-15"
    assert show_number("45366.5", built_in(22)) == "2024-03-15 12:00"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("General", "Rope"),
        ("@", "Rope"),
        ("0.00", "Rope"),
        ("yyyy;@", "Rope"),
        ('0;0;0;"Item "@', "Item Rope"),
        (";;;", ""),
    ],
)
def test_a_format_may_add_to_a_text_and_hide_it(code: str, text: str) -> None:
    assert show_text("Rope", code) == text


@given(st.floats(), st.text(alphabet='0#?.,%/E+-;@$"\\[]_* ymdhs<>=General1', max_size=12))
def test_every_format_shows_something(value: float, code: str) -> None:
    assert isinstance(show_number(repr(value), code), str)
    assert isinstance(show_text("Rope", code), str)
