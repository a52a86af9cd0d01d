/** When all who were chosen are free: each stretch leads to a plan with them at that time. */
import { ApiProblem, get } from "../api.js";
import { el, fill, icon } from "../dom.js";
import { clearErrors, formValue, showProblem } from "../forms.js";
import { t } from "../i18n.js";
import { span, wall } from "./moments.js";

/** Wire the form; `propose(starts, ends, [[name, id], ...])` is called with what was picked, if planning is allowed. */
export function connectFree(form, propose) {
  const found = document.getElementById("free-found");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clearErrors(form);
    const { officers = [], craft = [], workdays, ...rest } = formValue(form);
    if (!officers.length && !craft.length) return void fill(found, el("p", {}, t("请选择人员或船艇车辆。")));
    const query = new URLSearchParams({ ...rest, officers: officers.join(","), craft: craft.join(","), workdays: String(Boolean(workdays)) });
    try {
      const { items } = await get(`/api/v1/free-times?${query}`);
      fill(found, items.length ? items.map((gap) => line(gap, rest.minutes, [...officers.map((id) => ["officer", id]), ...craft.map((id) => ["craft", id])]))
        : el("p", {}, t("这段时间没有共同的空闲，请延长天数或减少人员。")));
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      showProblem(form, error);
    }
  });

  function line(gap, minutes, chosen) {
    const ends = new Date(Date.parse(gap.starts_at) + minutes * 60_000);
    return el("p", { class: "free-found" }, icon("calendar"), span(gap),
      propose && el("button", { class: "btn btn--small", type: "button", onclick: () => { form.closest("dialog").close(); propose(wall(gap.starts_at), wall(ends), chosen); } }, t("在此安排")));
  }
}
