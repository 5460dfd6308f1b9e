"""The bus: everybody who asked hears it, and one who stumbles disturbs nobody."""

from __future__ import annotations

import logging

import pytest

from edge.bus import Bus


def test_listeners_hear_their_topic_in_the_order_they_came() -> None:
    bus, heard = Bus(), []
    bus.subscribe("sale", lambda lane: heard.append(("first", lane)))
    bus.subscribe("sale", lambda lane: heard.append(("second", lane)))
    bus.subscribe("print", lambda lane: heard.append(("never", lane)))
    bus.publish("sale", lane="1")
    bus.publish("nobody listens", x=1)
    assert heard == [("first", "1"), ("second", "1")]


def test_a_listener_that_fails_is_logged_and_the_others_still_hear(caplog: pytest.LogCaptureFixture) -> None:
    bus, heard = Bus(), []

    def broken(lane: str) -> None:
        raise RuntimeError("the screen is gone")

    bus.subscribe("sale", broken)
    bus.subscribe("sale", heard.append)  # called by keyword: fails too
    bus.subscribe("sale", lambda lane: heard.append(lane))
    with caplog.at_level(logging.ERROR):
        bus.publish("sale", lane="1")
    assert heard == ["1"]
    assert "a listener of sale failed" in caplog.text and "the screen is gone" in caplog.text
