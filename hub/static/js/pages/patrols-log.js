/** The log of a patrol: check-ins, pauses, and when units crossed to a side or zone; live. */
import { get } from "../api.js";
import { el, fill, icon, named, party } from "../dom.js";
import { onChange } from "../feed.js";
import { reportProblem } from "../forms.js";
import { t } from "../i18n.js";
import { timeElement } from "../times.js";

const SYMBOLS = { pause: "pause", resume: "play", check_in: "pin", task: "check", side: "line", entered: "polygon", left: "polygon", lost: "offline", heard: "online" };
const LATE_S = 120;

function late({ at, received_at: received }) {
  if (!received || (Date.parse(received) - Date.parse(at)) / 1000 < LATE_S) return null;
  return el("span", { class: "small muted" }, t("补报于"), " ", timeElement(received));
}

function sure({ kind, uncertainty_m: metres }) {
  return metres === undefined || kind === "lost" || kind === "heard" ? null : el("span", { class: "small muted" }, t("已超出误差 ±{n}米", { n: Math.round(metres) }));
}

function row(line) {
  const words = line.title ?? [line.kind_name, line.subject, line.note].filter(Boolean).join(" · ");
  return el("li", { class: "list__item", dataset: { kind: line.kind } }, el("span", { class: "list__symbol" }, icon(SYMBOLS[line.kind])),
    el("span", { class: "list__main" }, el("span", { class: "list__title" }, words),
      el("span", { class: "list__sub" }, timeElement(line.at, "seconds"), " ", party(`${named(line.bureau_name)} ${line.unit_name}`, line.side), " ", late(line), sure(line))));
}

async function load(host) {
  const api = `/api/v1/patrols/${host.dataset.patrol}`;
  const [log, crossings] = await Promise.all([get(`${api}/log`), get(`${api}/crossings`)]);
  const lines = [...log.items, ...crossings.items].toSorted((a, b) => a.at.localeCompare(b.at));
  fill(host, lines.length > 0 ? lines.map(row) : el("li", {}, el("p", { class: "muted" }, t("还没有签到、暂停、越界或失联记录。"))));
}

const host = document.getElementById("patrol-log");
if (host) {
  const again = () => load(host).catch(reportProblem);
  again();
  onChange("patrol", ({ id }) => { if (id === host.dataset.patrol) again(); });
  onChange("crossing", ({ view }) => { if (view?.patrol_id === host.dataset.patrol) again(); });
}
