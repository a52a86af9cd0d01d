/** Passing a received case on: what the third bureau would get, before anybody agrees to it. */
import { get } from "./api.js";
import { el, fill, icon } from "./dom.js";
import { reportProblem } from "./forms.js";
import { t } from "./i18n.js";
import { caseSeen } from "./seen.js";

const path = (share, bureau) => `/api/v1/shares/${share}/onward/preview?bureau=${encodeURIComponent(bureau)}`;

/** Nodes of a preview, with whether the owner has to agree first. */
function nodes(seen, words) {
  const consent = seen.needs_consent
    ? [el("p", { class: "notice notice--warn" }, icon("clock"), el("span", {}, t("按条款须承办单位同意后才转交；同意后对方看到以下内容。")))] : [];
  return [...consent, ...caseSeen(seen, words)];
}

/** Show it in a dialog of the page; for the owner who is asked. */
async function inDialog(button, words) {
  const dialog = document.getElementById("preview-dialog");
  const seen = await get(path(button.dataset.onwardPreview, button.dataset.to));
  fill(document.getElementById("preview-body"), ...nodes({ ...seen, needs_consent: false }, words));
  for (const name of ["share-now", "whole-page"]) document.getElementById(name).hidden = true;
  dialog.showModal();
  dialog.scrollTop = 0;
}

/** Show it in the form in which a bureau is chosen; the answer to an earlier choice is dropped. */
async function inForm(select, words) {
  const place = select.form.querySelector("[data-onward-seen]");
  fill(place);
  if (!select.value) return;
  const chosen = select.value;
  const seen = await get(path(place.dataset.onwardSeen, chosen));
  if (select.value === chosen) fill(place, ...nodes(seen, words));
}

/** Connect the page's buttons and its form; `words` are names of coded values by field. */
export function connectOnward(words) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-onward-preview]");
    if (button) inDialog(button, words).catch(reportProblem);
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("#pass-on [name=bureau_id]")) inForm(event.target, words).catch(reportProblem);
  });
}
