/** Waypoints from a file (a sheet, or GPX of a receiver): shown row by row first, then taken into the form, which keeps them. */
import { ApiProblem, post } from "../api.js";
import { el, fill, icon } from "../dom.js";
import { t, tn } from "../i18n.js";
import { leftOut, rowTable, sums } from "../sheet-report.js";
import { toast } from "../toasts.js";

const ACCEPTED = ".csv,.xlsx,.gpx,text/csv";

/** Open the dialog. `points`: {sendable(), take(waypoints)}; `route`: {value(), set(geometry)}. */
export function bringPlaces(points, route) {
  const file = el("input", { class: "input", type: "file", id: "places-file", accept: ACCEPTED, required: true });
  const shifted = el("input", { type: "checkbox", id: "places-gcj02" });
  const found = el("div", { class: "stack", id: "places-found", "aria-live": "polite" });
  const go = el("button", { class: "btn btn--primary", type: "button", id: "places-take", disabled: true }, icon("upload"), t("带入方案"));
  const dialog = el("dialog", { class: "dialog dialog--wide", id: "places-dialog", "aria-labelledby": "places-h" },
    el("div", { class: "dialog__head" }, el("h2", { id: "places-h" }, t("从文件导入途经点"))),
    el("div", { class: "dialog__body stack" },
      el("p", { class: "small muted" }, t("方案导出的CSV、Excel和GPX都可导入，也可用手持机的GPX。同名同位置的途经点按文件更改，其余添加在后。先列出每一行会怎样。")),
      el("div", { class: "field field--wide" }, el("label", { class: "field__label", for: "places-file" }, t("CSV、Excel或GPX文件")), file),
      el("label", { class: "check" }, shifted, el("span", {}, t("来自高德、腾讯地图（GCJ-02）"))), found),
    el("div", { class: "dialog__foot" },
      el("a", { class: "btn btn--quiet", href: "/api/v1/waypoints/template.xlsx" }, icon("download"), t("空白表格")),
      el("button", { class: "btn", type: "button", onclick: () => dialog.close() }, t("取消")), go));
  let take = () => {};
  go.addEventListener("click", () => { take(); dialog.close(); });
  const look = async () => {
    go.disabled = true;
    if (!file.files.length) return fill(found);
    fill(found, el("p", { class: "muted" }, t("正在读取…")));
    const asked = file.files[0];
    const body = new FormData();
    for (const [name, value] of [["file", asked], ["gcj02", shifted.checked], ["standing", JSON.stringify(points.sendable())]]) body.append(name, value);
    try {
      const answer = await post("/api/v1/waypoints/read", body);
      if (asked !== file.files[0]) return undefined; // Another file was chosen meanwhile.
      const way = answer.route && el("input", { type: "checkbox", id: "places-route", checked: route.value() === null });
      fill(found, report(answer), way && el("label", { class: "check" }, way, el("span", {}, t("路线也带入（替换已画的路线，可撤销）"))));
      const ready = () => { go.disabled = answer.counts.refused > 0 || (answer.counts.new + answer.counts.changed === 0 && !way?.checked); };
      way?.addEventListener("change", ready);
      ready();
      take = () => takeOver(answer, points, way?.checked ? route : null);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      fill(found, el("p", { class: "field__error", role: "alert" }, error.errors?.[0]?.message ?? error.message));
    }
    return undefined;
  };
  file.addEventListener("change", look);
  shifted.addEventListener("change", look);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function report({ counts, ignored, rows }) {
  return [el("div", { class: "actions" }, sums(counts)),
    counts.refused > 0 && el("p", { class: "field__error", role: "alert" }, tn("有{n}行不能导入，请改好文件再选一次。", { n: counts.refused })),
    leftOut(ignored), rows.length > 0 && rowTable(rows)];
}

function takeOver({ waypoints, route: way, counts }, points, route) {
  points.take(waypoints);
  route?.set(way);
  const n = counts.new + counts.changed;
  toast(n > 0 ? tn("已带入{n}个途经点。", { n }) : t("已带入路线。"), "ok");
}
