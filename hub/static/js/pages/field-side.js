/** Own side or other side, and what may be done here: asked of the hub as the phone moves. */
import { get } from "../api.js";
import { el, fill, icon } from "../dom.js";
import { t } from "../i18n.js";
import { formatTime } from "../times.js";
import { ACT_WORDS, metres } from "./locate-result.js";

const EVERY_MS = 4_000;
const AGAIN_MS = 30_000;
const MOVED_M = 10;

/** Keep `host` current; call the returned function with each place {lon, lat, accuracy_m}. */
export function mountSide(host, onAnswer = () => {}) {
  const state = { host, onAnswer, asked: null, at: 0, timer: 0, next: null };
  return (place) => {
    state.next = place;
    if (!state.timer) state.timer = setTimeout(() => ask(state), Math.max(0, EVERY_MS - (Date.now() - state.at)));
  };
}

function worth({ asked, next, at }) {
  if (!asked || Date.now() - at > AGAIN_MS) return true;
  const here = L.latLng(next.lat, next.lon);
  return here.distanceTo([asked.lat, asked.lon]) > MOVED_M || next.accuracy_m < asked.accuracy_m / 2;
}

async function ask(state) {
  state.timer = 0;
  if (!worth(state)) return;
  const place = state.next;
  state.asked = place;
  state.at = Date.now();
  const query = new URLSearchParams({ lon: place.lon.toFixed(7), lat: place.lat.toFixed(7) });
  query.set("accuracy_m", place.accuracy_m.toFixed(1));
  try {
    const answer = await get(`/api/v1/locate?${query}`);
    state.onAnswer(answer);
    show(state.host, answer);
  } catch (problem) {
    state.asked = null;
    stale(state.host, problem);
  }
}

const bureauOf = (answer) => answer.jurisdiction?.bureau?.short_name ?? answer.jurisdiction?.name ?? t("辖区外");

function words(answer) {
  if (!answer.certain) return t("无法确定在哪一侧");
  return answer.side === "own" ? t("本方一侧") : t("{name}一侧", { name: bureauOf(answer) });
}

function show(host, answer) {
  const tone = answer.certain ? answer.may_act : "unsure";
  const distance = answer.distance_to_line_m === null ? null : t("距分界线 {m}", { m: metres(answer.distance_to_line_m) });
  const facts = [distance, t("误差 ±{m}", { m: metres(answer.uncertainty_m) }), answer.zones.length === 0 && t("区域外")];
  host.className = `field__side verdict verdict--${tone}`;
  host.dataset.side = answer.certain ? answer.side ?? "none" : "unsure";
  fill(host, el("strong", { class: "verdict__answer" }, words(answer), " · ", ACT_WORDS()[answer.may_act]),
    el("span", { class: "small" }, facts.filter(Boolean).join(" · ")));
}

function stale(host, problem) {
  host.className = "field__side verdict";
  host.querySelector(".field__stale")?.remove();
  host.append(el("span", { class: "field__stale small" }, icon("offline"),
    t("{time} 未能更新：{why}", { time: formatTime(new Date(), "time"), why: problem.message })));
}
