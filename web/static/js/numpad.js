// Our number pad: the same keys by finger and by keyboard, into a text of digits.
export class Entry {
  constructor({ max = 12, decimals = 0, changed }) {
    Object.assign(this, { max, decimals, changed, value: "" });
  }

  set(value) {
    this.value = value;
    this.changed(value);
  }

  press(key) {
    let next = this.value;
    if (key === "clear") next = "";
    else if (key === "back") next = next.slice(0, -1);
    else if (key === ".") next = this.decimals && !next.includes(".") ? `${next || "0"}.` : next;
    else next += key;
    const part = next.split(".")[1] || "";
    if (next.length <= this.max && part.length <= this.decimals && next !== this.value) this.set(next);
  }

  // Whether the key was ours.
  keydown(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return false;
    const key = event.key === "Backspace" ? "back" : event.key;
    if (!/^([0-9]|\.|back)$/.test(key)) return false;
    event.preventDefault();
    this.press(key);
    return true;
  }

  bind(pad) {
    pad.addEventListener("click", (event) => {
      const key = event.target.closest("[data-key]");
      if (key) this.press(key.dataset.key);
    });
    return this;
  }
}

// A PIN is shown as dots only.
export function dots(host, value) {
  host.replaceChildren(...[...value].map(() => document.createElement("i")));
}
