-- What customers said, at a kiosk or by the link on a receipt (source), and what their shops do about it. text: kept
-- twelve months. read: the version of the words it was read by. Since version 3.
CREATE TABLE feedback (
  uid TEXT NOT NULL, box INTEGER NOT NULL REFERENCES box (id), event INTEGER REFERENCES event (id),
  source TEXT NOT NULL CHECK (source IN ('kiosk', 'receipt')),
  mode TEXT NOT NULL CHECK (mode IN ('live', 'training', 'demo')), lane TEXT NOT NULL,
  at_us INTEGER NOT NULL, business_date TEXT NOT NULL CHECK (length(business_date) = 10),
  hour INTEGER NOT NULL CHECK (hour BETWEEN 0 AND 23), score INTEGER NOT NULL CHECK (score BETWEEN 1 AND 5),
  topics TEXT NOT NULL, lang TEXT NOT NULL, text TEXT CHECK (length(text) <= 2000),
  member TEXT, sale TEXT, staff TEXT, read INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (box, uid)
) STRICT, WITHOUT ROWID;
CREATE INDEX feedback_day ON feedback (business_date);
CREATE INDEX feedback_waiting ON feedback (read);
CREATE TABLE feedback_theme (
  box INTEGER NOT NULL, feedback TEXT NOT NULL, theme TEXT NOT NULL,
  mood TEXT NOT NULL CHECK (mood IN ('-', '+', '0')), words TEXT NOT NULL,
  PRIMARY KEY (box, feedback, theme), FOREIGN KEY (box, feedback) REFERENCES feedback (box, uid)
) STRICT, WITHOUT ROWID;
-- An issue is its box's; better and same count what customers said who were asked again.
CREATE TABLE feedback_issue (
  uid TEXT NOT NULL, box INTEGER NOT NULL REFERENCES box (id),
  mode TEXT NOT NULL, theme TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('open', 'working', 'closed')),
  owner TEXT, note TEXT, opened_us INTEGER NOT NULL, changed_us INTEGER NOT NULL,
  better INTEGER NOT NULL DEFAULT 0, same INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (box, uid)
) STRICT, WITHOUT ROWID;
