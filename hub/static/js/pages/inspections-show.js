/** A record to read: signatures on the screen, and whether a sealed one is unbroken. */
import { ApiProblem, get, operationKey, post } from "../api.js";
import { badge, el, fill, icon, pageData } from "../dom.js";
import { clearErrors, showProblem } from "../forms.js";
import { t } from "../i18n.js";
import { toast } from "../toasts.js";

const data = pageData();
const dialog = document.getElementById("sign");

/** As many pixels as the screen has, whatever the size of the box; a drawn signature is kept when it turns. */
function fit(pad, canvas) {
  const ratio = Math.max(devicePixelRatio || 1, 1);
  const strokes = pad.toData();
  canvas.width = canvas.offsetWidth * ratio;
  canvas.height = canvas.offsetHeight * ratio;
  canvas.getContext("2d").scale(ratio, ratio);
  pad.clear();
  pad.fromData(strokes);
}

async function mountSigning() {
  const { default: SignaturePad } = await import(data.pad);
  const canvas = document.getElementById("sign-canvas");
  const form = document.getElementById("sign-form");
  const pad = new SignaturePad(canvas, { backgroundColor: "rgb(255,255,255)", minWidth: 1, maxWidth: 3.2 });
  let signer = null;
  let key = operationKey();
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-sign]");
    if (!button) return;
    signer = button.dataset.sign;
    key = operationKey();
    clearErrors(form);
    document.getElementById("sign-h").textContent = t("{name}（{role}）", { name: button.dataset.name, role: button.dataset.role });
    dialog.showModal();
    pad.clear();
    fit(pad, canvas);
  });
  addEventListener("resize", () => { if (dialog.open) fit(pad, canvas); });
  document.getElementById("sign-clear").addEventListener("click", () => pad.clear());
  pad.addEventListener("endStroke", () => { key = operationKey(); });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (pad.isEmpty()) {
      toast(t("请先签名。"), "warn");
      return;
    }
    const button = document.getElementById("sign-go");
    button.setAttribute("disabled", "");
    try {
      await send(form, canvas, signer, key);
      dialog.close();
      location.assign(`/inspections/${data.id}?view=sign`);
    } catch (problem) {
      // The signature stays on the screen, to be sent again.
      if (!(problem instanceof ApiProblem)) throw problem;
      showProblem(form, problem);
    } finally {
      button.removeAttribute("disabled");
    }
  });
  document.body.dataset.pad = "ready";
}

async function send(form, canvas, signer, key) {
  const picture = await new Promise((resolve) => { canvas.toBlob(resolve, "image/png"); });
  const body = new FormData();
  body.append("file", picture, "signature.png");
  body.append("signer", signer);
  body.append("content_hash", document.getElementById("text-hash").dataset.hash);
  return post(form.dataset.url, body, { key });
}

async function check(list) {
  fill(list, el("li", { class: "muted" }, t("正在核验…")));
  const found = await get(list.dataset.url);
  fill(document.getElementById("seal-state"), found.unbroken ? badge(t("未被改动"), "ok") : badge(t("与封存时不一致"), "danger"));
  fill(list, found.checks.map((one) => el("li", {}, icon(one.ok ? "success" : "error"), ` ${one.name}`)));
}

if (dialog) mountSigning();
const checks = document.getElementById("seal-checks");
if (checks) check(checks).catch((problem) => fill(checks, el("li", {}, problem.message)));
