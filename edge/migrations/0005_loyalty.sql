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
