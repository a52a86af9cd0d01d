/** How an entry looks wherever it stands, and what it says when opened. */
import { badge, el, icon, named, party } from "../dom.js";
import { t } from "../i18n.js";
import { answerProposal, move, proposeDate } from "./move.js";
import { formatTime } from "../times.js";
import { span, wall } from "./moments.js";

const TONES = { proposed: "warn", approved: "ok", in_progress: "info", completed: "neutral", cancelled: "draft" };

/** CSS classes of an entry: its state, whether something clashes, whether an answer is waited for. */
export function classes(entry) {
  if (entry.kind === "meeting") return ["entry", "entry--meeting"];
  if (entry.kind === "due") return ["entry", "entry--due", entry.overdue ? "entry--late" : ""].filter(Boolean);
  if (entry.kind === "series") return ["entry", "entry--planned"];
  return ["entry", `entry--${entry.state}`, entry.clashes.length ? "entry--clash" : "", entry.open_proposals.length ? "entry--asked" : ""].filter(Boolean);
}

/** What an entry is called in full, for people who do not see its colour. */
export function label(entry) {
  if (entry.kind === "due") return [t("{when}截止", { when: formatTime(entry.starts_at) }), entry.rule_name, entry.title, named(entry.bureau_name), entry.state_name].join(" · ");
  const parts = [span(entry), entry.title, entry.state_name, entry.zone_name ?? entry.place];
  if (entry.clashes?.length) parts.push(t("有冲突"));
  if (entry.open_proposals?.length) parts.push(t("有改期建议"));
  return parts.filter(Boolean).join(" · ");
}

/** Open what is known of an entry: a patrol in a dialog, all else on its page. */
export function openEntry(entry) {
  if (entry.kind === "series") return openPlanned(entry);
  if (entry.kind !== "patrol") return location.assign(entry.url);
  const dialog = el("dialog", { class: "dialog", "aria-label": entry.title, id: "schedule-entry" },
    el("div", { class: "dialog__head" }, el("h2", {}, entry.title), badge(entry.state_name, TONES[entry.state])),
    el("div", { class: "dialog__body stack" }, notices(entry, () => dialog.close()), facts(entry), timeForm(entry, () => dialog.close())),
    el("div", { class: "dialog__foot" },
      el("button", { class: "btn", type: "button", onclick: () => dialog.close() }, t("关闭")),
      el("a", { class: "btn btn--primary", href: entry.url }, t("打开巡查"))));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** A date of a series that is no patrol yet: what is planned, when it will be proposed, and a press that does so now. */
function openPlanned(entry) {
  const dialog = el("dialog", { class: "dialog", "aria-label": entry.title, id: "schedule-entry" },
    el("div", { class: "dialog__head" }, el("h2", {}, entry.title), badge(entry.state_name, "draft")),
    el("div", { class: "dialog__body stack" },
      entry.problem && el("div", { class: "notice notice--danger" }, icon("alert"), el("p", {}, t("未能提出：{why}", { why: named(entry.problem) }))),
      el("p", { class: "small muted" }, t("系列“{rule}”的一次。到 {when} 自动提出，请各方逐次确认。", { rule: entry.rule_name, when: formatTime(entry.proposed_from) })),
      planFacts(entry)),
    el("div", { class: "dialog__foot" },
      el("button", { class: "btn", type: "button", onclick: () => dialog.close() }, t("关闭")),
      el("a", { class: "btn", href: entry.url }, t("打开系列")),
      entry.may.propose && el("button", { class: "btn btn--primary", type: "button", onclick: ({ currentTarget }) => proposeDate(entry, currentTarget) }, icon("send"), t("现在提出"))));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

function notices(entry, done) {
  return [
    entry.clashes.length > 0 && el("div", { class: "notice notice--danger" }, icon("alert"),
      el("ul", {}, entry.clashes.map((text) => el("li", {}, named(text))))),
    entry.open_proposals.map((proposal) => el("div", { class: "notice notice--warn" }, icon("calendar"), el("div", {},
      el("p", {}, party(proposal.bureau_name, proposal.side), ` ${proposal.user_name} `, t("建议改为"), ` ${span(proposal)}`,
        proposal.message ? `：${proposal.message}` : ""),
      entry.may.propose_time && el("div", { class: "actions" }, answers(proposal).map(([answer, text]) =>
        el("button", { class: `btn btn--small${answer === "accept" ? " btn--primary" : ""}`, type: "button",
          onclick: async () => { if (await answerProposal(entry, proposal, answer)) done(); } }, text)))))),
  ];
}

function answers(proposal) {
  if (proposal.side === "a") return [["withdraw", t("撤回建议")]];
  return [["accept", t("接受这一时间")], ["refuse", t("不接受")]];
}

function facts(entry) {
  const keys = entry.parties.map((one) => [party(one.name, one.side), " ",
    entry.approved_by.includes(one.bureau_id) ? badge(t("已确认"), "ok") : badge(t("待确认"), "neutral"), " "]);
  const rows = [
    [t("编号"), entry.number],
    [t("时间"), span(entry)],
    [t("区域"), entry.zone_name],
    [t("各方确认"), keys],
    ...sent(entry),
  ];
  return list(rows);
}

function planFacts(entry) {
  return list([[t("时间"), span(entry)], [t("区域"), entry.zone_name], [t("单位"), entry.parties.map((one) => [party(one.name, one.side), " "])], ...sent(entry)]);
}

const list = (rows) => el("dl", { class: "kv" }, rows.map(([key, value]) => [el("dt", {}, key), el("dd", {}, value)]));

/** Who and what goes, in the colours of the sides. */
function sent(entry) {
  const side = (rows) => rows.map((row) => el("span", { class: `side--${row.side}` }, row.name, " "));
  return [[t("人员"), entry.crew.length ? side(entry.crew) : "—"], [t("船艇车辆"), entry.craft.length ? side(entry.craft) : "—"]];
}

/** The same as dragging, for the keyboard and the phone. */
function timeForm(entry, done) {
  if (!entry.may.edit && !entry.may.propose_time) return null;
  const input = (name, text, value) => el("div", { class: "field", "data-field": name },
    el("label", { class: "field__label", for: `entry-${name}` }, text),
    el("input", { class: "input", type: "datetime-local", name, id: `entry-${name}`, required: true, value: wall(value).slice(0, 16) }),
    el("span", { class: "field__error" }));
  const form = el("form", { class: "form" }, el("div", { class: "form-grid" },
    input("starts_at", t("开始（北京时间）"), entry.starts_at), input("ends_at", t("结束（北京时间）"), entry.ends_at)),
    el("div", { class: "form-actions" }, el("button", { class: "btn" }, icon("calendar"), entry.may.edit ? t("改期") : t("建议改期"))));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (await move(entry, `${form.elements.starts_at.value}:00+08:00`, `${form.elements.ends_at.value}:00+08:00`)) done();
  });
  return form;
}
