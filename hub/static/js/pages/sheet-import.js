/** Bringing a sheet in: first tried, row by row; kept when no row is refused. */
import { ApiProblem, operationKey, post } from "../api.js";
import { badge, el, fill, icon, scrollable } from "../dom.js";
import { clearErrors, showProblem } from "../forms.js";
import { t } from "../i18n.js";
import { toast } from "../toasts.js";

const form = document.getElementById("import-form");
const panel = document.getElementById("import-report");
const STATES = {
  new: [t("新增"), "ok"], changed: [t("更改"), "info"], same: [t("无变化"), "neutral"],
  skipped: [t("跳过"), "neutral"], refused: [t("不能导入"), "danger"],
};
let key = operationKey();

/** Send the file; the trial keeps nothing. The key lives until an answer came. */
async function send(button, dryRun) {
  clearErrors(form);
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  try {
    const report = await post(`${form.dataset.importTo}?dry_run=${dryRun}`, new FormData(form), { key });
    key = operationKey();
    draw(report, dryRun);
    if (!dryRun) toast(t("已导入"), "ok");
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    if (error.status !== 0 && error.status < 500) key = operationKey();
    if (error.problem.report) draw(error.problem.report, true);
    showProblem(form, error);
  } finally {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  send(event.submitter, true);
});
form.elements.file.addEventListener("change", () => { panel.hidden = true; });

function draw({ counts, ignored, rows }, tried) {
  const sums = Object.entries(counts).filter(([, count]) => count)
    .map(([state, count]) => badge(`${STATES[state][0]} ${count}`, STATES[state][1]));
  const ready = tried && counts.refused === 0 && counts.new + counts.changed > 0;
  const go = ready && el("button", { class: "btn btn--primary", type: "button" }, icon("upload"), t("全部导入"));
  if (go) go.addEventListener("click", () => send(go, false));
  panel.hidden = false;
  fill(panel,
    el("div", { class: "panel__head" }, el("h2", {}, tried ? t("试算结果") : t("导入结果")), sums, go),
    el("div", { class: "panel__body" },
      ignored.length > 0 && el("p", { class: "small muted" }, t("不导入的列：{columns}", { columns: ignored.join(t("、")) })),
      table(rows)));
  panel.scrollIntoView({ block: "start" });
}

function table(rows) {
  const heads = [t("行"), t("处理结果"), t("记录"), t("说明")].map((text) => el("th", { scope: "col" }, text));
  return scrollable(t("逐行结果"), el("table", { class: "table" },
    el("thead", {}, el("tr", {}, heads)), el("tbody", {}, rows.map(line))));
}

function line(row) {
  const [text, tone] = STATES[row.state];
  const name = [row.number, row.title].filter(Boolean).join(" ");
  return el("tr", { "data-state": row.state }, el("td", { class: "num" }, row.line), el("td", {}, badge(text, tone)),
    el("td", {}, row.record_id && form.dataset.pages ? el("a", { href: `${form.dataset.pages}/${row.record_id}` }, name) : name || "—"),
    el("td", { class: "small" }, row.errors.length ? row.errors.map(told) : row.detail,
      row.changes.map(({ name: what, before, after }) => el("div", {}, what, t("："), before ?? "—", " → ", after ?? "—"))));
}

/** What is wrong, with the sheet's own name of the column. */
const told = ({ column, message }) => el("div", {}, column ? el("b", {}, column, t("：")) : null, message);
