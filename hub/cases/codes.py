"""Codes that cases bear: hazardous wastes by category, common pollutants by name.

The 46 categories stand in the national list of hazardous wastes (2025 edition); a waste's code ends
with the number of its category. The pollutants are suggestions for what is typed, no closed list.
"""

from __future__ import annotations

WASTES = {
    "01": "医疗废物", "02": "医药废物", "03": "废药物、药品", "04": "农药废物",
    "05": "木材防腐剂废物", "06": "废有机溶剂与含有机溶剂废物", "07": "热处理含氰废物",
    "08": "废矿物油与含矿物油废物", "09": "油/水、烃/水混合物或乳化液",
    "10": "多氯（溴）联苯类废物", "11": "精（蒸）馏残渣", "12": "染料、涂料废物",
    "13": "有机树脂类废物", "14": "新化学物质废物", "15": "爆炸性废物", "16": "感光材料废物",
    "17": "表面处理废物", "18": "焚烧处置残渣", "19": "含金属羰基化合物废物", "20": "含铍废物",
    "21": "含铬废物", "22": "含铜废物", "23": "含锌废物", "24": "含砷废物", "25": "含硒废物",
    "26": "含镉废物", "27": "含锑废物", "28": "含碲废物", "29": "含汞废物", "30": "含铊废物",
    "31": "含铅废物", "32": "无机氟化物废物", "33": "无机氰化物废物", "34": "废酸", "35": "废碱",
    "36": "石棉废物", "37": "有机磷化合物废物", "38": "有机氰化物废物", "39": "含酚废物",
    "40": "含醚废物", "45": "含有机卤化物废物", "46": "含镍废物", "47": "含钡废物",
    "48": "有色金属采选和冶炼废物", "49": "其他废物", "50": "废催化剂",
}  # fmt: skip
POLLUTANTS = (
    "化学需氧量", "氨氮", "总磷", "总氮", "悬浮物", "石油类", "五日生化需氧量", "pH值", "色度",
    "总锑", "总镍", "总铬", "六价铬", "总铜", "总锌", "苯胺类", "挥发酚", "氰化物", "氟化物",
    "颗粒物", "二氧化硫", "氮氧化物", "挥发性有机物", "非甲烷总烃", "臭气浓度", "氯化氢", "恶臭",
    "噪声", "污泥", "建筑泥浆", "生活垃圾",
)  # fmt: skip


def waste_name(code: str | None) -> str | None:
    """The category of a waste's code, e.g. `HW17 表面处理废物`; None for none."""
    category = (code or "")[-2:]
    return f"HW{category} {WASTES[category]}" if category in WASTES else None
