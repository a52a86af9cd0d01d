/** The audit trail: check the whole chain and say what was found. */
import { get } from "../api.js";
import { el, fill, icon } from "../dom.js";
import { reportProblem } from "../forms.js";
import { t } from "../i18n.js";

const button = document.getElementById("verify");
const verdict = document.getElementById("verdict");

button.addEventListener("click", async () => {
  button.disabled = true;
  fill(verdict, el("p", { class: "muted" }, t("正在从第一条起逐条校验…")));
  try {
    show(await get("/api/v1/audit/verify"));
  } catch (error) {
    fill(verdict);
    reportProblem(error);
  } finally {
    button.disabled = false;
  }
});

function show(report) {
  const symbol = report.ok ? "success" : "error";
  fill(verdict, el("div", { class: `notice notice--${report.ok ? "ok" : "danger"}` }, icon(symbol),
    el("div", {}, el("p", {}, report.text),
      report.entry && el("p", { class: "small" }, `${report.entry.actor_name} · ${report.entry.action}`))));
  if (!report.ok) document.getElementById(`entry-${report.first_broken}`)?.scrollIntoView({ block: "center" });
}
