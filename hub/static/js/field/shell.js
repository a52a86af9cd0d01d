/** The app's own files on the phone: whether they are there, and when a newer version waits. */
import { el, icon } from "../dom.js";
import { t } from "../i18n.js";

const WORKER = "/field/worker.js";
const LOOK_EVERY_MS = 30 * 60_000;

/** Whether the whole shell is on the phone and opens without a network. */
export const shellKept = () => Boolean(navigator.serviceWorker?.controller);

/** Register the service worker; `onNew(node)` gets a notice with a button when a newer version waits. */
export async function keepShell(onNew, onKept = () => {}) {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.addEventListener("controllerchange", onKept);
  const registration = await navigator.serviceWorker.register(WORKER, { scope: "/field/", updateViaCache: "none" });
  const look = () => { if (registration.waiting && registration.active) onNew(notice(registration.waiting)); };
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", look);
  });
  look();
  setInterval(() => registration.update().catch(() => {}), LOOK_EVERY_MS); // offline: later
}

function notice(waiting) {
  const go = el("button", { class: "btn btn--small btn--primary", type: "button", onclick: () => {
    // Everything recorded is in the store: loading anew loses nothing.
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    waiting.postMessage("take-over");
  } }, t("立即更新"));
  return el("p", { class: "notice field-notice", role: "status" }, icon("refresh"), t("程序有新版本，更新不影响已存的记录。"), go);
}
