/** What becomes of the rows of a file that is brought in: in numbers, and row by row. */
import { badge, el, scrollable } from "./dom.js";
import { t } from "./i18n.js";

const STATES = {
  new: [t("新增"), "ok"], changed: [t("更改"), "info"], same: [t("无变化"), "neutral"],
  skipped: [t("跳过"), "neutral"], refused: [t("不能导入"), "danger"],
};

/** How many rows of each kind. */
export const sums = (counts) => Object.entries(counts).filter(([, count]) => count)
  .map(([state, count]) => badge(`${STATES[state][0]} ${count}`, STATES[state][1]));

/** Which columns mean nothing here. */
export const leftOut = (ignored) => ignored.length > 0 && el("p", { class: "small muted" }, t("不导入的列：{columns}", { columns: ignored.join(t("、")) }));

/** A line for each row; `pages`: where a record has its page, followed by its id. */
export function rowTable(rows, pages = "") {
  const heads = [t("行"), t("处理结果"), t("记录"), t("说明")].map((text) => el("th", { scope: "col" }, text));
  return scrollable(t("逐行结果"), el("table", { class: "table" },
    el("thead", {}, el("tr", {}, heads)), el("tbody", {}, rows.map((row) => line(row, pages)))));
}

function line(row, pages) {
  const [text, tone] = STATES[row.state];
  const name = [row.number, row.title].filter(Boolean).join(" ");
  return el("tr", { "data-state": row.state }, el("td", { class: "num" }, row.line), el("td", {}, badge(text, tone)),
    el("td", {}, row.record_id && pages ? el("a", { href: `${pages}/${row.record_id}` }, name) : name || "—"),
    el("td", { class: "small" }, row.errors.length ? row.errors.map(told) : row.detail,
      row.changes.map(({ name: what, before, after }) => el("div", {}, what, t("："), before ?? "—", " → ", after ?? "—"))));
}

/** What is wrong, with the sheet's own name of the column. */
const told = ({ column, message }) => el("div", {}, column ? el("b", {}, column, t("：")) : null, message);
