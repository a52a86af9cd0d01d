/** Absences of the own bureau: entered in a dialog, shown on the boards, taken back. */
import { ApiProblem, del, get } from "../api.js";
import { confirmDialog } from "../dialogs.js";
import { named } from "../dom.js";
import { connectForm, reportProblem } from "../forms.js";
import { t } from "../i18n.js";
import { toast } from "../toasts.js";
import { moment, span } from "./moments.js";

/** Absences between two days. */
export async function loadAbsences(from, to) {
  const query = new URLSearchParams({ from: moment(from), to: moment(to) });
  return (await get(`/api/v1/absences?${query}`)).items;
}

/** Wire the form; `done` is called after something was entered. */
export function connectAbsences(form, done) {
  connectForm(form, {
    body: ({ whom, ...value }) => {
      const [subject, id] = (whom ?? ":").split(":");
      return { ...value, subject, subject_id: id };
    },
    onSuccess: (made) => {
      form.closest("dialog").close();
      form.reset();
      const met = made.clashes.map((one) => named(one.message)).join("");
      toast(met ? t("已登记。请另行安排：{what}", { what: met }) : t("已登记。"), met ? "warn" : "ok", { seconds: 12 });
      done();
    },
  });
}

/** Say what is known of an absence, and offer to take it back. */
export async function openAbsence(absence, done) {
  const text = [span(absence), absence.reason_name, absence.note].filter(Boolean).join(" · ");
  if (!(await confirmDialog({ title: absence.name, text, confirm: t("撤销登记"), danger: true }))) return;
  try {
    await del(`/api/v1/absences/${absence.id}`);
    done();
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    reportProblem(error);
  }
}
