/** Own side or other side, and what may be done here: reckoned on the phone, as one walks. */
import { el, fill, icon } from "../dom.js";
import { t } from "../i18n.js";
import { ACT_WORDS, metres } from "../pages/locate-result.js";
import { formatTime } from "../times.js";
import { toast } from "../toasts.js";
import { hubNow } from "./clock.js";
import { locate, outdated, unitOf } from "./ground.js";

const OLD_MS = 60_000;

/** Keep `host` current: call the returned function with each place; `ground()` is that of the kit. */
export function mountSide(host, ground) {
  const state = { certain: null };
  return (place) => {
    const answer = locate(ground(), place.lon, place.lat, place.accuracy_m);
    tellCrossing(state, answer, ground());
    show(host, answer, place, ground());
  };
}

const nameOf = (ground, code) => unitOf(ground, code)?.short_name ?? t("辖区外");

function sideWords({ side, name }) {
  return side === "own" ? t("本方一侧") : name ? t("{name}一侧", { name }) : t("辖区外");
}

function show(host, answer, place, ground) {
  const tone = !answer.known ? "" : answer.certain ? ` verdict--${answer.may_act}` : " verdict--unsure";
  host.className = `field__side verdict${tone}`;
  host.dataset.side = !answer.known ? "beyond" : answer.certain ? answer.side ?? "none" : "unsure";
  host.dataset.act = answer.known ? answer.may_act : "";
  fill(host, answer.known ? head(answer) : [el("strong", { class: "verdict__answer" }, t("不在已备地图范围内")),
    el("span", { class: "small" }, t("有网络时重新准备，或致电值班室。"))], facts(answer, place, ground));
}

function head(answer) {
  if (answer.certain) {
    const [only] = answer.answers;
    return [el("strong", { class: "verdict__answer" }, sideWords(only), " · ", ACT_WORDS()[answer.may_act]),
      el("details", { class: "small field__why" }, el("summary", {}, t("依据")), only.reason)];
  }
  return [
    el("strong", { class: "verdict__answer" }, t("离分界线太近，无法判定（±{m}）", { m: metres(answer.uncertainty_m) })),
    el("ul", { class: "field__answers" }, answer.answers.map((one) => el("li", {},
      t("若在{side}：{act}", { side: sideWords(one), act: ACT_WORDS()[one.may_act] })))),
    el("span", { class: "small" }, t("两种情形都允许的：{act}", { act: ACT_WORDS()[answer.may_act] })),
  ];
}

function facts(answer, place, ground) {
  const age = Date.now() - Date.parse(place.at);
  const parts = [
    answer.known && answer.distance_to_line_m !== null && t("距分界线 {m}", { m: metres(answer.distance_to_line_m) }),
    t("定位 ±{m}", { m: metres(place.accuracy_m) }),
    answer.known && (answer.edges.length > 0 ? t("区域边缘，是否在内难判定") : answer.zones.length === 0 && t("区域外")),
    age > OLD_MS && t("位置是{n}分钟前的", { n: Math.floor(age / 60_000) }),
  ];
  return [el("span", { class: "small" }, parts.filter(Boolean).join(" · ")),
    outdated(ground, hubNow()) && el("span", { class: "small field__stale" }, icon("alert"),
      t("备忘录在{time}有变动，以上可能已不适用：有网络时请重新准备。", { time: formatTime(ground.until) }))];
}

/** Entering a side is told when it is beyond doubt, so that on the line itself it does not flicker. */
function tellCrossing(state, answer, ground) {
  if (!answer.known || !answer.certain || answer.adcode === state.certain) return;
  const before = state.certain;
  state.certain = answer.adcode;
  if (before === null) return;
  navigator.vibrate?.([200, 100, 200]);
  toast(t("您已从{from}进入{to}：{act}", { from: nameOf(ground, before), to: nameOf(ground, answer.adcode), act: ACT_WORDS()[answer.may_act] }), "warn");
}
