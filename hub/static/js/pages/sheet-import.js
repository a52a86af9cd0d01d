/** Bringing a sheet in: first tried, row by row; kept when no row is refused. */
import { ApiProblem, operationKey, post } from "../api.js";
import { el, fill, icon } from "../dom.js";
import { clearErrors, showProblem } from "../forms.js";
import { t } from "../i18n.js";
import { leftOut, rowTable, sums } from "../sheet-report.js";
import { toast } from "../toasts.js";

const form = document.getElementById("import-form");
const panel = document.getElementById("import-report");
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
  const ready = tried && counts.refused === 0 && counts.new + counts.changed > 0;
  const go = ready && el("button", { class: "btn btn--primary", type: "button" }, icon("upload"), t("全部导入"));
  if (go) go.addEventListener("click", () => send(go, false));
  panel.hidden = false;
  fill(panel,
    el("div", { class: "panel__head" }, el("h2", {}, tried ? t("试算结果") : t("导入结果")), sums(counts), go),
    el("div", { class: "panel__body" },
      leftOut(ignored), rowTable(rows, form.dataset.pages)));
  panel.scrollIntoView({ block: "start" });
}
