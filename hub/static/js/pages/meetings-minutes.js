/**
 * Writing the minutes together. Each section is saved by itself on the version it was read in; who
 * saved meanwhile is never overwritten: both texts are shown merged, and the writer decides. What
 * others save appears at once, except in a section that is being written here.
 */
import { ApiProblem, get, put } from "../api.js";
import { el, fill, icon, named, pageData, party } from "../dom.js";
import { onChange } from "../feed.js";
import { reportProblem } from "../forms.js";
import { t } from "../i18n.js";
import { timeElement } from "../times.js";
import { joinRoom, onRoom, tellRoom } from "../rooms.js";

const { id, sections, may_write: mayWrite } = pageData();
const host = document.getElementById("sections");
const SAVE_MS = 1_500;
const RETRY_MS = 5_000; // after a broken line
const boxes = new Map();
let mayWriteNow = mayWrite;

const urlOf = (section) => `/api/v1/meetings/${id}/sections/${section.id}`;

function makeBox(section) {
  const box = { section, dirty: false, timer: 0, saving: Promise.resolve() };
  box.area = el("textarea", { class: "input minutes__text", rows: 4, maxlength: 20000, readonly: !mayWriteNow, "aria-label": section.heading,
    onfocus: () => tellRoom(id, "editing", { section: section.id }),
    onblur: () => { tellRoom(id, "editing", { section: null }); save(box); },
    oninput: () => { box.dirty = true; grow(box); mark(box, t("未保存")); clearTimeout(box.timer); box.timer = setTimeout(() => save(box), SAVE_MS); } });
  box.state = el("span", { class: "small muted", role: "status" });
  box.writers = el("span", { class: "minutes__writers" });
  box.conflict = el("div", {});
  box.node = el("section", { class: "minutes", dataset: { section: section.id } },
    el("h3", { class: "minutes__heading" }, section.heading, " ", box.writers),
    box.area, el("div", { class: "minutes__foot" }, box.state,
      el("button", { class: "btn btn--small btn--quiet no-print", type: "button", onclick: () => showHistory(box) }, icon("history"), t("历史"))),
    box.conflict);
  boxes.set(section.id, box);
  return box;
}

function show(box, section) {
  box.section = section;
  box.area.value = section.text;
  box.dirty = false;
  grow(box);
  mark(box, section.version > 1 ? t("已保存") : t("尚无内容"));
}

function mark(box, text) {
  const { section } = box;
  fill(box.state, text, section.version > 1 ? [" · ", party(section.changed_by_bureau, section.own ? "a" : "b"), ` ${section.changed_by_name} `, timeElement(section.changed_at)] : "");
}

function grow({ area }) {
  area.rows = 1;
  const { lineHeight, paddingTop, paddingBottom } = getComputedStyle(area);
  const lines = Math.ceil((area.scrollHeight - parseFloat(paddingTop) - parseFloat(paddingBottom)) / parseFloat(lineHeight)) || 3;
  // What is only read is read whole; what is written may be scrolled.
  area.rows = area.readOnly ? lines : Math.min(30, Math.max(3, lines));
}

/** Save what is written, one after the other; resolves when the hub has it. */
function save(box) {
  clearTimeout(box.timer);
  box.saving = box.saving.then(() => saveNow(box));
  return box.saving;
}

async function saveNow(box) {
  const text = box.area.value;
  // A merge stands on what was written when it was asked for; what was written since asks anew.
  if (!box.dirty || box.mergeOf === text) return;
  mark(box, t("正在保存…"));
  try {
    const section = await put(urlOf(box.section), { text }, { version: box.section.version });
    box.section = section;
    box.dirty = box.area.value.trim() !== section.text;
    mark(box, box.dirty ? t("未保存") : t("已保存"));
    if (box.dirty) box.timer = setTimeout(() => save(box), SAVE_MS);
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    if (error.problem.merged !== undefined) askMerge(box, error.problem, text);
    else if (error.status === 0) { mark(box, t("连接中断，恢复后自动保存")); box.timer = setTimeout(() => save(box), RETRY_MS); }
    else { mark(box, t("未保存")); reportProblem(error); }
  }
}

