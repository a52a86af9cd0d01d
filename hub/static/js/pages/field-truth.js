/** What speaks for a patrol's evidence and what questions it: a number to sort by, reasons to talk about. */
import { get } from "../api.js";
import { el, fill, named, party } from "../dom.js";
import { t } from "../i18n.js";

const TONES = { sound: "ok", look: "warn", doubtful: "danger", unknown: "plain" };
const STAND_TONES = { supports: "ok", questions: "warn", silent: "plain" };

const badge = (text, tone) => el("span", { class: `badge badge--${tone}` }, text);

/** `cost`: the points it takes, or none where another of its kind has taken them. */
function row(reason, cost) {
  const about = reason.unit_name && el("span", { class: "small muted" }, party(reason.unit_name, reason.side), " ", named(reason.bureau_name));
  return el("li", { class: `reason reason--${reason.stand}` },
    badge(reason.stand_name, STAND_TONES[reason.stand]),
    el("div", {}, el("p", { class: "reason__head" }, el("strong", {}, reason.name), about && " ", about), el("p", {}, reason.text)),
    el("span", { class: "num muted" }, cost ? `−${cost}` : ""));
}

function list(reasons) {
  const first = (reason) => reasons.find((one) => one.code === reason.code) === reason;
  return el("ul", { class: "reasons" }, reasons.map((reason) => row(reason, first(reason) ? reason.cost : 0)));
}

function folded(label, reasons) {
  return reasons.length > 0 && el("details", {}, el("summary", {}, `${label} · ${reasons.length}`), list(reasons));
}

function judged(truth) {
  const of = (stand) => truth.reasons.filter((reason) => reason.stand === stand);
  const [questions, supports, silent] = [of("questions"), of("supports"), of("silent")];
  return [
    el("p", { class: "truth__score" }, truth.score !== null && el("span", { class: "stat__value" }, String(truth.score)),
      truth.score !== null && el("span", { class: "muted" }, t("（满分100）")), " ", badge(truth.level_name, TONES[truth.level])),
    el("p", { class: "small muted" }, t("只列出理由，不作认定；各方看到的理由相同，同类理由只扣一次分。")),
    truth.score === null && el("p", {}, t("没有哪个单元的轨迹满十分钟，不足以评分。")),
    questions.length > 0 ? list(questions) : el("p", {}, t("没有存疑之处。")),
    folded(t("支持的理由"), supports), folded(t("无法判断的"), silent),
  ];
}

/** Fill the panel of a patrol that has ended. */
export async function mountTruth(host, patrolId) {
  fill(host, el("p", { class: "muted" }, t("正在评估…")));
  const truth = await get(`/api/v1/patrols/${patrolId}/truth`);
  fill(host, truth.reasons.length > 0 ? judged(truth) : el("p", { class: "muted" }, t("还没有轨迹，无从评估。")));
}
