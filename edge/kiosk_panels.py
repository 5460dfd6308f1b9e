"""The panels of the kiosk, in the order of their buttons."""

from __future__ import annotations

from typing import Any

from edge import kiosk_mine, kiosk_rewards, kiosk_why
from edge.errors import ShopError
from edge.kiosk_state import Command, KioskState, Panel

PANELS: tuple[Panel, ...] = (kiosk_why.PANEL, kiosk_rewards.PANEL, kiosk_mine.PANEL)


def _open(kiosk: KioskState, args: dict[str, Any]) -> None:
    """{name}: open it; without a name, close what is open. ShopError("panel_gone")."""
    name = args.get("name") or ""
    if name and name not in [panel.name for panel in _there(kiosk)]:
        raise ShopError("panel_gone")
    kiosk.visit.panel = name


COMMANDS = {"panel": Command(_open, member=False)}


def _there(kiosk: KioskState) -> list[Panel]:
    return [panel for panel in PANELS if panel.member == (kiosk.visit.member is not None)]


def buttons(kiosk: KioskState, lang: str) -> list[dict[str, Any]]:
    """[{panel, icon, badge}] of the main actions."""
    found = [(panel, panel.badge(kiosk, lang)) for panel in _there(kiosk) if panel.wide]
    return [{"panel": panel.name, "icon": panel.icon, "badge": badge} for panel, badge in found if badge is not None]


def shown(kiosk: KioskState, lang: str) -> dict[str, Any] | None:
    """{name, icon, facts} of the panel that is open."""
    panel = next((panel for panel in _there(kiosk) if panel.name == kiosk.visit.panel), None)
    return {"name": panel.name, "icon": panel.icon, "facts": panel.facts(kiosk, lang)} if panel else None
