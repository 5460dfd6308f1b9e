"""The progress bar: one line on a terminal, one last line in a pipe."""

from __future__ import annotations

import io

from edge.progress import Bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Watch:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_terminal_sees_one_line_that_grows() -> None:
    out, watch = Terminal(), Watch()
    bar = Bar(out, "filling", watch)
    for done in (0, 50, 100):
        bar(done, 100, "sales")
        watch.now += 1
    bar.end()
    drawn = out.getvalue().split("\r")[1:]
    assert [line.count("█") for line in drawn] == [0, 12, 24]
    assert drawn[-1].startswith("filling [")
    assert "100/100  sales" in drawn[-1]
    assert out.getvalue().endswith("\n")
    assert bar.seconds() == 3


def test_it_is_not_drawn_more_often_than_anyone_can_see_but_always_at_the_end() -> None:
    out, watch = Terminal(), Watch()
    bar = Bar(out, now=watch)
    for done in range(1, 1001):
        bar(done, 1000)
        watch.now += 0.001
    assert 8 <= out.getvalue().count("\r") <= 12
    assert "1000/1000" in out.getvalue()


def test_a_pipe_gets_the_last_state_only() -> None:
    out = io.StringIO()
    bar = Bar(out, "replay")
    bar(1, 2, "a")
    bar(2, 2, "b")
    assert out.getvalue() == ""
    bar.end()
    assert out.getvalue().count("\n") == 1
    assert "2/2  b" in out.getvalue()


def test_nothing_to_do_is_all_done() -> None:
    out = Terminal()
    bar = Bar(out)
    bar.end()
    assert out.getvalue() == ""
    bar(0, 0)
    assert out.getvalue().count("█") == 24
