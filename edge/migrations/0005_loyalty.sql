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
