"""How values are written on the console: money, points, times, ages, masked phones, tiers."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask, g

from edge.base.i18n import t
from edge.base.money import fmt_money
from sync.hq import HqServices

# Shown beside a member's score. The rungs are the boxes' own setting; headquarters only names the reached one.
TIERS = (("gold", 3_000), ("silver", 1_000), ("bronze", 0))


def install(app: Flask, services: HqServices) -> None:
    """Make the filters known to the templates."""
    zone, currency, clock = services.config.zone, services.config.currency, services.env.clock

    def local(us: int) -> datetime:
        return datetime.fromtimestamp(us / 1e6, UTC).astimezone(zone)

    def moment(us: int | None) -> str:
        """18:42:07 today, with the date before when it was another day."""
        if not us:
            return "–"
        then, now = local(us), local(clock.now_us())
        return then.strftime("%H:%M:%S" if then.date() == now.date() else "%Y-%m-%d %H:%M")

    def ago(us: int) -> str:
        if not us:
            return t(g.lang, "hq.never")
        seconds = max(0, clock.now_us() - us) // 1_000_000
        for size, key in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
            if seconds >= 2 * size:
                return t(g.lang, f"hq.ago_{key}", n=seconds // size)
        return t(g.lang, "hq.ago_now") if seconds < 10 else t(g.lang, "hq.ago_seconds", n=seconds)

    app.jinja_env.filters.update(
        money=lambda minor: fmt_money(minor, currency),
        number=lambda n: f"{n:,}".replace("-", "\u2212"),
        signed=lambda n: f"+{n:,}" if n > 0 else f"{n:,}".replace("-", "\u2212"),
        moment=moment,
        ago=ago,
        phone=masked_phone,
        tier=tier,
        short=lambda data: data.hex()[:8],
        day=lambda text: f"{int(text[8:])}",
        percent=lambda part, whole: round(100 * part / whole) if whole else 0,
    )


def masked_phone(phone: str | None) -> str:
    """13800005021 -> 138••••5021."""
    if not phone:
        return "–"
    return f"{phone[:3]}••••{phone[-4:]}" if len(phone) >= 8 else "••••"


def tier(score: int) -> str:
    """The id of the rung a score has reached."""
    return next(name for name, least in TIERS if score >= least or name == "bronze")
