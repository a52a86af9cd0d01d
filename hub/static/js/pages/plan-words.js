/** The words for tasks and targets of waypoints, on forms, pages and phones. */
import { t } from "../i18n.js";

/** "现场检查：看清排水去向". `words.tasks` names the codes; a view brings its own name. */
export function taskWords({ task, task_name: name, task_text: text }, words = null) {
  return [task ? words?.tasks[task] ?? name : "", text].filter(Boolean).join("：");
}

/** The target in a few words; of a finding only what the reader sees of it. */
export function targetWords({ target }, words = null) {
  if (!target) return "";
  const kind = words?.targets[target.kind] ?? target.kind_name;
  if (target.kind === "finding") {
    const { finding } = target;
    return finding ? [`${kind} ${finding.number}`, (finding.text ?? "").slice(0, 40)].filter(Boolean).join(" ") : t("{kind}（对方未公开）", { kind });
  }
  return [`${kind} ${target.name}`, target.code].filter(Boolean).join(" ");
}
