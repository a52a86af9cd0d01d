/** What waits, was sent or refused, as its person reads it: with the reason and what to do. */
import { el, fill, icon, badge } from "../dom.js";
import { confirmDialog } from "../dialogs.js";
import { t, tn } from "../i18n.js";
import { formatTime } from "../times.js";
import { corrected } from "./clock.js";
import { heldPatrols } from "./sync.js";

const KINDS = {
  start: t("开始巡查"), end: t("结束巡查"), entry: t("日志"), tick: t("检查事项"), finding: t("发现"), photo: t("照片"), positions: t("轨迹"),
};
const ENTRIES = { pause: t("暂停"), resume: t("继续"), check_in: t("签到"), task: t("任务完成") };
const STATES = { waiting: [t("待上报"), "warn"], sending: [t("上报中"), "info"], sent: [t("已上报"), "ok"], refused: [t("未被接受"), "danger"] };

/** Counts for the line at the top: {waiting, refused, fixes, held}. */
export function counts(items, fixes) {
  const records = items.filter((item) => item.kind !== "positions");
  const packed = items.filter((item) => item.kind === "positions" && item.state !== "sent").reduce((n, item) => n + item.body.fixes.length, 0);
  return {
    waiting: records.filter((item) => ["waiting", "sending"].includes(item.state)).length,
    refused: items.filter((item) => item.state === "refused").length,
    fixes: fixes.length + packed, held: heldPatrols(items).size,
  };
}

/** In a few words what is on the phone and how the line is. */
export function lineWords({ waiting, refused, fixes, held }, line) {
  if (line === "signed-out") return [t("登录已过期，{n}条记录存在本机", { n: waiting }), "warn"];
  if (line === "other") return [t("本机现由他人登录，您的记录未上报"), "warn"];
  if (held > 0) return [t("巡查有变动，{n}条记录留在本机", { n: waiting + refused }), "danger"];
  if (refused > 0) return [t("{n}条未被接受", { n: refused }), "danger"];
  if (waiting > 0 && line === "offline") return [tn("离线：{n}条记录存在本机", { n: waiting }), "warn"];
  if (waiting > 0) return [tn("{n}条记录待上报", { n: waiting }), "info"];
  if (line === "offline") return [fixes > 0 ? tn("离线：{n}个位置存在本机", { n: fixes }) : t("离线，照常记录"), "warn"];
  return [t("全部已上报"), "ok"];
}

function what(item) {
  const { body } = item;
  if (item.kind === "finding") return body.text ?? item.result?.number ?? "";
  if (item.kind === "entry") return [ENTRIES[body.kind], body.note].filter(Boolean).join(" ");
  if (item.kind === "photo") return `${body.name} · ${Math.ceil(body.size / 1024)} KB`;
  if (item.kind === "positions") return tn("{n}个位置", { n: body.fixes.length });
  return "";
}

/** What the person can do about a refusal. */
function advice({ kind, problem }) {
  if (problem.rule === "patrol.plan_changed") return t("方案在您离线时改过。核对新方案后可按现行方案继续，记录都在。");
  if (problem.state === "cancelled") return t("巡查在您离线时被取消。记录保留在本机，请联系指挥员，可导出留存。");
  if (kind === "start" && ["proposed", "approved"].includes(problem.state)) return t("方案改动后各方尚未重新确认。确认后再按“重试”。");
  if (problem.rule === "patrol.window") return t("开始时间不在计划时段。请指挥员改期并双方确认后再重试。");
  if (problem.status === 404) return t("这次巡查已不对您开放。记录保留在本机，请联系指挥员，可导出留存。");
  if (problem.status === 422) return t("请按提示修改后重新上报。");
  return t("可稍后重试；不能接受的可导出留存。");
}

/** The list in `host`. `does`: {retry(item, body), discard(item), renew(patrolId)}; `line`: how the line is. */
export function showQueue(host, items, does, line) {
  const held = heldPatrols(items);
  const rows = items.toReversed().map((item) => row(item, held, does, line));
  fill(host, rows.length > 0 ? rows : el("li", {}, el("p", { class: "muted" }, t("还没有记录。"))));
}

/** A record whose sending was cut waits again, though its body stays the one that was sent. */
function stateOf({ state }, line) {
  return STATES[state === "sending" && line !== "sending" ? "waiting" : state];
}

function row(item, held, does, line) {
  const { at, sure } = corrected(item.stamp);
  const waits = ["waiting", "sending"].includes(item.state);
  const [words, tone] = waits && held.has(item.patrol_id) ? [t("留在本机"), "warn"] : stateOf(item, line);
  const part = item.state === "sending" && item.kind === "photo" && item.progress ? ` ${Math.floor(item.progress / item.body.size * 100)}%` : "";
  return el("li", { class: "queue__row", dataset: { state: item.state, kind: item.kind } },
    el("span", { class: "queue__head" }, el("strong", {}, KINDS[item.kind]), badge(words + part, tone),
      el("span", { class: "small muted" }, `#${item.seq} · ${formatTime(at, "seconds")}`, sure ? "" : [" ", t("（本机时钟，未核对）")])),
    what(item) && el("span", { class: "queue__what" }, what(item)),
    item.state === "refused" && el("span", { class: "queue__why" }, icon("alert"), item.problem.message, el("span", { class: "small" }, advice(item)), acts(item, does)));
}

function acts(item, does) {
  const button = (label, onclick, look = "") => el("button", { class: `btn btn--small ${look}`, type: "button", onclick }, label);
  return el("span", { class: "field-row" },
    item.problem.rule === "patrol.plan_changed"
      ? button(t("按现行方案继续"), () => does.retry(item, { ...item.body, plan_version: item.problem.plan_version }), "btn--primary")
      : button(t("重试"), () => does.retry(item)),
    item.kind === "finding" && button(t("修改"), () => edit(item, does)),
    item.kind !== "start" && button(t("放弃"), () => giveUp(item, does), "btn--quiet"));
}

async function edit(item, does) {
  const { body, problem } = item;
  const text = await confirmDialog({ title: t("修改后重新上报"), text: body.text, reason: t("情况"), confirm: t("上报") });
  if (!text) return;
  // A fact that the hub no longer takes goes on in words.
  const refused = problem.field?.startsWith("details.");
  const words = refused ? [text, ...Object.entries(body.details).map(([name, value]) => `${name}：${value}`)].join("\n") : text;
  await does.retry(item, { ...body, text: words, details: refused ? {} : body.details });
}

async function giveUp(item, does) {
  if (await confirmDialog({ title: t("放弃这条记录？"), text: what(item), danger: true, confirm: t("放弃") })) await does.discard(item);
}
