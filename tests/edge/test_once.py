"""The same request again: one change and one answer, whatever is doubled, delayed, refused, broken or cut off."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from peewee import DatabaseError

from edge import once as module
from edge.errors import ShopError
from edge.once import KEPT_US, Answer, Once, tidy
from tests.edge.shop import Shop


class Broken(Exception):
    """The program failed half-way."""


def change(shop: Shop, name: str) -> Answer:
    """Something that must happen once: a row of the outbox of changes."""
    with shop.box.transaction() as db:
        db.execute_sql("INSERT INTO held VALUES (?, '1', NULL, '', '', 0, 0, 1, 0)", (f"{name}-{time.monotonic_ns()}",))
    return Answer(201, {"made": name})


def changes(shop: Shop) -> Counter[str]:
    return Counter(uid.rpartition("-")[0] for (uid,) in shop.ask("SELECT uid FROM held"))


def test_the_same_key_gives_the_first_answer_again_and_changes_nothing(shop: Shop) -> None:
    once = Once(shop.box)
    first = once.run("p", "k", "w", lambda: change(shop, "a"))
    again = once.run("p", "k", "w", lambda: change(shop, "a"))
    assert first == Answer(201, {"made": "a"}) and again == Answer(201, {"made": "a"}, again=True)
    assert changes(shop) == {"a": 1}


def test_another_request_with_the_same_key_is_refused(shop: Shop) -> None:
    once = Once(shop.box)
    once.run("p", "k", "w", lambda: change(shop, "a"))
    with pytest.raises(ShopError) as caught:
        once.run("p", "k", "other", lambda: change(shop, "b"))
    assert (caught.value.slug, caught.value.status) == ("key_reused", 422)
    assert changes(shop) == {"a": 1}


def test_a_key_is_its_owner_s(shop: Shop) -> None:
    once = Once(shop.box)
    once.run("p", "k", "w", lambda: change(shop, "a"))
    assert not once.run("q", "k", "w", lambda: change(shop, "b")).again
    assert changes(shop) == {"a": 1, "b": 1}


def refuse() -> Answer:
    raise ShopError("held_gone", status=404, limit=5)


def test_a_refusal_is_an_answer_too(shop: Shop) -> None:
    """A request that was refused and comes again late must not do then what its sender believes undone."""
    once = Once(shop.box)
    for act in (refuse, lambda: change(shop, "a")):
        with pytest.raises(ShopError) as caught:
            once.run("p", "k", "w", act)
        assert (caught.value.slug, caught.value.status, caught.value.params) == ("held_gone", 404, {"limit": 5})
    assert not changes(shop)


def test_what_is_true_for_a_while_only_is_not_kept(shop: Shop) -> None:
    def wait() -> Answer:
        raise ShopError("pin_wait", status=429, seconds=60)

    once = Once(shop.box)
    with pytest.raises(ShopError):
        once.run("p", "k", "w", wait)
    assert not once.run("p", "k", "w", lambda: change(shop, "a")).again


def test_a_request_that_broke_is_not_remembered_and_left_nothing(shop: Shop) -> None:
    def breaks() -> Answer:
        change(shop, "a")
        raise Broken

    once = Once(shop.box)
    with pytest.raises(Broken):
        once.run("p", "k", "w", breaks)
    assert not changes(shop)
    assert not once.run("p", "k", "w", lambda: change(shop, "a")).again
    assert changes(shop) == {"a": 1}


def test_the_answer_lives_and_dies_with_the_change(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever stops the box between the change and its answer leaves neither."""
    with monkeypatch.context() as patch:
        patch.setattr(module, "_KEEP", "INSERT INTO no_such_table VALUES (?, ?, ?, ?, ?)")
        with pytest.raises(DatabaseError):
            Once(shop.box).run("p", "k", "w", lambda: change(shop, "a"))
    assert not changes(shop)
    shop.restart()
    assert not Once(shop.box).run("p", "k", "w", lambda: change(shop, "a")).again


def test_it_survives_a_restart(shop: Shop) -> None:
    Once(shop.box).run("p", "k", "w", lambda: change(shop, "a"))
    shop.restart()
    assert Once(shop.box).run("p", "k", "w", lambda: change(shop, "a")).again
    assert changes(shop) == {"a": 1}


def test_secrets_are_shown_once_and_not_kept(shop: Shop) -> None:
    once = Once(shop.box)

    def hide(data: Any) -> Any:
        return {**data, "code": None}

    first = once.run("p", "k", "w", lambda: Answer(200, {"code": "481516"}), kept=hide)
    assert first.data == {"code": "481516"}
    assert once.run("p", "k", "w", lambda: Answer(200, {}), kept=hide).data == {"code": None}
    assert b"481516" not in shop.bytes_at_rest()


