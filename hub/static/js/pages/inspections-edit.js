/**
 * A record of an inspection while it is written. Signal is weak in the field: each change is kept on the phone at
 * once, under the person and the record, until the hub has it; a reload brings it back.
 */
import { ApiProblem, operationKey, post, put } from "../api.js";
import { el, fill, icon, pageData } from "../dom.js";
import { clearErrors, formValue, reportProblem, showProblem } from "../forms.js";
import { t } from "../i18n.js";
import { toast } from "../toasts.js";

const data = pageData();
const form = document.getElementById("inspection-form");
const status = document.getElementById("inspection-status");
const KEPT = `lianfang.inspection.${data.user}.${data.id}`;
const url = `/api/v1/inspections/${data.id}`;
let { version, photos } = data;
let key = operationKey();
let changed = false;

// --- rows: what is seen, asked, sampled

const CELLS = {
  items: [["text", t("情况"), "textarea"]],
  answers: [["question", t("问"), "textarea"], ["answer", t("答"), "textarea"]],
  samples: [["code", t("样品编号"), "input"], ["what", t("样品"), "input"], ["amount", t("数量"), "input"], ["place", t("取样点"), "input"]],
};
const hosts = Object.fromEntries(Object.keys(CELLS).map((kind) => [kind, document.getElementById(`rows-${kind}`)]));

function cell(kind, [name, label, tag], value) {
  const control = el(tag, { class: "input", rows: tag === "textarea" ? 2 : null, maxlength: tag === "textarea" ? 4000 : 200, "data-cell": name, "aria-label": label });
  control.value = value ?? "";
  return el("div", { class: "field" }, el("span", { class: "field__label" }, label), control, el("span", { class: "field__error" }));
}

function photoChoice(chosen) {
  return photos.map((photo) => el("label", { title: photo.name },
    el("input", { type: "checkbox", value: photo.id, "data-photo": "", checked: chosen.includes(photo.id), "aria-label": photo.name }),
    el("img", { src: photo.thumb_url, alt: photo.name, loading: "lazy" })));
}

function addRow(kind, row = {}) {
  const remove = el("button", { class: "btn btn--small btn--quiet", type: "button", "aria-label": t("删除这一行"), onclick: () => { node.remove(); number(); touch(); } }, icon("delete"));
  const node = el("div", { class: "inspection__row", dataset: { row: kind } },
    el("div", { class: kind === "items" ? "" : "inspection__cells" }, CELLS[kind].map((one) => cell(kind, one, row[one[0]]))),
    kind === "items" && el("div", { class: "inspection__photos" }, photoChoice(row.photos ?? [])),
    el("div", { class: "actions" }, remove));
  hosts[kind].append(node);
  number();
  return node;
}

/** Rows are named by their place, as the hub names them when it refuses one. */
function number() {
  for (const [kind, host] of Object.entries(hosts)) {
    [...host.children].forEach((row, place) => {
      for (const box of row.querySelectorAll(".field")) box.dataset.field = `${kind}.${place}.${box.querySelector("[data-cell]").dataset.cell}`;
    });
  }
}

function rowsOf(kind) {
  return [...hosts[kind].children].map((row) => {
    const value = Object.fromEntries([...row.querySelectorAll("[data-cell]")].map((control) => [control.dataset.cell, control.value]));
    if (kind === "items") value.photos = [...row.querySelectorAll("[data-photo]:checked")].map((box) => box.value);
    return value;
  });
}

// --- the whole form as the hub takes it

const TIMES = new Set(["starts_at", "ends_at"]);

/** Texts that are empty are empty texts, not nothing. */
function filled(value, name = "") {
  if (value === null) return TIMES.has(name) ? null : "";
  if (typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filled(one, key)]));
}

function content() {
  const lists = (name) => [...form.querySelectorAll(`[data-list=${name}]:checked`)].map((box) => box.value);
  return {
    ...filled(formValue(form)), officers: lists("officers"), guests: lists("guests"),
    items: rowsOf("items"), answers: rowsOf("answers"), samples: rowsOf("samples"),
  };
}

const local = (moment) => (moment ? new Date(new Date(moment).getTime() + 8 * 3600_000).toISOString().slice(0, 16) : "");

function show(value) {
  for (const control of form.elements) {
    if (!control.name) continue;
    const found = control.name.split(".").reduce((part, step) => part?.[step], value);
    if (control.type === "checkbox") control.checked = Boolean(found);
    else control.value = TIMES.has(control.name) ? local(found) : found ?? "";
  }
  for (const box of form.querySelectorAll("[data-list]")) box.checked = value[box.dataset.list].includes(box.value);
  for (const kind of Object.keys(hosts)) {
    fill(hosts[kind]);
    for (const row of value[kind]) addRow(kind, row);
  }
  refusal();
}

