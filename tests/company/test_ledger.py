"""The ledger: kept and read again, damaged and older files, CSV without formulas, refusals; and kept cases."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from core.company import ledger_csv
from core.company.assumptions import Change, Ledger
from core.company.case import NEEDED, chosen, outcome
from core.company.declared import FIGURES, declared
from core.company.from_runs import earned
from core.company.saved import SavedCase
from core.errors import UserError
from core.store import company
from core.store.files import write_json
from core.use_cases import use_case

AT = "2026-11-29T20:00:00+00:00"


def change(value: float, low: float, high: float, source: str = "a quote", by: str = "Ada") -> Change:
    return Change(value=value, low=low, high=high, source=source, guess=False, by=by, at=AT)


def npv(ledger: Ledger, store: Path) -> float:
    """Of the case on coupon response and credit default."""
    names = ("retail/coupon_response", "finance/credit_default")
    gains = [one.gain for one in earned(store, map(use_case, names), ledger)]
    assert len(gains) == 2
    return outcome(chosen(gains, {one.name: one for one in ledger.every}), 200).likely_npv


def test_a_change_is_kept_and_moves_the_npv_after_a_restart(tmp_path: Path) -> None:
    before = npv(declared(), tmp_path)
    company.keep_ledger(tmp_path, None, declared().with_change("discount", change(0.3, 0.2, 0.4)))
    again, problems = company.read_ledger(tmp_path, None)
    assert problems == []
    assert (again["discount"].value, again["discount"].by, again["discount"].guess) == (0.3, "Ada", False)
    assert npv(again, tmp_path) < before
    assert npv(again.without("discount"), tmp_path) == before


def test_a_euro_is_changed_at_the_ledger_s_rate_and_date(tmp_path: Path) -> None:
    credit = use_case("finance/credit_default")
    (at_declared,) = earned(tmp_path, [credit], declared())
    (doubled,) = earned(tmp_path, [credit], declared().with_change("eur_usd", change(2.32, 2, 3)))
    assert doubled.gain.mean == pytest.approx(2 * at_declared.gain.mean)
    assert doubled.gain.low == pytest.approx(2 * at_declared.gain.low)


def test_visitors_of_a_shared_server_have_ledgers_of_their_own(tmp_path: Path) -> None:
    company.keep_ledger(tmp_path, "one", declared().with_change("discount", change(0.3, 0.2, 0.4)))
    assert company.read_ledger(tmp_path, "other")[0]["discount"].value == 0.12
    assert "one" not in " ".join(str(path) for path in tmp_path.rglob("*"))


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"schema": 2, "changes": {}}', '{"changes": 3}', '{"schema": 1, "changes": {"discount": {"value'],
)
def test_a_damaged_or_later_file_leaves_the_declared_ledger_and_says_so(tmp_path: Path, content: str) -> None:
    path = company.folder_of(tmp_path, None) / "ledger.json"
    path.parent.mkdir(parents=True)
    path.write_text(content)
    ledger, problems = company.read_ledger(tmp_path, None)
    assert ledger == declared()
    assert len(problems) == 1


def test_of_a_file_with_one_wrong_line_the_others_are_taken(tmp_path: Path) -> None:
    good, wrong = change(0.3, 0.2, 0.4).to_json(), change(0.5, 0.6, 0.4).to_json()
    changes = {"discount": good, "adoption": wrong, "kept": {"value": "much"}, "gone_since": good}
    write_json(company.folder_of(tmp_path, None) / "ledger.json", {"schema": 1, "changes": changes})
    ledger, problems = company.read_ledger(tmp_path, None)
    assert set(ledger.changes) == {"discount"}
    assert len(problems) == 2


def test_a_table_that_is_exported_and_imported_changes_nothing() -> None:
    ledger = declared().with_change("discount", change(0.3, 0.2, 0.4))
    again, problems = ledger_csv.read(ledger_csv.written(ledger).encode(), ledger, "", AT)
    assert (again, problems) == (ledger, [])
    assert len(ledger_csv.written(ledger).splitlines()) == len(FIGURES) + 1


HOSTILE = ['=HYPERLINK("http://x")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1"]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_is_a_formula_and_a_source_comes_back_as_it_was(text: str) -> None:
    ledger = declared().with_change("discount", change(0.3, 0.2, 0.4, source=text, by=text))
    lines = list(csv.DictReader(io.StringIO(ledger_csv.written(ledger), newline="")))
    for line in lines:
        for column, cell in line.items():
            if column not in ("value", "low", "high"):
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")), (column, cell)
            else:
                float(cell)
    again, problems = ledger_csv.read(ledger_csv.written(ledger).encode(), declared(), "", AT)
    assert problems == []
    assert again["discount"].source == text.strip()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("discount,0.9,0.95,0.99", "rise in this order"),
        ("discount,much,0.1,0.2", "value is a number"),
        ("discount,nan,0.1,0.2", "value is a number"),
        ("discount,1e308,0.1,1e308", "rise in this order"),
        ("kept,1.2,0.5,1.2", "rise in this order"),
        ("build_cost,-5,-6,-4", "rise in this order"),
        ("profit,1,1,1", "no assumption is called 'profit'"),
        ("discount", "value is a number"),
    ],
)
def test_a_line_that_cannot_be_is_refused_with_its_number(line: str, told: str) -> None:
    table = f"name,value,low,high\nadoption,0.5,0.4,0.6\n{line}\n"
    ledger, problems = ledger_csv.read(table.encode(), declared(), "Ada", AT)
    assert set(ledger.changes) == {"adoption"}
    assert len(problems) == 1
    assert "Line 3" in problems[0]
    assert told in problems[0]


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00", b"x" * 2_000_000])
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(UserError):
        ledger_csv.read(content, declared(), "", AT)


def saved(name: str = "Plan A") -> SavedCase:
    figures = {of: (declared()[of].value, declared()[of].low, declared()[of].high) for of in NEEDED}
    return SavedCase(name=name, use_cases=("retail/coupon_response",), figures=figures, at=AT)


def test_a_case_is_kept_read_replaced_and_deleted(tmp_path: Path) -> None:
    stem = company.keep_case(tmp_path, None, saved())
    assert company.keep_case(tmp_path, None, saved()) == stem, "of the same name, replaced"
    company.keep_case(tmp_path, None, saved("../../etc"))
    found, problems = company.saved_cases(tmp_path, None)
    assert {one.name for one in found.values()} == {"Plan A", "../../etc"}
    assert (found[stem], problems) == (saved(), [])
    assert {path.parent for path in tmp_path.rglob("*.json")} == {company.folder_of(tmp_path, None) / "cases"}
    company.forget_case(tmp_path, None, stem)
    assert len(company.saved_cases(tmp_path, None)[0]) == 1


@pytest.mark.parametrize("cut", [0, 1, 40, -5])
def test_a_half_written_case_is_told_and_hides_no_other(tmp_path: Path, cut: int) -> None:
    whole = json.dumps(saved().to_json())
    company.keep_case(tmp_path, None, saved("Plan B"))
    (company.folder_of(tmp_path, None) / "cases" / "torn.json").write_text(whole[:cut])
    found, problems = company.saved_cases(tmp_path, None)
    assert [one.name for one in found.values()] == ["Plan B"]
    assert len(problems) == 1
    assert "torn" in problems[0]


def test_a_case_of_an_earlier_version_takes_what_it_lacks_from_today() -> None:
    told = saved().to_json()
    del told["schema"], told["figures"]["decay"]
    told["figures"] |= {"gone_since": [1, 1, 1], "kept": [5, 4, 6], "adoption": [0.5, 0.4, 0.6]}
    figures = {one.name: one for one in FIGURES}
    applied = SavedCase.from_json(told).applied(figures)
    assert applied["decay"] == figures["decay"]
    assert applied["kept"] == figures["kept"], "beyond today's bounds"
    assert applied["adoption"].value == 0.5
    with pytest.raises(ValueError, match="later version"):
        SavedCase.from_json(told | {"schema": 9})


def test_too_many_cases_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(company, "MOST_CASES", 2)
    company.keep_case(tmp_path, None, saved("1"))
    company.keep_case(tmp_path, None, saved("2"))
    company.keep_case(tmp_path, None, saved("2"))
    with pytest.raises(UserError, match="At most 2 cases"):
        company.keep_case(tmp_path, None, saved("3"))
