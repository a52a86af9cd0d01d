/**
 * What changed, live and without gaps. The table on the server is the truth; the socket only brings
 * it sooner. Every change passes `apply` in order of its number, whichever way it came: a number
 * already applied is dropped, a gap is fetched before going on.
 */
import { ApiProblem, csrfToken, get } from "./api.js";
import { el, fill, icon } from "./dom.js";
import { t } from "./i18n.js";
import { ackWait, askWait, receiptWait, retryWait } from "./reconnect.js";
import { formatTime } from "./times.js";

const BANNER_AFTER_MS = 2_500;
const PAGE = 200;
// Kinds of which the other side is told when they arrive: it waits for that.
const WITH_RECEIPT = new Set(["share", "request"]);

const changeListeners = new Map();
const unitListeners = new Set();
const watchers = new Set();
const presenceListeners = new Set();
const roomListeners = new Set();
const resyncListeners = new Set();
const stateListeners = new Set();

let bureau = "";
let last = null; // number of the last applied change
let asOf = new Date(); // the data on the page is no older than this
let state = "idle"; // idle, live, polling, stopped
let socket = null;
let queue = Promise.resolve();
let ackTimer = 0;
let ackDue = Infinity;
let pollTimer = 0;
let bannerTimer = 0;
let retryTimer = 0;
let failedTries = 0;
let failedAsks = 0;
let trying = false; // the socket is being opened
let slowTries = 0; // tries that the hub did not answer in time

/** Call fn(change) for each change of a record kind; "*" for all. Returns a function that stops it. */
export function onChange(kind, fn) {
  if (!changeListeners.has(kind)) changeListeners.set(kind, new Set());
  changeListeners.get(kind).add(fn);
  return () => changeListeners.get(kind).delete(fn);
}

/** Call fn(told) for what moved of the units that are watched; see units-store.js. */
export const onUnits = (fn) => subscribe(unitListeners, fn);
/** Call fn(presence) when colleagues come and go. */
export const onPresence = (fn) => subscribe(presenceListeners, fn);
/** Call fn(told) for what happens in the room of a meeting; see rooms.js. */
export const onRoomEvent = (fn) => subscribe(roomListeners, fn);
/** Call fn(head) when changes were missed for good: fetch afresh. Without a listener the page reloads. */
export const onResync = (fn) => subscribe(resyncListeners, fn);
/** Call fn("live" | "polling" | "stopped") when the line changes. */
export const onLine = (fn) => subscribe(stateListeners, fn);

function subscribe(set, fn) {
  set.add(fn);
  return () => set.delete(fn);
}

/** Ask for units under way, of a patrol or all (null). Returns a function that stops it. */
export function watchUnits(patrolId) {
  const watcher = { patrolId };
  watchers.add(watcher);
  sendWatch();
  return () => { watchers.delete(watcher); sendWatch(); };
}

function sendWatch() {
  const patrols = new Set([...watchers].map(({ patrolId }) => patrolId));
  const [patrol_id] = patrols;
  const wanted = patrols.size === 0 ? null : patrols.size === 1 && patrol_id ? { patrol_id } : {};
  if (socket?.connected) socket.emit("watch", wanted);
}

/** Number of the last applied change, state of the line, and how fresh the page is. */
export const feedState = () => ({ last, state, asOf });

/** Send an event and resolve to the hub's answer; null when the line is down or it did not answer in time. */
export function ask(event, data, waitMs = 8_000) {
  if (!socket?.connected) return Promise.resolve(null);
  return new Promise((resolve) => {
    socket.timeout(waitMs).emit(event, data, (error, answer) => resolve(error ? null : answer));
  });
}

const storageKey = () => `lianfang.feed.${bureau}`;

/** Start reading the feed of the page's bureau; app.js calls it once. */
export async function startFeed() {
  bureau = document.body.dataset.bureau ?? "";
  // Who may not read the feed is given no number; asking all the same would be a refused request.
  if (!bureau || state !== "idle") return;
  if (document.body.dataset.feedSeq === undefined) return setState("stopped");
  last = firstNumber();
  try {
    if (last === null) remember((await get("/api/v1/changes?after=0&limit=1")).head);
  } catch (error) {
    if (stopIfRefused(error)) return;
  }
  connect();
}

function firstNumber() {
  for (const text of [sessionStorage.getItem(storageKey()), document.body.dataset.feedSeq]) {
    const number = Number(text);
    if (text && Number.isSafeInteger(number) && number >= 0) return number;
  }
  return null;
}

function remember(seq) {
  last = seq;
  sessionStorage.setItem(storageKey(), String(seq));
}

async function connect() {
  let io;
  try {
    ({ io } = await import("socket.io-client"));
  } catch {
    lineDown(); // Without the package the page still lives, by asking.
    return;
  }
  socket = io({
    // We come back by ourselves: the package leaves chance out once its longest wait is reached.
    path: "/socket.io", transports: ["websocket"], reconnection: false,
    auth: (give) => give({ after: last, csrf: csrfToken(), units: true }),
  });
  trying = true;
  socket.on("connect", lineUp);
  socket.on("disconnect", comeBack);
  socket.on("connect_error", (error) => {
    if (error.message === "timeout") slowTries += 1;
    comeBack();
  });
  socket.on("change", (change) => inOrder(() => apply(change)));
  socket.on("resync", ({ head } = {}) => inOrder(() => resync(head)));
  socket.on("units", (told) => tell(unitListeners, told));
  socket.on("presence", (presence) => tell(presenceListeners, presence));
  socket.on("room", (told) => tell(roomListeners, told));
}

