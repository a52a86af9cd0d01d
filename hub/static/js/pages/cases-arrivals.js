/** Say when a neighbour's case or request arrives, is taken back or answered, wherever the reader is. */
import { named } from "../dom.js";
import { onChange } from "../feed.js";
import { t } from "../i18n.js";
import { toast } from "../toasts.js";

const own = document.body.dataset.bureau;

/** Toasts for cases that others share with this bureau, and for answers to what it shared. */
export function announceArrivals() {
  announceRequests();
  onChange("share", ({ verb, view }) => {
    if (!view) return;
    const link = { url: `/cases/${encodeURIComponent(view.record_id)}`, label: t("打开") };
    if (view.partner_bureau_id === own) received(verb, view, link);
    else if (view.owner_bureau_id === own) answered(verb, view, link);
  });
}

/** Toasts for requests that come in, and for what becomes of those that went out. */
function announceRequests() {
  onChange("request", ({ verb, view }) => {
    if (!view) return;
    const link = { url: `/requests/${encodeURIComponent(view.id)}`, label: t("打开") };
    const names = { bureau: named(view.direction === "in" ? view.sender_name : view.receiver_name), title: view.title };
    if (view.direction === "in" && verb === "send") toast(t("{bureau}来函：{title}", names), "info", { link, seconds: 15 });
    if (view.direction === "in" && verb === "withdraw") toast(t("{bureau}撤回了函件：{title}", names), "warn", { link });
    if (view.direction === "out" && verb === "accept") toast(t("{bureau}已受理：{title}", names), "ok", { link });
    if (view.direction === "out" && verb === "decline") toast(t("{bureau}不予受理：{title}", names), "warn", { link });
    if (view.direction === "out" && verb === "reply") toast(t("{bureau}已回复：{title}", names), "ok", { link });
  });
}

function received(verb, view, link) {
  const names = { bureau: named(view.owner_name), number: view.record_number };
  if (verb === "shared") toast(t("{bureau}共享了案件 {number}", names), "info", { link, seconds: 15 });
  if (verb === "recalled") toast(t("{bureau}收回了案件 {number}", names), "warn", { link, seconds: 15 });
}

function answered(verb, view, link) {
  const names = { bureau: named(view.partner_name), number: view.record_number };
  if (verb === "accepted") toast(t("{bureau}已签收案件 {number}", names), "ok", { link });
  if (verb === "refused") toast(t("{bureau}拒绝了案件 {number}", names), "warn", { link });
  if (verb === "acted") toast(t("{bureau}反馈了案件 {number} 的办理情况", names), "ok", { link });
}
