/** Clauses and contacts of an agreement: short rows that are added and removed. */
import { el, fill, icon } from "../dom.js";
import { t } from "../i18n.js";

/**
 * Rows of simple fields in `root`. `fields` are {key, label, long, options}; `path` is where the
 * rows stand in the agreement, for errors.
 */
export function createParts(root, path, fields, changed) {
  const rows = () => [...root.children];
  function row(value) {
    const controls = fields.map(({ key, label, long, options }) => {
      const shared = { class: "input", "aria-label": label, "data-key": key };
      const control = options ? el("select", shared, options.map(([id, text]) => el("option", { value: id, selected: value[key] === id }, text)))
        : long ? el("textarea", { ...shared, rows: 2, maxlength: 4000 }) : el("input", { ...shared, maxlength: 100 });
      if (!options) control.value = value[key] ?? "";
      return el("div", { class: "field", dataset: { part: key } }, el("span", { class: "field__label" }, label), control, el("span", { class: "field__error" }));
    });
    const remove = el("button", { class: "btn btn--small btn--icon btn--quiet", type: "button", "aria-label": t("删除") }, icon("delete"));
    const box = el("div", { class: "part", role: "group" }, controls, remove);
    remove.addEventListener("click", () => { box.remove(); renumber(); changed(); });
    box.read = () => Object.fromEntries([...box.querySelectorAll("[data-key]")].map((control) => [control.dataset.key, control.value.trim()]));
    return box;
  }
  function renumber() {
    rows().forEach((box, number) => {
      for (const part of box.querySelectorAll("[data-part]")) part.dataset.field = `${path}.${number}.${part.dataset.part}`;
    });
  }
  return {
    set(values) { fill(root, values.map(row)); renumber(); },
    read: () => rows().map((box) => box.read()),
    add(value = {}) { root.append(row(value)); renumber(); root.lastElementChild.querySelector("[data-key]").focus(); changed(); },
  };
}
