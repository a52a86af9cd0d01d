/**
 * Planners of both sides on one draft: what one changes the other sees; what both changed is asked about.
 * A plan is cut into units (title, window, route, `waypoint:KEY`, …); nothing that was typed is lost.
 */
import { ApiProblem, get, patch } from "../api.js";
import { fill, icon, named } from "../dom.js";
import { onChange, onLine } from "../feed.js";
import { t } from "../i18n.js";
import { toast } from "../toasts.js";
import { openConflicts } from "./plan-conflicts.js";
import { mergeRoutes } from "./route-merge.js";

const WAIT_MS = 300;
const RETRY_MS = 4_000;
const same = (a, b) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/**
 * Options: id; draft (as the hub gave it); read() -> {unit: value} of the screen; sent(unit, value) -> a value as
 * it is sent and compared; write(units) puts values of the hub on the screen; word(unit, value) -> text;
 * nameOf(unit); onMarks(marks); onSaved() is called whenever the hub took something. Returns {touch(), flush(), version(),
 * base(), unsent(), take(view)}.
 */
export function workTogether(options) {
  const work = { ...options, base: options.draft, timer: 0, sending: null, asked: false, later: null, problem: null, strip: document.getElementById("plan-together") };
  onChange("plan_draft", ({ id, view }) => { if (id === work.id && view) take(work, view); });
  onChange("patrol", ({ id }) => { if (id === work.id) renew(work); });
  onLine((line) => { if (line === "live") renew(work); });
  addEventListener("beforeunload", (event) => { if (Object.keys(mine(work)).length > 0) event.preventDefault(); });
  work.onMarks(work.base.marks);
  show(work);
  return { touch: () => touch(work), flush: () => flush(work), version: () => work.base.version, base: () => work.base, unsent: () => Object.keys(mine(work)).length > 0, take: (view) => { take(work, view); touch(work); } };
}

const valueIn = (work, view, unit) => (view.units[unit] === undefined ? null : work.sent(unit, view.units[unit]));

/** What the screen has that the hub has not. */
function mine(work) {
  const now = work.read();
  const found = {};
  for (const unit of new Set([...Object.keys(now), ...Object.keys(work.base.units)])) {
    const value = now[unit] === undefined ? null : work.sent(unit, now[unit]);
    const base = unit === "order" ? inOrder(work.base.units.order, now.order) : valueIn(work, work.base, unit);
    if (!same(value, base)) found[unit] = value;
  }
  return found;
}

/** The keys of `wanted` in the order that `known` has for them; new ones after, as they come. */
const inOrder = (known, wanted) => [...known.filter((key) => wanted.includes(key)), ...wanted.filter((key) => !known.includes(key))];

function touch(work) {
  clearTimeout(work.timer);
  work.timer = setTimeout(() => flush(work), WAIT_MS);
  show(work);
}

/** Send what is on the screen alone; resolves to whether the hub has all of it. */
async function flush(work) {
  clearTimeout(work.timer);
  await work.sending;
  if (work.asked) return false;
  const changes = mine(work);
  if (Object.keys(changes).length === 0) return true;
  work.sending = send(work, changes);
  show(work);
  const done = await work.sending;
  work.sending = null;
  show(work);
  return done && Object.keys(mine(work)).length === 0;
}

async function send(work, changes) {
  try {
    take(work, await patch(`/api/v1/patrols/${work.id}/draft`, { changes }, { version: work.base.version }));
    work.problem = null;
    work.onSaved();
    return true;
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    if (error.problem.conflicts) {
      take(work, error.problem.current);
      if (!work.asked) work.timer = setTimeout(() => flush(work), 0);
    } else {
      work.problem = error;
      if (error.status === 0 || error.status >= 500) work.timer = setTimeout(() => flush(work), RETRY_MS);
    }
    return false;
  }
}

