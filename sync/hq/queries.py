"""What the console shows. Reads only; every figure is of one mode, so training and demo never mix with live."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from edge.base.sqlite import row, rows
from sync.hq.store import Store

MODES = ("live", "demo", "training")
PAGE = 50
_ALL_OF = "(SELECT m.uid UNION SELECT gone FROM member_alias WHERE kept = m.uid)"


@dataclass(frozen=True, slots=True)
class SaleRow:
    event: int
    at_us: int
    receipt: str
    box: str
    lane: str
    kind: str
    total: int
    pieces: int
    member: str | None
    points: int
    took_us: int


@dataclass(frozen=True, slots=True)
class Day:
    """One business date: documents, of them voids, and the money (minor units, voids subtracted)."""

    date: str
    sales: int
    voids: int
    turnover: int

    @property
    def average(self) -> int:
        """Turnover a sale that stands, rounded down."""
        standing = self.sales - self.voids
        return self.turnover // standing if standing > 0 else 0


@dataclass(frozen=True, slots=True)
class MemberRow:
    uid: str
    name: str | None
    phone: str | None
    points: int
    score: int
    visits: int
    last_us: int | None
    tier: str | None
    tier_zh: str | None
    tier_en: str | None

    def tier_name(self, lang: str) -> str | None:
        """As the box calls the tier; None when it never told."""
        return self.tier_zh if lang.startswith("zh") else self.tier_en


@dataclass(frozen=True, slots=True)
class StreamRow:
    epoch: str
    stream: str
    upto: int
    head: bytes
    backlog: int
    gaps: int
    state: str


@dataclass(frozen=True, slots=True)
class BoxRow:
    name: str
    online: bool
    seen_us: int
    epoch: str
    backlog: int
    gaps: int
    dead: int
    state: str
    holes: int
    streams: tuple[StreamRow, ...]


@dataclass(frozen=True, slots=True)
class DeadLetter:
    box: str
    topic: str
    reason: str
    size: int
    count: int
    last_us: int


def modes(store: Store) -> list[str]:
    """The modes that sales came in, live first; live when there is none yet."""
    seen = {mode for (mode,) in rows(store.db, "SELECT DISTINCT mode FROM receipt_series")}
    return [mode for mode in MODES if mode in seen] or ["live"]


def revision(store: Store) -> int:
    """Grows with every event taken."""
    found = row(store.db, "SELECT COALESCE(MAX(id), 0) FROM event")
    return int(found[0]) if found else 0


def live(store: Store, mode: str, limit: int = PAGE) -> list[SaleRow]:
    """The newest documents, newest first."""
    found = rows(
        store.db,
        "SELECT s.event, s.at_us, s.receipt, b.name, s.lane, s.kind, s.total, s.lines, p.name, s.points, "
        "e.at_us - s.at_us FROM sale s JOIN box b ON b.id = s.box JOIN event e ON e.id = s.event "
        "LEFT JOIN member_private p ON p.member = s.member WHERE s.mode = ? ORDER BY s.event DESC LIMIT ?",
        (mode, limit),
    )
    return [SaleRow(*values) for values in found]


def days(store: Store, mode: str, today: date, count: int = 14) -> list[Day]:
    """The last business dates up to today, oldest first, empty ones too."""
    first = today - timedelta(days=count - 1)
    found = rows(
        store.db,
        "SELECT business_date, SUM(kind = 'sale'), SUM(kind = 'void'), SUM(total) FROM sale "
        "WHERE business_date BETWEEN ? AND ? AND mode = ? GROUP BY business_date",
        (first.isoformat(), today.isoformat(), mode),
    )
    by_date = {values[0]: Day(*values) for values in found}
    dates = [(first + timedelta(days=n)).isoformat() for n in range(count)]
    return [by_date.get(name, Day(name, 0, 0, 0)) for name in dates]


def members(store: Store, mode: str, search: str = "", page: int = 0) -> tuple[list[MemberRow], int]:
    """A page of members, those below zero first, then by score, and how many there are.

    search: a part of the name, or the phone's end.

    Whoever was merged is part of the survivor; whoever was erased is nobody.
    """
    like = "%" + search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    where = (
        "FROM member m LEFT JOIN member_private p ON p.member = m.uid "
        "LEFT JOIN member_tier r ON r.member = m.uid LEFT JOIN "
        "(SELECT COALESCE(a.kept, e.member) AS member, SUM(e.points) AS points, SUM(e.score) AS score FROM ledger e "
        "LEFT JOIN member_alias a ON a.gone = e.member WHERE e.mode = ? GROUP BY 1) l "
        "ON l.member = m.uid WHERE (m.mode = ? OR l.member IS NOT NULL) "
        "AND NOT EXISTS (SELECT 1 FROM member_erased WHERE uid = m.uid) "
        "AND NOT EXISTS (SELECT 1 FROM member_alias WHERE gone = m.uid) "
        "AND (? = '%%' OR p.name LIKE ? ESCAPE '\\' OR p.phone LIKE ? ESCAPE '\\') "
    )
    params = (mode, mode, like, like, like.removesuffix("%") if search else like)
    total = row(store.db, f"SELECT COUNT(*) {where}", params)
    found = rows(
        store.db,
        "SELECT m.uid, p.name, p.phone, COALESCE(l.points, 0), COALESCE(l.score, 0), "
        f"(SELECT COUNT(*) FROM sale s WHERE s.member IN {_ALL_OF} AND s.mode = ? AND s.kind = 'sale'), "
        f"(SELECT MAX(at_us) FROM sale s WHERE s.member IN {_ALL_OF} AND s.mode = ? AND s.kind = 'sale'), "
        "r.tier, r.name_zh, r.name_en "
        f"{where}"
        "ORDER BY COALESCE(l.points, 0) < 0 DESC, COALESCE(l.score, 0) DESC, m.uid LIMIT ? OFFSET ?",
        (mode, mode, *params, PAGE, page * PAGE),
    )
    return [MemberRow(*values) for values in found], int(total[0]) if total else 0


def member_totals(store: Store, mode: str) -> tuple[int, int]:
    """(members, points they hold) of a mode: the sum of stored ledger entries."""
    count = row(
        store.db,
        "SELECT COUNT(*) FROM member WHERE mode = ? AND uid NOT IN (SELECT uid FROM member_erased) "
        "AND uid NOT IN (SELECT gone FROM member_alias)",
        (mode,),
    )
    points = row(store.db, "SELECT COALESCE(SUM(points), 0) FROM ledger WHERE mode = ?", (mode,))
    return (int(count[0]) if count else 0), (int(points[0]) if points else 0)


def boxes(store: Store) -> list[BoxRow]:
    """Every box with its chains; the worst state of its newest epoch stands for the box."""
    found = []
    for number, name, online, seen, epoch, dead in rows(
        store.db, "SELECT id, name, online, seen_us, epoch, dead FROM box ORDER BY name"
    ):
        streams = tuple(
            StreamRow(*values)
            for values in rows(
                store.db,
                "SELECT epoch, stream, upto, head, max(0, claimed - upto), gaps, state FROM source "
                "WHERE box = ? ORDER BY id",
                (number,),
            )
        )
        newest = [stream for stream in streams if stream.epoch == epoch] or list(streams)
        bad = [stream.state for stream in newest if stream.state != "ok"]
        holes = row(
            store.db, "SELECT COALESCE(SUM(last - first + 1 - seen), 0) FROM receipt_series WHERE box = ?", (number,)
        )
        found.append(
            BoxRow(
                name,
                bool(online),
                seen,
                epoch,
                sum(stream.backlog for stream in newest),
                sum(stream.gaps for stream in streams),
                dead,
                bad[0] if bad else "ok",
                int(holes[0]) if holes else 0,
                streams,
            )
        )
    return found


def dead_letters(store: Store, limit: int = 20) -> list[DeadLetter]:
    """The newest of what could not be taken."""
    found = rows(
        store.db,
        "SELECT box, topic, reason, size, count, last_us FROM dead_letter ORDER BY last_us DESC LIMIT ?",
        (limit,),
    )
    return [DeadLetter(*values) for values in found]
