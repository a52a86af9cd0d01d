/** Series of patrols: the rule is made of what was chosen; what a change does is shown first; a date is moved in a dialog. */
import { ApiProblem, patch, post } from "../api.js";
import { badge, el, icon, party } from "../dom.js";
import { clearErrors, connectForm, formValue, showProblem } from "../forms.js";
import { t } from "../i18n.js";
import { everyOf, ruleOf } from "../schedule/rule.js";
import { wall } from "../schedule/moments.js";
import { formatTime } from "../times.js";
import { toast } from "../toasts.js";

const form = document.getElementById("series-form");
const change = document.getElementById("series-change");

/** Keep the text of the rule as the choices say it; of a rule of one's own the text itself is typed. */
function ruleFields(of) {
  const { every, on, starts_at: first, rule } = of.elements;
  const show = () => {
    const own = every.value === "OTHER";
    rule.readOnly = !own;
    on.disabled = own || every.value === "HOLIDAYS";
    if (every.value === "HOLIDAYS") rule.value = "";
    else if (!own) rule.value = ruleOf(every.value, on.value, first.value);
  };
  of.addEventListener("input", show);
  show();
}

const body = ({ every, on, rule, ...value }) => (every === "HOLIDAYS" ? { ...value, before_holidays: true } : { ...value, rule });

if (form) {
  ruleFields(form);
  connectForm(form, { body });
}

if (change) {
  const { every, on, starts_at: first } = change.elements;
  const known = everyOf(change.dataset.rule, first.value);
  if (known) [every.value, on.value] = known;
  ruleFields(change);
  change.addEventListener("submit", (event) => { event.preventDefault(); save(); });
}

async function save() {
  const { series, version } = change.dataset;
  const url = `/api/v1/patrol-series/${series}`;
  const value = body(formValue(change));
  clearErrors(change);
  try {
    const plan = await post(`${url}/preview`, value);
    if (plan.changes.length === 0) return void toast(t("没有改动。"));
    if (!(await agreed(plan))) return;
    await patch(url, value, { version });
    location.assign("/schedule/series");
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    showProblem(change, error);
  }
}

/** Show what changes, who has to agree again and what becomes of the proposals; resolves to whether it is to be saved. */
function agreed(plan) {
  const title = t("核对改动");
  const dialog = el("dialog", { class: "dialog dialog--wide", "aria-label": title, id: "series-preview" }, el("form", { method: "dialog" },
    el("div", { class: "dialog__head" }, el("h2", {}, title)),
    el("div", { class: "dialog__body stack" }, differences(plan.changes),
      plan.withdrawn.length > 0 && el("div", { class: "notice notice--warn" }, icon("key"), el("span", {}, plan.withdrawn.map((one) => [party(one.name, one.side), " "]), t("的确认会撤回，须重新确认。"))),
      el("h3", {}, t("今后的日期")),
      plan.dates.length > 0 ? el("ul", { class: "series-dates" }, plan.dates.map((day) => el("li", {}, formatTime(day.starts_at), " ", day.new && badge(t("新"), "info")))) : el("p", {}, t("没有更多日期。")),
      plan.patrols.length > 0 && [el("h3", {}, t("已提出的巡查")), el("ul", {}, plan.patrols.map((one) => el("li", {}, el("a", { href: `/patrols/${one.id}` }, one.number), ` ${formatTime(one.starts_at)}：${one.text}`)))]),
    el("div", { class: "dialog__foot" }, el("button", { class: "btn", value: "" }, t("返回修改")), el("button", { class: "btn btn--primary", value: "ok" }, t("保存并请各方确认")))));
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      resolve(dialog.returnValue === "ok");
      dialog.remove();
    });
  });
}

function differences(changes) {
  return el("table", { class: "table" }, el("thead", {}, el("tr", {}, [t("项目"), t("原为"), t("改为")].map((text) => el("th", { scope: "col" }, text)))),
    el("tbody", {}, changes.map((one) => el("tr", {}, el("th", { scope: "row" }, one.label), el("td", {}, one.before), el("td", {}, one.after)))));
}

document.addEventListener("click", (event) => {
  const moved = event.target.closest("[data-move]");
  if (moved) askMove(moved.dataset);
  const skipped = event.target.closest("[data-skip]");
  if (skipped) except(t("跳过这次"), skipped.dataset.skip, [], () => ({ original: skipped.dataset.original, skipped: true }));
});

function askMove({ move, original, starts }) {
  const input = el("input", { class: "input", type: "datetime-local", required: true, id: "move-starts", value: wall(starts).slice(0, 16) });
  const field = el("div", { class: "field", "data-field": "starts_at" }, el("label", { class: "field__label", for: "move-starts" }, t("开始（北京时间）")), input, el("span", { class: "field__error" }));
  except(t("改期"), move, field, () => ({ original, starts_at: `${input.value}:00+08:00` }));
}

/** Ask for the reason of an exception, and for what else it needs; both sides read who made it and why. */
function except(title, series, fields, value) {
  const reason = el("input", { class: "input", maxlength: "500", id: "exception-reason" });
  const dialog = el("dialog", { class: "dialog", "aria-label": title }, el("form", {
    class: "form",
    onsubmit: async (event) => {
      event.preventDefault();
      try {
        await post(`/api/v1/patrol-series/${series}/exceptions`, { ...value(), reason: reason.value.trim() || null });
        dialog.close();
        location.reload();
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error;
        showProblem(event.target, error);
      }
    },
  }, el("div", { class: "dialog__head" }, el("h2", {}, title)),
  el("div", { class: "dialog__body stack" }, fields, el("div", { class: "field", "data-field": "reason" }, el("label", { class: "field__label", for: "exception-reason" }, t("原因（双方可见，可不填）")), reason, el("span", { class: "field__error" }))),
  el("div", { class: "dialog__foot" }, el("button", { class: "btn", type: "button", onclick: () => dialog.close() }, t("取消")), el("button", { class: "btn btn--primary" }, title))));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