async function renew(work) {
  try {
    take(work, await get(`/api/v1/patrols/${work.id}/draft`));
    work.problem = null;
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    if (error.status !== 0) work.problem = error;
  }
  show(work);
}

/** A later state: what we did not touch comes onto the screen; what both changed is asked about. */
function take(work, view) {
  if (work.asked) {
    work.later = view;
    return;
  }
  if (view.version < work.base.version) return;
  const own = mine(work);
  const before = work.base;
  const news = {};
  const both = [];
  for (const unit of new Set([...Object.keys(view.units), ...Object.keys(before.units)])) {
    if (!moved(work, before, view, unit)) continue;
    if (!(unit in own)) news[unit] = view.units[unit] ?? null;
    else if (!same(own[unit], valueIn(work, view, unit))) both.push(unit);
  }
  const merged = both.includes("route") ? mergedRoute(work, before, own, view) : null;
  if (merged) {
    both.splice(both.indexOf("route"), 1);
    news.route = merged;
    toast(t("双方改了路线的不同折点，已合并。"), "ok");
  }
  work.base = view;
  if (Object.keys(news).length > 0) work.write(news);
  work.onMarks(view.marks);
  show(work);
  if (both.length > 0) settle(work, before, own, both);
  else if (merged) touch(work);
}

/** The route with the corners of both, where they are different ones; it is then sent as our own change. */
function mergedRoute(work, before, own, view) {
  const [base, mine_, theirs] = [valueIn(work, before, "route"), own.route, valueIn(work, view, "route")].map((route) => route?.coordinates);
  const coordinates = base && mine_ && theirs && mergeRoutes(base, mine_, theirs);
  return coordinates ? { type: "LineString", coordinates } : null;
}

function moved(work, before, view, unit) {
  if (unit === "order") return !same(inOrder(before.units.order, view.units.order), view.units.order) || before.units.order.length !== view.units.order.length;
  return !same(valueIn(work, before, unit), valueIn(work, view, unit));
}

async function settle(work, before, own, both) {
  work.asked = true;
  const chosen = await openConflicts(both.map((unit) => ({
    unit, name: work.nameOf(unit), was: work.word(unit, valueIn(work, before, unit)), mine: work.word(unit, own[unit]),
    theirs: work.word(unit, valueIn(work, work.base, unit)), mark: work.base.marks[unit],
  })));
  work.asked = false;
  const theirs = both.filter((unit) => chosen[unit] === "theirs");
  if (theirs.length > 0) work.write(Object.fromEntries(theirs.map((unit) => [unit, work.base.units[unit] ?? null])));
  const { later } = work;
  work.later = null;
  if (later) take(work, later);
  touch(work);
}

function show(work) {
  const { strip, problem } = work;
  const waits = work.sending !== null || Object.keys(mine(work)).length > 0;
  const state = problem ? "problem" : waits ? "saving" : "saved";
  if (strip.dataset.state !== state || strip.dataset.version !== String(work.base.version)) fill(strip, words(work, state));
  Object.assign(strip.dataset, { state, version: work.base.version });
}

function words({ problem, base }, state) {
  if (state === "problem" && problem.status === 0) return [icon("alert"), t("没有网络：改动存在本机，恢复后自动存入共同草稿；关闭页面也不会丢失。")];
  if (state === "problem") return [icon("alert"), [problem.message, ...problem.errors.map((one) => one.message)].join(" ")];
  if (state === "saving") return [icon("upload"), t("正在存入共同草稿…")];
  return base.changed.length > 0 ? [icon("success"), t("已存入共同草稿，双方可见、可改；提交后才成为新版方案。")]
    : [icon("people"), t("双方可以同时修改：改动随时存入共同草稿，提交后才成为新版方案。")];
}

/** Who changed a unit last: {own, text}. */
export const markOf = (mark) => mark && { own: mark.side === "a", text: `${named(mark.bureau_name)} ${mark.user_name}` };
