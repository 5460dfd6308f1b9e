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
