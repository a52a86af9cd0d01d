/** A proof that a record was in a package: checked by the hub, told in words. */
import { post } from "../api.js";
import { badge, el, fill, named } from "../dom.js";
import { t } from "../i18n.js";
import { formatTime } from "../times.js";

const shown = document.getElementById("proved");

function pair(name, value, mono = false) {
  return value ? [el("dt", {}, name), el("dd", { class: mono ? "mono small passport__hash" : "" }, value)] : [];
}

function show(found) {
  fill(shown,
    el("p", {}, badge(t("证明成立"), "ok"), " ", el("b", {}, found.record.title)),
    el("dl", { class: "kv" },
      ...pair(t("数据包"), found.package_id ? el("a", { href: `/packages/${found.package_id}` }, found.number) : found.number),
      ...pair(t("签发单位"), named(found.sender.name)),
      ...pair(t("签名时间"), formatTime(found.signed_at)),
      ...pair(t("批准"), found.approved_by),
      ...pair(t("回执"), found.receipt_at && formatTime(found.receipt_at)),
      ...pair(t("签名摘要"), found.digest, true),
      ...pair(t("默克尔根"), found.root, true),
      ...pair(t("公钥指纹"), found.fingerprint, true)));
}

document.getElementById("proof-file")?.addEventListener("change", async ({ target }) => {
  if (!target.files.length) return;
  fill(shown, el("p", { class: "small muted" }, t("正在核验…")));
  try {
    show(await post("/api/v1/packages/check-proof", { proof: await target.files[0].text() }));
  } catch (error) {
    fill(shown, el("div", { class: "notice notice--danger", role: "alert" }, el("p", {}, error.errors?.[0]?.message ?? error.message)));
  }
});
