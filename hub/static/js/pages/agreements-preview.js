/** Beside the editor: what the terms mean as they stand, for an example, for the own records. */
import { ApiProblem, post } from "../api.js";
import { clauseName } from "../clauses.js";
import { badge, el, fill, pageData } from "../dom.js";
import { t, tn } from "../i18n.js";

const WAIT_MS = 400;
const TONES = { white: "ok", gray: "warn", black: "neutral" };
const data = pageData();
const { words } = data;

const control = (label, input) => el("label", { class: "field" }, el("span", { class: "field__label" }, label), input);
const select = (pairs) => el("select", { class: "input" }, pairs.map(([value, text]) => el("option", { value }, text)));

function exampleForm(box) {
  const kind = select(Object.entries(words.kinds));
  const purpose = select(Object.entries(words.purposes));
  // What partners learn of each other is the usual question; not every purpose has a rule.
  if ("information" in words.purposes) purpose.value = "information";
  const zone = select([["true", t("区域内")], ["false", t("区域外")]]);
  const metres = el("input", { class: "input", type: "number", min: 0 });
  const district = select([["", "—"], ...data.districts.map((d) => [d.adcode, d.name])]);
  const level = el("input", { class: "input", type: "number", min: 1, max: 4, value: 2 });
  fill(box, control(t("记录"), kind), control(t("用途"), purpose), control(t("位置"), zone),
    control(t("距分界线（米）"), metres), control(t("区县"), district), control(t("密级"), level));
  return () => ({
    kind: kind.value, purpose: purpose.value, in_zone: zone.value === "true",
    distance_m: metres.value === "" ? null : Number(metres.value),
    adcode: district.value || null, classification: Number(level.value) || 2,
  });
}

const sections = (summary) => summary.map((section) => [el("h3", {}, section.heading),
  el("ul", { class: "plain" }, section.items.map((item) => el("li", {}, item.text, item.clause && el("span", { class: "small muted" }, t("（{text}）", { text: clauseName(item.clause) })))))]);

const changeList = (changes) => [el("h3", {}, t("与现行版本相比")), changes.length === 0 ? el("p", { class: "muted" }, t("没有差别。"))
  : el("ul", { class: "changes" }, changes.map((row) => el("li", { class: "changes__item" }, badge(row.effect_name, words.effect_tones[row.effect]),
    el("span", {}, row.text, " ", el("span", { class: "small muted" }, row.who)))))];

function exampleAnswer(answer) {
  return [el("p", { class: "small" }, answer.reason_text),
    el("ul", { class: "plain plain--bare" }, answer.groups.map((group) => el("li", {}, badge(group.level_name, TONES[group.level]), " ", group.name,
      group.row !== null && [" ", el("a", { class: "small", href: `#rule-${group.row}` }, [clauseName(group.clause), " · ", t("第{n}行", { n: group.row + 1 })])],
      group.level !== "black" && el("span", { class: "small muted" }, " ", group.retention_days ? tn("{n}天", { n: group.retention_days }) : t("不限期"), ` · ${group.onward}`))))];
}

/** `read()` gives {terms, party_ids}. Returns a function that asks again once the writer rests. */
export function createPreview(read) {
  const shown = document.getElementById("preview");
  const answerBox = document.getElementById("example-answer");
  const example = exampleForm(document.getElementById("example"));
  let timer = 0;
  let asked = null;
  async function ask() {
    asked?.abort();
    asked = new AbortController();
    const value = read();
    const body = { terms: value.terms, text: value.text, party_ids: value.party_ids ?? [], agreement_id: data.id, example: example() };
    try {
      const answer = await post("/api/v1/agreements/preview", body, { signal: asked.signal });
      fill(shown, answer.changes && changeList(answer.changes), sections(answer.summary));
      fill(answerBox, exampleAnswer(answer.example));
    } catch (error) {
      if (error.name === "AbortError") return;
      if (!(error instanceof ApiProblem)) throw error;
      fill(shown, el("p", { class: "muted" }, error.message), el("ul", { class: "plain" }, error.errors.map((one) => el("li", {}, where(one.field), one.message))));
      fill(answerBox);
    }
  }
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  };
  document.getElementById("example").addEventListener("input", later);
  document.getElementById("ask-exposure")?.addEventListener("click", (event) => askExposure(event.currentTarget, read));
  later();
  return later;
}

/** "第3行：" of a path into the rules. */
export function where(field) {
  const row = /^terms\.rules\.(\d+)/.exec(field);
  return row ? t("第{n}行：", { n: Number(row[1]) + 1 }) : "";
}

async function askExposure(button, read) {
  const box = document.getElementById("exposure-answer");
  button.disabled = true;
  fill(box, el("p", { class: "muted", role: "status" }, t("正在比对……")));
  try {
    const found = await post(`/api/v1/agreements/${data.id}/exposure?limit=20`, { terms: read().terms });
    fill(box, exposed(found));
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    fill(box, el("p", { class: "muted" }, error.message));
  } finally {
    button.disabled = false;
  }
}

function exposed({ counts, items, matching }) {
  const names = (groups) => groups.map((group) => words.groups[group] ?? group).join(t("、"));
  const lines = items.map((row) => el("li", {}, el("a", { href: row.url }, row.number), " ", row.partner_name, " ",
    row.newly_visible.length > 0 && [badge(t("新看到"), "warn"), " ", names(row.newly_visible), " "],
    row.newly_announced.length > 0 && [badge(t("新得知有"), "info"), " ", names(row.newly_announced), " "],
    row.no_longer_visible.length > 0 && [badge(t("不再看到"), "ok"), " ", names(row.no_longer_visible), " "],
    row.no_longer_announced.length > 0 && [badge(t("不再得知"), "neutral"), " ", names(row.no_longer_announced)]));
  return [el("p", {}, t("比对{n}件：多看到{a}件（其中一经生效{c}件），不再看到{b}件。", { n: counts.examined, a: counts.opening, b: counts.closing, c: counts.at_once })),
    el("ul", { class: "plain" }, lines), matching > items.length && el("p", { class: "small muted" }, t("另有{n}项。", { n: matching - items.length }))];
}
