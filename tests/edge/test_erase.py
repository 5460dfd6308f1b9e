"""Erasing a member (G15, S19): nothing of her is left in any byte, the books stay, and only then it is told as done."""

from __future__ import annotations

import logging
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from edge import evidence, journal, maintain, members
from edge.base.config import LaneConfig
from edge.base.sqlite import rows
from edge.calls import Calls
from edge.errors import ShopError
from edge.feedback.given import Said, give
from edge.kiosk import Kiosk
from edge.once import Answer, Once
from edge.privacy import copies, erase, screens, tombstones, wipe
from edge.recommend import declines, learn
from edge.restore import restore
from tests.edge.goods import pay_as_planned, quick_pins, take_back, widen
from tests.edge.privacy_desk import CARD, NAME, PHONE, TRACES, enrol, traces, uid_of
from tests.edge.shop import BREAD, MILK, Hands, Shop


def known_customer(shop: Shop, till: Hands) -> int:
    """She bought, declined, was learned of, and rated; one of her carts waits, another is open."""
    member = enrol(shop)
    for _ in range(2):
        till.scan(CARD)
        till.scan(MILK)
        till.pay_cash()
    learn.catch_up_fully(shop.box)
    with shop.box.transaction():
        declines.decline(shop.box, member, shop.product("GUM").id, "till")
    give(shop.box, "f" * 16, "1", Said(2, ("price",)), "live")
    till.scan(CARD)
    till.scan(MILK)
    till.do("hold", title=NAME)
    till.scan(CARD)
    till.scan(MILK)
    return member


def erase_her(shop: Shop, member: int) -> bool:
    erase.erase(shop.box, member, shop.person("manager"), channel="manager")
    return erase.finish(shop.box)


def whole(shop: Shop) -> bool:
    return not list(journal.verify(shop.db, shop.box.source)) and not list(evidence.check(shop.box))


def test_nothing_of_an_erased_member_is_in_any_file_and_the_books_still_prove(shop: Shop, till: Hands) -> None:
    member = known_customer(shop, till)
    assert traces(shop.folder), "it must be findable before"
    assert erase_her(shop, member)
    assert traces(shop.folder) == []
    assert whole(shop)
    assert shop.one("SELECT state FROM member WHERE id = ?", member) == "erased"


def test_the_sales_of_an_erased_member_stay_as_they_were(shop: Shop, till: Hands) -> None:
    member = known_customer(shop, till)
    figures = "SELECT id, total, tax, points, score, seq FROM sale ORDER BY id"
    before, points = shop.ask(figures), shop.ask("SELECT id, points, score FROM ledger ORDER BY id")
    erase_her(shop, member)
    assert shop.ask(figures) == before
    assert shop.ask("SELECT id, points, score FROM ledger ORDER BY id") == points


