/** Dialogs on the native <dialog>: focus is kept inside and given back by the browser. */
import { el } from "./dom.js";
import { t } from "./i18n.js";

/**
 * Ask before an act. Resolves to false, or to true; with `reason` (a label) to the text that was
 * given, which is then required; `value` is what stands there already.
 */
export function confirmDialog({ title, text = "", confirm = t("确定"), danger = false, reason = null, value = "" }) {
  const input = reason && el("textarea", { class: "input", rows: 3, required: true, id: "dialog-reason" }, value);
  const go = el("button", { class: `btn ${danger ? "btn--danger" : "btn--primary"}`, value: "ok" }, confirm);
  const cancel = el("button", { class: "btn", value: "", formnovalidate: true }, t("取消"));
  const form = el("form", { method: "dialog" },
    el("div", { class: "dialog__head" }, el("h2", {}, title)),
    el("div", { class: "dialog__body" }, text && el("p", {}, text),
      input && el("div", { class: "field" }, el("label", { class: "field__label", for: "dialog-reason" }, reason), input)),
    el("div", { class: "dialog__foot" }, cancel, go));
  const dialog = el("dialog", { class: "dialog", "aria-label": title }, form);
  document.body.append(dialog);
  dialog.showModal();
  (input ?? (danger ? cancel : go)).focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      const ok = dialog.returnValue === "ok";
      dialog.remove();
      resolve(ok && input ? input.value.trim() : ok);
    });
  });
}

/** Wire [data-dialog-open="#id"], [data-dialog-close] and forms with data-confirm. */
export function enhanceDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog-open]");
    if (opener) document.querySelector(opener.dataset.dialogOpen)?.showModal();
    if (event.target.closest("[data-dialog-close]")) event.target.closest("dialog")?.close();
  });
  // Capture: ask before any other submit handler of the form runs.
  document.addEventListener("submit", onConfirm, true);
}

async function onConfirm(event) {
  const form = event.target;
  const asked = event.submitter?.dataset.confirm ?? form.dataset.confirm;
  if (!asked || form.dataset.confirmed) {
    delete form.dataset.confirmed;
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  const submitter = event.submitter;
  const danger = submitter?.classList.contains("btn--danger") ?? false;
  form.dataset.asking = "1";
  const sure = await confirmDialog({ title: asked, danger, confirm: submitter?.textContent.trim() || t("确定") });
  delete form.dataset.asking;
  if (!sure) return;
  form.dataset.confirmed = "1";
  form.requestSubmit(submitter);
}
