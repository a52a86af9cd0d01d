/**
 * Two people changed one record: the second sees both versions field by field, chooses, and saves.
 * A form says by data-merge where its record stands in the refused answer's `current`: "" for the
 * record itself, "measures/ID" for one of a list. Nothing that was typed is lost.
 */
import { el, icon, scrollable } from "./dom.js";
import { t } from "./i18n.js";

const plain = (value) => (value === null || value === undefined ? "" : Array.isArray(value) ? [...value].sort() : String(value));
const same = (a, b) => JSON.stringify(plain(a)) === JSON.stringify(plain(b));

/** Ask what shall stand; writes it into the form and calls `resend`. The form keeps what it holds until then. */
export function openMerge(form, problem, resend) {
  const current = recordIn(problem.current, form.dataset.merge);
  const rows = current ? rowsOf(form, current) : null;
  const dialog = el("dialog", { class: "dialog dialog--wide", "aria-labelledby": "merge-h" });
  const save = () => {
    for (const row of rows ?? []) write(row.controls, row.chosen());
    form.dataset.version = problem.current_version;
    dialog.close();
    resend();
  };
  dialog.append(el("form", { method: "dialog", onsubmit: (event) => { event.preventDefault(); save(); } },
    el("div", { class: "dialog__head" }, el("h2", { id: "merge-h" }, t("别人刚刚也修改了"))),
    el("div", { class: "dialog__body" }, explanation(problem, rows), rows?.length ? table(rows) : null),
    el("div", { class: "dialog__foot" },
      el("button", { class: "btn", type: "button", onclick: () => dialog.close() }, t("回去再看")),
      el("button", { class: "btn btn--primary" }, rows?.length ? t("按所选保存") : t("仍然提交")))));
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
  (dialog.querySelector(".merge__row--both input, .merge__row--both textarea") ?? dialog.querySelector(".btn--primary")).focus();
}

function recordIn(current, path) {
  if (!current || path === undefined) return null;
  if (path === "") return current;
  const [list, id] = path.split("/");
  return current[list]?.find((one) => one.id === id) ?? null;
}

function explanation(problem, rows) {
  const both = rows?.filter((row) => row.state === "both").length ?? 0;
  const versions = t("您依据的是第{old}版，现为第{new}版。", { old: problem.your_version, new: problem.current_version });
  const rest = rows === null ? t("您填写的内容仍在，请核对后再提交。")
    : both ? t("有{count}处双方都改了，请逐项选择；只有一方改的已经合并。", { count: both })
      : t("双方改的是不同内容，已经合并，核对后保存即可。");
  return el("div", { class: "notice notice--warn" }, icon("alert"), el("div", {}, el("p", {}, `${versions} ${rest}`)));
}

/** The fields that somebody changed, with what stood there, what is mine, and what stands there now. */
function rowsOf(form, current) {
  const names = new Map();
  for (const control of form.elements) {
    if (control.name && control.name in current) names.set(control.name, [...(names.get(control.name) ?? []), control]);
  }
  const found = [];
  for (const [name, controls] of names) {
    const base = valueOf(controls, true);
    const mine = valueOf(controls, false);
    const theirs = current[name];
    const byMe = !same(mine, base);
    const byThem = !same(theirs, base);
    if (!(byMe || byThem) || same(mine, theirs)) continue;
    found.push({ name, controls, mine, theirs, state: byMe && byThem ? "both" : byMe ? "mine" : "theirs" });
  }
  return found;
}

const isGroup = (controls) => controls[0].type === "checkbox" && controls[0].closest("fieldset[data-field]");

function valueOf(controls, before) {
  const [control] = controls;
  if (isGroup(controls)) return controls.filter((box) => (before ? box.defaultChecked : box.checked)).map((box) => box.value);
  if (control.type === "checkbox") return before ? control.defaultChecked : control.checked;
  if (control.tagName === "SELECT") {
    return before ? [...control.options].find((option) => option.defaultSelected)?.value ?? control.options[0]?.value : control.value;
  }
  return before ? control.defaultValue : control.value;
}

function write(controls, value) {
  const [control] = controls;
  if (isGroup(controls)) for (const box of controls) box.checked = value.includes(box.value);
  else if (control.type === "checkbox") control.checked = value === true || value === "true";
  else control.value = plain(value);
}

/** A value as the form shows it: the words of choices, not their codes. */
function words(controls, value) {
  const [control] = controls;
  if (isGroup(controls)) {
    return controls.filter((box) => value?.includes(box.value)).map((box) => box.closest("label").textContent.trim()).join(t("、")) || "—";
  }
  if (control.type === "checkbox") return value === true || value === "true" ? t("是") : t("否");
  if (control.tagName === "SELECT") return [...control.options].find((option) => option.value === plain(value))?.textContent ?? "—";
  return plain(value) || "—";
}

const isText = ([control]) => control.tagName === "TEXTAREA" || (control.tagName === "INPUT" && control.type === "text");

function label([control]) {
  const field = control.closest("[data-field]");
  const node = field?.querySelector(".field__label");
  return node ? node.firstChild.textContent.trim() : control.name;
}

const STATES = { both: t("双方都改了"), mine: t("只有您改了"), theirs: t("只有对方改了") };

function table(rows) {
  const heads = [t("内容"), t("您的"), t("现在的")].map((text) => el("th", { scope: "col" }, text));
  return scrollable(t("逐项比较"), el("table", { class: "table merge" },
    el("thead", {}, el("tr", {}, heads)), el("tbody", {}, rows.flatMap(choice))));
}

/** One field: choose a side; a text that both changed can also be put together by hand. */
function choice(row) {
  const { name, controls, state } = row;
  const first = state === "theirs" ? "theirs" : "mine";
  let side = first;
  const hand = state === "both" && isText(controls)
    ? el("textarea", { class: "input", rows: 3, "aria-label": t("合并后的内容") }, plain(row[first])) : null;
  row.chosen = () => (hand ? hand.value : row[side]);
  const option = (which) => {
    const [mine, theirs] = marked(words(controls, row.mine), words(controls, row.theirs));
    const radio = el("input", { type: "radio", name: `merge-${name}`, value: which, checked: which === first,
      onchange: () => { side = which; if (hand) hand.value = plain(row[which]); } });
    return el("td", { "data-label": which === "mine" ? t("您的") : t("现在的") },
      el("label", { class: "check" }, radio, el("span", { class: "merge__text" }, which === "mine" ? mine : theirs)));
  };
  const head = el("th", { scope: "row" }, label(controls), el("br"), el("span", { class: "small muted" }, STATES[state]));
  const line = el("tr", { class: `merge__row merge__row--${state}`, "data-merge-field": name }, head, option("mine"), option("theirs"));
  return hand ? [line, el("tr", { class: "merge__hand" }, el("th", { scope: "row", class: "small muted" }, t("合并后")), el("td", { colspan: 2 }, hand))] : [line];
}

/** Both texts with the part in which they differ marked. */
function marked(a, b) {
  let head = 0;
  while (head < Math.min(a.length, b.length) && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(a.length, b.length) - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  const parts = (text) => {
    const middle = text.slice(head, text.length - tail);
    return [text.slice(0, head), middle && el("mark", {}, middle), text.slice(text.length - tail)];
  };
  return [parts(a), parts(b)];
}
