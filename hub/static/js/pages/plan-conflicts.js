/** What two planners changed at once, side by side; each chooses once, nothing is overwritten unseen. */
import { el, icon, named, scrollable } from "../dom.js";
import { t } from "../i18n.js";
import { timeElement } from "../times.js";

/** Ask for each {unit, name, was, mine, theirs, mark}; resolves to {unit: "mine" or "theirs"}. */
export function openConflicts(rows) {
  const chosen = Object.fromEntries(rows.map(({ unit }) => [unit, "mine"]));
  const heads = [t("内容"), t("原来的"), t("您的"), t("对方的")].map((text) => el("th", { scope: "col" }, text));
  const dialog = el("dialog", { class: "dialog dialog--wide", id: "plan-conflicts", "aria-labelledby": "conflicts-h" },
    el("form", { method: "dialog" }, el("div", { class: "dialog__head" }, el("h2", { id: "conflicts-h" }, t("双方同时改了同一处"))),
      el("div", { class: "dialog__body stack" }, el("div", { class: "notice notice--warn" }, icon("alert"), el("p", {}, t("请逐项选择保留哪一个；其余改动已经合并。"))),
        scrollable(t("逐项比较"), el("table", { class: "table merge" }, el("thead", {}, el("tr", {}, heads)), el("tbody", {}, rows.map((row) => line(row, chosen)))))),
      el("div", { class: "dialog__foot" }, el("button", { class: "btn btn--primary" }, t("按所选继续")))));
  document.body.append(dialog);
  // There is no way out but a choice: leaving would be one without being seen.
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(chosen);
    });
  });
}

function line({ unit, name, was, mine, theirs, mark }, chosen) {
  const option = (which, text, by = null) => el("td", { "data-label": which === "mine" ? t("您的") : t("对方的") }, el("label", { class: "check" },
    el("input", { type: "radio", name: `conflict-${unit}`, value: which, checked: which === "mine", onchange: () => { chosen[unit] = which; } }),
    el("span", { class: "merge__text" }, text, by && [el("br"), el("span", { class: "small muted" }, by)])));
  const by = mark && [`${named(mark.bureau_name)} ${mark.user_name} `, timeElement(mark.at, "seconds")];
  return el("tr", { "data-unit": unit }, el("th", { scope: "row" }, name), el("td", { "data-label": t("原来的"), class: "muted" }, was), option("mine", mine), option("theirs", theirs, by));
}
