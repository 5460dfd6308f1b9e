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
-- Log-in: a manager's one-time code for a forgotten PIN, and which browser is a lane's own screen (badges log in there).
CREATE TABLE pin_code (
  staff INTEGER PRIMARY KEY REFERENCES staff (id), code_hash TEXT NOT NULL, boot_id TEXT NOT NULL,
  until_ns INTEGER NOT NULL, made_by INTEGER REFERENCES staff (id)
) STRICT;
CREATE TABLE lane_screen (lane TEXT PRIMARY KEY, token_hash TEXT NOT NULL) STRICT, WITHOUT ROWID;
-- The language that somebody's screen takes when they come; none: that of the screen.
ALTER TABLE staff ADD COLUMN lang TEXT;
