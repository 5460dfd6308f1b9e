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
