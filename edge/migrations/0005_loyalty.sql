-- Loyalty: points that can be spent, promotions and coupons, families and merged members, tiers, feedback.

-- Points. available_on: may be spent from this business date (NULL: at once). came_from: the lot that these points were
-- in before (members were merged, points were handed on, a lot came back after it had expired). n: the document's line
-- that they paid for, where it is one.
ALTER TABLE ledger ADD COLUMN available_on TEXT;
ALTER TABLE ledger ADD COLUMN came_from INTEGER REFERENCES ledger (id);
ALTER TABLE ledger ADD COLUMN n INTEGER;
-- Members. merged: into whom. family: whose points are one purse.
ALTER TABLE member ADD COLUMN merged INTEGER REFERENCES member (id);
ALTER TABLE member ADD COLUMN family TEXT;
CREATE INDEX member_family ON member (family) WHERE family IS NOT NULL;
-- Members at the counter and the kiosk. channel: where they were enrolled. phone_sealed: the whole number, encrypted,
-- only where the shop keeps it. phone_claim: the hash of a number that was typed at a kiosk and is another member's.
ALTER TABLE member ADD COLUMN channel TEXT;
ALTER TABLE member ADD COLUMN phone_sealed TEXT;
ALTER TABLE member ADD COLUMN phone_claim TEXT;
-- kind: card (printed), nfc (a chip's own number), number (given by the box, shown as a QR code).
ALTER TABLE member_card ADD COLUMN kind TEXT NOT NULL DEFAULT 'card';
ALTER TABLE member_card ADD COLUMN since_us INTEGER;
CREATE TABLE member_note (
  id INTEGER PRIMARY KEY, member INTEGER NOT NULL REFERENCES member (id), body TEXT NOT NULL,
  staff INTEGER REFERENCES staff (id), at_us INTEGER NOT NULL
) STRICT;

-- Points spent (edge/points): what of a day, of a document, and of an entry is back. Rows that few sales write.
CREATE INDEX ledger_spent ON ledger (at_us) WHERE reason IN ('redeem', 'restore');
CREATE INDEX ledger_restored ON ledger (reverses) WHERE reason = 'restore';
-- What headquarters last said of a member's points: as of when, and how many it lends to this box (until a date).
CREATE TABLE points_seen (
  member INTEGER PRIMARY KEY REFERENCES member (id), as_of_us INTEGER NOT NULL,
  lease INTEGER CHECK (lease >= 0), lease_until TEXT
) STRICT;

-- Privacy: erasures that wait for the log to be cut, whom a merged member became, what retention has cut off a chain.
CREATE INDEX member_erasing ON member (id) WHERE state = 'erasing';
CREATE INDEX member_merged ON member (merged) WHERE merged IS NOT NULL;
CREATE INDEX journal_private ON journal (id) WHERE private IS NOT NULL;
-- done_us: since when nothing of her is in the database and its log.
CREATE TABLE erasure (
  member INTEGER PRIMARY KEY REFERENCES member (id), asked_us INTEGER NOT NULL, done_us INTEGER
) STRICT;
-- The last event of a chain that is no longer kept: the chain goes on from its hash. An event of stream a says the same.
CREATE TABLE journal_floor (
  epoch TEXT NOT NULL, stream TEXT NOT NULL, seq INTEGER NOT NULL, hash BLOB NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (epoch, stream)
) STRICT, WITHOUT ROWID;

-- Tiers. The rung that a member keeps (until a date, once it is no longer earned: '' before that), where the ladder asks
-- for a memory.
CREATE TABLE member_tier (
  member INTEGER PRIMARY KEY REFERENCES member (id),
  tier TEXT NOT NULL, until TEXT NOT NULL DEFAULT '', since TEXT NOT NULL
) STRICT;
-- What each line of a sale earned, where points did not simply follow its money: they go back with that line.
CREATE TABLE line_points (
  sale INTEGER NOT NULL REFERENCES sale (id), n INTEGER NOT NULL, points INTEGER NOT NULL, score INTEGER NOT NULL,
  PRIMARY KEY (sale, n)
) STRICT, WITHOUT ROWID;

-- Promotions. Every change is a version of its own; the newest one holds. body: JSON as edge/promo/rules.py reads it.
CREATE TABLE promotion (
  uid TEXT NOT NULL, version INTEGER NOT NULL CHECK (version > 0),
  state TEXT NOT NULL CHECK (state IN ('active', 'paused', 'ended')),
  body TEXT NOT NULL, at_us INTEGER NOT NULL, by_whom TEXT NOT NULL,
  PRIMARY KEY (uid, version)
) STRICT, WITHOUT ROWID;
-- How often a sale used a promotion, for its limits. doc: the document that says so: the sale itself, or the return or
-- void that gave all of it back (times below zero, on the sale's business date).
CREATE TABLE promo_use (
  promotion TEXT NOT NULL, sale INTEGER NOT NULL REFERENCES sale (id), doc INTEGER NOT NULL REFERENCES sale (id),
  member INTEGER REFERENCES member (id), times INTEGER NOT NULL, business_date TEXT NOT NULL,
  PRIMARY KEY (promotion, sale, doc)
) STRICT, WITHOUT ROWID;
CREATE INDEX promo_use_member ON promo_use (member, promotion, business_date, times) WHERE member IS NOT NULL;
CREATE INDEX promo_use_sale ON promo_use (sale);
-- Groups of members that somebody made, for promotions that are only for them.
CREATE TABLE member_segment (
  member INTEGER NOT NULL REFERENCES member (id), segment TEXT NOT NULL, at_us INTEGER NOT NULL,
  PRIMARY KEY (member, segment)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sale_member ON sale (member) WHERE member IS NOT NULL;
-- Whose make a product is, as promotions ask for it.
ALTER TABLE product ADD COLUMN brand TEXT NOT NULL DEFAULT '';
-- Coupons: each is good once, for one promotion (its uid). serial: its number among the promotion's; member: whose it is
-- (NULL: whoever shows it); expires_on: the last day; used_sale: the document that used it; batch: which were issued
-- together; reason: why ("print", "gift", "reward" …).
CREATE TABLE coupon (
  code TEXT PRIMARY KEY CHECK (code GLOB 'CP*'), promotion TEXT NOT NULL, serial INTEGER NOT NULL,
  member INTEGER REFERENCES member (id), state TEXT NOT NULL CHECK (state IN ('open', 'used', 'void')),
  issued_us INTEGER NOT NULL, expires_on TEXT, used_sale INTEGER REFERENCES sale (id), batch TEXT NOT NULL,
  reason TEXT NOT NULL, UNIQUE (promotion, serial), CHECK ((state = 'used') = (used_sale IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX coupon_member ON coupon (member) WHERE member IS NOT NULL;
CREATE INDEX coupon_sale ON coupon (used_sale) WHERE used_sale IS NOT NULL;
-- Rewards: what points buy besides money off: a product (its sku), or a coupon of a promotion (its uid).
CREATE TABLE reward (
  uid TEXT PRIMARY KEY, names TEXT NOT NULL, points INTEGER NOT NULL CHECK (points > 0),
  kind TEXT NOT NULL CHECK (kind IN ('goods', 'coupon')), gives TEXT NOT NULL, days INTEGER CHECK (days > 0),
  state TEXT NOT NULL CHECK (state IN ('active', 'ended')), at_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Entries that other boxes booked (see edge/points/remote.py): our number of each, and the chain and number it has there.
CREATE TABLE ledger_origin (entry INTEGER PRIMARY KEY REFERENCES ledger (id), name TEXT NOT NULL UNIQUE) STRICT;

-- Restraint: what was offered to a member on which day, on whatever screen or paper (member 0: to anybody at that lane).
-- boot and mono_s tell the true time between two of them while the machine runs, whatever its clock says.
CREATE TABLE offer_shown (
  member INTEGER NOT NULL, lane TEXT NOT NULL, day TEXT NOT NULL, what TEXT NOT NULL,
  surface TEXT NOT NULL, occasion TEXT NOT NULL, boot TEXT NOT NULL, mono_s INTEGER NOT NULL,
  PRIMARY KEY (member, lane, day, what)
) STRICT, WITHOUT ROWID;

-- Feedback. member, sale, staff: only of those who consent to "behaviour". text: what was typed, forgotten after twelve
-- months; events: where it is in the journal ("epoch/seq", JSON). read: the version of the words it was read by.
CREATE TABLE feedback (
  id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, lane TEXT NOT NULL,
  mode TEXT NOT NULL CHECK (mode IN ('live', 'training', 'demo')),
  at_us INTEGER NOT NULL, business_date TEXT NOT NULL, hour INTEGER NOT NULL CHECK (hour BETWEEN 0 AND 23),
  score INTEGER NOT NULL CHECK (score BETWEEN 1 AND 5), topics TEXT NOT NULL, lang TEXT NOT NULL, text TEXT,
  member INTEGER REFERENCES member (id), sale INTEGER REFERENCES sale (id), staff INTEGER REFERENCES staff (id),
  events TEXT NOT NULL DEFAULT '[]', read INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX feedback_day ON feedback (business_date);
-- What a comment is about, with the words that say so (JSON). A theme that begins with "~" was found, not known before.
CREATE TABLE feedback_theme (
  feedback INTEGER NOT NULL REFERENCES feedback (id), theme TEXT NOT NULL,
  mood TEXT NOT NULL CHECK (mood IN ('-', '+', '0')), words TEXT NOT NULL,
  PRIMARY KEY (feedback, theme)
) STRICT, WITHOUT ROWID;
CREATE TABLE feedback_issue (
  id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, theme TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'working', 'closed')),
  owner INTEGER REFERENCES staff (id), note TEXT NOT NULL DEFAULT '',
  opened_us INTEGER NOT NULL, changed_us INTEGER NOT NULL, closed_us INTEGER
) STRICT;
CREATE UNIQUE INDEX feedback_issue_one ON feedback_issue (theme) WHERE state <> 'closed';
-- "Better now?", asked of a member who complained: at most once an issue.
CREATE TABLE feedback_ask (
  issue INTEGER NOT NULL REFERENCES feedback_issue (id), member INTEGER NOT NULL REFERENCES member (id),
  asked_us INTEGER NOT NULL, answer TEXT CHECK (answer IN ('better', 'same')), answered_us INTEGER,
  PRIMARY KEY (issue, member)
) STRICT, WITHOUT ROWID;
