"""Inside the guest: the sales in the till's database, and whether SQLite finds it whole."""

import json
import sqlite3

database = sqlite3.connect("file:/var/lib/tillbox/box.db?mode=ro", uri=True)
sales = [uid for (uid,) in database.execute("SELECT uid FROM sale")]
(integrity,) = database.execute("PRAGMA integrity_check").fetchone()
print(json.dumps({"sales": sales, "integrity": integrity}))
