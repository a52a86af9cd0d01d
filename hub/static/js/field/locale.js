/** The language of the field app: the shell has none, so the person's last one is kept on the phone. */
const KEY = "lianfang.locale";

document.documentElement.lang = localStorage.getItem(KEY) ?? "zh-CN";

/** Keep the language that the hub says; a new one takes effect when the page is loaded again. */
export function keepLocale(locale) {
  if (localStorage.getItem(KEY) === locale) return false;
  localStorage.setItem(KEY, locale);
  return document.documentElement.lang !== locale;
}
