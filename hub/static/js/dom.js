/** Small DOM helpers: every text goes in as text, never as markup. */

/** The data that the server put into the page, or {} without any. */
export function pageData() {
  const node = document.getElementById("page-data");
  return node ? JSON.parse(node.textContent) : {};
}

/**
 * Make an element: el("a", {class: "btn", href: url, onclick: fn, dataset: {id}}, "text", child).
 * Attributes that are null, undefined or false are left out; children that are null too.
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "dataset") Object.assign(node.dataset, value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  append(node, children);
  return node;
}

function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : String(child));
  }
}

/** Replace what a node holds. */
export function fill(node, ...children) {
  node.replaceChildren();
  append(node, children);
  return node;
}

/** An icon of our sprite (static/img/icons.svg). */
export function icon(name) {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  const use = document.createElementNS(ns, "use");
  use.setAttribute("href", `/static/img/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/** A state badge; tones: neutral draft info ok warn danger. */
export function badge(text, tone = "neutral") {
  return el("span", { class: `badge badge--${tone}` }, text);
}

const names = JSON.parse(document.getElementById("english-names")?.textContent ?? "{}");

// Within a sentence only long names are exchanged: a short one may be part of something else.
const WITHIN_SENTENCES = 6;
const long = Object.keys(names).filter((name) => name.length >= WITHIN_SENTENCES).sort((a, b) => b.length - a.length);

/** The name of a bureau, place or agreement in the reader's language; full names within a sentence too. */
export function named(name) {
  if (!name || name in names) return names[name] ?? name;
  return long.reduce((text, one) => text.replaceAll(one, names[one]), String(name));
}

/** A bureau in the colour and shape of its side ("a", "b" or none). */
export function party(name, side = null) {
  return el("span", { class: `party${side ? ` party--${side.toLowerCase()}` : ""}` }, named(name));
}

/** Key and value rows: kv([["编号", "…"], …]). Values are texts or nodes. */
export function kv(rows) {
  return el("dl", { class: "kv" }, rows.map(([key, value]) => [el("dt", {}, key), el("dd", {}, value)]));
}

/** A table too wide for its place is scrolled, by the keyboard too; its label says what it is. */
export function scrollable(label, table) {
  return el("div", { class: "table-wrap", tabindex: "0", role: "region", "aria-label": label }, table);
}
