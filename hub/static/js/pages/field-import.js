/** Bring in a track from another device's file: what it holds is shown first, then it is stored. */
import { post } from "../api.js";
import { el, fill } from "../dom.js";
import { t, tn } from "../i18n.js";
import { formatTime } from "../times.js";
import { toast } from "../toasts.js";
import { metres } from "./locate-result.js";

function found(summary) {
  const lines = [
    t("{n}个定位点，{from}至{to}，航程{m}", { n: summary.fixes, from: formatTime(summary.first_at), to: formatTime(summary.last_at, "time"), m: metres(summary.distance_m) }),
    summary.outside > 0 && t("另有{n}个不在巡查期间，不导入", { n: summary.outside }),
    summary.dropped > 0 && t("其中{n}个不可信，不计入轨迹", { n: summary.dropped }),
    summary.known && t("这一文件已经导入过，再导入不会改变什么"),
  ];
  return el("ul", {}, lines.filter(Boolean).map((line) => el("li", {}, line)));
}

/** Wire the dialog, if it is on the page; `done` is called after an import. */
export function mountImport(dialog, done) {
  if (!dialog) return;
  const form = dialog.querySelector("form");
  const [place, button] = [dialog.querySelector("#import-track-found"), form.querySelector(".btn--primary")];
  const url = `/api/v1/patrols/${form.dataset.patrol}/tracks`;
  const refuse = (error) => fill(place, el("p", { class: "field__error", role: "alert" }, error.message));

  async function look() {
    button.disabled = true;
    if (!form.elements.file.files.length) return;
    fill(place, el("p", { class: "muted" }, t("正在读取…")));
    try {
      fill(place, found(await post(`${url}/preview`, new FormData(form))));
      button.disabled = false;
    } catch (error) { refuse(error); }
  }

  form.addEventListener("change", look);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      const summary = await post(url, new FormData(form));
      dialog.close();
      form.reset();
      fill(place);
      toast(tn("已导入{n}个定位点", { n: summary.fixes }), "ok");
      done();
    } catch (error) { refuse(error); }
  });
}
