/** One request: answers go as a list, a file goes at once, printing is the browser's. */
import { get, post } from "../api.js";
import { clauseName } from "../clauses.js";
import { el, fill, icon, named, pageData } from "../dom.js";
import { connectForm, reportProblem } from "../forms.js";
import { t } from "../i18n.js";
import { caseSeen, people } from "../seen.js";

const { id, words } = pageData();

/** The forms with a text per question send these as one list. */
function connectAnswers(root) {
  for (const form of root.querySelectorAll("form[data-answers]")) {
    if (form.dataset.wired) continue;
    form.dataset.wired = "1";
    connectForm(form, {
      body: (value) => ({ ...value, answers: [...form.querySelectorAll("[data-answer]")].map((box) => box.value) }),
    });
  }
}

/** Where the files of a form go: with the letter, or into the shared workspace. */
const FILES = { attach: "files", "workspace-attach": "workspace/files" };

document.addEventListener("submit", async (event) => {
  const door = FILES[event.target.id];
  if (!door) return;
  event.preventDefault();
  const form = new FormData(event.target);
  if (!form.get("item")) form.delete("item");
  try {
    await post(`/api/v1/requests/${id}/${door}`, form);
    location.reload();
  } catch (error) {
    reportProblem(error);
  }
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-preview]")) preview();
  const task = event.target.closest("[data-finish]");
  if (task) finish(task.dataset.finish);
});

/** Ask how a task was done. */
function finish(task) {
  const dialog = document.getElementById("finish-task");
  const form = dialog.querySelector("form");
  form.dataset.api = `POST /api/v1/requests/${id}/workspace/items/${task}/done`;
  dialog.showModal();
}

/** What the receiver would get if it were sent now. */
async function preview() {
  try {
    const seen = await get(`/api/v1/requests/${id}/preview`);
    fill(document.getElementById("preview-body"), ground(seen), people(seen), ...facts(seen), ...caseOf(seen));
    document.getElementById("preview-dialog").showModal();
  } catch (error) {
    reportProblem(error);
  }
}

function ground(seen) {
  const text = seen.may_send ? t("条款允许发函（{clause}）", { clause: clauseName(seen.clause) }) : t("现在不能发函：{reason}", { reason: seen.reason_text });
  return el("div", { class: `notice notice--${seen.may_send ? "ok" : "danger"}` }, icon("eye"),
    el("div", {}, el("p", {}, el("strong", {}, named(seen.receiver_name))), el("p", {}, text)));
}

const LEAD = {
  category: t("类别"), description: t("情况"), place: t("地点"), party_name: t("当事人"), pollutant: t("污染物"),
  lon: t("经度"), lat: t("纬度"),
};

function facts(seen) {
  const files = seen.files.length ? el("ul", { class: "small" }, seen.files.map((name) => el("li", {}, name))) : el("p", { class: "small" }, t("没有附件"));
  const rows = Object.entries(seen.lead ?? {}).filter(([name, value]) => LEAD[name] && value !== null && value !== "");
  const lead = rows.length ? [el("h3", {}, t("线索")), el("dl", { class: "kv" },
    rows.flatMap(([name, value]) => [el("dt", {}, LEAD[name]), el("dd", {}, words[name]?.[value] ?? String(value))]))] : [];
  return [...lead, el("h3", {}, t("附件")), files];
}

function caseOf(seen) {
  const title = el("h3", {}, t("案件"));
  const given = seen.gives_case ? [el("p", {}, t("对方受理后成为承办单位，得到案件的全部内容和材料；受理之前只看到下列内容。"))] : [];
  if (seen.case === null) return [title, ...given, el("p", {}, t("不随函开放案件内容，对方只看到函件。"))];
  return [title, ...given, ...caseSeen(seen.case, words, false)];
}
document.addEventListener("live:renewed", ({ target }) => connectAnswers(target));
connectAnswers(document);