def test_listeners_hear_after_the_commit_or_never(shop: Shop) -> None:
    heard: list[tuple[str, bool]] = []
    shop.box.after_commit.append(lambda topic, _: heard.append((topic, shop.db.connection().in_transaction)))

    def tells() -> Answer:
        shop.box.announce("catalog")
        return change(shop, "a")

    def breaks() -> Answer:
        shop.box.announce("offers")
        raise Broken

    once = Once(shop.box)
    once.run("p", "k", "w", tells)
    with pytest.raises(Broken):
        once.run("p", "l", "w", breaks)
    shop.box.announce("print", lane="1")
    assert heard == [("catalog", False), ("print", False)]


def test_a_twin_that_comes_meanwhile_waits_and_gets_the_same_answer(shop: Shop) -> None:
    once, begun, go = Once(shop.box), threading.Event(), threading.Event()

    def slow() -> Answer:
        begun.set()
        assert go.wait(5)
        return change(shop, "a")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(lambda: _close(shop, once.run("p", "k", "w", slow, atomic=False)))
        assert begun.wait(5)
        second = pool.submit(lambda: _close(shop, once.run("p", "k", "w", slow, atomic=False)))
        time.sleep(0.05)
        assert not second.done()
        go.set()
        assert (first.result(5).again, second.result(5).again) == (False, True)
    assert changes(shop) == {"a": 1}


def test_a_twin_that_waits_too_long_is_told(shop: Shop) -> None:
    once, begun, go = Once(shop.box, wait_s=0.05), threading.Event(), threading.Event()

    def slow() -> Answer:
        begun.set()
        assert go.wait(5)
        return Answer(200, None)

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(lambda: _close(shop, once.run("p", "k", "w", slow, atomic=False)))
        assert begun.wait(5)
        with pytest.raises(ShopError) as caught:
            once.run("p", "k", "w", slow)
        assert (caught.value.slug, caught.value.status) == ("key_running", 409)
        go.set()
        assert not first.result(5).again


def _close(shop: Shop, answer: Answer) -> Answer:
    shop.box.close()  # this thread's connections
    return answer


def test_answers_are_forgotten_after_a_day(shop: Shop) -> None:
    once = Once(shop.box)
    once.run("p", "old", "w", lambda: Answer(200, None))
    shop.clock.advance(KEPT_US / 1e6 + 1)
    once.run("p", "new", "w", lambda: Answer(200, None))
    assert tidy(shop.box) == 1 and tidy(shop.box) == 0
    assert shop.ask("SELECT key FROM request_seen") == [("p:new",)]


# ---- any interleaving

CALLS = some.lists(
    some.tuples(
        some.sampled_from(["k1", "k2", "k3"]),  # key
        some.sampled_from(["good", "good", "refused", "broken", "dies"]),  # what comes of it if it runs
        some.integers(1, 4),  # how many twins at once
    ),
    min_size=1,
    max_size=7,
)


@pytest.mark.fault("F90")
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls=CALLS)
def test_any_interleaving_of_duplicates_changes_things_once(shop: Shop, calls: list[tuple[str, str, int]]) -> None:
    shop.db.execute_sql("DELETE FROM held")
    shop.db.execute_sql("DELETE FROM request_seen")
    good: Counter[str] = Counter()
    answers: dict[str, set[str]] = {}
    for key, fate, twins in calls:
        once = Once(shop.box)
        seen = _at_once(shop, once, key, fate, twins)
        good[key] += sum(one == "done" for one in seen)
        answers.setdefault(key, set()).update(one for one in seen if one in ("done", "refused"))
    done = changes(shop)
    for key, said in answers.items():
        assert len(said) <= 1, f"{key} was answered in two ways: {said}"
        assert done[key] == ("done" in said), f"{key} changed things {done[key]} times"


def _at_once(shop: Shop, once: Once, key: str, fate: str, twins: int) -> list[str]:
    start = threading.Barrier(twins)

    def act() -> Answer:
        answer = change(shop, key)
        if fate == "refused":
            raise ShopError("held_gone")
        if fate in ("broken", "dies"):
            raise Broken
        return answer

    def call(_: int) -> str:
        start.wait(5)
        try:
            once.run("p", key, "w", act)
            return "done"
        except ShopError:
            return "refused"
        except Broken:
            return "broken"
        finally:
            shop.box.close()

    with ThreadPoolExecutor(twins) as pool:
        return list(pool.map(call, range(twins)))
