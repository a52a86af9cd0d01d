/** Packages: check one before it is imported, import it whole, load a receipt. */
import { operationKey, upload } from "../api.js";
import { badge, el, fill, named } from "../dom.js";
import { t } from "../i18n.js";
import { progressBar } from "../progress.js";

const input = document.getElementById("package-file");
const report = document.getElementById("report");
const button = document.getElementById("import-now");
const OUTCOMES = {
  new: [t("新增"), "ok"], changed: [t("更新"), "info"], same: [t("无变化"), "neutral"],
  withdrawn: [t("对方已收回"), "warn"], older: [t("比已有的旧，保留已有的"), "neutral"], refused: [t("拒绝"), "danger"],
};
const KINDS = { case: t("案件"), finding: t("发现问题"), patrol: t("联合巡查"), petition: t("信访件") };
const MOST_SHOWN = 300;
const NOT_KEPT = /package-not-kept$/;
let key = operationKey();
// What was checked lies on the hub: by this it is imported without being sent again.
let digest = null;

function body(kept) {
  const form = new FormData();
  if (kept) form.append("digest", kept);
  else form.append("file", input.files[0]);
  const { meeting } = document.getElementById("import-package").dataset;
  if (meeting) form.append("meeting_id", meeting);
  return form;
}

/** Send the package; what is under way is told with how far it is. */
async function sent(url, words, key, kept = null) {
  const bar = progressBar(kept ? words : t("正在上传"));
  fill(report, bar.node);
  try {
    return await upload(url, body(kept), { key, onProgress: (share) => {
      bar.show(share < 1 ? t("正在上传") : words, share < 1 ? share : null);
      if (share >= 1) bar.watch(key);
    } });
  } finally {
    bar.stop();
  }
}

function tell(error) {
  fill(report, el("div", { class: "notice notice--danger", role: "alert" }, el("p", {}, error.errors?.[0]?.message ?? error.message)));
}

function row(item) {
  const [words, tone] = OUTCOMES[item.outcome];
  return el("tr", {}, el("td", {}, badge(words, tone)), el("td", { class: "small" }, KINDS[item.kind] ?? item.kind),
    el("th", { scope: "row" }, item.title), el("td", { class: "small" }, item.why ? item.text : ""));
}

function show(found) {
  const more = found.records - Math.min(found.items.length, MOST_SHOWN);
  const counts = Object.entries(found.counts).map(([name, n]) => `${OUTCOMES[name][0]} ${n}`).join(t("、"));
  fill(report,
    el("p", {}, el("b", {}, `${named(found.sender.name)} ${found.number}`), " · ", t("签名有效，每个字节都已核对")),
    el("p", { class: "small mono passport__hash" }, found.digest),
    found.imported_before && el("p", {}, badge(t("已导入过，再次导入不改变任何内容"), "info")),
    found.missing.length > 0 && el("p", {}, badge(t("中间缺少数据包"), "warn"), ` ${found.missing.join(", ")}`),
    el("p", {}, counts),
    found.items.length > 0 && el("div", { class: "table-wrap table-wrap--scroll", tabindex: "0", role: "region", "aria-label": t("将导入的记录") },
      el("table", { class: "table" }, el("tbody", {}, found.items.slice(0, MOST_SHOWN).map(row)))),
    found.items.length > 0 && more > 0 && el("p", { class: "small muted" }, t("另有{n}条未列出，已计入上面的数目。", { n: more })));
  button.hidden = !found.importable;
  digest = found.kept ? found.digest : null;
}

input?.addEventListener("change", async () => {
  button.hidden = true;
  if (!input.files.length) return;
  const most = Number(document.getElementById("import-package").dataset.mostMb);
  if (input.files[0].size > most * 1048576) {
    tell({ message: t("文件超过{n} MB，本页不接受。请系统管理员在服务器上用命令 flask --app hub package import 导入，或请对方按较短时间分几个数据包。", { n: most }) });
    return;
  }
  key = operationKey();
  try {
    show(await sent("/api/v1/packages/check", t("正在核验每个字节和签名…"), operationKey()));
  } catch (error) {
    tell(error);
  }
});

/** Import what was checked; if it lies on the hub no longer, it is sent with the import. */
async function imported() {
  const [url, words] = ["/api/v1/packages/import", t("正在导入…")];
  try {
    return await sent(url, words, key, digest);
  } catch (error) {
    if (!digest || !NOT_KEPT.test(error.problem?.type ?? "")) throw error;
    digest = null;
    return sent(url, words, key);
  }
}

button?.addEventListener("click", async () => {
  button.disabled = true;
  try {
    location.assign(`/packages/${(await imported()).id}`);
  } catch (error) {
    tell(error);
    button.disabled = false;
  }
});

document.addEventListener("change", async ({ target }) => {
  const into = target.dataset.textInto;
  if (into && target.files.length > 0) document.querySelector(into).value = await target.files[0].text();
});
