/** The editor of an agreement: what is typed is kept, can be undone, and says what it means. */
import { ApiProblem, api, operationKey, post } from "../api.js";
import { el, fill, icon, pageData } from "../dom.js";
import { clearErrors, formValue, showProblem } from "../forms.js";
import { locale, t } from "../i18n.js";
import { formatTime } from "../times.js";
import { createHistory, createKeep } from "./agreements-draft.js";
import { createParts } from "./agreements-parts.js";
import { createPreview, where } from "./agreements-preview.js";
import { createRules } from "./agreements-rules.js";

const DAY = 24 * 3600 * 1000;
const ZONE = 8 * 3600 * 1000; // the bureaus' clock
const data = pageData();
const form = document.getElementById("agreement-form");
const saved = document.getElementById("saved");
const keep = createKeep(`agreement-draft:${data.user}:${data.id ?? "new"}`);
let key = operationKey();
let sending = false;

const localDay = (moment, shift = 0) => (moment ? new Date(Date.parse(moment) + ZONE - shift).toISOString().slice(0, 10) : "");
/** Local midnight of a day; the moment that was there before, if the day is the same. */
function moment(day, before, shift = 0) {
  if (!day) return null;
  if (before && localDay(before, shift ? 1 : 0) === day) return before;
  return new Date(Date.parse(`${day}T00:00:00+08:00`) + shift).toISOString();
}
const pruned = (value) => {
  if (Array.isArray(value) || value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).map(([name, part]) => [name, pruned(part)]).filter(([, part]) => part !== null && part !== "" && part !== undefined && !(typeof part === "object" && !Array.isArray(part) && Object.keys(part).length === 0));
  return Object.fromEntries(kept);
};

const rules = createRules(document.getElementById("rules"), changed);
const clauses = createParts(document.getElementById("clauses"), "text.clauses",
  [{ key: "number", label: t("条号") }, { key: "zh", label: t("条文"), long: true }, { key: "en", label: t("英文"), long: true }], changed);
const people = data.bureaus.map((b) => [b.id, locale.startsWith("en") ? b.short_en : b.short]);
const contacts = createParts(document.getElementById("contacts"), "text.contacts",
  [{ key: "bureau_id", label: t("单位"), options: people }, { key: "name", label: t("姓名") }, { key: "post", label: t("职务") }, { key: "phone", label: t("电话") }], changed);

/** Everything as the API takes it. */
function read() {
  const value = formValue(form);
  const text = value.text ?? {};
  return {
    title: form.elements.title.value.trim(), title_en: form.elements.title_en.value.trim(),
    party_ids: value.party_ids ?? data.value.party_ids,
    valid_from: moment(form.elements.valid_from.value, data.value.valid_from),
    valid_to: moment(form.elements.valid_to.value, data.value.valid_to, DAY),
    note: value.note ?? data.value.note ?? "",
    terms: { ...data.value.terms, ...value.terms, format: 1, rules: rules.read() },
    text: { ...pruned({ ...text, line: { ...data.value.text.line, ...text.line } }), clauses: clauses.read(), contacts: contacts.read() },
  };
}

function write(value) {
  const parties = new Set(value.party_ids);
  for (const control of form.elements) {
    if (!control.name || control.name === "party_ids") continue;
    const found = control.name.split(".").reduce((at, step) => at?.[step], value);
    if (control.type !== "date") control.value = found === null || found === undefined ? "" : String(found);
  }
  for (const box of form.querySelectorAll("input[name=party_ids]")) box.checked = parties.has(box.value);
  form.elements.valid_from.value = localDay(value.valid_from);
  form.elements.valid_to.value = localDay(value.valid_to, 1);
  rules.set(value.terms.rules ?? []);
  clauses.set(value.text.clauses ?? []);
  contacts.set(value.text.contacts ?? []);
  ask?.();
}

let ask = null;
write(data.value);
const history = createHistory(read, (value) => { write(value); afterwards(); });
ask = createPreview(read);

function changed() {
  if (history.note()) afterwards();
}

function afterwards() {
  document.getElementById("undo").disabled = !history.canUndo;
  document.getElementById("redo").disabled = !history.canRedo;
  if (keep.save(read(), data.version)) saved.textContent = t("已保存在本机 {time}", { time: formatTime(new Date()) });
  ask();
}