/** Both texts, merged: the writer takes the merge, his own, or the other's. Nothing is lost meanwhile. */
function askMerge(box, { current, merged, conflict }, text) {
  box.mergeOf = text;
  if (box.area.value !== text) box.timer = setTimeout(() => save(box), SAVE_MS);
  const take = (choice) => async () => {
    await save(box); // what was written since is merged first, and shown
    if (box.conflict.firstChild !== notice) return;
    const text = choice();
    fill(box.conflict);
    box.mergeOf = null;
    box.area.readOnly = !mayWriteNow;
    box.section = current;
    box.area.value = text;
    box.dirty = text !== current.text;
    grow(box);
    save(box);
  };
  // Whoever writes in the merge writes there alone: it is what will be saved.
  const area = el("textarea", { class: "input minutes__text", rows: 8, "aria-label": t("合并后的文字"), oninput: () => { box.area.readOnly = true; } });
  area.value = merged;
  const notice = el("div", { class: `notice notice--${conflict ? "danger" : "warn"}`, role: "alert" }, icon("alert"),
    el("div", { class: "minutes__merge" },
      el("p", {}, t("{who}在您编辑期间保存了这一节。您的文字没有丢失。", { who: current.changed_by_name })),
      el("p", { class: "small" }, conflict ? t("同一句都有改动，两种写法都在下面标出，请改定后保存。") : t("两人的改动互不冲突，已合并如下。")),
      area,
      el("div", { class: "actions" },
        el("button", { class: "btn btn--primary btn--small", type: "button", onclick: take(() => area.value) }, t("保存合并结果")),
        el("button", { class: "btn btn--small", type: "button", onclick: take(() => box.area.value) }, t("用我的")),
        el("button", { class: "btn btn--small", type: "button", onclick: take(() => current.text) }, t("用对方的")))));
  fill(box.conflict, notice);
  mark(box, t("有冲突，未保存"));
}

async function showHistory(box) {
  const { items } = await get(`${urlOf(box.section)}/revisions`).catch((error) => { reportProblem(error); return { items: [] }; });
  const rows = items.map((one) => el("li", { class: "timeline__item" }, el("p", { class: "minutes__old" }, one.text || t("（空）")),
    el("div", { class: "timeline__time" }, t("第{n}版", { n: one.version }), " · ", named(one.by_bureau), ` ${one.by_name} · `, timeElement(one.at),
      mayWriteNow && one.version !== box.section.version && el("button", { class: "btn btn--small btn--quiet", type: "button", onclick: () => {
        box.area.value = one.text;
        box.dirty = true;
        dialog.close();
        save(box);
      } }, icon("undo"), t("恢复此版")))));
  const dialog = el("dialog", { class: "dialog dialog--wide", "aria-label": t("历史") },
    el("div", { class: "dialog__head" }, el("h2", {}, box.section.heading)), el("div", { class: "dialog__body" }, el("ol", { class: "timeline" }, rows)),
    el("div", { class: "dialog__foot" }, el("button", { class: "btn", type: "button", onclick: () => dialog.close() }, t("关闭"))));
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
}

/** Take over what others saved; what is being written here stays and meets it when it is saved. */
async function renew() {
  const answer = await get(`/api/v1/meetings/${id}`).catch(() => null);
  if (answer === null) return;
  mayWriteNow = answer.may.minutes;
  for (const section of answer.sections) {
    const known = boxes.get(section.id);
    const box = known ?? makeBox(section);
    if (!known) host.append(box.node);
    if (!mayWriteNow || !box.conflict.firstChild) box.area.readOnly = !mayWriteNow;
    if (!known || (!box.dirty && section.version > box.section.version)) show(box, section);
  }
}

joinRoom(id);
let renewing = 0;
onChange("meeting", (change) => {
  if (change.id !== id) return;
  clearTimeout(renewing);
  renewing = setTimeout(renew, 100);
});
onRoom((told) => {
  if (told.id !== id || !told.people) return;
  for (const [sectionId, box] of boxes) {
    const writers = told.people.filter((one) => one.editing === sectionId && !one.me);
    fill(box.writers, writers.map((one) => el("span", { class: `onlooker onlooker--${one.own ? "a" : "b"}` }, t("{name}正在写", { name: one.name }))));
  }
});
addEventListener("beforeunload", (event) => { if ([...boxes.values()].some((box) => box.dirty)) event.preventDefault(); });

for (const section of sections) {
  const box = makeBox(section);
  host.append(box.node);
  show(box, section);
}
if (sections.length === 0) fill(host, el("p", { class: "muted" }, t("还没有小节")));
