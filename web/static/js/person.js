// Who stands at the till: a badge under the scanner changes the person, and the cart stays.
import { post } from "./api.js";
import { toast } from "./dialog.js";
import { page } from "./words.js";

const LOGIN = `/login/${encodeURIComponent(page.lane)}`;
let used = null;
let coming = false; // somebody's badge is on its way to a session
let ended = false; // … and the one before is over

// Nobody is logged out by it: whoever works here may come back from there.
export function changePerson(staff = "") {
  location.assign(staff ? `${LOGIN}#${staff}` : LOGIN);
}

// The session here has ended; not so, if it ended because somebody else comes.
export function locked() {
  ended = true;
  if (!coming) changePerson();
}

export function syncBadge({ badge }) {
  if (!badge || used === badge.ticket) return;
  if (!badge.ticket) return changePerson(badge.staff); // this shop wants the PIN, too
  used = badge.ticket;
  coming = true;
  post("/api/login", { lane: page.lane, ticket: badge.ticket }).then(
    () => location.reload(),
    (error) => {
      coming = false;
      if (ended) changePerson();
      else toast(error.message);
    },
  );
}
