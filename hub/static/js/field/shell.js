/** The app's own files on the phone: whether they are there, and when a newer version waits. */
import { el, icon } from "../dom.js";
import { t } from "../i18n.js";

const WORKER = "/field/worker.js";
const LOOK_EVERY_MS = 30 * 60_000;

/** Whether the whole shell is on the phone and opens without a network. */
export const shellKept = () => Boolean(navigator.serviceWorker?.controller);

let registered = null;

/** Ask the hub for a newer version; without a network: later. */
export const lookForNew = () => registered?.update().catch(() => {});

/** Register the service worker; `onNew(node)` gets a notice with a button when a newer version waits. */
export async function keepShell(onNew, onKept = () => {}) {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.addEventListener("controllerchange", onKept);
  const registration = await navigator.serviceWorker.register(WORKER, { scope: "/field/", updateViaCache: "none" });
  registered = registration;
  let shown = null;
  const look = () => {
    if (registration.waiting && registration.active && !shown?.isConnected) onNew(shown = notice(registration));
  };
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", look);
  });
  look();
  setInterval(lookForNew, LOOK_EVERY_MS);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) lookForNew(); });
}

function notice(registration) {
  const go = el("button", { class: "btn btn--small btn--primary", type: "button", id: "field-update", onclick: () => {
    // Everything recorded is in the store: loading anew loses nothing.
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    registration.waiting?.postMessage("take-over"); // the newest, if another came meanwhile
  } }, t("立即更新"));
  return el("p", { class: "notice field-notice", role: "status" }, icon("refresh"), t("程序有新版本，更新不影响已存的记录。"), go);
}
