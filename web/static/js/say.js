// One dialog for every text that is typed or scanned: a serial number, the name of a cart that is put aside.
import { want } from "./catch.js";
import { close, define, isOpen, problem, raise } from "./dialog.js";
import { $, attr, setIcon, show, text } from "./dom.js";
import { bindKeyboards } from "./osk.js";
import { picks } from "./picks.js";
import { t } from "./words.js";

let asked = null;
let pending = false;

export function defineSay() {
  define("say", {
    mount(dialog) {
      bindKeyboards(dialog);
      $("say-text").addEventListener("input", render);
      $("say-ok").addEventListener("click", go);
    },
    enter: go,
    closed: () => asked.scan && want(""),
  });
}

// given: {icon, title, tip, label, ok, value?, max, scan?: whether a scan fills it, empty?: whether it may be empty,
// choices?: [{id, words}] beside it, choice?}
// action: (text, choice) -> a promise, of what is done once the dialog is gone (or nothing)
export function askText(given, action) {
  asked = { choices: [], ...given, action };
  pending = false;
  raise("say");
  setIcon($("say-icon").firstChild, asked.icon);
  text($("say-title"), asked.title);
  text($("say-tip"), asked.tip);
  text($("say-ok"), asked.ok);
  const field = $("say-text");
  attr(field, "maxlength", asked.max);
  attr(field, "aria-label", asked.label);
  attr(field, "placeholder", asked.label);
  field.value = asked.value ?? "";
  problem("say-problem", "");
  render();
  if (asked.scan) want("text", (caught) => fill(caught.code));
  field.focus();
}

function fill(code) {
  $("say-text").value = code;
  render();
  go();
}

function render() {
  show($("say-choices"), asked.choices.length > 0);
  picks($("say-choices"), asked.choices, asked.choice ?? null, (id) => {
    asked.choice = asked.choice === id ? null : id;
    render();
  });
  $("say-ok").disabled = pending || (!asked.empty && !$("say-text").value.trim());
}

async function go() {
  if (!isOpen("say") || $("say-ok").disabled) return;
  pending = true;
  problem("say-problem", "");
  try {
    const next = await asked.action($("say-text").value.trim(), asked.choice ?? null);
    close("say");
    next?.();
  } catch (error) {
    if (isOpen("say")) problem("say-problem", error.message);
  } finally {
    pending = false;
    if (isOpen("say")) render();
  }
}
