/** A rule (RFC 5545) of what was chosen in a form: how often, and on the same weekday or the same day. */
const DAYS = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];

/** E.g. FREQ=MONTHLY;INTERVAL=3;BYDAY=2WE for the second Wednesday of every third month. */
export function ruleOf(every, on, first) {
  const [freq, interval] = every.split(":");
  const parts = [`FREQ=${freq}`];
  if (interval !== "1") parts.push(`INTERVAL=${interval}`);
  if (on === "weekday" && freq !== "WEEKLY" && first) {
    const [year, month, day] = first.slice(0, 10).split("-").map(Number);
    const weekday = DAYS[new Date(Date.UTC(year, month - 1, day)).getUTCDay()];
    if (freq === "YEARLY") parts.push(`BYMONTH=${month}`);
    // A fifth week is not in every month: the last one then.
    parts.push(`BYDAY=${day > 28 ? -1 : Math.ceil(day / 7)}${weekday}`);
  }
  return parts.join(";");
}

/** The choices [how often, on] that make a rule from its first date; null: it is one of its own. */
export function everyOf(rule, first) {
  for (const every of ["WEEKLY:1", "WEEKLY:2", "MONTHLY:1", "MONTHLY:2", "MONTHLY:3", "MONTHLY:6"]) {
    for (const on of ["weekday", "day"]) if (ruleOf(every, on, first) === rule) return [every, on];
  }
  return null;
}
