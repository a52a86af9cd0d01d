/**
 * Forms that speak to the API: <form data-api="POST /api/v1/patrols" data-next="/patrols/{id}">.
 * Field names with dots nest ("terms.width_m"); data-type on an input: number, boolean, json, list, time.
 * data-text sends an empty text as such, not as null. data-version sends If-Match; when somebody else was first,
 * both versions are shown (merge.js). Without data-next the page is loaded again. data-progress="words" shows a bar while the
 * hub works, with how far it is.
 */
import { ApiProblem, api, operationKey } from "./api.js";
import { el, fill, icon, named } from "./dom.js";
import { t } from "./i18n.js";
import { openMerge } from "./merge.js";
import { progressBar } from "./progress.js";
import { toast } from "./toasts.js";

const STALE = "/problems/stale-version";

const CONVERT = {
  number: (text) => (text === "" ? null : Number(text)),
  boolean: (text) => text === "true" || text === "1",
  json: (text) => (text === "" ? null : JSON.parse(text)),
  list: (text) => text.split(/[\n,，;；]/).map((part) => part.trim()).filter(Boolean),
  // datetime-local carries no zone: it is the bureaus' clock.
  time: (text) => (text === "" ? null : `${text.length === 16 ? `${text}:00` : text}+08:00`),
};

/** The form's values as the object that the API expects. */
export function formValue(form) {
  const out = {};
  for (const control of form.elements) {
    if (!control.name || control.disabled || control.name === "csrf_token") continue;
    const value = controlValue(form, control);
    if (value !== undefined) assign(out, control.name.split("."), value);
  }
  return out;
}

function controlValue(form, control) {
  if (["submit", "button", "file", "reset"].includes(control.type)) return undefined;
  if (control.type === "radio") return control.checked ? control.value : undefined;
  if (control.type === "checkbox") {
    const same = form.querySelectorAll(`input[type=checkbox][name="${CSS.escape(control.name)}"]`);
    const group = same.length > 1 || control.closest("fieldset[data-field]");
    return group ? [...same].filter((box) => box.checked).map((box) => box.value) : control.checked;
  }
  if (control.multiple) return [...control.selectedOptions].map((option) => option.value);
  const kind = control.dataset.type ?? (control.type === "number" ? "number" : null)
    ?? (control.type === "datetime-local" ? "time" : null);
  if (kind) return CONVERT[kind](control.value);
  return control.value === "" && !control.required && control.dataset.text === undefined ? null : control.value;
}

function assign(target, path, value) {
  for (const step of path.slice(0, -1)) target = target[step] ??= {};
  target[path.at(-1)] = value;
}

/** Remove every mark that an earlier refusal left. */
export function clearErrors(form) {
  form.querySelector(".form-problem")?.remove();
  for (const field of form.querySelectorAll(".field--invalid")) {
    field.classList.remove("field--invalid");
    fill(field.querySelector(".field__error"));
    for (const control of field.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
  }
}

/** Mark the fields that a problem names, and say the rest above the form. */
export function showProblem(form, problem) {
  clearErrors(form);
  const elsewhere = problem.errors.filter((error) => !markField(form, error));
  const summary = el("div", { class: "notice notice--danger form-problem", role: "alert", tabindex: "-1" },
    icon("error"), el("div", {}, el("p", {}, named(problem.message)),
      elsewhere.length > 0 && el("ul", {}, elsewhere.map((e) => el("li", {}, e.field, t("："), e.message)))));
  form.prepend(summary);
  (form.querySelector("[aria-invalid]") ?? summary).focus();
}

function markField(form, { field, message }) {
  const box = form.querySelector(`[data-field="${CSS.escape(field)}"]`);
  if (!box) return false;
  box.classList.add("field--invalid");
  fill(box.querySelector(".field__error"), message);
  box.querySelector("input, select, textarea")?.setAttribute("aria-invalid", "true");
  return true;
}

/**
 * Send a form by the API. The operation key lives until an answer came, so pressing again after a
 * lost answer makes no second record. `body(value)` may adapt what is sent.
 */
export function connectForm(form, { onSuccess, body = (value) => value } = {}) {
  let key = operationKey();
  form.noValidate = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.dataset.busy) return;
    const button = event.submitter;
    const [method, url] = (button?.dataset.api ?? form.dataset.api).split(" ");
    setBusy(form, button, true);
    clearErrors(form);
    const bar = form.dataset.progress ? barBeside(form, key) : null;
    try {
      const value = method === "DELETE" ? undefined : body(formValue(form));
      const record = await api(method, url, { body: value, version: form.dataset.version, key });
      key = operationKey();
      (onSuccess ?? goOn)(record, form);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (error.status !== 0 && error.status < 500) key = operationKey();
      showProblem(form, error);
      if (error.problem.type === STALE) openMerge(form, error.problem, () => form.requestSubmit(button));
    } finally {
      bar?.stop();
      bar?.node.remove();
      setBusy(form, button, false);
    }
  });
}

function barBeside(form, key) {
  const bar = progressBar(form.dataset.progress);
  bar.show(form.dataset.progress, null);
  bar.node.setAttribute("role", "status");
  form.append(bar.node);
  bar.watch(key);
  return bar;
}

function setBusy(form, button, busy) {
  if (busy) form.dataset.busy = "1";
  else delete form.dataset.busy;
  button?.toggleAttribute("disabled", busy);
  button?.setAttribute("aria-busy", String(busy));
}

function goOn(record, form) {
  const next = form.dataset.next;
  if (next) location.assign(next.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(record?.[name] ?? "")));
  else if (form.dataset.done) toast(form.dataset.done, "ok");
  else location.reload();
}

/** Connect every form[data-api] under root; a warning before leaving with unsent changes if data-guard. */
export function enhanceForms(root = document) {
  for (const form of root.querySelectorAll("form[data-api]")) {
    if (form.dataset.connected) continue;
    form.dataset.connected = "1";
    connectForm(form);
  }
  for (const form of root.querySelectorAll("form[data-guard]")) guard(form);
}

function guard(form) {
  let dirty = false;
  form.addEventListener("input", () => { dirty = true; });
  form.addEventListener("submit", () => { dirty = false; });
  addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
}

/** Say a problem that belongs to no form. */
export function reportProblem(error) {
  toast(named(error.message) || t("请求失败"), "danger");
}
