/** Signing keys: revoke one, bring a partner's key file in, stop trusting it. */
import { post } from "../api.js";
import { confirmDialog } from "../dialogs.js";
import { reportProblem } from "../forms.js";
import { t } from "../i18n.js";

async function withReason(question, url) {
  const reason = await confirmDialog({ ...question, danger: true, reason: t("原因") });
  if (!reason) return;
  try {
    await post(url, { reason });
    location.reload();
  } catch (error) {
    reportProblem(error);
  }
}

document.addEventListener("click", (event) => {
  const key = event.target.closest("[data-revoke-key]");
  if (key) {
    withReason({ title: t("吊销密钥"), text: t("这把密钥签过的一切都不再可信，且不能恢复。"), confirm: t("吊销") },
      `/api/v1/keys/${key.dataset.revokeKey}/revoke`);
  }
  const held = event.target.closest("[data-withdraw-import]");
  if (held) {
    withReason({ title: t("不再信任"), text: t("以后不接受用这些密钥签名的数据包和回执。"), confirm: t("不再信任") },
      `/api/v1/keys/imports/${held.dataset.withdrawImport}/withdraw`);
  }
});

document.getElementById("key-upload")?.addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (file) document.getElementById("f-key_file").value = await file.text();
});