function refusal() {
  document.getElementById("refusal").hidden = !form.elements["refusal.refused"].checked;
}

// --- kept on the phone until the hub has it

function touch() {
  changed = true;
  key = operationKey();
  localStorage.setItem(KEPT, JSON.stringify({ version, content: content(), at: Date.now() }));
  say();
}

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEPT));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return null;
  }
}

function say() {
  status.textContent = changed ? t("有未提交的改动，已存在本机") : t("已保存");
}

function restore() {
  const found = kept();
  if (!found) return;
  show(found.content);
  // Saved on the version it was typed on: if somebody else saved since, the hub says so before anything is replaced.
  version = found.version;
  changed = true;
  document.getElementById("inspection-kept").hidden = false;
}

document.getElementById("drop-kept").addEventListener("click", () => {
  localStorage.removeItem(KEPT);
  changed = false;
  location.reload();
});

// --- saving

function missing(record) {
  const panel = document.getElementById("inspection-missing");
  panel.hidden = record.missing.length === 0;
  fill(panel.querySelector("ul"), record.missing.map((one) => el("li", {},
    el("button", { class: "btn btn--quiet btn--small", type: "button", onclick: () => go(one.field) }, one.message))));
}

function go(field) {
  const box = form.querySelector(`[data-field="${CSS.escape(field)}"]`);
  box?.scrollIntoView({ block: "center" });
  box?.querySelector("input, select, textarea")?.focus();
}

async function save() {
  clearErrors(form);
  const sent = content();
  const record = await put(url, sent, { version, key });
  key = operationKey();
  version = record.version;
  // What was typed while the answer was under way stays changed.
  if (JSON.stringify(content()) === JSON.stringify(sent)) {
    changed = false;
    localStorage.removeItem(KEPT);
    document.getElementById("inspection-kept").hidden = true;
  }
  missing(record);
  say();
  return record;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.submitter;
  button?.setAttribute("disabled", "");
  try {
    const record = await save();
    if (button?.value !== "sign") toast(t("已保存"), "ok");
    else if (record.missing.length === 0) location.assign(`/inspections/${data.id}?view=sign`);
    else showProblem(form, { message: t("签名之前还差{n}项。", { n: record.missing.length }), errors: record.missing });
  } catch (problem) {
    if (!(problem instanceof ApiProblem)) throw problem;
    showProblem(form, problem);
    // Somebody else saved meanwhile: what was typed here stays here, and is based on that version when saved again.
    if (problem.problem.current_version) version = problem.problem.current_version;
    status.textContent = t("没有提交成功，内容已存在本机");
    if (problem.status === 0) showLine(false);
  } finally {
    button?.removeAttribute("disabled");
  }
});

// --- without network

/** What this page can do without network, said plainly: it keeps what was typed, and no more. */
function showLine(online) {
  document.getElementById("inspection-offline").hidden = online;
}

addEventListener("offline", () => showLine(false));
addEventListener("online", async () => {
  showLine(true);
  if (!changed) return;
  try {
    await save();
    toast(t("已保存"), "ok");
  } catch (problem) {
    if (!(problem instanceof ApiProblem)) throw problem;
    showProblem(form, problem);
    if (problem.status === 0) showLine(false);
  }
});

async function addPhotos(input) {
  for (const file of [...input.files]) {
    const body = new FormData();
    body.append("file", file);
    try {
      const photo = await post(`${url}/photos`, body);
      version += 1;
      if (photos.some((one) => one.id === photo.id)) continue;
      photos = [...photos, photo];
      for (const row of hosts.items.children) row.querySelector(".inspection__photos").append(...photoChoice([]).slice(-1));
      const last = hosts.items.lastElementChild ?? addRow("items");
      last.querySelector(`[data-photo][value="${photo.id}"]`).checked = true;
      touch();
    } catch (problem) {
      reportProblem(problem);
    }
  }
  input.value = "";
}

function offerLog() {
  if (data.log.length === 0) return;
  const box = document.getElementById("from-log");
  box.hidden = false;
  fill(box.querySelector("ul"), data.log.map((one) => el("li", { class: "list__item" }, el("span", { class: "list__main" }, one.text),
    el("button", { class: "btn btn--small", type: "button", onclick: () => { addRow("items", { text: one.text }); touch(); } }, t("取用")))));
}

document.addEventListener("click", (event) => {
  const kind = event.target.closest("[data-add]")?.dataset.add;
  if (kind) addRow(kind).querySelector("[data-cell]").focus();
});
form.addEventListener("input", () => { refusal(); touch(); });
document.getElementById("inspection-photo").addEventListener("change", (event) => { event.stopPropagation(); addPhotos(event.currentTarget); });
addEventListener("beforeunload", (event) => { if (changed && !kept()) event.preventDefault(); });

show(data.content);
restore();
offerLog();
showLine(navigator.onLine);
say();
