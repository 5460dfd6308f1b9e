-- Recommendation: what is learned from sales (rebuildable, see edge/recommend) and what members declined (kept).
-- Weights are forward-decayed: a purchase weighs more the later it comes, so nothing stored is ever aged.

-- How far learning has come: the last sale and the last consent row that are in the tables below.
CREATE TABLE model_state (
  id INTEGER PRIMARY KEY CHECK (id = 1), sale INTEGER NOT NULL, consent INTEGER NOT NULL
) STRICT;
INSERT INTO model_state VALUES (1, 0, 0);

-- Members who let us learn: baskets so far, and the origins (an instant, a basket) that their weights count from.
CREATE TABLE model_member (
  member INTEGER PRIMARY KEY, baskets INTEGER NOT NULL, origin_us INTEGER NOT NULL, origin_basket INTEGER NOT NULL
) STRICT;
CREATE TABLE model_buy (
  member INTEGER NOT NULL, product INTEGER NOT NULL, n INTEGER NOT NULL,
  first_us INTEGER NOT NULL, last_us INTEGER NOT NULL, w REAL NOT NULL, wb REAL NOT NULL,
  PRIMARY KEY (member, product)
) STRICT, WITHOUT ROWID;
-- sales: baskets that held it; buyers, extra: members who bought it, and their purchases after the first.
CREATE TABLE model_product (
  product INTEGER PRIMARY KEY, sales INTEGER NOT NULL, buyers INTEGER NOT NULL, extra INTEGER NOT NULL,
  root REAL NOT NULL, factor REAL NOT NULL
) STRICT;
-- In how many baskets two products lay together, once in each order.
CREATE TABLE model_pair (
  a INTEGER NOT NULL, b INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (a, b)
) STRICT, WITHOUT ROWID;

-- "Not for me": quiet until then, on every screen.
CREATE TABLE offer_decline (
  member INTEGER NOT NULL REFERENCES member (id), product INTEGER NOT NULL,
  at_us INTEGER NOT NULL, until_us INTEGER NOT NULL, times INTEGER NOT NULL CHECK (times > 0), basket TEXT,
  PRIMARY KEY (member, product)
) STRICT, WITHOUT ROWID;
