-- Headquarters' own database, version 3 (with feedback.sql). STRICT everywhere; money in minor units, instants in UTC microseconds.
-- The bounds of amounts keep any sum of a million million rows inside 63 bits.

CREATE TABLE schema_info (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  version INTEGER NOT NULL,
  min_reader INTEGER NOT NULL CHECK (min_reader <= version)
) STRICT;
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE box (
  id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL, name TEXT NOT NULL,
  online INTEGER NOT NULL DEFAULT 0 CHECK (online IN (0, 1)),
  session TEXT NOT NULL DEFAULT '', epoch TEXT NOT NULL DEFAULT '',
  seen_us INTEGER NOT NULL DEFAULT 0,
  dead INTEGER NOT NULL DEFAULT 0,
  UNIQUE (tenant, name)
) STRICT;

-- One chain each: a box, an epoch, a stream. claimed is the head its box last told us of.
CREATE TABLE source (
  id INTEGER PRIMARY KEY,
  box INTEGER NOT NULL REFERENCES box (id), epoch TEXT NOT NULL, stream TEXT NOT NULL,
  name TEXT NOT NULL UNIQUE,
  upto INTEGER NOT NULL CHECK (upto >= 0), head BLOB NOT NULL CHECK (length(head) = 32),
  claimed INTEGER NOT NULL DEFAULT 0,
  gaps INTEGER NOT NULL DEFAULT 0, mismatches INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'ok' CHECK (state IN ('ok', 'regressed', 'clone', 'broken')),
  at_us INTEGER NOT NULL,
  UNIQUE (box, epoch, stream)
) STRICT;

-- The inbox: every event once, its bytes as they came. kept: of a type or version this release doesn't know.
CREATE TABLE event (
  id INTEGER PRIMARY KEY,
  source INTEGER NOT NULL REFERENCES source (id), seq INTEGER NOT NULL CHECK (seq > 0),
  body BLOB NOT NULL, hash BLOB NOT NULL, digest BLOB,
  type TEXT NOT NULL, mode TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('done', 'kept', 'dead')),
  at_us INTEGER NOT NULL,
  UNIQUE (source, seq)
) STRICT;
-- Personal data beside the event, erasable without touching the chain.
CREATE TABLE event_private (event INTEGER PRIMARY KEY REFERENCES event (id), salt BLOB, private TEXT NOT NULL) STRICT;

CREATE TABLE dead_letter (
  id INTEGER PRIMARY KEY,
  box TEXT NOT NULL, topic TEXT NOT NULL, reason TEXT NOT NULL,
  size INTEGER NOT NULL, sha256 BLOB NOT NULL, start BLOB NOT NULL,
  count INTEGER NOT NULL DEFAULT 1, first_us INTEGER NOT NULL, last_us INTEGER NOT NULL,
  UNIQUE (box, topic, sha256)
) STRICT;

