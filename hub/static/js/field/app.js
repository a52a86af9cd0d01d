/** The field app: opens from the phone's own store, and tells the hub when there is a network. */
import { keepLocale } from "./locale.js";
import { ApiProblem } from "../api.js";
import { confirmDialog } from "../dialogs.js";
import { el, fill, icon } from "../dom.js";
import { t } from "../i18n.js";
import { watchTimes } from "../times.js";
import { toast } from "../toasts.js";
import { askHere, rememberedUser, signOut, takeOver } from "./here.js";
import { mountHome } from "./home.js";
import { keptKit, prepare } from "./kits.js";
import { Outbox } from "./outbox.js";
import { mountPatrol } from "./patrol.js";
import { counts, lineWords, showQueue } from "./queue.js";
import { keepShell, lookForNew } from "./shell.js";
import { Sync } from "./sync.js";
import { exported, imported } from "./transfer.js";

const main = document.getElementById("main");
const header = document.getElementById("field-header");
const patrolId = new URLSearchParams(location.search).get("patrol");
const app = { user: null, outbox: null, sync: null, kit: null, screen: null };

function message(title, text, ...acts) {
  fill(main, el("div", { class: "field-home" }, el("h1", {}, title), el("p", {}, text), el("p", { class: "field-row" }, acts)));
}

const link = (href, words, look = "") => el("a", { class: `btn btn--big ${look}`, href }, words);
const loginUrl = () => `/login?next=${encodeURIComponent(location.pathname + location.search)}`;

function showHeader() {
  const chip = el("button", { class: "header-btn field-line", type: "button", id: "field-queue", onclick: () => app.openQueue() });
  fill(header, el("a", { class: "brand", href: "/field/" }, el("img", { class: "brand__mark", src: "/static/img/favicon.svg", alt: "" }), el("span", { class: "brand__name" }, t("联防现场"))),
    el("div", { class: "app-header__end" }, chip, el("details", { class: "menu" },
      el("summary", {}, icon("user"), el("span", { class: "visually-hidden" }, app.user.name)),
      el("div", { class: "menu__list" }, el("div", { class: "menu__info" }, el("strong", {}, app.user.name), el("span", { class: "small" }, app.user.bureau_name)),
        el("a", { class: "menu__item", href: "/" }, icon("home"), t("联防首页")),
        el("button", { class: "menu__item", type: "button", id: "sign-out", onclick: leave }, icon("logout"), t("退出登录"))))));
  app.chip = chip;
}

async function leave() {
  const left = counts(await app.outbox.items(), await app.outbox.fixes());
  const waiting = left.waiting + left.refused + left.fixes;
  const text = waiting > 0 ? t("本机还有{n}条未上报。退出后仍保留，其他人看不到；您再次登录后继续上报。", { n: waiting }) : t("本机上的地图、方案和已上报的记录将被清除。");
  if (!(await confirmDialog({ title: t("退出登录？"), text, confirm: t("退出") }))) return;
  app.sync.stop();
  await signOut();
  location.assign("/field/");
}

function makeQueue() {
  const list = el("ul", { class: "queue" });
  const file = el("input", { class: "visually-hidden", type: "file", id: "queue-import", accept: "application/json", onchange: () => takeIn(file) });
  const again = el("div", { class: "notice notice--warn", id: "queue-sign-in", hidden: true }, icon("lock"), t("登录已过期：重新登录后自动上报，记录都在。"), link(loginUrl(), t("重新登录"), "btn--small"));
  const dialog = el("dialog", { class: "dialog field__dialog", id: "queue", "aria-labelledby": "queue-h" },
    el("div", { class: "dialog__head" }, el("h2", { id: "queue-h" }, t("本机记录")),
      el("button", { class: "btn btn--icon btn--quiet", type: "button", "aria-label": t("关闭"), onclick: () => dialog.close() }, icon("close"))),
    el("div", { class: "dialog__body stack" }, again, list),
    el("div", { class: "dialog__foot field-row" }, el("button", { class: "btn", type: "button", id: "queue-send", onclick: () => app.sync.now() }, icon("upload"), t("立即上报")),
      el("button", { class: "btn", type: "button", id: "queue-export", onclick: giveOut }, icon("download"), t("导出")), el("label", { class: "btn", for: "queue-import" }, icon("inbox"), t("导入文件")), file));
  document.body.append(dialog);
  Object.assign(app, { list, again, openQueue: () => dialog.showModal() });
}

