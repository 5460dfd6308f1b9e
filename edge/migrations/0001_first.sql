-- The first schema. STRICT everywhere; few indexes, because on an SD card each one is written at every sale.
-- Money: minor units. Quantity: thousandths. Rates: basis points. Instants: UTC microseconds.

CREATE TABLE schema_info (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  version INTEGER NOT NULL,
  min_reader INTEGER NOT NULL CHECK (min_reader <= version)
) STRICT;

-- Who this box is. One row; a restore gives it a new epoch.
CREATE TABLE box (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  tenant TEXT NOT NULL, store TEXT NOT NULL, box TEXT NOT NULL,
  currency TEXT NOT NULL, exponent INTEGER NOT NULL CHECK (exponent BETWEEN 0 AND 4),
  zone TEXT NOT NULL
) STRICT;

CREATE TABLE epoch (
  n INTEGER PRIMARY KEY,
  uid TEXT NOT NULL,
  at_us INTEGER NOT NULL,
  reason TEXT NOT NULL
) STRICT;

-- One row a start: the Pi has no clock battery, so each instant is read beside its boot.
CREATE TABLE boot (
  id INTEGER PRIMARY KEY,
  boot_id TEXT NOT NULL,
  started_us INTEGER NOT NULL,
  mono_ns INTEGER NOT NULL,
  quality TEXT NOT NULL,
  corrected_us INTEGER
) STRICT;

-- What a manager or HQ may change: each change is a new version of the named value (JSON).
CREATE TABLE setting (
  name TEXT NOT NULL, version INTEGER NOT NULL,
  value TEXT NOT NULL, at_us INTEGER NOT NULL, by_whom TEXT NOT NULL,
  PRIMARY KEY (name, version)
) STRICT, WITHOUT ROWID;

