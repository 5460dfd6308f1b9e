// What is done with a whole member at the desk: given as a file, erased, merged with a second one, put into a family.
import { el } from "../dom.js";
import { number, t } from "../words.js";
import { address, attempt, button, facts, field, get, proved, send, sheet, toast } from "./parts.js";

const named = (one) => `${one.masked || t("member.nameless")} ${one.phone}`;

// The buttons below a member's page. swap: closes it and goes on; again: the list is looked up anew.
export function rights(member, swap, again) {
  return [
    button(t("privacy.act_json"), "download", () => attempt(() => take(member, "json"))),
    button(t("privacy.act_csv"), "download", () => attempt(() => take(member, "csv"))),
    button(t("privacy.act_family"), "users", () => attempt(() => family(member, swap))),
    button(t("privacy.act_merge"), "layers", () => swap(() => merge(member, again))),
    button(t("privacy.act_erase"), "trash-2", () => swap(() => erase(member, again)), "danger"),
  ];
}

const path = (member, what) => `/members/${member.uid}/${what}`;

async function take(member, form) {
  const made = await proved(() => send("POST", path(member, "export"), { form }));
  if (!made) return;
  el("a", { href: address(`/exports/${made.ticket}`), download: made.name }).click();
  toast(t("privacy.taken", { name: made.name }));
}

function erase(member, again) {
  const name = member.masked || t("member.nameless");
  sheet(t("privacy.erase_title", { name }), [el("p", { text: t("privacy.erase_text", { points: number(member.points) }) })], t("privacy.act_erase"), async (key) => {
    const done = await proved(() => send("POST", path(member, "erase"), {}, key));
    if (!done) return false;
    toast(t(`privacy.${done.state}`));
    await again();
    return true;
  }, "danger");
}

// Who the other is, chosen from what is found; then what comes of it.
function pick(title, tip, member, then) {
  const wanted = field(t("privacy.find_other"), { maxlength: 64 });
  const hits = el("div", { class: "picks" });
  const { dialog, say } = sheet(title, [el("p", { text: tip }), wanted, hits], t("privacy.find"), async () => {
    const { rows } = await get("/members", { q: wanted.input.value.trim() });
    const others = rows.filter((row) => row.uid !== member.uid);
    if (!others.length) say(t(rows.length ? "errors.member_same" : "errors.member_unknown"));
    hits.replaceChildren(...others.map((row) => button(named(row), "user-round", () => {
      dialog.close();
      attempt(() => then(row));
    })));
    return false;
  });
}

function merge(member, again) {
  const title = t("privacy.merge_title", { name: member.masked || t("member.nameless") });
  pick(title, t("privacy.merge_tip"), member, async (other) => {
    const { kept, gone, then } = await get(path(member, `merge/${other.uid}`));
    const agreed = then.consents.map((purpose) => t(`member.purpose_${purpose}`)).join(", ");
    const told = facts(
      [t("privacy.merge_kept"), named(kept)],
      [t("privacy.merge_gone"), named(gone)],
      [t("privacy.i_points"), `${number(kept.points)} + ${number(gone.points)} = ${number(then.points)}`],
      [t("privacy.i_tier"), then.tier_name],
      [t("privacy.s_cards"), number(then.cards)],
      [t("privacy.i_phone"), then.phone || t("member.none")],
      [t("privacy.s_consents"), agreed || t("member.none")],
    );
    sheet(title, [el("p", { text: t("privacy.merge_check") }), told], t("privacy.merge_do"), async (key) => {
      const done = await proved(() => send("POST", path(member, "merge"), { gone: gone.uid }, key));
      if (!done) return false;
      toast(t("privacy.merged"));
      await again();
      return true;
    });
  });
}

async function family(member, swap) {
  const found = await get(path(member, "family"));
  const title = t("privacy.family_title", { name: member.masked || t("member.nameless") });
  const listed = found.family ? [facts(...found.family.members.map((one) => [named(one), number(one.points)]), [t("privacy.purse"), number(found.family.purse)])] : [];
  const join = (other) => sheet(title, [el("p", { text: t("privacy.family_check") }), el("p", { text: found.text }), facts([t("privacy.joins"), named(other)])], t("privacy.family_do"), async (key) => {
    await send("POST", path(member, "family"), { other: other.uid, agreed: true }, key);
    toast(t("privacy.joined"));
  });
  swap(() => {
    if (!found.family) return pick(title, t("privacy.family_tip"), member, join);
    return sheet(title, listed, t("privacy.leave"), async (key) => {
      await send("DELETE", path(member, "family"), {}, key);
      toast(t("privacy.left"));
    });
  });
}
