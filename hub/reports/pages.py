"""The page of a period's figures."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request

from hub.access import Right
from hub.db import read_only
from hub.reports.figures import figures, partners, period_of
from hub.web.identity import current_actor

bp = Blueprint("reports", __name__)
# The chart of marks: its size in its own units, marks from 1 to 5 upwards.
CHART = {"width": 640, "height": 170, "left": 28, "right": 12, "top": 12, "bottom": 30}


@bp.get("/reports")
def index() -> str:
    """Figures by month and partner."""
    actor = current_actor()
    actor.require(Right.WORK_VIEW)
    given = {name: request.args.get(name, "")[:40] for name in ("since", "until", "partner_id")}
    period = period_of(_day(given["since"]), _day(given["until"]), given["partner_id"])
    with read_only() as session:
        known = partners(session, actor)
        found = figures(session, actor, period)
    return render_template(
        "reports/index.html",
        found=found,
        period=period,
        partners=known,
        chart=chart_of(found["items"]),
        query={name: value for name, value in given.items() if value},
    )


def _day(text: str) -> date | None:
    """A date from a filter; nonsense filters nothing."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def chart_of(items: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The marks over the months as points of two lines; None: fewer than two months have any."""
    months = sorted({one["month"] for one in items if one["own_rating"] or one["partner_rating"]})
    if len(months) < 2:
        return None
    wide = CHART["width"] - CHART["left"] - CHART["right"]
    high = CHART["height"] - CHART["top"] - CHART["bottom"]
    across = {month: CHART["left"] + wide * n / (len(months) - 1) for n, month in enumerate(months)}

    def up(mark: float) -> float:
        return round(CHART["top"] + high * (5 - mark) / 4, 1)

    def line(name: str) -> list[dict[str, float]]:
        marks = {month: [one[name] for one in items if one["month"] == month and one[name]]
                 for month in months}  # fmt: skip
        return [
            {"x": round(across[month], 1), "y": up(sum(one) / len(one)),
             "mark": round(sum(one) / len(one), 2)}
            for month, one in marks.items() if one
        ]  # fmt: skip

    return CHART | {
        "months": [{"x": round(x, 1), "name": month} for month, x in across.items()],
        "levels": [{"y": up(mark), "name": mark} for mark in range(1, 6)],
        "lines": [("a", line("own_rating")), ("b", line("partner_rating"))],
    }