def test_while_somebody_reads_it_is_erasing_and_is_done_as_soon_as_they_are_through(shop: Shop, till: Hands) -> None:
    member = known_customer(shop, till)
    with closing(sqlite3.connect(shop.config.database, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT COUNT(*) FROM member").fetchone()
        assert not erase_her(shop, member)
        assert erase.state_of(shop.box, uid_of(shop, member)) == "erasing"
        assert any("box.db-wal" in found for found in traces(shop.folder)), "the log still holds her"
        reader.execute("COMMIT")
    assert erase.finish(shop.box)
    assert erase.state_of(shop.box, uid_of(shop, member)) == "erased"
    assert traces(shop.folder) == []


def test_an_erasure_that_a_power_cut_interrupted_goes_on_after_the_start(shop: Shop, till: Hands) -> None:
    member = known_customer(shop, till)
    erase.erase(shop.box, member, None, channel="kiosk")
    shop.restart()
    assert shop.one("SELECT state FROM member WHERE id = ?", member) == "erasing"
    assert [line.slug for line in maintain.care(shop.box, wait=False)].count("erased") == 1
    assert shop.one("SELECT state FROM member WHERE id = ?", member) == "erased"
    assert traces(shop.folder) == []


def test_a_number_that_the_shop_kept_whole_and_notes_of_the_staff_go_as_well(shop: Shop, till: Hands) -> None:
    shop.setting("members", {"keep_phone": True})
    till.do("member/enrol", phone=PHONE, name=NAME, consents=["points"])
    uid = till.view()["member"]["uid"]
    till.do("member/note", member=uid, text=f"calls herself {NAME}")
    till.do("member/correct", member=uid, name=f"{NAME} Li")
    member = shop.one("SELECT id FROM member WHERE uid = ?", uid)
    sealed = shop.one("SELECT phone_sealed FROM member WHERE id = ?", member)
    assert traces(shop.folder, (sealed.encode(),)) and traces(shop.folder)
    assert erase_her(shop, member)
    assert traces(shop.folder, (*TRACES, sealed.encode())) == []
    assert shop.one("SELECT COUNT(*) FROM member_note") == 0 and whole(shop)


def test_what_the_journal_tells_of_it_is_a_uid_and_no_more(shop: Shop, till: Hands) -> None:
    member = enrol(shop)
    erase_her(shop, member)
    (found,) = [e for e in journal.read(shop.db, shop.box.source.epoch, "a", 0) if '"member.erased"' in e.body]
    assert uid_of(shop, member) in found.body and found.private is None


def test_nothing_of_her_is_ever_written_to_the_log(
    shop: Shop, till: Hands, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    erase_her(shop, known_customer(shop, till))
    assert not [word for word in (NAME, PHONE, CARD) if word in caplog.text]


def test_a_card_of_hers_is_unknown_from_then_on_and_can_be_given_to_another(shop: Shop, till: Hands) -> None:
    erase_her(shop, enrol(shop))
    assert till.scan(CARD)["notice"]["slug"] == "unknown_card"
    enrol(shop, "Another", "13900000000", CARD)
    assert till.scan(CARD)["member"]["name"] == "Another"


def test_her_open_and_held_carts_are_nobodys(shop: Shop, till: Hands) -> None:
    member = known_customer(shop, till)
    shop.box.after_commit.append(lambda topic, data: topic == "member" and screens.follow({"1": till.till}, {}, **data))
    erase_her(shop, member)
    assert till.view()["member"] is None
    till.pay_cash()
    till.do("recall", held=till_held(shop))
    assert till.view()["member"] is None
    till.pay_cash()
    assert shop.ask("SELECT member FROM sale ORDER BY id DESC LIMIT 2") == [(None,), (None,)]
    assert whole(shop)


def till_held(shop: Shop) -> str:
    title, uid = shop.ask("SELECT title, uid FROM held")[0]
    assert title == ""
    return str(uid)


@pytest.mark.fault("F64")
def test_an_erased_member_who_comes_back_to_a_box_that_was_offline_buys_as_nobody(shop: Shop, till: Hands) -> None:
    """The box knows her still; her tombstone comes while her cart is open. The tombstone wins."""
    member = enrol(shop)
    till.scan(CARD)
    till.scan(MILK)
    assert erase.take_tombstone(shop.box, uid_of(shop, member), "hq")
    till.pay_cash()
    assert shop.ask("SELECT member, points FROM sale ORDER BY id DESC LIMIT 1") == [(None, 0)]
    assert till.scan(CARD)["notice"]["slug"] == "unknown_card"
    assert erase.finish(shop.box) and traces(shop.folder) == [] and whole(shop)
    assert not erase.take_tombstone(shop.box, uid_of(shop, member), "hq"), "once is enough"


def test_a_sale_of_hers_can_still_be_voided_and_returned(shop: Shop, till: Hands) -> None:
    member = enrol(shop)
    till.scan(CARD)
    first = till.sell()
    till.scan(CARD)
    second = till.sell()
    erase_her(shop, member)
    till.void(second.uid)
    take_back(till, first.receipt, n1=None)
    pay_as_planned(till)
    assert members.standing(shop.db, member).points == 0
    assert whole(shop)


def test_goods_of_hers_that_are_changed_are_nobodys(shop: Shop, till: Hands) -> None:
    """No member's price for a cart that is a tombstone's, as no cart is."""
    widen(shop)
    member = enrol(shop)
    till.scan(CARD)
    sold = till.sell([BREAD])
    erase_her(shop, member)
    take_back(till, sold.receipt, n1=None)
    assert till.till.basket.member is None
    assert till.scan(MILK)["basket"]["total"] == 1_250 - 995


def test_what_she_bought_on_account_and_paid_off_can_be_given_back(shop: Shop, till: Hands) -> None:
    """There is no account any more that it could go to."""
    widen(shop)
    quick_pins(shop)
    member = enrol(shop)
    till.scan(CARD)
    till.scan(BREAD)
    till.do("pay", tenders=[{"kind": "account", "received": 995}])
    receipt = till.approve()["done"]["receipt"]
    till.scan(CARD)
    till.do("account/pay", amount=995)
    till.pay_cash()
    erase_her(shop, member)
    take_back(till, receipt, n1=None)
    assert pay_as_planned(till)["done"]["total"] == -990  # in coins


def test_backups_and_what_was_set_aside_are_cleaned_in_the_next_night(shop: Shop, till: Hands) -> None:
    member = known_customer(shop, till)
    assert maintain.backup(shop.box).slug == "saved"
    erase_her(shop, member)
    assert traces(shop.folder / "backup")
    shop.clock.advance(24 * 3600)
    found = {line.slug: line.params for line in maintain.care(shop.box, wait=False)}
    assert found["copies"] == {"n": 1}
    assert traces(shop.folder) == []
    for path in copies.find(shop.config):
        with closing(sqlite3.connect(path)) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_copy_that_cannot_be_read_is_told_of(shop: Shop, till: Hands) -> None:
    maintain.backup(shop.box)
    (saved,) = maintain.backups(shop.folder)
    erase_her(shop, enrol(shop))
    saved.write_bytes(b"not a database at all" * 100)
    assert maintain.old_copies(shop.box) == maintain.Line("warn", "copies_unread", {"n": 1})


def test_a_backup_that_is_put_back_does_not_bring_her_back(shop: Shop, till: Hands, tmp_path: Path) -> None:
    member = known_customer(shop, till)
    maintain.backup(shop.box)
    saved = tmp_path / "elsewhere.db"
    saved.write_bytes(maintain.backups(shop.folder)[0].read_bytes())
    uid = uid_of(shop, member)
    erase_her(shop, member)
    shop.close()
    restore(shop.config, shop.env, saved)
    shop.open()
    assert erase.state_of(shop.box, uid) == "erased"
    assert {found.split(":")[0] for found in traces(shop.folder)} == {"backup/box-2026-11-22.db"}
    assert copies.scrub(shop.config) == (1, 0)
    assert traces(shop.folder) == [] and whole(shop)


def test_a_tombstone_is_on_the_card_before_the_erasure_is_told_as_done(shop: Shop, till: Hands) -> None:
    member = enrol(shop)
    erase.erase(shop.box, member, None, channel="kiosk")
    assert tombstones.read(shop.config) == []
    erase.finish(shop.box)
    erase.finish(shop.box)
    assert tombstones.read(shop.config) == [uid_of(shop, member)]


def test_answers_kept_for_repeated_requests_do_not_hold_her(shop: Shop) -> None:
    member = enrol(shop)
    Once(shop.box).run("somebody", "key-1", "GET /members", lambda: Answer(200, {"name": NAME}))
    Once(shop.box).run("somebody", "key-2", "GET /other", lambda: Answer(200, {"name": "else"}))
    erase_her(shop, member)
    assert shop.ask("SELECT key FROM request_seen") == [("somebody:key-2",)]


def test_files_of_imported_members_go_and_an_import_that_runs_is_waited_for(shop: Shop) -> None:
    member, folder = enrol(shop), shop.folder / "import"
    folder.mkdir()
    (folder / "j1.stage").write_text(NAME)
    shop.db.execute_sql(
        "INSERT INTO job (uid, kind, args, state, queued_us) VALUES ('j1', 'import.members', '{}', 'running', 1)"
    )
    assert not erase_her(shop, member)
    shop.db.execute_sql("UPDATE job SET state = 'done', ended_us = 2")
    assert erase.finish(shop.box)
    assert traces(shop.folder) == []


def test_whoever_owes_or_is_just_paying_is_not_erased(shop: Shop, till: Hands) -> None:
    widen(shop)
    member = enrol(shop)
    till.scan(CARD)
    till.scan(MILK)
    till.do("tender/take", tender={"kind": "card", "received": 100})
    with pytest.raises(ShopError, match="member_paying"):
        erase_her(shop, member)
    till.do("pay", tenders=[{"kind": "account", "received": till.view()["basket"]["cash_due"]}])
    if till.view()["approval"]:
        till.approve()
    with pytest.raises(ShopError, match="member_owes"):
        erase_her(shop, member)
    assert shop.one("SELECT state FROM member WHERE id = ?", member) == "active"


def test_nobody_is_erased_twice_and_nobody_unknown(shop: Shop) -> None:
    member = enrol(shop)
    erase_her(shop, member)
    for number in (member, 10_000):
        with pytest.raises(ShopError, match="member_gone"):
            erase_her(shop, number)


def test_a_kiosk_forgets_whom_a_till_erased(shop: Shop) -> None:
    kiosk = Kiosk(shop.box, LaneConfig("9", kind="kiosk"), shop.bus, Calls())
    member = enrol(shop)
    kiosk.visit.member = member
    screens.follow({}, {"9": kiosk}, [member], None)
    assert kiosk.visit.member is None


def test_every_table_that_names_members_has_its_rule(shop: Shop) -> None:
    """A new table must say what an erasure does to it: wipe.REMOVED, UNLINKED or STAYING."""
    sql = (
        "SELECT DISTINCT m.name FROM sqlite_master m, pragma_table_info(m.name) c "
        "WHERE m.type = 'table' AND c.name = 'member'"
    )
    named = {name for (name,) in rows(shop.db, sql)}
    assert named <= {*wipe.REMOVED, *wipe.UNLINKED, *wipe.STAYING}
    assert not set(wipe.REMOVED) & set(wipe.STAYING)


def test_a_kiosk_that_is_busy_forgets_her_all_the_same(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever erases at another lane must not wait for as long as that kiosk's own thread does."""
    monkeypatch.setattr(screens, "PATIENCE_S", 0.05)
    kiosk, member = Kiosk(shop.box, LaneConfig("9", kind="kiosk"), shop.bus, Calls()), enrol(shop)
    kiosk.visit.member = member
    there = threading.Thread(target=screens.follow, args=({}, {"9": kiosk}, [member], None), daemon=True)
    with kiosk.lock:
        there.start()
        there.join(5)
        assert not there.is_alive() and kiosk.visit.member is None
