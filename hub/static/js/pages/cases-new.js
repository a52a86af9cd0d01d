/** A new case: press the map, and learn at once whose ground it is. */
import { pageData } from "../dom.js";
import { t } from "../i18n.js";
import { mountPlacePicker, verdictNotice } from "../place-picker.js";

function told(answer) {
  const names = (answer.zones ?? []).map((zone) => zone.name).join(t("、"));
  const inZone = names && t("位于{zone}，登记后按条款自动共享。", { zone: names });
  const mine = document.body.dataset.bureau === answer.jurisdiction?.bureau?.id;
  const whose = answer.jurisdiction?.name ?? t("未知辖区");
  if (!answer.certain) return verdictNotice("warn", t("距界线太近，无法断定属哪一方。"), inZone);
  if (mine) return verdictNotice("ok", t("属本单位辖区：{name}", { name: whose }), inZone);
  return verdictNotice("danger", t("属{name}，本单位不能立案。", { name: whose }));
}

const { sides, bounds } = pageData();
mountPlacePicker(document.getElementById("case-form"), { bounds, sides, symbol: "case", label: t("选择地点"), title: t("案发地点"), told });
