// A paper at the printer of a lane: which one is remembered at this screen.
import { commandId } from "../api.js";
import { el } from "../dom.js";
import { page, t } from "../words.js";
import { attempt, button, field, lane } from "./parts.js";

const REMEMBERED = "tillbox-manager-printer";

export function printAt(words, print) {
  const lanes = page.lanes.filter((each) => each.printer).map((each) => each.id);
  if (!lanes.length) return el("p", { class: "sub", text: t("manager.no_printer") });
  const last = localStorage.getItem(REMEMBERED);
  const at = field(t("manager.printer"), { value: lanes.includes(last) ? last : lanes[0] }, lanes.map((id) => [id, lane(id)]));
  const press = button(words, "printer", async () => {
    press.disabled = true;
    localStorage.setItem(REMEMBERED, at.input.value);
    await attempt(() => print(at.input.value, commandId()));
    press.disabled = false;
  });
  return el("div", { class: "filter print" }, at, press);
}
