/** Series of patrols: the rule is made of what was chosen; a single date is moved in a dialog. */
import { ApiProblem, post } from "../api.js";
import { el } from "../dom.js";
import { connectForm, reportProblem } from "../forms.js";
import { t } from "../i18n.js";
import { ruleOf } from "../schedule/rule.js";
import { wall } from "../schedule/moments.js";

const form = document.getElementById("series-form");

function showRule() {
  const { every, on, starts_at: first, rule } = form.elements;
  const own = every.value === "OTHER";
  rule.readOnly = !own;
  on.disabled = own || every.value === "HOLIDAYS";
  if (every.value === "HOLIDAYS") rule.value = "";
  else if (!own) rule.value = ruleOf(every.value, on.value, first.value);
}

if (form) {
  form.addEventListener("input", showRule);
  showRule();
  connectForm(form, {
    body: ({ every, on, rule, ...value }) => (every === "HOLIDAYS" ? { ...value, before_holidays: true } : { ...value, rule }),
  });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-move]");
  if (button) askMove(button.dataset);
});

function askMove({ move, original, starts }) {
  const input = el("input", { class: "input", type: "datetime-local", required: true, id: "move-starts", value: wall(starts).slice(0, 16) });
  const dialog = el("dialog", { class: "dialog", "aria-label": t("改期") }, el("form", {
    class: "form",
    onsubmit: async (event) => {
      event.preventDefault();
      try {
        await post(`/api/v1/patrol-series/${move}/exceptions`, { original, starts_at: `${input.value}:00+08:00` });
        dialog.close();
        location.reload();
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error;
        reportProblem(error);
      }
    },
  }, el("div", { class: "dialog__head" }, el("h2", {}, t("改期"))),
  el("div", { class: "dialog__body" }, el("label", { class: "field__label", for: "move-starts" }, t("开始（北京时间）")), input),
  el("div", { class: "dialog__foot" }, el("button", { class: "btn", type: "button", onclick: () => dialog.close() }, t("取消")), el("button", { class: "btn btn--primary" }, t("改期")))));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