CREATE TABLE sale (
  event INTEGER PRIMARY KEY REFERENCES event (id),
  box INTEGER NOT NULL REFERENCES box (id), uid TEXT NOT NULL UNIQUE, receipt TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('sale', 'void', 'return')),
  lane TEXT NOT NULL, shift TEXT, business_date TEXT NOT NULL CHECK (length(business_date) = 10),
  at_us INTEGER NOT NULL, mode TEXT NOT NULL CHECK (mode IN ('live', 'training', 'demo')),
  currency TEXT NOT NULL, exponent INTEGER NOT NULL CHECK (exponent BETWEEN 0 AND 4),
  staff TEXT, approver TEXT, member TEXT, original TEXT,
  total INTEGER NOT NULL CHECK (abs(total) <= 1000000000000),
  tax INTEGER NOT NULL CHECK (abs(tax) <= 1000000000000),
  rounding INTEGER NOT NULL, saving INTEGER NOT NULL,
  points INTEGER NOT NULL, score INTEGER NOT NULL, points_after INTEGER, tier_before TEXT,
  lines INTEGER NOT NULL
) STRICT;
CREATE INDEX sale_day ON sale (business_date, mode, kind, total);
CREATE INDEX sale_member ON sale (member, mode, at_us) WHERE member IS NOT NULL;
CREATE TABLE sale_line (
  sale INTEGER NOT NULL REFERENCES sale (event), n INTEGER NOT NULL,
  sku TEXT NOT NULL, code TEXT, name TEXT NOT NULL,
  qty INTEGER NOT NULL, unit TEXT NOT NULL, unit_price INTEGER NOT NULL, discount INTEGER NOT NULL,
  total INTEGER NOT NULL CHECK (abs(total) <= 1000000000000),
  tax_group TEXT NOT NULL, rate INTEGER NOT NULL, tax INTEGER NOT NULL, original_n INTEGER, gtin TEXT,
  PRIMARY KEY (sale, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE tender (
  sale INTEGER NOT NULL REFERENCES sale (event), n INTEGER NOT NULL,
  kind TEXT NOT NULL, amount INTEGER NOT NULL CHECK (abs(amount) <= 1000000000000),
  received INTEGER, change INTEGER,
  PRIMARY KEY (sale, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE sale_tax (
  sale INTEGER NOT NULL REFERENCES sale (event), tax_group TEXT NOT NULL,
  rate INTEGER NOT NULL, gross INTEGER NOT NULL, tax INTEGER NOT NULL,
  PRIMARY KEY (sale, tax_group, rate)
) STRICT, WITHOUT ROWID;
-- What numbers of each receipt series arrived: a hole shows as seen < last - first + 1.
CREATE TABLE receipt_series (
  box INTEGER NOT NULL REFERENCES box (id), series TEXT NOT NULL, mode TEXT NOT NULL,
  first INTEGER NOT NULL, last INTEGER NOT NULL, seen INTEGER NOT NULL,
  PRIMARY KEY (box, series, mode)
) STRICT, WITHOUT ROWID;

-- Points are the sum of what the boxes booked; headquarters never computes any.
CREATE TABLE ledger (
  source INTEGER NOT NULL REFERENCES source (id), entry INTEGER NOT NULL,
  event INTEGER NOT NULL REFERENCES event (id), member TEXT NOT NULL, mode TEXT NOT NULL,
  lot INTEGER NOT NULL,
  points INTEGER NOT NULL CHECK (abs(points) <= 1000000000), score INTEGER NOT NULL CHECK (abs(score) <= 1000000000),
  reason TEXT NOT NULL, rule INTEGER, expires TEXT, reverses INTEGER, available TEXT, came_from INTEGER, line INTEGER,
  lot_of TEXT, reverses_of TEXT, from_of TEXT,
  PRIMARY KEY (source, entry)
) STRICT, WITHOUT ROWID;
-- (…_of: the name of an entry that another box booked, where it is one: its chain, "#", its number.)
CREATE INDEX ledger_event ON ledger (event);
CREATE INDEX ledger_member ON ledger (member, mode, points, score);
CREATE TABLE member (
  uid TEXT PRIMARY KEY, event INTEGER NOT NULL REFERENCES event (id), box INTEGER NOT NULL REFERENCES box (id),
  mode TEXT NOT NULL, card TEXT, tier TEXT, enrolled_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- The newest word of a box on a member's tier; who was never told of stands where the sum of all score puts him.
CREATE TABLE member_tier (
  member TEXT PRIMARY KEY, tier TEXT NOT NULL, name_zh TEXT NOT NULL, name_en TEXT NOT NULL,
  event INTEGER NOT NULL REFERENCES event (id)
) STRICT, WITHOUT ROWID;
-- Coupons by what their boxes said last of each: headquarters gives none and takes none back.
CREATE TABLE coupon (
  code TEXT PRIMARY KEY, box INTEGER NOT NULL REFERENCES box (id), event INTEGER NOT NULL REFERENCES event (id),
  promotion TEXT NOT NULL, mode TEXT NOT NULL, member TEXT, expires TEXT,
  state TEXT NOT NULL CHECK (state IN ('open', 'used', 'void'))
) STRICT, WITHOUT ROWID;
CREATE TABLE member_private (member TEXT PRIMARY KEY, name TEXT, phone TEXT) STRICT, WITHOUT ROWID;

-- Who was erased: a tombstone wins over whatever comes later from a box that was offline. done_us: since when nothing
-- of her is in this database and its log.
CREATE TABLE member_erased (
  uid TEXT PRIMARY KEY, at_us INTEGER NOT NULL, done_us INTEGER
) STRICT, WITHOUT ROWID;
-- Who became whom: entries that name the one count for the other, whenever they arrive.
CREATE TABLE member_alias (gone TEXT PRIMARY KEY, kept TEXT NOT NULL, at_us INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX member_alias_kept ON member_alias (kept);
-- What was ever lent to a box of a member's points (see sync/hq/ledger.py).
CREATE TABLE lease (
  member TEXT NOT NULL, mode TEXT NOT NULL, box INTEGER NOT NULL REFERENCES box (id),
  points INTEGER NOT NULL CHECK (points >= 0), PRIMARY KEY (member, mode, box)
) STRICT, WITHOUT ROWID;

-- Who may open the console. Tokens are stored hashed; back-off counts outlive a restart.
CREATE TABLE console_user (name TEXT PRIMARY KEY, hash TEXT NOT NULL, since_us INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE console_session (
  token BLOB PRIMARY KEY, user TEXT NOT NULL, lang TEXT NOT NULL, began_us INTEGER NOT NULL, seen_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE console_guard (who TEXT PRIMARY KEY, fails INTEGER NOT NULL, until_us INTEGER NOT NULL) STRICT, WITHOUT ROWID;
