"""G14: whatever is swiped, scanned or typed, no bank card's data lie on a disk, in a log or on the screen after it."""

from __future__ import annotations

import json
import logging
import random

import pytest

from drivers.cardreader_evdev import EvdevCardReader
from drivers.cards import BANK_CARD
from drivers.discovery import Wanted
from drivers.framing import Framer, to_scan
from edge.base import log as logs
from tests.drivers import swipes
from tests.drivers.conftest import wait_for
from tests.drivers.keylog import SCANNER, FakeKernel, typed
from tests.edge.shop import MILK, Hands, Shop

COUNT = 1_000


def traces(rng: random.Random) -> tuple[str, list[str]]:
    """(what is swiped, what must be nowhere): the number, its groups, its end as far as it would be telling."""
    pan, text = swipes.swipe(rng)
    return text, [pan, pan[:12], pan[-8:], " ".join(pan[i : i + 4] for i in range(0, len(pan), 4))[:14]]


@pytest.mark.fault("F81")
def test_a_thousand_swipes_leave_nothing_at_rest(shop: Shop, till: Hands, caplog: pytest.LogCaptureFixture) -> None:
    """Keys, decoder, guard, till, then a sale with a receipt; looked for in every byte of the data folder."""
    caplog.set_level(logging.DEBUG)
    rng, kernel, refused = random.Random(14), FakeKernel(), 0
    kernel.plug()
    reader = EvdevCardReader(
        "reader-1", "evdev-cardreader", shop.clock, Wanted(port=SCANNER.port),
        devices=kernel.devices, open_source=kernel.open,
    )  # fmt: skip
    secrets: list[str] = []
    screens: list[str] = []
    decoder = reader._decoder
    for n in range(COUNT):
        text, telling = traces(rng)
        secrets += telling
        frames = []
        for event in typed(text + "\r", shop.clock.mono_ns()):
            if event.type == 1:
                frames += decoder.feed(event.t_ns, event.code, event.value)
        shop.clock.advance(2)
        for frame in frames:
            till.till.on_scan(to_scan("reader-1", frame, shop.clock.mono_ns()))
            view = till.view()
            assert (view["notice"]["level"], view["notice"]["slug"]) == ("error", "scan_bank_card")
            screens.append(json.dumps([view["notice"], view["basket"], view["scan"]]))
            refused += 1
        if n % 100 == 0:
            till.scan(MILK)
    reader.close()
    till.do("pay", tenders=[{"kind": "cash", "received": 100_000}])
    assert shop.spooler().print_next()
    assert shop.printer is not None
    papers = b"".join(paper.data for paper in shop.printer.papers())
    assert refused >= COUNT
    _nowhere(secrets, shop.bytes_at_rest() + papers, caplog.text, "\n".join(screens))


@pytest.mark.fault("F81")
def test_a_thousand_tracks_scanned_or_typed_leave_nothing_at_rest(
    shop: Shop, till: Hands, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    rng = random.Random(15)
    secrets: list[str] = []
    screens: list[str] = []
    for _ in range(COUNT):
        text, telling = traces(rng)
        secrets += telling
        shop.clock.advance(2)
        for part in text.split("\r"):
            if part[0] in "%;+":
                frame = Framer().feed(part.encode() + b"\r", 0)[0]
                assert (frame.text, frame.problem) == ("", BANK_CARD)
                till.till.on_scan(to_scan("scanner-1", frame, shop.clock.mono_ns()))
                screens.append(json.dumps(till.view()["notice"]))
                assert till.do("scan", code=part)["notice"]["slug"] == "bank_card_code"
                screens.append(json.dumps(till.view()["notice"]))
    till.scan(MILK)
    till.do("pay", tenders=[{"kind": "cash", "received": 100_000}])
    _nowhere(secrets, shop.bytes_at_rest(), caplog.text, "\n".join(screens))


def _nowhere(secrets: list[str], rest: bytes, log: str, screens: str) -> None:
    assert MILK.encode() in rest  # what was sold is found: so would be what was swiped
    places = {"disk": rest, "log": log.encode(), "screens": screens.encode()}
    found = {(place, secret) for place, data in places.items() for secret in set(secrets) if secret.encode() in data}
    assert not found


def test_a_card_number_in_a_log_line_is_masked() -> None:
    assert "4111111111111111" not in logs.redact("refused 4111111111111111")


def test_a_card_s_number_that_is_typed_is_named_and_not_shown(till: Hands) -> None:
    for text in ("4111111111111111", "6200000000000000003", "378282246310005"):
        notice = till.do("scan", code=text)["notice"]
        assert notice["slug"] in ("bank_card_code", "payment_code")
        assert text not in json.dumps(notice)


def test_the_reader_s_own_thread_hands_on_a_member_s_card_and_refuses_a_bank_s(shop: Shop) -> None:
    import threading

    from edge.base.clock import SystemClock

    kernel, scans, clock = FakeKernel(), [], SystemClock()
    kernel.plug()
    reader = EvdevCardReader(
        "reader-1", "evdev-cardreader", clock, Wanted(port=SCANNER.port),
        devices=kernel.devices, open_source=kernel.open,
    )  # fmt: skip
    thread = threading.Thread(target=reader.run, args=(scans.append,))
    thread.start()
    try:
        assert wait_for(lambda: reader.state.value == "ready")
        kernel.send(typed(";4111111111111111=4912?\r%TBX000000000130?\r", clock.mono_ns()))
        assert wait_for(lambda: len(scans) == 2)
    finally:
        reader.close()
        thread.join(1)
    assert not thread.is_alive()
    assert [(s.text, s.problem) for s in scans] == [("", BANK_CARD), ("TBX000000000130", None)]


@pytest.mark.parametrize("number", ["0000000002", "2", "TBX000000000252"])
def test_a_contactless_card_s_number_is_the_member_s(till: Hands, shop: Shop, number: str) -> None:
    from drivers.base import CARD, Scan
    from edge import codes

    text = codes.member_code(2) if number.startswith("TBX") else number
    shop.clock.advance(1)
    till.till.on_scan(Scan("reader-1", text, shop.clock.mono_ns(), CARD))
    assert till.view()["member"]["tier"] == "silver"
    shop.clock.advance(1)
    till.till.on_scan(Scan("scanner-1", "0000000002", shop.clock.mono_ns()))  # from a scanner it is a code like others
    assert till.view()["notice"]["slug"] == "unknown_code"


@pytest.mark.parametrize(
    ("read", "slug"),
    [("0099999999", "unknown_card"), ("04a2b3c4d5e680", "unknown_card"), ("LIBRARY-7", "unknown_code")],
)
def test_a_card_that_nobody_has_is_offered_to_members_if_it_can_be_one(
    till: Hands, shop: Shop, read: str, slug: str
) -> None:
    from drivers.base import CARD, Scan

    till.till.on_scan(Scan("reader-1", read, shop.clock.mono_ns(), CARD))
    assert till.view()["member"] is None
    assert till.view()["notice"]["slug"] == slug
