/** The first screen: the day's patrols, whether each is ready to go without a network, and what is on the phone. */
import { get } from "../api.js";
import { badge, el, fill, icon } from "../dom.js";
import { t, tn } from "../i18n.js";
import { formatTime } from "../times.js";
import { toast } from "../toasts.js";
import { dropKits, keptKits, prepare, room } from "./kits.js";
import { shellKept } from "./shell.js";
import { stateOf } from "./state.js";

const AUTO_MS = 36 * 3_600_000; // what begins within so long is made ready by itself
const STATES = { waiting: [t("待确认"), "warn"], ready: [t("可以开始"), "info"], under_way: [t("进行中"), "ok"], ended: [t("巡查结束"), "neutral"], cancelled: [t("已取消"), "danger"] };

/** Bytes as people say them. */
export function size(bytes) {
  if (bytes === null) return t("未知");
  if (bytes < 1_048_576) return `${Math.ceil(bytes / 1024)} KB`;
  return bytes < 1_073_741_824 ? `${(bytes / 1_048_576).toFixed(1)} MB` : `${(bytes / 1_073_741_824).toFixed(1)} GB`;
}

/** Build the screen in `main`. `app`: {user, outbox}. Returns {renew(items), refresh()}. */
export function mountHome(main, app) {
  const home = { app, patrols: [], rows: [], items: [], busy: new Set(), online: false, list: el("ul", { class: "list field-list" }), kept: el("div", { class: "stack", id: "field-kept" }) };
  fill(main, el("div", { class: "field-home" },
    el("h1", {}, t("我的巡查")), home.list,
    el("section", { class: "panel", "aria-labelledby": "kept-h" }, el("div", { class: "panel__head" }, el("h2", { id: "kept-h" }, t("本机"))),
      el("div", { class: "panel__body stack" }, home.kept,
        el("p", { class: "small muted" }, t("屏幕熄灭时浏览器会停止定位：巡查中请保持亮屏，手机放在口袋里也不要锁屏。移动时连续定位；停留两分钟后每30秒一次；移动不到8米不记新点。"))))));
  return { renew: (items) => { home.items = items; show(home); }, refresh: () => refresh(home) };
}

/** Ask the hub for the patrols, make ready what is near; without it show what is kept. */
async function refresh(home) {
  home.rows = await keptKits(home.app.user.id);
  show(home);
  const { items } = await get("/api/v1/field/patrols");
  home.online = true;
  home.patrols = items;
  const waiting = new Set(home.items.filter((item) => item.state !== "sent").map((item) => item.patrol_id));
  await dropKits(home.app.user.id, [...items.map((patrol) => patrol.id), ...waiting]);
  for (const patrol of items) if (isNear(patrol)) await makeReady(home, patrol.id);
  show(home);
}

const isNear = ({ state, starts_at: starts }) => state === "in_progress" || (state === "approved" && Date.parse(starts) - Date.now() < AUTO_MS);

async function makeReady(home, patrolId) {
  home.busy.add(patrolId);
  show(home);
  try {
    const row = await prepare(home.app.user.id, patrolId);
    home.rows = [...home.rows.filter((one) => one.patrol_id !== patrolId), row];
  } finally {
    home.busy.delete(patrolId);
    show(home);
  }
}

const ORDER = ["under_way", "ready", "waiting", "ended", "cancelled"];

/** What is under way comes first, then what begins next; what is over stands last, the newest of it first. */
function all(home) {
  const kept = new Map(home.rows.map((row) => [row.patrol_id, row.kit.patrol]));
  for (const patrol of home.patrols) kept.set(patrol.id, patrol);
  const rank = (patrol) => ORDER.indexOf(stateOf(patrol, home.items).phase);
  const over = ORDER.indexOf("ended");
  return [...kept.values()].toSorted((a, b) => rank(a) - rank(b)
    || (rank(a) < over ? 1 : -1) * a.starts_at.localeCompare(b.starts_at));
}

function show(home) {
  const patrols = all(home);
  const none = home.online ? t("近期没有编入您的巡查。") : t("本机没有已备好的巡查；有网络时打开本页即自动准备。");
  fill(home.list, patrols.length > 0 ? patrols.map((patrol) => row(home, patrol)) : el("li", {}, el("p", { class: "muted" }, none)));
  showKept(home).catch(reportError);
}

function row(home, patrol) {
  const kept = home.rows.find((one) => one.patrol_id === patrol.id);
  const { phase } = stateOf(patrol, home.items);
  return el("li", { class: "field-list__row", dataset: { patrol: patrol.id, ready: String(isReady(patrol, kept)) } },
    el("a", { class: "list__item", href: `/field/?patrol=${patrol.id}` }, el("span", { class: "list__main" },
      el("span", { class: "list__title" }, patrol.title), el("span", { class: "list__sub" }, `${formatTime(patrol.starts_at)} – ${formatTime(patrol.ends_at, "time")} · ${patrol.number}`)),
    badge(...STATES[phase])), ORDER.indexOf(phase) < ORDER.indexOf("ended") && readiness(home, patrol, kept));
}

const isReady = (patrol, kept) => Boolean(kept) && kept.kit.patrol.plan_version === patrol.plan_version && shellKept();

function readiness(home, patrol, kept) {
  const again = (label) => el("button", { class: "btn btn--small", type: "button", disabled: home.busy.has(patrol.id), onclick: () => makeReady(home, patrol.id).catch((problem) => toast(problem.message, "warn")) }, icon("download"), label);
  if (home.busy.has(patrol.id)) return el("p", { class: "small field-ready" }, t("正在准备…"));
  if (!kept) return el("p", { class: "small field-ready" }, icon("alert"), t("还不能离线使用"), again(t("准备离线")));
  const about = t("方案第{v}版 · {time} · {size}", { v: kept.kit.patrol.plan_version, time: formatTime(new Date(kept.at), "time"), size: size(kept.bytes) });
  if (kept.kit.patrol.plan_version !== patrol.plan_version) return el("p", { class: "small field-ready" }, icon("alert"), t("方案已改为第{v}版", { v: patrol.plan_version }), again(t("重新准备")));
  const ready = isReady(patrol, kept);
  return el("p", { class: "small field-ready" }, icon(ready ? "success" : "clock"), ready ? t("可离线使用") : t("正在存放程序…"), el("span", { class: "muted" }, about), again(t("重新存放")));
}

async function showKept(home) {
  const { used, free, persisted } = await room();
  fill(home.kept,
    el("p", { class: "small field-kept" }, icon(shellKept() ? "success" : "clock"), shellKept() ? t("程序已存在本机，没有网络也能打开") : t("正在存放程序，请保持网络…")),
    el("p", { class: "small field-kept" }, icon("package"), tn("{n}个巡查的地图与方案；已用{used}，还可存{free}", { n: home.rows.length, used: size(used), free: size(free) })),
    !persisted && el("p", { class: "small muted" }, t("浏览器空间紧张时可能清理；请把本页“添加到主屏幕”。")));
}
