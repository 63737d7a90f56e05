"""The panels in the browser write money, shares and counts as the pages do, and nothing has no sign there either."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from core.formatting import numbers
from tests.browser.conftest import ROOT

SCRIPT = (ROOT / "pages" / "components" / "curve_panel.js").read_text(encoding="utf-8")
MONEY = (0, -0.0, 0.3, -0.3, 0.6, -0.6, 950, -950, 999.6, 12_345, -1_234_567, 999_999, 2.5e9)
MONEY += (
    0.5,
    1.5,
    2.5,
    999.4,
    999.5,
    1125,
    1375,
    9995,
    9_996,
    99_950,
    999_499,
    1_005_000,
    2_225_000,
    9_996_000,
    3.2e12,
)
MONEY += tuple(round(10 ** (i / 40) * (1 - i % 2 * 2), i % 4) for i in range(480))
SHARES = (0, -0.0, 1, 0.123, 11 / 7043, 0.0001, 0.999, 0.99999, 0.996, 0.5)


def said(page: Page, currency: str, what: str, values: tuple[float, ...], *more: int) -> list[str]:
    """What the browser's `Speech` says of each; JSON has no negative zero, so it is made there."""
    script = f"""([currency, what, values, more]) => {{
        {SCRIPT.replace("export default", "const unused =")}
        const speech = new Speech("en", currency);
        return values.map((value) => speech[what](value === "-0" ? -0 : value, ...more));
    }}"""
    sent = ["-0" if str(value) == "-0.0" else value for value in values]
    return list(page.evaluate(script, [currency, what, sent, list(more)]))


@pytest.mark.parametrize("currency", ["USD", "EUR", "CHF", "points"])
def test_money_is_written_as_on_the_page(page: Page, currency: str) -> None:
    assert said(page, currency, "money", MONEY) == [numbers.money(value, currency) for value in MONEY]
    assert said(page, currency, "signed", MONEY) == [numbers.money(value, currency, sign=True) for value in MONEY]


def test_a_payoff_or_a_tick_of_nothing_has_no_sign(page: Page) -> None:
    assert said(page, "EUR", "each", (-0.0, 0, -4, 2.5)) == ["€0", "€0", "−€4", "€2.50"]
    assert said(page, "EUR", "tick", (-0.0, 0)) == ["€0", "€0"]
    assert said(page, "EUR", "amount", (-0.0, 1234.6, 0.00123)) == ["0", "1,235", "0.00123"]


@pytest.mark.parametrize("digits", [0, 1])
def test_a_share_is_written_as_on_the_page(page: Page, digits: int) -> None:
    assert said(page, "USD", "percent", SHARES, digits) == [numbers.percent(share, digits) for share in SHARES]