-- Other processes see here what moved (after PRAGMA data_version told them to look).
CREATE TABLE change (topic TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- Event log, outbox and audit chain in one. body is sent and hashed verbatim; private is erasable beside it.
-- The hash stands before the body: each sale asks for the last one, and a body lies on pages of its own.
CREATE TABLE journal (
  id INTEGER PRIMARY KEY,
  epoch TEXT NOT NULL,
  stream TEXT NOT NULL CHECK (stream IN ('a', 'b', 'c')),
  seq INTEGER NOT NULL CHECK (seq > 0),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  body TEXT NOT NULL,
  private TEXT, salt BLOB, private_digest BLOB,
  UNIQUE (epoch, stream, seq)
) STRICT;
CREATE TABLE sync_cursor (
  stream TEXT PRIMARY KEY, epoch TEXT NOT NULL, acked INTEGER NOT NULL,
  head BLOB, acked_us INTEGER NOT NULL, hq TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE sync_state (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- Catalogue and prices: a load fills the next version in chunks, then flips the pointer.
CREATE TABLE item (id INTEGER PRIMARY KEY, sku TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE pointer (name TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE category (
  version INTEGER NOT NULL, id TEXT NOT NULL, position INTEGER NOT NULL,
  name_zh TEXT NOT NULL, name_en TEXT NOT NULL, icon TEXT NOT NULL, tint TEXT NOT NULL,
  PRIMARY KEY (version, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE product (
  version INTEGER NOT NULL, id INTEGER NOT NULL, sku TEXT NOT NULL, gtin TEXT,
  name_zh TEXT NOT NULL, name_en TEXT NOT NULL, search TEXT NOT NULL,
  category TEXT NOT NULL, icon TEXT NOT NULL,
  unit TEXT NOT NULL CHECK (unit IN ('pc', 'kg')),
  tax_group TEXT NOT NULL, flags TEXT NOT NULL DEFAULT '',
  frequent INTEGER NOT NULL DEFAULT 0, active INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (version, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE product_code (
  version INTEGER NOT NULL, code TEXT NOT NULL, product INTEGER NOT NULL,
  PRIMARY KEY (version, code)
) STRICT, WITHOUT ROWID;
CREATE TABLE price (
  version INTEGER NOT NULL, product INTEGER NOT NULL, list TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount BETWEEN 0 AND 100000000),
  PRIMARY KEY (version, product, list)
) STRICT, WITHOUT ROWID;

-- Sales move stock by their lines (view stock_flow); other moves have rows of their own.
CREATE TABLE stock (product INTEGER PRIMARY KEY, qty INTEGER NOT NULL) STRICT;
CREATE TABLE stock_move (
  id INTEGER PRIMARY KEY, product INTEGER NOT NULL, qty INTEGER NOT NULL,
  reason TEXT NOT NULL, at_us INTEGER NOT NULL, staff INTEGER
) STRICT;

CREATE TABLE staff (
  id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, name_zh TEXT NOT NULL, name_en TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role <> ''),
  pin_hash TEXT NOT NULL, badge TEXT UNIQUE, active INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE TABLE pin_guard (
  who TEXT PRIMARY KEY, fails INTEGER NOT NULL, boot_id TEXT NOT NULL, until_ns INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE session (
  token_hash TEXT PRIMARY KEY, staff INTEGER NOT NULL REFERENCES staff (id), lane TEXT NOT NULL,
  boot_id TEXT NOT NULL, started_ns INTEGER NOT NULL, lang TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE member (
  id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE,
  name TEXT, phone_hash TEXT UNIQUE, phone_last4 TEXT, phone_prefix TEXT, birthday TEXT,
  state TEXT NOT NULL DEFAULT 'active', joined_us INTEGER NOT NULL
) STRICT;
CREATE TABLE member_card (
  code TEXT PRIMARY KEY, member INTEGER NOT NULL REFERENCES member (id), state TEXT NOT NULL DEFAULT 'active'
) STRICT, WITHOUT ROWID;
CREATE TABLE consent (
  id INTEGER PRIMARY KEY, member INTEGER NOT NULL REFERENCES member (id),
  purpose TEXT NOT NULL CHECK (purpose <> ''),
  granted INTEGER NOT NULL CHECK (granted IN (0, 1)),
  text_version INTEGER NOT NULL, at_us INTEGER NOT NULL, channel TEXT NOT NULL
) STRICT;
CREATE INDEX consent_member ON consent (member, purpose, id, granted);

CREATE TABLE shift (
  id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, lane TEXT NOT NULL, business_date TEXT NOT NULL,
  opened_us INTEGER NOT NULL, opened_by INTEGER NOT NULL, float_amount INTEGER NOT NULL,
  closed_us INTEGER, closed_by INTEGER
) STRICT;
CREATE UNIQUE INDEX shift_open ON shift (lane) WHERE closed_us IS NULL;

-- A document of the till: a sale, or the void of one. Paid documents are never edited.
CREATE TABLE sale (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL UNIQUE,                       -- the basket's: one basket, one sale
  kind TEXT NOT NULL CHECK (kind IN ('sale', 'void', 'return')),
  lane TEXT NOT NULL, series INTEGER NOT NULL, number INTEGER NOT NULL CHECK (number > 0),
  shift INTEGER NOT NULL REFERENCES shift (id), business_date TEXT NOT NULL,
  at_us INTEGER NOT NULL, clock TEXT NOT NULL, mode TEXT NOT NULL CHECK (mode IN ('live', 'training', 'demo')),
  staff INTEGER NOT NULL REFERENCES staff (id), approver INTEGER REFERENCES staff (id), reason TEXT,
  member INTEGER REFERENCES member (id), original INTEGER REFERENCES sale (id),
  currency TEXT NOT NULL, exponent INTEGER NOT NULL, lang TEXT NOT NULL,
  total INTEGER NOT NULL, tax INTEGER NOT NULL, saving INTEGER NOT NULL, rounding INTEGER NOT NULL,
  points INTEGER NOT NULL, score INTEGER NOT NULL, points_after INTEGER, score_after INTEGER, tier TEXT,
  catalog_version INTEGER NOT NULL, price_version INTEGER NOT NULL, rule_version INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  UNIQUE (lane, series, number)
) STRICT;
CREATE UNIQUE INDEX sale_voided_once ON sale (original) WHERE kind = 'void';

CREATE TABLE sale_line (
  sale INTEGER NOT NULL REFERENCES sale (id), n INTEGER NOT NULL,
  product INTEGER NOT NULL, sku TEXT NOT NULL, code TEXT, name TEXT NOT NULL,
  qty INTEGER NOT NULL CHECK (qty <> 0), unit TEXT NOT NULL,
  unit_price INTEGER NOT NULL, discount INTEGER NOT NULL, total INTEGER NOT NULL,
  tax_group TEXT NOT NULL, rate INTEGER NOT NULL, tax INTEGER NOT NULL,
  original_n INTEGER,
  PRIMARY KEY (sale, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE sale_tax (
  sale INTEGER NOT NULL REFERENCES sale (id), tax_group TEXT NOT NULL,
  rate INTEGER NOT NULL, gross INTEGER NOT NULL, tax INTEGER NOT NULL,
  PRIMARY KEY (sale, tax_group)
) STRICT, WITHOUT ROWID;
CREATE TABLE tender (
  sale INTEGER NOT NULL REFERENCES sale (id), n INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind <> ''), amount INTEGER NOT NULL,
  received INTEGER NOT NULL, change INTEGER NOT NULL, reference TEXT,
  PRIMARY KEY (sale, n)
) STRICT, WITHOUT ROWID;

CREATE VIEW stock_flow AS
  SELECT product, qty, reason FROM stock_move
  UNION ALL SELECT l.product, -l.qty, s.kind FROM sale_line l JOIN sale s ON s.id = l.sale WHERE s.mode <> 'training';

-- Points in lots. An earning entry opens a lot (lot = its own id); whatever consumes or reverses names the lot.
CREATE TABLE ledger (
  id INTEGER PRIMARY KEY, member INTEGER NOT NULL REFERENCES member (id),
  lot INTEGER NOT NULL, points INTEGER NOT NULL, score INTEGER NOT NULL,
  reason TEXT NOT NULL CHECK (reason <> ''),
  sale INTEGER REFERENCES sale (id), rule_version INTEGER NOT NULL,
  expires_on TEXT, at_us INTEGER NOT NULL, reverses INTEGER REFERENCES ledger (id)
) STRICT;
CREATE INDEX ledger_member ON ledger (member, points, score);

-- The open basket of each lane, saved at every change (synchronous=NORMAL, see design). With row ids: a row of theirs
-- may fill a page, one of a table without them a quarter, and what is longer would take pages of its own at each scan.
CREATE TABLE basket (lane TEXT PRIMARY KEY, uid TEXT NOT NULL, body TEXT NOT NULL) STRICT;

CREATE TABLE print_job (
  id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, printer TEXT NOT NULL, lane TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind <> ''),
  sale INTEGER REFERENCES sale (id), copy_no INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'printed', 'sent', 'uncertain', 'failed', 'dropped')),
  reason TEXT, queued_us INTEGER NOT NULL, done_us INTEGER
) STRICT;
CREATE INDEX print_job_open ON print_job (printer, state) WHERE state IN ('queued', 'sending', 'uncertain', 'failed');
