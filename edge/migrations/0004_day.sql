-- A whole day at the till: what a line is beyond its price, returns, held carts, the drawer, Z reports, stored value,
-- stock with lots, and what a manager looks for when something is wrong.

-- Which shelf a line came from (for reports), and the document that it takes something back from.
ALTER TABLE sale_line ADD COLUMN category TEXT NOT NULL DEFAULT '';
ALTER TABLE sale_line ADD COLUMN original INTEGER REFERENCES sale (id);
CREATE INDEX sale_line_original ON sale_line (original, original_n) WHERE original IS NOT NULL;

-- A return keeps the rate of its sale, so that one group may stand on a document twice.
CREATE TABLE sale_tax_next (
  sale INTEGER NOT NULL REFERENCES sale (id), tax_group TEXT NOT NULL,
  rate INTEGER NOT NULL, gross INTEGER NOT NULL, tax INTEGER NOT NULL,
  PRIMARY KEY (sale, tax_group, rate)
) STRICT, WITHOUT ROWID;
INSERT INTO sale_tax_next SELECT sale, tax_group, rate, gross, tax FROM sale_tax;
DROP TABLE sale_tax;
ALTER TABLE sale_tax_next RENAME TO sale_tax;

-- Only for lines that have any of it. list_price: what the catalogue asked where somebody asked another price.
CREATE TABLE line_extra (
  sale INTEGER NOT NULL REFERENCES sale (id), n INTEGER NOT NULL,
  list_price INTEGER, note TEXT, lot TEXT, serial TEXT, expiry TEXT,
  PRIMARY KEY (sale, n)
) STRICT, WITHOUT ROWID;
-- What was taken off a line by hand or by a rule (member prices are not here): its share, why, and who allowed it.
CREATE TABLE line_discount (
  sale INTEGER NOT NULL REFERENCES sale (id), n INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind <> ''), amount INTEGER NOT NULL, reason TEXT NOT NULL, approver INTEGER,
  PRIMARY KEY (sale, n, kind)
) STRICT, WITHOUT ROWID;

