"""Words of the document itself, in the language of the authorities, whoever reads the page."""

from __future__ import annotations

AGREED = "以上笔录我看过（或已向我宣读），与事实相符。"
RIGHTS = (
    "我们是{bureau}的执法人员，这是我们的执法证件。现依法进行现场检查，请予配合。执法人员少于两人或者未出示"
    "执法证件的，你（单位）有权拒绝；认为执法人员与本案有直接利害关系或者有其他关系可能影响公正执法的，"
    "有权申请回避；你（单位）有权陈述、申辩。"
)
# 机关代字 of records of inspections stands after the bureau's short name: 吴兴环检.
SIGN = "环检"
CAUSE = "{title}（{number}）现场检查"
SUPPLEMENT_CAUSE = "补充{number}"
# What may be shown on the spot; the first is checked.
ID_KINDS = ("居民身份证", "护照", "港澳居民来往内地通行证", "台湾居民来往大陆通行证", "其他")
IDENTITY_CARD = ID_KINDS[0]
RELATIONS = ("法定代表人", "负责人", "环保负责人", "现场负责人", "操作人员", "门卫")
