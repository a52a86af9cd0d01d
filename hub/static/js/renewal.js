/**
 * Taking a fresh rendering of a page part over, around what its reader has in hand: an open dialog,
 * the form he is in, a form with something typed into it. Those stay as they are, the rest is new.
 */

const CONTROLS = "input:not([type=hidden]), textarea, select";

function changed(control) {
  if (control.type === "checkbox" || control.type === "radio") return control.checked !== control.defaultChecked;
  if (control.tagName !== "SELECT") return control.value !== control.defaultValue;
  const options = [...control.options];
  if (control.multiple) return options.some((option) => option.selected !== option.defaultSelected);
  return control.value !== ((options.find((option) => option.defaultSelected) ?? options[0])?.value ?? "");
}

const typedInto = (node) => [...node.querySelectorAll(CONTROLS)].some(changed);
const isForm = (node) => node.tagName === "FORM";
const answering = (form) => form.dataset.busy !== undefined || form.dataset.asking !== undefined;

/** Whether somebody is in the middle of it, so that it must not go away under his hands. */
const inUse = (node) => (isForm(node) ? node.matches(":focus-within") || answering(node) : node.open);

function counterpart(node, fresh) {
  if (node.id) return fresh.querySelector(`#${CSS.escape(node.id)}`);
  const { api } = node.dataset;
  return api ? fresh.querySelector(`form[data-api="${CSS.escape(api)}"]`) : null;
}

/** What stays of a part, outermost dialogs and forms -> their place in the fresh part (or null). */
function held(old, fresh) {
  const found = new Map();
  for (const node of old.querySelectorAll("dialog, form")) {
    const inside = [...found.keys()].some((outer) => outer.contains(node));
    if (!inside && (inUse(node) || typedInto(node))) found.set(node, counterpart(node, fresh));
  }
  return found;
}

const branches = (parent, nodes) => [...parent.children].filter((child) => nodes.some((node) => child.contains(node)));

/**
 * Which branches of `old` lead to what stays, each with its place in `fresh`; an empty plan is what
 * stays itself. Null when both sides are built too differently to tell.
 */
function planOf(old, fresh, pairs) {
  if (pairs.length === 1 && pairs[0][0] === old) return fresh === pairs[0][1] ? [] : null;
  const mine = branches(old, pairs.map(([node]) => node));
  const theirs = branches(fresh, pairs.map(([, place]) => place));
  if (mine.length !== theirs.length) return null;
  const plan = mine.map((branch, index) => {
    const within = pairs.filter(([node]) => branch.contains(node));
    const place = theirs[index];
    const inner = within.every(([, one]) => place.contains(one)) ? planOf(branch, place, within) : null;
    return inner && { branch, place, inner };
  });
  return plan.includes(null) ? null : plan;
}

/** Make `old` what `fresh` is, but for what stays: that is not even moved, so that it keeps the focus. */
function carryOut(plan, old, fresh) {
  if (plan.length === 0) return;
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) old.setAttribute(name, value);
  const stays = new Map(plan.map((one) => [one.place, one]));
  for (const child of [...old.childNodes]) if (!plan.some(({ branch }) => branch === child)) child.remove();
  let next = old.firstChild;
  for (const child of [...fresh.childNodes]) {
    const one = stays.get(child);
    if (!one) old.insertBefore(document.importNode(child, true), next);
    else {
      next = one.branch.nextSibling;
      carryOut(one.inner, one.branch, child);
    }
  }
}

/** What was unfolded stays unfolded, where the part is built as before. */
function unfold(before, part) {
  const parts = [...part.querySelectorAll("details")];
  if (parts.length === before.length) parts.forEach((one, index) => { one.open ||= before[index]; });
}

/**
 * Show `fresh` in the place of `old`; returns the part that is now on the page, or null while
 * something is in use that the fresh part has no place for.
 */
export function renewPart(old, fresh) {
  const staying = held(old, fresh);
  const lost = [...staying].filter(([, place]) => place === null);
  if (lost.some(([node]) => inUse(node))) return null;
  const pairs = [...staying].filter(([, place]) => place !== null);
  const unfolded = [...old.querySelectorAll("details")].map((one) => one.open);
  const plan = pairs.length > 0 ? planOf(old, fresh, pairs) : [];
  if (plan === null) return null;
  if (plan.length > 0) carryOut(plan, old, fresh);
  else old.replaceWith(document.importNode(fresh, true));
  const part = document.getElementById(old.id);
  unfold(unfolded, part);
  return part;
}