-- Carts that were put aside: for the lane that takes them up (to_lane), or for any.
CREATE TABLE held (
  uid TEXT PRIMARY KEY, lane TEXT NOT NULL, to_lane TEXT, title TEXT NOT NULL, body TEXT NOT NULL,
  total INTEGER NOT NULL, lines INTEGER NOT NULL, staff INTEGER NOT NULL REFERENCES staff (id), at_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Money into and out of the drawer without a sale, and drawers opened for neither.
CREATE TABLE cash_move (
  id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, shift INTEGER NOT NULL REFERENCES shift (id),
  kind TEXT NOT NULL CHECK (kind IN ('in', 'out', 'no_sale')), amount INTEGER NOT NULL CHECK (amount >= 0),
  reason TEXT NOT NULL, staff INTEGER NOT NULL REFERENCES staff (id), approver INTEGER REFERENCES staff (id),
  at_us INTEGER NOT NULL
) STRICT;
CREATE INDEX cash_move_shift ON cash_move (shift);
-- What a shift came to, as it was closed: numbered without a gap on each lane, printed again as it stands.
CREATE TABLE z_report (
  lane TEXT NOT NULL, number INTEGER NOT NULL CHECK (number > 0), shift INTEGER NOT NULL UNIQUE REFERENCES shift (id),
  at_us INTEGER NOT NULL, body TEXT NOT NULL, copies INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (lane, number)
) STRICT, WITHOUT ROWID;

-- Stored value: what the shop owes to whoever holds the card. Balance is the sum, never below zero.
CREATE TABLE value_card (
  id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, state TEXT NOT NULL DEFAULT 'active', opened_us INTEGER NOT NULL
) STRICT;
CREATE TABLE value_ledger (
  id INTEGER PRIMARY KEY, card INTEGER NOT NULL REFERENCES value_card (id), amount INTEGER NOT NULL,
  reason TEXT NOT NULL CHECK (reason <> ''), sale INTEGER REFERENCES sale (id), at_us INTEGER NOT NULL
) STRICT;
CREATE INDEX value_ledger_card ON value_ledger (card, amount);

-- A stock move belongs to a document (a delivery, a count); lots are kept where codes or people name them.
ALTER TABLE stock_move ADD COLUMN doc TEXT;
ALTER TABLE stock_move ADD COLUMN note TEXT;
ALTER TABLE stock_move ADD COLUMN lot TEXT;
ALTER TABLE stock_move ADD COLUMN expiry TEXT;
CREATE INDEX stock_move_doc ON stock_move (doc) WHERE doc IS NOT NULL;
CREATE TABLE stock_lot (
  product INTEGER NOT NULL, lot TEXT NOT NULL, expiry TEXT NOT NULL, qty INTEGER NOT NULL,
  PRIMARY KEY (product, expiry, lot)
) STRICT, WITHOUT ROWID;

-- What the catalogue says of a product beyond its price. deposit: the item that is charged with it; low: reorder below.
ALTER TABLE product ADD COLUMN deposit INTEGER;
ALTER TABLE product ADD COLUMN low INTEGER;

-- What a manager looks for, beside the event that proves it (stream a).
CREATE TABLE audit (
  id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, epoch TEXT NOT NULL, action TEXT NOT NULL, at_us INTEGER NOT NULL,
  staff INTEGER, approver INTEGER, lane TEXT, sale INTEGER, reason TEXT NOT NULL DEFAULT '', detail TEXT NOT NULL
) STRICT;
-- A till's answer to a request that changes something, so that the same key changes nothing twice.
CREATE TABLE request_seen (
  key TEXT PRIMARY KEY, what TEXT NOT NULL, status INTEGER NOT NULL, answer TEXT NOT NULL, at_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- What a paper is about that is no sale: "z:<lane>:<number>", "x:<shift>".
ALTER TABLE print_job ADD COLUMN ref TEXT;

-- Stock documents (deliveries, write-offs, corrections, counts), the open lists they come from, and the order of moves
-- among sales: a move comes after the sale `after_sale`, and what is sold up to `since` was not counted yet.
ALTER TABLE stock ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
UPDATE stock SET since = COALESCE((SELECT MAX(s.id) FROM sale s WHERE s.at_us <
  (SELECT MIN(m.at_us) FROM stock_move m WHERE m.product = stock.product)), 0);
ALTER TABLE stock_move ADD COLUMN after_sale INTEGER NOT NULL DEFAULT 0;
ALTER TABLE stock_move ADD COLUMN cost INTEGER CHECK (cost >= 0);
CREATE INDEX stock_move_product ON stock_move (product);
-- booked: how many of its lines are moves already (a long one is booked in chunks); digest tells the same lines.
CREATE TABLE stock_doc (
  uid TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('delivery', 'write_off', 'correction', 'count')),
  mode TEXT NOT NULL CHECK (mode IN ('live', 'training', 'demo')), lane TEXT,
  staff INTEGER NOT NULL REFERENCES staff (id), at_us INTEGER NOT NULL,
  supplier TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '',
  lines INTEGER NOT NULL CHECK (lines >= 0), booked INTEGER NOT NULL CHECK (booked BETWEEN 0 AND lines),
  digest BLOB NOT NULL
) STRICT, WITHOUT ROWID;
-- What is being scanned for a document at a lane, one list a kind; its uid becomes the document's.
CREATE TABLE stock_list (
  lane TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('delivery', 'write_off')), uid TEXT NOT NULL UNIQUE,
  supplier TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (lane, kind)
) STRICT, WITHOUT ROWID;
CREATE TABLE stock_list_line (
  list TEXT NOT NULL, n INTEGER NOT NULL, product INTEGER NOT NULL, qty INTEGER NOT NULL CHECK (qty >= 0),
  lot TEXT NOT NULL DEFAULT '', expiry TEXT NOT NULL DEFAULT '', cost INTEGER CHECK (cost >= 0),
  PRIMARY KEY (list, n)
) STRICT, WITHOUT ROWID;
-- A count of the shelves: one is open at a time (in live and in training). scope: '' what is counted and no more,
-- '*' everything, else a category. Each person's tally beside the books as they were when it was touched last and first.
CREATE TABLE stock_count (
  uid TEXT PRIMARY KEY, mode TEXT NOT NULL, scope TEXT NOT NULL, staff INTEGER NOT NULL REFERENCES staff (id),
  at_us INTEGER NOT NULL, state TEXT NOT NULL CHECK (state IN ('open', 'booking', 'booked', 'dropped')),
  choices TEXT NOT NULL DEFAULT '{}'
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX stock_count_open ON stock_count (mode = 'training') WHERE state IN ('open', 'booking');
CREATE TABLE stock_tally (
  count TEXT NOT NULL REFERENCES stock_count (uid), product INTEGER NOT NULL, staff INTEGER NOT NULL,
  lot TEXT NOT NULL, expiry TEXT NOT NULL, qty INTEGER NOT NULL CHECK (qty >= 0),
  book INTEGER NOT NULL, book_first INTEGER NOT NULL, book_lot INTEGER NOT NULL, begun INTEGER NOT NULL DEFAULT 0,
  at_us INTEGER NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (count, product, staff, expiry, lot)
) STRICT, WITHOUT ROWID;
DROP VIEW stock_flow;
CREATE VIEW stock_flow AS
  SELECT product, qty, reason FROM stock_move
  UNION ALL SELECT l.product, -l.qty, s.kind FROM sale_line l JOIN sale s ON s.id = l.sale
  JOIN stock k ON k.product = l.product AND l.sale > k.since WHERE s.mode <> 'training';
CREATE VIEW lot_flow AS
  SELECT product, COALESCE(lot, '') AS lot, COALESCE(expiry, '') AS expiry, qty FROM stock_move
  WHERE COALESCE(lot, '') <> '' OR COALESCE(expiry, '') <> ''
  UNION ALL SELECT l.product, COALESCE(x.lot, ''), COALESCE(x.expiry, ''), -l.qty FROM line_extra x
  JOIN sale_line l ON l.sale = x.sale AND l.n = x.n JOIN sale s ON s.id = l.sale
  JOIN stock k ON k.product = l.product AND l.sale > k.since
  WHERE s.mode <> 'training' AND (COALESCE(x.lot, '') <> '' OR COALESCE(x.expiry, '') <> '');

-- Import, export, search. initials: what the search ranks by; when a version became current, and which search index is
-- its own; work that takes long, with how far it came (mark), so that a screen can show it and a restart can go on.
ALTER TABLE product ADD COLUMN initials TEXT NOT NULL DEFAULT '';
UPDATE product SET initials = substr(search, length(name_zh) + length(name_en) + 3,
  max(0, instr(substr(search, length(name_zh) + length(name_en) + 2) || ' ', ' ' || lower(sku) || ' ') - 2));
UPDATE product SET search = lower(name_zh) || char(10) || lower(name_en) || char(13) || initials || char(9) || lower(sku)
  || CASE WHEN gtin IS NULL THEN '' ELSE ' ' || gtin END;
CREATE TABLE version_flip (
  name TEXT NOT NULL, version INTEGER NOT NULL, at_us INTEGER NOT NULL, stamp TEXT NOT NULL,
  PRIMARY KEY (name, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE job (
  id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, kind TEXT NOT NULL CHECK (kind <> ''), args TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'checked', 'done', 'failed', 'cancelled')),
  step TEXT NOT NULL DEFAULT '', done INTEGER NOT NULL DEFAULT 0, total INTEGER NOT NULL DEFAULT 0,
  stop INTEGER NOT NULL DEFAULT 0, mark TEXT NOT NULL DEFAULT '{}', result TEXT NOT NULL DEFAULT '{}',
  staff INTEGER REFERENCES staff (id), queued_us INTEGER NOT NULL, began_us INTEGER, moved_us INTEGER, ended_us INTEGER
) STRICT;
-- Whose half-written catalogue version there is.
CREATE TABLE filling (id INTEGER PRIMARY KEY CHECK (id = 1), job TEXT NOT NULL) STRICT;
-- For the manager's screen. after_sale: the newest document when the shift was opened; those of the shift all come later,
-- so that its figures are sums over a day and not over years.
ALTER TABLE shift ADD COLUMN after_sale INTEGER NOT NULL DEFAULT 0;
-- Prices that were changed one by one since the last load: a version is the load below it (price_base) with these on top,
-- so that a changed price is one row and not a copy of all. amount -1: no price on this list any more.
CREATE TABLE price_base (version INTEGER PRIMARY KEY, base INTEGER NOT NULL CHECK (base < version)) STRICT;
CREATE TABLE price_change (
  product INTEGER NOT NULL, list TEXT NOT NULL, version INTEGER NOT NULL,
  amount INTEGER NOT NULL CHECK (amount BETWEEN -1 AND 100000000), at_us INTEGER NOT NULL, staff INTEGER,
  PRIMARY KEY (product, list, version)
) STRICT, WITHOUT ROWID;
-- Prices that begin later. made_us: when somebody wrote it down; done_us: when it became a version.
CREATE TABLE price_plan (
  id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, product INTEGER NOT NULL, list TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount BETWEEN -1 AND 100000000), from_us INTEGER NOT NULL,
  staff INTEGER NOT NULL REFERENCES staff (id), made_us INTEGER NOT NULL, done_us INTEGER, dropped_us INTEGER
) STRICT;
CREATE INDEX price_plan_open ON price_plan (from_us) WHERE done_us IS NULL AND dropped_us IS NULL;
-- Log-in: a manager's one-time code for a forgotten PIN, and which browser is a lane's own screen (badges log in there).
CREATE TABLE pin_code (
  staff INTEGER PRIMARY KEY REFERENCES staff (id), code_hash TEXT NOT NULL, boot_id TEXT NOT NULL,
  until_ns INTEGER NOT NULL, made_by INTEGER REFERENCES staff (id)
) STRICT;
CREATE TABLE lane_screen (lane TEXT PRIMARY KEY, token_hash TEXT NOT NULL) STRICT, WITHOUT ROWID;
-- The language that somebody's screen takes when they come; none: that of the screen.
ALTER TABLE staff ADD COLUMN lang TEXT;
-- In which language a paper is that is no sale's.
ALTER TABLE print_job ADD COLUMN lang TEXT;
-- What a member owes, and what a sale did to cards, is asked inside the next sale: never by reading years of sales.
CREATE INDEX tender_account ON tender (sale) WHERE kind = 'account';
CREATE INDEX sale_line_account ON sale_line (sale) WHERE product = -1;
CREATE INDEX value_ledger_sale ON value_ledger (sale);
