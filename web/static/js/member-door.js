// The way to the dialogs about members. They are a tenth of the screen's script and nobody needs them to sell: they come
// once the screen stands.
import { toast } from "./dialog.js";
import { t } from "./words.js";

let coming = null;
let there = null;

function load() {
  coming ??= import("./member.js").then((module) => {
    module.defineMember();
    there = module;
  });
  return coming;
}

export async function openMember(card = "") {
  try {
    await load();
  } catch {
    coming = null;
    return toast(t("errors.no_answer"));
  }
  there.openMember(card);
}

export function syncMember(view, before) {
  if (there) there.syncMember(view, before);
  else if (!coming) setTimeout(() => load().catch(() => (coming = null)), 1000);
}
