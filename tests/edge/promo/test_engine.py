"""What a cart comes to under promotions: each kind, each pair of ways to stack, and what holds for all of them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.promo.engine import Outcome, resolve
from edge.promo.kinds import Item
from edge.promo.rules import STACKS, Promotion
from tests.edge.promo.forms import rule
from tests.edge.promo.oracle import best


def item(sku: str, pieces: int = 1, each: int = 1000, category: str = "X", brand: str = "", **more: Any) -> Item:
    return Item(sku, category, brand, pieces, each, **more)


def kilos(sku: str, grams: int, total: int) -> Item:
    """A weighed line."""
    return Item(sku, "X", "", 1, total, grams, counted=False)


def off(items: Sequence[Item], *promotions: Promotion) -> int:
    return resolve(items, promotions, {}).total


def by_line(outcome: Outcome) -> dict[int, int]:
    found: dict[int, int] = {}
    for x in outcome.offs:
        found[x.line] = found.get(x.line, 0) + x.amount
    return found


A, B, C = item("a"), item("b", each=600), item("c", each=400, category="Y", brand="m")
ABC = [A, B, C]


@pytest.mark.parametrize(("items", "kind", "more", "taken"), [
    # percent: of each line, half up; with a most: of all of them together
    (ABC, "percent", {"value": {"bp": 1000}}, {0: 100, 1: 60, 2: 40}),
    ([item("a", 3, 333)], "percent", {"value": {"bp": 1000}}, {0: 100}),
    (ABC, "percent", {"value": {"bp": 10_000}}, {0: 1000, 1: 600, 2: 400}),
    (ABC, "percent", {"value": {"bp": 1000, "most": 100}}, {0: 50, 1: 30, 2: 20}),
    ([kilos("k", 1250, 1600)], "percent", {"value": {"bp": 1000}}, {0: 160}),
    # amount: off each piece, or kilo; never more than it costs
    ([item("a", 3)], "amount", {"value": {"off": 100}}, {0: 300}),
    ([item("a", 2, 80)], "amount", {"value": {"off": 100}}, {0: 160}),
    ([kilos("k", 1250, 1600)], "amount", {"value": {"off": 100}}, {0: 125}),
    # price: never dearer than it is
    ([item("a", 2)], "price", {"value": {"price": 900}}, {0: 200}),
    ([item("a", 2, 800)], "price", {"value": {"price": 900}}, {}),
    ([item("a", 2)], "price", {"value": {"price": 0}}, {0: 2000}),
    ([kilos("k", 500, 640)], "price", {"value": {"price": 1000}}, {0: 140}),
    # n for m: the cheapest of each group are free, the rest of the pieces stay
    ([item("a", 5)], "n_for_m", {"value": {"buy": 2, "pay": 1}}, {0: 2000}),
    (ABC, "n_for_m", {"value": {"buy": 3, "pay": 2}}, {0: 200, 1: 120, 2: 80}),
    (ABC, "n_for_m", {"value": {"buy": 3, "pay": 1}}, {0: 500, 1: 300, 2: 200}),
    ([item("a", 2), item("b", 3, 600)], "n_for_m", {"value": {"buy": 2, "pay": 1, "same": True}}, {0: 1000, 1: 600}),
    (ABC, "n_for_m", {"value": {"buy": 2, "pay": 1, "same": True}}, {}),
    ([kilos("k", 1250, 1600), A], "n_for_m", {"value": {"buy": 2, "pay": 1}}, {}),  # what is weighed is not counted
    # the nth piece: the cheapest of each group
    ([item("a", 2)], "nth", {"value": {"nth": 2, "bp": 5000}}, {0: 500}),
    ([A, B], "nth", {"value": {"nth": 2, "bp": 5000}}, {0: 188, 1: 112}),
    ([item("a", 4)], "nth", {"value": {"nth": 3, "bp": 10_000}}, {0: 1000}),
    # bundles: every place filled; the dearest first; more of them while they last
    (ABC, "bundle", {"value": {"price": 1200}, "parts": [{"scope": {"skus": ["a"]}}, {"scope": {"skus": ["b"]}}]},
     {0: 250, 1: 150}),
    (ABC, "bundle", {"value": {"bp": 2500}, "parts": [{"scope": {"categories": ["X"]}, "count": 2}]}, {0: 250, 1: 150}),
    ([item("a", 2), item("b", 2, 600)], "bundle",
     {"value": {"price": 1200}, "parts": [{"scope": {"skus": ["a"]}}, {"scope": {"skus": ["b"]}}]}, {0: 500, 1: 300}),
    ([A], "bundle", {"value": {"price": 1}, "parts": [{"scope": {"skus": ["a"]}}, {"scope": {"skus": ["b"]}}]}, {}),
    ([A, C], "bundle", {"value": {"bp": 1000}, "parts": [{}, {"scope": {"skus": ["a"]}}]}, {0: 100, 1: 40}),
    (ABC, "bundle", {"value": {"price": 5000}, "parts": [{"count": 2}]}, {}),  # dearer than without
    # gifts: once, of what lies there; never for themselves
    (ABC, "gift", {"value": {"spend": 1600, "gift": "c"}}, {2: 400}),
    (ABC, "gift", {"value": {"spend": 1601, "gift": "c"}}, {}),
    ([A, item("c", 3, 400)], "gift", {"value": {"count": 1, "gift": "c"}}, {1: 400}),
    ([item("a", 3), item("c", 3, 400)], "gift", {"value": {"count": 1, "gift": "c"}, "limits": {"basket": 2}},
     {1: 800}),
    ([A, item("c", 3, 400)], "gift", {"value": {"count": 1, "gift": "c", "pieces": 2}}, {1: 800}),
    ([item("c", 3, 400)], "gift", {"value": {"count": 1, "gift": "c"}}, {}),
    ([A, B], "gift", {"value": {"count": 1, "gift": "c"}}, {}),  # it must lie there
    # for every so much spent
    (ABC, "spend_get", {"value": {"every": 1000, "off": 100}}, {0: 100, 1: 60, 2: 40}),
    (ABC, "spend_get", {"value": {"every": 1000, "off": 100, "most": 1}}, {0: 50, 1: 30, 2: 20}),
    (ABC, "spend_get", {"value": {"every": 2001, "off": 100}}, {}),
    # thresholds: the highest that is reached
    (ABC, "threshold", {"value": {"steps": [[1000, 100], [2000, 300]]}}, {0: 150, 1: 90, 2: 60}),
    (ABC, "threshold", {"value": {"steps": [[2001, 300], [1000, 100]]}}, {0: 50, 1: 30, 2: 20}),
    (ABC, "threshold", {"value": {"percent": True, "steps": [[2000, 1000]]}}, {0: 100, 1: 60, 2: 40}),
    ([A], "threshold", {"value": {"steps": [[1000, 5000]]}}, {0: 1000}),  # never below nothing
])  # fmt: skip
def test_each_kind(items: list[Item], kind: str, more: dict[str, Any], taken: dict[int, int]) -> None:
    assert by_line(resolve(items, [rule(kind, **more)], {})) == taken


@pytest.mark.parametrize(("scope", "taken"), [
    ({}, {0, 1, 2}), ({"skus": ["a", "c"]}, {0, 2}), ({"categories": ["X"]}, {0, 1}), ({"brands": ["m"]}, {2}),
    ({"skus": ["a"], "brands": ["m"]}, {0, 2}), ({"except_skus": ["a"]}, {1, 2}),
    ({"categories": ["X"], "except_skus": ["b"]}, {0}), ({"except_categories": ["X"]}, {2}), ({"skus": ["z"]}, set()),
])  # fmt: skip
def test_each_scope(scope: dict[str, list[str]], taken: set[int]) -> None:
    assert by_line(resolve(ABC, [rule("percent", value={"bp": 1000}, scope=scope)], {})).keys() == taken


@pytest.mark.parametrize(("first", "second", "taken"), [
    ("one", "one", 300),  # the better of the two
    ("one", "with", 200 + 240),  # on top, of what is left
    ("with", "one", 300 + 140),
    ("with", "with", 200 + 240),
    ("one", "alone", 300), ("alone", "one", 300), ("alone", "alone", 300),
    ("with", "alone", 300), ("alone", "with", 300),
])  # fmt: skip
def test_each_pair_of_ways_to_stack_goods(first: str, second: str, taken: int) -> None:
    """A fifth and three tenths off the same piece."""
    ways = (("A", 2000, first), ("B", 3000, second))
    rules = [rule("percent", uid, value={"bp": bp}, stack=stack) for uid, bp, stack in ways]
    assert off([A], *rules) == taken
    assert off([A], *reversed(rules)) == taken


@pytest.mark.parametrize(("first", "second", "taken"), [
    ("one", "one", 200 + 100), ("one", "with", 200 + 100), ("with", "one", 200 + 100), ("with", "with", 200 + 100),
    ("one", "alone", 200), ("with", "alone", 200), ("alone", "one", 200), ("alone", "with", 200),
    ("alone", "alone", 200),
])  # fmt: skip
def test_each_pair_of_goods_and_sum(first: str, second: str, taken: int) -> None:
    """A tenth off goods for 20.00, and 1.00 off from 18.00 on: the sum is looked at after what came off the goods."""
    goods = rule("percent", "A", value={"bp": 1000}, stack=first)
    of_sum = rule("threshold", "B", value={"steps": [[1800, 100]]}, stack=second)
    assert off(ABC, goods, of_sum) == taken


@pytest.mark.parametrize(("first", "second", "taken"), [
    ("one", "one", 150), ("one", "with", 100 + 150), ("with", "one", 150 + 100), ("with", "with", 100 + 150),
    ("one", "alone", 150), ("with", "alone", 150), ("alone", "one", 150), ("alone", "with", 150),
    ("alone", "alone", 150),
])  # fmt: skip
def test_each_pair_of_sums(first: str, second: str, taken: int) -> None:
    rules = (
        rule("threshold", "A", value={"steps": [[1000, 100]]}, stack=first),
        rule("spend_get", "B", value={"every": 1700, "off": 150}, stack=second),
    )
    assert off(ABC, *rules) == taken


def test_what_comes_off_goods_is_left_out_where_it_would_cost_more() -> None:
    """A tenth off 20.00 is 2.00, but from 20.00 on there are 5.00."""
    goods, of_sum = rule("percent", "A", value={"bp": 1000}), rule("threshold", "B", value={"steps": [[2000, 500]]})
    assert off(ABC, goods, of_sum) == 500


def test_alone_beats_all_the_others_or_does_not_count() -> None:
    together = [rule("percent", "A", value={"bp": 1000}), rule("percent", "B", value={"bp": 1000}, stack="with")]
    assert off([A], *together, rule("percent", "C", value={"bp": 1900}, stack="alone")) == 190
    assert off([A], *together, rule("percent", "C", value={"bp": 1901}, stack="alone")) == 190
    assert off([A], *together, rule("percent", "C", value={"bp": 2000}, stack="alone")) == 200


def test_the_higher_priority_is_served_first_though_it_saves_less() -> None:
    first, better = rule("percent", "A", value={"bp": 1000}, priority=1), rule("percent", "B", value={"bp": 3000})
    assert off([A], first, better) == 100


def test_equals_fall_to_the_smaller_uid() -> None:
    rules = [rule("percent", uid, value={"bp": 1000}) for uid in ("B", "A")]
    assert resolve([A], rules, {}).used == {"A": 1}


@pytest.mark.parametrize(("room", "taken"), [({}, 2000), ({"P": 1}, 1000), ({"P": 0}, 0)])
def test_no_more_uses_than_there_is_room_for(room: dict[str, int], taken: int) -> None:
    found = resolve([item("a", 4)], [rule("n_for_m", value={"buy": 2, "pay": 1})], room)
    assert (found.total, sum(found.used.values())) == (taken, taken // 1000)


def test_a_piece_takes_one_promotion_and_its_neighbour_another() -> None:
    """Of three pieces two make a pair, the third has its tenth off."""
    pair, tenth = rule("n_for_m", "A", value={"buy": 2, "pay": 1}), rule("percent", "B", value={"bp": 1000})
    assert off([item("a", 3)], pair, tenth) == 1000 + 100


def test_pieces_that_another_rule_pays_more_for_are_not_wasted_in_a_group() -> None:
    """The dear pieces are half off anyway: the pair is made of the others."""
    dear, cheap = item("a", 2, 1600), item("b", 2, 1500)
    half = rule("percent", "A", value={"bp": 5000}, scope={"skus": ["a"]})
    assert off([dear, cheap], half, rule("n_for_m", "B", value={"buy": 2, "pay": 1})) == 1600 + 1500


@pytest.mark.parametrize(("promotions", "total", "member"), [
    ([], 300, 300),
    ([rule("percent", value={"bp": 500})], 300, 300),  # the member's price is better
    ([rule("percent", value={"bp": 2000})], 600, 0),
    ([rule("n_for_m", value={"buy": 2, "pay": 1})], 1000 + 100, 100),  # of the third piece
    ([rule("percent", value={"bp": 1000}, stack="with")], 300 + 270, 300),
    ([rule("percent", value={"bp": 500}, priority=9)], 300, 300),  # no rule may cost a member more
    ([rule("percent", value={"bp": 500}, stack="alone")], 300, 300),
    ([rule("spend_get", value={"every": 2700, "off": 100})], 300 + 100, 300),
])  # fmt: skip
def test_beside_the_members_price(promotions: list[Promotion], total: int, member: int) -> None:
    """Three pieces at 10.00, for members at 9.00."""
    found = resolve([item("a", 3, member=100)], promotions, {})
    assert (found.total, sum(found.member)) == (total, member)


# -- what holds for all of them ----------------------------------------------------------------------------------------

_SCOPES = st.sampled_from(
    [{}, {"categories": ["X"]}, {"categories": ["Y"]}, *({"skus": [s]} for s in "abcd"), {"skus": ["a", "b"]}]
)
_VALUES: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "percent": st.fixed_dictionaries({"bp": st.sampled_from([700, 1000, 2000, 5000, 10_000])}),
    "amount": st.fixed_dictionaries({"off": st.sampled_from([1, 100, 333, 5000])}),
    "price": st.fixed_dictionaries({"price": st.sampled_from([0, 199, 500, 900])}),
    "n_for_m": st.fixed_dictionaries({"buy": st.sampled_from([2, 3]), "pay": st.just(1), "same": st.booleans()}),
    "nth": st.fixed_dictionaries({"nth": st.just(2), "bp": st.sampled_from([3333, 5000]), "same": st.booleans()}),
    "bundle": st.sampled_from([{"price": 600}, {"price": 1499}, {"bp": 2000}]),
    "gift": st.sampled_from([{"spend": 1500, "gift": "d"}, {"count": 3, "gift": "a"}]),
    "spend_get": st.sampled_from([{"every": 1000, "off": 100}, {"every": 700, "off": 699}]),
    "threshold": st.sampled_from([{"steps": [[1000, 100], [2000, 500]]}, {"percent": True, "steps": [[500, 1000]]}]),
}  # fmt: skip


@st.composite
def promotions(
    draw: st.DrawFn, kinds: tuple[str, ...] = tuple(_VALUES), stacks: tuple[str, ...] = STACKS, most: int = 4
) -> list[Promotion]:
    found = []
    for n in range(draw(st.integers(1, most))):
        kind = draw(st.sampled_from(kinds))
        more: dict[str, Any] = {"value": draw(_VALUES[kind]), "stack": draw(st.sampled_from(stacks))}
        if len(stacks) > 1:
            more["priority"] = draw(st.sampled_from([0, 0, 1]))
        if kind == "bundle":
            more["parts"] = [{"scope": draw(_SCOPES), "count": draw(st.sampled_from([1, 1, 2]))} for _ in range(2)]
        else:
            more["scope"] = draw(_SCOPES)
        found.append(rule(kind, f"P{n}", **more))
    return found


@st.composite
def carts(draw: st.DrawFn, members: bool = True) -> list[Item]:
    found = []
    for sku in draw(st.lists(st.sampled_from("abcd"), min_size=1, max_size=4)):
        each = draw(st.sampled_from([0, 1, 200, 333, 600, 1000, 1600]))
        less = draw(st.sampled_from([0, 0, each // 10])) if members else 0
        if draw(st.integers(0, 5)) == 0:
            found.append(Item(sku, "X", "", 1, each, 1250, False, less))
        else:
            found.append(Item(sku, draw(st.sampled_from("XY")), "", draw(st.integers(1, 3)), each, member=less))
    return found


@given(carts(), promotions())
@settings(max_examples=150)
def test_nothing_goes_below_zero_and_the_sums_are_what_comes_off(items: list[Item], rules: list[Promotion]) -> None:
    found = resolve(items, rules, {})
    taken = by_line(found)
    for i, x in enumerate(items):
        assert 0 <= taken.get(i, 0) + found.member[i] <= x.pieces * x.each
        assert 0 <= found.member[i] <= x.pieces * x.member
    assert all(each.amount > 0 and 0 < each.pieces <= items[each.line].pieces for each in found.offs)
    assert found.total == sum(taken.values()) + sum(found.member)
    assert {each.promotion.uid for each in found.offs} <= found.used.keys()


@given(carts(), promotions(), st.randoms(use_true_random=False))
@settings(max_examples=150)
def test_neither_the_order_of_lines_nor_of_rules_matters(
    items: list[Item], rules: list[Promotion], rng: random.Random
) -> None:
    found = resolve(items, rules, {})
    order = rng.sample(range(len(items)), len(items))
    other = resolve([items[i] for i in order], rng.sample(rules, len(rules)), {})
    assert (other.total, other.used) == (found.total, found.used)

    def told(outcome: Outcome, lines: Sequence[Item]) -> list[tuple[str, str, int]]:
        return sorted((lines[x.line].sku, x.promotion.uid, x.amount) for x in outcome.offs)

    assert told(other, [items[i] for i in order]) == told(found, items)


@given(carts(), promotions(most=3))
@settings(max_examples=150)
def test_a_member_never_pays_more_than_the_members_prices(items: list[Item], rules: list[Promotion]) -> None:
    assert resolve(items, rules, {}).total >= sum(x.member * x.pieces for x in items)


COUNTING = ("percent", "amount", "price", "n_for_m", "nth", "bundle")


def _whole(items: list[Item]) -> list[Item]:
    """Prices at which nothing is rounded: the oracle reckons piece by piece."""
    rates = {0: 200, 1: 400, 200: 200, 333: 400, 600: 600, 1000: 1000, 1600: 1600}
    return [Item(x.sku, x.category, "", x.pieces, rates[x.each]) for x in items]


@given(carts(members=False), promotions(COUNTING, ("one",)))
@settings(max_examples=150)
def test_never_more_than_the_best_of_all_ways(items: list[Item], rules: list[Promotion]) -> None:
    """(Rounding aside: a line's percentage is rounded once, the oracle's piece by piece.)"""
    goods = [x for x in items if x.counted]
    assert off(goods, *rules) <= best(goods, rules) + len(rules) * sum(x.pieces for x in goods)


def test_of_a_thousand_small_carts_nearly_all_get_the_best_of_all_ways() -> None:
    """The best of all ways is found by trying them. Claimed: at most 5 of 1,000 carts get less, and of the money in
    all less than one thousandth. (Seen: 17 of 9,000 and 0.04 %.)"""
    rng, worse, lost, total = random.Random(7), 0, 0, 0
    for _ in range(1_000):
        items = [
            item(sku, rng.choice((1, 1, 2, 3)), rng.choice((200, 400, 600, 1000, 1600)), rng.choice("XY"))
            for sku in rng.sample("abcd", rng.choice((1, 2, 3)))
        ]
        rules = [_random_rule(rng, f"P{n}") for n in range(rng.choice((1, 2, 3, 4)))]
        got, want = off(items, *rules), best(items, rules)
        assert got <= want
        worse, lost, total = worse + (got < want), lost + want - got, total + want
    assert worse <= 5 and lost * 1_000 <= total, (worse, lost, total)


def _random_rule(rng: random.Random, uid: str) -> Promotion:
    def scope() -> dict[str, list[str]]:
        return rng.choice(({}, {"categories": [rng.choice("XY")]}, {"skus": rng.sample("abcd", rng.choice((1, 2)))}))

    kind = rng.choice(COUNTING)
    value: dict[str, Any] = {
        "percent": {"bp": rng.choice((1000, 2000, 5000))}, "amount": {"off": rng.choice((100, 200, 400))},
        "price": {"price": rng.choice((200, 400, 800))},
        "n_for_m": {"buy": rng.choice((2, 3)), "pay": 1, "same": rng.random() < 0.3},
        "nth": {"nth": 2, "bp": 5000, "same": rng.random() < 0.3},
        "bundle": rng.choice(({"price": 600}, {"price": 1000}, {"bp": 2000})),
    }[kind]  # fmt: skip
    if kind == "bundle":
        parts = [{"scope": scope()}, {"scope": scope(), "count": rng.choice((1, 1, 2))}]
        return rule(kind, uid, value=value, parts=parts)
    return rule(kind, uid, value=value, scope=scope())
