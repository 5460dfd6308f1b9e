// Small helpers over the DOM. Data reaches the page as text nodes and attributes, never as markup.
const SVG = "http://www.w3.org/2000/svg";

export const $ = (id) => document.getElementById(id);

export function el(tag, props = {}, ...kids) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name === "text") node.textContent = value;
    else if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...kids.filter((kid) => kid != null));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS(SVG, "use"));
  setIcon(svg, name);
  return svg;
}

export function setIcon(svg, name) {
  attr(svg.firstChild, "href", `/static/icons.svg#i-${name}`);
}

// Write only what changed: untouched nodes keep focus, and a live region speaks once.
export function text(node, value) {
  const now = value == null ? "" : String(value);
  if (node.textContent !== now) node.textContent = now;
}

export function attr(node, name, value) {
  if (value == null || value === false) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}

export function show(node, visible) {
  if (node.hidden === visible) node.hidden = !visible;
}

// Children of parent become one node per item, matched by key: made once, updated in place, moved only when needed.
const kept = new WeakMap(); // parent -> key -> node: asking each node for its key is what would take the time
export function keyed(parent, items, key, make, update) {
  const old = kept.get(parent) ?? new Map();
  const now = new Map();
  let at = parent.firstElementChild;
  for (const item of items) {
    const id = String(key(item));
    let node = old.get(id);
    if (node) old.delete(id);
    else {
      node = make(item);
      node.dataset.key = id;
    }
    now.set(id, node);
    update(node, item);
    if (node === at) at = at.nextElementSibling;
    else parent.insertBefore(node, at);
  }
  for (const gone of old.values()) gone.remove();
  kept.set(parent, now);
}