function comeBack() {
  trying = false;
  lineDown();
  reconnectLater();
}

function reconnectLater() {
  clearTimeout(retryTimer);
  retryTimer = setTimeout(() => { if (state !== "stopped") openSocket(); }, retryWait(failedTries));
  failedTries += 1;
}

function openSocket() {
  trying = true;
  socket.connect();
}

function lineUp() {
  trying = false;
  failedTries = failedAsks = slowTries = 0;
  clearTimeout(retryTimer);
  clearTimeout(pollTimer);
  clearTimeout(bannerTimer);
  setState("live");
  if (watchers.size > 0) sendWatch();
  asOf = new Date();
  hideBanner();
  // Records that were applied by asking meanwhile were not yet acknowledged.
  acknowledgeSoon(ackWait());
}

function lineDown() {
  if (state === "stopped" || state === "polling") return;
  if (state === "live") asOf = new Date();
  setState("polling");
  bannerTimer = setTimeout(showBanner, BANNER_AFTER_MS);
  pollLater();
}

function setState(next) {
  state = next;
  document.body.dataset.line = next;
  tell(stateListeners, next);
}

function pollLater() {
  clearTimeout(pollTimer);
  pollTimer = setTimeout(poll, askWait(failedAsks + slowTries));
}

async function poll() {
  if (state !== "polling") return;
  try {
    // A hub that is slow to take the socket has many to take back: what is asked besides delays them all.
    if (!document.hidden && !trying) await inOrder(catchUp);
    failedAsks = 0;
  } catch (error) {
    if (stopIfRefused(error)) return;
    failedAsks += 1;
  }
  if (state !== "polling") return;
  if (!document.getElementById("line-banner")?.hidden) showBanner();
  pollLater();
}

/** Nobody is signed in any more, or this role has no feed: asking again will not help. */
function stopIfRefused(error) {
  if (!(error instanceof ApiProblem) || ![401, 403].includes(error.status)) return false;
  clearTimeout(bannerTimer);
  setState("stopped");
  socket?.disconnect();
  if (error.status === 401) signInBanner();
  else hideBanner();
  return true;
}

/** One thing after the other, so that order never depends on how long a fetch takes. */
function inOrder(step) {
  const done = queue.then(step);
  queue = done.catch(() => {});
  return done;
}

async function apply(change) {
  if (last !== null && change.seq <= last) return;
  if (last !== null && change.seq > last + 1) await fillGap(change.seq);
  if (last === null || change.seq > last) dispatch(change);
}

async function fillGap(upTo) {
  try {
    await catchUp(upTo);
  } catch (error) {
    // Not applied and not acknowledged: connecting again resumes from `last`.
    socket?.disconnect();
    throw error;
  }
}

/** Fetch and apply what follows `last`, page by page. */
async function catchUp(upTo = Infinity) {
  for (;;) {
    const page = await get(`/api/v1/changes?after=${last ?? 0}&limit=${PAGE}`);
    if (page.resync) return resync(page.head);
    for (const change of page.items) if (last === null || change.seq > last) dispatch(change);
    asOf = new Date();
    if (page.next === null || page.items.length === 0 || last >= upTo) return undefined;
  }
}

function dispatch(change) {
  tell(changeListeners.get(change.kind) ?? [], change);
  tell(changeListeners.get("*") ?? [], change);
  remember(change.seq);
  asOf = new Date();
  acknowledgeSoon(WITH_RECEIPT.has(change.kind) ? receiptWait() : ackWait());
}

function resync(head) {
  if (typeof head === "number") remember(head);
  if (resyncListeners.size > 0) tell(resyncListeners, head);
  else location.reload();
}

function tell(listeners, value) {
  for (const fn of listeners) {
    try {
      fn(value);
    } catch (error) {
      // One listener's fault must not cost the others their change.
      reportError(error);
    }
  }
}

/** Say within `ms` how far this page is: however dense changes come, none puts it off. */
function acknowledgeSoon(ms) {
  const at = performance.now() + ms;
  if (at >= ackDue) return;
  ackDue = at;
  clearTimeout(ackTimer);
  ackTimer = setTimeout(() => {
    ackDue = Infinity;
    if (socket?.connected && last !== null) socket.emit("ack", { seq: last });
  }, ms);
}

function showBanner() {
  const banner = document.getElementById("line-banner");
  if (!banner) return;
  fill(banner, icon("offline"), t("连接中断，数据截至 {time}", { time: formatTime(asOf, "time") }),
    el("button", { class: "btn btn--small", type: "button", onclick: retryNow }, t("立即重连")));
  banner.hidden = false;
}

function retryNow() {
  socket?.disconnect();
  if (socket) openSocket();
  poll();
}

function signInBanner() {
  const banner = document.getElementById("line-banner");
  const next = encodeURIComponent(location.pathname + location.search);
  if (!banner) return;
  fill(banner, icon("lock"), t("登录已失效，数据截至 {time}", { time: formatTime(asOf, "time") }),
    el("a", { href: `/login?next=${next}` }, t("重新登录")));
  banner.hidden = false;
}

function hideBanner() {
  const banner = document.getElementById("line-banner");
  if (banner) banner.hidden = true;
}
