/** Accounts: half of a sign-in code is shown once, to who proposed it or to who confirmed it. */
import { connectForm } from "../forms.js";
import { fill } from "../dom.js";
import { t } from "../i18n.js";
import { toast } from "../toasts.js";

const box = document.getElementById("code-half");

for (const form of document.querySelectorAll("form[data-code]")) {
  connectForm(form, { onSuccess: (change) => showHalf(change, form) });
}

function showHalf({ code_half: half }, form) {
  form.closest("dialog")?.close();
  if (!half) {
    toast(t("登录码已生成，但应答途中丢失，不能再次显示。请重新提出。"), "warn");
    return;
  }
  const { name } = form.dataset;
  const first = form.dataset.code === "first";
  fill(document.getElementById("code-half-which"), first ? t("{name} 的登录码前一半；后一半由确认的第二人告知本人：", { name }) : t("{name} 的登录码后一半，接在前一半之后：", { name }));
  fill(document.getElementById("code-half-text"), half);
  document.getElementById("code-half-copy").dataset.copy = half;
  form.closest("[data-change]")?.remove();
  box.hidden = false;
  box.focus();
}
