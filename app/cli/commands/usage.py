"""`outcrop usage`: what was spent, and what may be."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from app.cli import screen
from app.cli.application import StackOption, application
from app.cli.options import AsJson

COLUMNS = ("", "calls", "tokens", "dollars", "budget", "resets")


def usage(
    month: Annotated[
        str | None, typer.Option("--month", help="As in 2026-11; by default this month.")
    ] = None,
    everybody: Annotated[
        bool,
        typer.Option(
            "--all", help="What everybody has spent; an operator's credentials read the table."
        ),
    ] = False,
    stack: StackOption = None,
    as_json: AsJson = False,
) -> None:
    """Show what you have spent this month, day by day, and what you may spend.

    The sums are of tokens that models report, and of list prices: the bill has the last word.
    """
    if everybody:
        _show_all(stack, month, as_json)
        return
    with application(stack) as client:
        answer = client.call("GET", "/usage", params={"month": month} if month else {})
    if as_json:
        screen.show_json(answer)
        return
    totals = [each for each in (answer["today"], answer["month"]) if each]
    screen.table(COLUMNS, [_row(each) for each in (*answer["days"], *totals)])
    show_doubts(answer["unpricedCalls"], answer["unverifiedCalls"])
    screen.out.print(f"List prices as of {answer['pricesAsOf']}; days are UTC.", style="dim")


def show_doubts(unpriced: int, unverified: int) -> None:
    """Say of how many calls the dollars are missing, or rest on no list."""
    if unpriced:
        screen.out.print(
            f"{unpriced} calls are of models whose price is not known: their dollars are missing.",
            style="dim",
        )
    if unverified:
        screen.out.print(
            f"{unverified} calls are of models whose price is unverified: it was read in no list "
            "of AWS's. docs/budgets.md has them; OUTCROP_PRICES sets them.",
            style="dim",
        )


def _row(sums: Mapping[str, Any]) -> tuple[str, ...]:
    budgets = [
        f"{sums['mostTokens']:,} tokens" if sums.get("mostTokens") is not None else "",
        f"${sums['mostDollars']:,.2f}" if sums.get("mostDollars") is not None else "",
    ]
    return (
        sums["period"],
        f"{sums['calls']:,}",
        f"{sums['tokens']:,}",
        f"${sums['dollars']:,.4f}",
        ", ".join(filter(None, budgets)),
        (sums.get("resets") or "")[:16].replace("T", " "),
    )


def _show_all(stack: str | None, month: str | None, as_json: bool) -> None:
    """Read the table with the credentials that boto3 finds, and print a row for each principal."""
    from app.budgets import Table
    from app.budgets.limits import BILLION, now
    from app.cli.usage_table import opened

    name = month or now().month
    with opened(stack) as (dynamodb, table):
        months = sorted(
            Table(dynamodb, table).read_all(name), key=lambda each: -each.amount("").nanodollars
        )
    rows: list[dict[str, Any]] = [
        {
            "principal": each.principal,
            "month": each.month,
            "calls": each.sums.get("calls", 0),
            "tokens": each.amount("").tokens,
            "dollars": each.amount("").nanodollars / BILLION,
            "turns": len(each.turns),
            "unpricedCalls": each.sums.get("unpriced", 0),
            "unverifiedCalls": each.sums.get("unverified", 0),
        }
        for each in months
    ]
    if as_json:
        screen.show_json({"month": name, "principals": rows})
        return
    screen.table(
        ("principal", "calls", "tokens", "dollars", "turns under way"),
        [
            (
                row["principal"],
                f"{row['calls']:,}",
                f"{row['tokens']:,}",
                f"${row['dollars']:,.4f}",
                str(row["turns"]),
            )
            for row in rows
        ],
    )
    show_doubts(*(sum(row[name] for row in rows) for name in ("unpricedCalls", "unverifiedCalls")))