for (const type of ["change", "input"]) {
  form.addEventListener(type, (event) => {
    if (event.target.closest("#example, #import-file") || event.target.id === "import-file") return;
    changed();
  });
}
document.getElementById("undo").addEventListener("click", () => history.undo());
document.getElementById("redo").addEventListener("click", () => history.redo());
addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
  event.preventDefault();
  if (event.shiftKey) history.redo();
  else history.undo();
});
document.getElementById("add-rule").addEventListener("click", () => rules.add());
document.getElementById("add-clause").addEventListener("click", () => clauses.add());
document.getElementById("add-contact").addEventListener("click", () => contacts.add({ bureau_id: data.own }));
document.getElementById("standard").addEventListener("click", () => takeOver(data.standard));
document.getElementById("undo").disabled = true;
document.getElementById("redo").disabled = true;

function takeOver(terms) {
  write({ ...read(), terms });
  changed();
}

document.getElementById("import-file").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (!file) return;
  const format = file.name.toLowerCase().endsWith(".csv") ? "csv" : "json";
  try {
    const answer = await post("/api/v1/agreements/terms/read", { format, content: await file.text() });
    clearErrors(form);
    takeOver(answer.terms);
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    refuse(error);
  }
  event.target.value = "";
});

/** Show a refusal at the nearest field that is on the page; the rest is said above the form. */
function refuse(problem) {
  const errors = problem.errors.map(({ field, message }) => {
    const steps = field.split(".");
    while (steps.length > 0 && !form.querySelector(`[data-field="${CSS.escape(steps.join("."))}"]`)) steps.pop();
    return { field: steps.length > 1 || steps.length === field.split(".").length ? steps.join(".") : field, message: `${where(field)}${message}` };
  });
  showProblem(form, { message: problem.message, errors });
  if (problem.status === 409 && problem.problem.current) offerNewest(problem.problem);
}

/** Somebody else was faster: what was typed stays, and can be put on top of the newest state. */
function offerNewest({ current_version: version }) {
  form.querySelector(".form-problem > div")?.append(
    el("p", {}, t("您填写的内容仍在本页。"), " ", el("a", { href: `/agreements/${data.id}`, target: "_blank" }, t("查看对方的文本"))),
    el("button", { class: "btn btn--small", type: "button", onclick: () => { data.version = version; clearErrors(form); saved.textContent = t("现在可以再次提出；对方的文本将被您的取代。"); } }, t("以我的内容为准，再次提出")));
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (sending) return;
  sending = true;
  const act = event.submitter?.dataset.act ?? "propose";
  clearErrors(form);
  event.submitter?.setAttribute("aria-busy", "true");
  try {
    const record = await send(act, read());
    keep.drop();
    location.assign(`/agreements/${record.id}`);
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    if (error.status !== 0 && error.status < 500) key = operationKey();
    refuse(error);
  } finally {
    sending = false;
    event.submitter?.removeAttribute("aria-busy");
  }
});

async function send(act, value) {
  if (!data.id) return api("POST", "/api/v1/agreements", { body: { ...value, draft: act === "draft" }, key });
  const isPrivate = data.state === "draft";
  const { title, title_en: titleEn, party_ids: parties, ...text } = value;
  const body = isPrivate ? { title, title_en: titleEn, party_ids: parties, ...text } : text;
  const record = await api("PUT", `/api/v1/agreements/${data.id}`, { body, version: data.version, key });
  data.version = record.version;
  key = operationKey();
  if (!isPrivate || act === "draft") return record;
  return api("POST", `/api/v1/agreements/${data.id}/propose`, { body: {}, version: record.version });
}

const kept = keep.load();
if (kept && JSON.stringify(kept.value) !== JSON.stringify(read())) {
  const notice = el("div", { class: "notice", role: "status" }, icon("info"), el("div", {},
    el("p", {}, t("本机存有您未提交的内容（{time}）。", { time: formatTime(new Date(kept.at)) }), kept.version !== data.version ? [" ", t("此后备忘录有改动。")] : ""),
    el("div", { class: "actions" },
      el("button", { class: "btn btn--small btn--primary", type: "button", onclick: () => { write(kept.value); changed(); notice.remove(); } }, t("恢复")),
      el("button", { class: "btn btn--small", type: "button", onclick: () => { keep.drop(); notice.remove(); } }, t("丢弃")))));
  fill(document.getElementById("draft-notice"), notice);
}
