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

-- Points spent (edge/points): what of a day, of a document, and of an entry is back. Rows that few sales write.
CREATE INDEX ledger_spent ON ledger (at_us) WHERE reason IN ('redeem', 'restore');
CREATE INDEX ledger_restored ON ledger (reverses) WHERE reason = 'restore';
-- What headquarters last said of a member's points: as of when, and how many it lends to this box (until a date).
CREATE TABLE points_seen (
  member INTEGER PRIMARY KEY REFERENCES member (id), as_of_us INTEGER NOT NULL,
  lease INTEGER CHECK (lease >= 0), lease_until TEXT
) STRICT;

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
