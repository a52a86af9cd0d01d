/** Language of the scripts. Chinese is the text itself; English comes from the server's catalogue. */

export const locale = document.documentElement.lang || "zh-CN";

const catalogue = await load();

async function load() {
  if (!locale.startsWith("en")) return {};
  try {
    const answer = await fetch("/i18n/en.json");
    return answer.ok ? await answer.json() : {};
  } catch {
    return {}; // Offline: the source text is better than no page.
  }
}

/** The text in the reader's language, with {name} or %(name)s filled in from params. */
export function t(text, params = {}) {
  return filled(catalogue[text] || text, params);
}

/** The same for a count `n`, which may read otherwise for one: "1 day", "2 days". */
export function tn(text, params) {
  const found = catalogue[text] || text;
  return filled(Array.isArray(found) ? found[Number(params.n) === 1 ? 0 : 1] : found, params);
}

function filled(text, params) {
  return text.replace(/%\((\w+)\)[sd]|\{(\w+)\}/g, (whole, a, b) => {
    const value = params[a ?? b];
    return value === undefined ? whole : String(value);
  });
}
