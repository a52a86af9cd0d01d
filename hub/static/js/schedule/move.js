/**
 * Another time for a patrol. The bureau that proposed it edits the plan, which withdraws the approvals; the other makes
 * a counter-proposal. Both are asked first, after the hub said what speaks against the time, and can be undone.
 */
import { ApiProblem, get, post, put } from "../api.js";
import { confirmDialog } from "../dialogs.js";
import { named } from "../dom.js";
import { reportProblem } from "../forms.js";
import { t } from "../i18n.js";
import { toast } from "../toasts.js";
import { span } from "./moments.js";

const url = (id) => `/api/v1/patrols/${id}`;
let renewed = () => {};

/** Call fn whenever something was changed here, before the feed tells of it. */
export function onMoved(fn) {
  renewed = fn;
}

/** Ask, then move a patrol to another time. Resolves to whether it was done. */
export async function move(entry, startsAt, endsAt) {
  const next = { starts_at: startsAt, ends_at: endsAt };
  return guarded(async () => {
    const against = await get(`${url(entry.id)}/clashes?${new URLSearchParams(next)}`);
    if (against.clashes.length) {
      toast(t("不能改到 {when}：{why}", { when: span(next), why: against.clashes.map((one) => named(one.message)).join("") }), "danger");
      return false;
    }
    if (!(await asked(entry, next))) return false;
    await (entry.may.edit ? edit(entry, next) : counter(entry, next));
    return true;
  });
}

async function guarded(act) {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    reportProblem(error);
    renewed();
    return false;
  }
}

function asked(entry, next) {
  const given = entry.parties.filter((one) => entry.approved_by.includes(one.bureau_id)).map((one) => named(one.name));
  if (!entry.may.edit) {
    return confirmDialog({ title: t("建议改期"), confirm: t("提出"),
      text: t("向提出单位建议把“{title}”改到 {when}？对方接受后方案才改变。", { title: entry.title, when: span(next) }) });
  }
  const what = t("把“{title}”改到 {when}？", { title: entry.title, when: span(next) });
  const loss = given.length ? t("{names}的确认会撤回，须重新确认。", { names: given.join("、") }) : "";
  return confirmDialog({ title: t("改期"), text: what + loss, confirm: t("改期"), danger: given.length > 0 });
}

async function edit(entry, next) {
  const made = await writeTime(entry.id, entry.version, next);
  renewed();
  const back = { starts_at: entry.starts_at, ends_at: entry.ends_at };
  toast(t("已改到 {when}。", { when: span(next) }), "ok", { seconds: 20, act: { label: t("撤销"), run: () => undo(() => writeTime(entry.id, made.version, back)) } });
}

/** The plan as it stands, at another time. */
async function writeTime(id, version, next) {
  const plan = await get(url(id));
  const body = { title: plan.title, route: plan.route, checklist: plan.checklist.map((item) => item.text), note: plan.note || null, ...next };
  return put(`${url(id)}/plan`, body, { version });
}

async function counter(entry, next) {
  const made = await post(`${url(entry.id)}/propose-time`, next);
  renewed();
  const own = made.open_proposals.at(-1);
  toast(t("已建议改到 {when}。", { when: span(next) }), "ok", { seconds: 20,
    act: { label: t("撤销"), run: () => undo(() => post(`${url(entry.id)}/answer-time`, { proposal_id: own.id, answer: "withdraw" }, { version: made.version })) } });
}

async function undo(act) {
  if (await guarded(async () => { await act(); return true; })) toast(t("已撤销。"), "ok");
  renewed();
}

/** Accept, refuse or withdraw a proposed time. Resolves to whether it was done. */
export function answerProposal(entry, proposal, answer) {
  return guarded(async () => {
    await post(`${url(entry.id)}/answer-time`, { proposal_id: proposal.id, answer }, { version: entry.version });
    renewed();
    return true;
  });
}

/** Let a date of a series become a patrol now; its page opens. */
export async function proposeDate(entry, button) {
  button.disabled = true;
  const done = await guarded(async () => {
    const made = await post(`/api/v1/patrol-series/${entry.series_id}/propose`, { original: entry.original });
    location.assign(`/patrols/${made.id}`);
    return true;
  });
  button.disabled = done;
}