async function giveOut() {
  const blob = await exported(app.outbox, app.user);
  const url = URL.createObjectURL(blob);
  const name = `lianfang-${new Date().toISOString().slice(0, 16).replaceAll(/[-:T]/g, "")}.json`;
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

async function takeIn(input) {
  try {
    const count = await imported(app.outbox, input.files[0]);
    toast(count > 0 ? t("导入了{n}条，开始上报。", { n: count }) : t("这些记录本机都有了。"), "ok");
    app.sync.soon(0);
  } catch (problem) {
    toast(problem.message, "danger");
  } finally {
    input.value = "";
  }
}

const does = {
  retry: async (item, body) => { await app.outbox.retry(item, body); app.sync.soon(0); },
  discard: (item) => app.outbox.discard(item),
};

let drawing = null;
/** Draw what the outbox holds; what changes meanwhile is drawn after. */
function renew() {
  if (drawing) { drawing.again = true; return; }
  drawing = { again: false };
  draw().catch(reportError).finally(() => {
    const { again } = drawing;
    drawing = null;
    if (again) renew();
  });
}

async function draw() {
  const [items, fixes] = [await app.outbox.items(), await app.outbox.fixes()];
  const left = counts(items, fixes);
  const [words, tone] = lineWords(left, app.sync.line);
  app.chip.className = `header-btn field-line field-line--${tone}`;
  Object.assign(app.chip.dataset, { waiting: left.waiting, refused: left.refused, fixes: left.fixes, line: app.sync.line });
  fill(app.chip, icon(app.sync.line === "offline" ? "offline" : tone === "ok" ? "success" : "upload"), el("span", {}, words));
  app.again.hidden = app.sync.line !== "signed-out";
  showQueue(app.list, items, does, app.sync.line);
  app.screen?.renew(items, fixes);
}

async function open(user) {
  app.user = user;
  app.outbox = new Outbox(user.id, renew);
  app.sync = new Sync(app.outbox, onLine);
  showHeader();
  makeQueue();
  if (patrolId) await openPatrol();
  else {
    app.screen = mountHome(main, app);
    app.screen.renew(await app.outbox.items());
  }
  app.outbox.sweep().catch(reportError);
  app.sync.start();
  renew();
}

let away = false;
function onLine(line) {
  renew();
  if (line === "offline") away = true;
  else if (away) {
    away = false;
    lookForNew(); // a hub that was away may be back as a newer one
  }
  if (line === "idle") renewKit();
}

async function openPatrol() {
  app.kit = await keptKit(app.user.id, patrolId);
  if (app.kit === null) {
    try {
      app.kit = await prepare(app.user.id, patrolId);
    } catch (problem) {
      const gone = problem instanceof ApiProblem && problem.status === 404;
      return message(gone ? t("没有这次巡查") : t("这次巡查还没有备好"), gone ? problem.message : t("要在有网络时打开一次，之后没有网络也能用。"), link("/field/", t("我的巡查")));
    }
  }
  app.screen = mountPatrol(main, app);
  return undefined;
}

let renewedAt = 0;
/** After each contact, now and then, the plan anew: a colleague's ticks, a change, the end. */
async function renewKit() {
  if (performance.now() - renewedAt < 60_000 && renewedAt > 0) return;
  renewedAt = performance.now();
  try {
    if (!patrolId) await app.screen.refresh();
    else if (app.kit) {
      app.kit = await prepare(app.user.id, patrolId);
      app.screen.setKit(app.kit);
      renew();
      await app.screen.showSent();
    }
  } catch (problem) {
    if (!(problem instanceof ApiProblem)) throw problem; // the hub is away again: what is kept serves on
  }
}

async function boot() {
  document.title = t("联防现场");
  watchTimes();
  keepShell((notice) => header.after(notice), renewSoon).catch((problem) => toast(t("离线程序未能存放：{why}", { why: problem.message }), "warn"));
  const [remembered, here] = [await rememberedUser(), askHere().catch(() => null)];
  // Known already: open at once, whatever the network does; the sync finds out who is signed in.
  if (remembered?.locale && keepLocale(remembered.locale)) return location.reload();
  let user = remembered;
  const said = remembered ? null : await here;
  if (said?.user) {
    user = said.user;
    await takeOver(said);
  }
  if (user) await open(user);
  else if (said) location.replace(loginUrl());
  else message(t("需要先登录"), t("本机没有登录过的人员。请在有网络时登录一次。"), link(loginUrl(), t("登录"), "btn--primary"));
  document.body.dataset.ready = "true";
  if (remembered) here.then(changed);
  return undefined;
}

function renewSoon() {
  if (app.outbox) renew();
}

/** Somebody else is signed in than the phone remembers: it is his now. */
async function changed(here) {
  if (!here?.user || here.user.id === app.user.id) return;
  app.sync.stop();
  await takeOver(here);
  location.replace("/field/");
}

boot().catch((problem) => {
  reportError(problem);
  message(t("打不开"), problem.message);
});
