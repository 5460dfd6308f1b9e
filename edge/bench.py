"""The device bench behind /bench: simulated devices by name, and codes worth tapping."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from edge import catalog, codes
from edge.base.i18n import t
from edge.base.sqlite import rows
from edge.box import Box
from edge.errors import ShopError


class SimulatedDevice(Protocol):
    """What every simulated twin offers beside its real interface."""

    name: str
    kind: str

    @property
    def state(self) -> Any: ...
    def faults(self) -> dict[str, bool]: ...
    def set_fault(self, name: str, on: bool) -> None: ...


class SimulatedInput(SimulatedDevice, Protocol):
    def inject(self, text: str, at_ns: int | None = None) -> None: ...


class DeviceBench:
    """Implements services.Bench over the simulated devices of this box."""

    def __init__(
        self,
        box: Box,
        devices: dict[str, Any],
        lanes: dict[str, str | None],
        picture: Callable[[bytes], bytes],
        changed: Callable[[], None],
    ) -> None:
        self.box, self._devices, self._lanes, self._picture, self._changed = box, devices, lanes, picture, changed

    def devices(self) -> list[dict[str, Any]]:
        """Each simulated device with its state and switches."""
        return [
            {
                "name": name, "kind": device.kind, "lane": self._lanes.get(name), "state": device.state.value,
                "faults": device.faults(),
            }
            for name, device in self._devices.items()
        ]  # fmt: skip

    def scan(self, device: str, code: str) -> None:
        """Let a simulated scanner or card reader read the code."""
        found = self._device(device)
        if not hasattr(found, "inject"):
            raise ShopError("device_unknown", status=404)
        found.inject(code)

    def fault(self, device: str, name: str, on: bool) -> None:
        """Switch a fault of a device."""
        found = self._device(device)
        if name not in found.faults():
            raise ShopError("device_unknown", status=404)
        found.set_fault(name, on)
        self._changed()

    def papers(self, printer: str) -> list[dict[str, Any]]:
        """What came out of a simulated printer, newest first."""
        papers = self._device(printer).papers()
        return [
            {"id": str(i), "kicks": paper.kicks, "png": f"/api/bench/paper/{printer}/{i}.png"}
            for i, paper in reversed(list(enumerate(papers)))
            if paper.data
        ]

    def picture(self, printer: str, paper: str) -> bytes:
        """PNG of one paper; KeyError when there is none of that number."""
        papers = self._device(printer).papers()
        if not paper.isdecimal() or int(paper) >= len(papers):
            raise KeyError(paper)
        return self._picture(papers[int(paper)].data)

    def samples(self, lang: str) -> dict[str, list[dict[str, Any]]]:
        """Codes to tap: products, members, staff badges, and codes that must be refused clearly."""
        versions = catalog.current(self.box.db)
        tiles = catalog.tiles(self.box.db, versions)
        counted = [p for p in tiles if p.gtin and p.unit == "pc"][:12]
        products = [{"name": p.name(lang), "code": p.gtin} for p in counted] + self._labels(lang)
        members = [
            {"name": f"{name} · {tier_score}", "code": code}
            for name, code, tier_score in rows(
                self.box.db,
                "SELECT m.name, c.code, COALESCE((SELECT SUM(score) FROM ledger l WHERE l.member = m.id), 0) AS score "
                "FROM member_card c JOIN member m ON m.id = c.member ORDER BY score DESC LIMIT 60",
            )
        ]
        staff = [
            {"name": zh if lang.startswith("zh") else en, "code": badge}
            for zh, en, badge in rows(self.box.db, "SELECT name_zh, name_en, badge FROM staff WHERE badge IS NOT NULL")
        ]
        return {"products": products, "members": members[::20] + members[-1:], "staff": staff, "bad": self._bad(lang)}

    def _labels(self, lang: str) -> list[dict[str, Any]]:
        found = rows(
            self.box.db,
            "SELECT p.name_zh, p.name_en, substr(c.code, 5) FROM product_code c JOIN product p "
            "ON p.version = c.version AND p.id = c.product WHERE c.version = ? AND c.code LIKE 'plu:%' LIMIT 2",
            (catalog.current(self.box.db).catalog,),
        )
        weighed = next((label for label in self.box.rules.labels if "W" in label), None)
        if weighed is None:
            return []
        return [
            {"name": f"{zh if lang.startswith('zh') else en} 1.25 kg", "code": codes.weighed_label(weighed, plu, 1250)}
            for zh, en, plu in found
        ]

    def _bad(self, lang: str) -> list[dict[str, Any]]:
        return [
            {"name": t(lang, "shop.sample_check"), "code": "6901234567890"},
            {"name": t(lang, "shop.sample_unknown"), "code": "5901234123457"},
            {"name": t(lang, "shop.sample_long"), "code": "9" * 4096},
            {"name": t(lang, "shop.sample_control"), "code": "690\x1bp\x0012"},
            {"name": t(lang, "shop.sample_payment"), "code": "130123456789012345"},
            {"name": t(lang, "shop.sample_card"), "code": "TBX000000000099"},
            {"name": t(lang, "shop.sample_swipe"), "code": ";4111111111111111=29121010000000?"},
        ]

    def _device(self, name: str) -> Any:
        device = self._devices.get(name)
        if device is None:
            raise ShopError("device_unknown", status=404)
        return device
