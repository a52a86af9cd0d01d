/** How a clause is cited to a reader of English: the twin of hub/web/clauses.py. */
import { locale } from "./i18n.js";

// Article, paragraph, item, as laws and agreements in China are cited.
const LABEL = /^第([零〇一二三四五六七八九十百\d]+)条(?:第([零〇一二三四五六七八九十百\d]+)款)?(?:第([零〇一二三四五六七八九十百\d]+)项)?$/;
const DIGITS = /零一二三四五六七八九/.source;
const TENS = [/十/, /百/];

/** The label of clause five as "Clause 5" with the parties' own label behind; what is no number stays as it is. */
export function clauseName(label) {
  const found = locale.startsWith("en") ? LABEL.exec((label ?? "").trim()) : null;
  if (!found) return label ?? "";
  const [article, ...parts] = found.slice(1).filter(Boolean).map(value);
  return `Clause ${article}${parts.map((part) => `(${part})`).join("")} (${found[0]})`;
}

function value(text) {
  if (/^\d+$/.test(text)) return Number(text);
  let total = 0;
  let last = null;
  for (const sign of text) {
    const power = TENS.findIndex((one) => one.test(sign)) + 1;
    if (power > 0) {
      total += (last ?? 1) * 10 ** power;
      last = null;
    } else {
      last = Math.max(0, DIGITS.indexOf(sign)); // the round zero is not among them
    }
  }
  return total + (last ?? 0);
}
