"""What geometry refuses, in the reader's language: one sentence for each code of geo.errors."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from geo.errors import GeoError
from hub.web.geo_words import worded

TEXTS: dict[str, Any] = {
    "too_large": _l("图形文件有%(size)s字节，最多接受%(limit)s字节。"),
    "too_deep": _l("图形文件嵌套%(depth)s层，最多接受%(limit)s层。"),
    "too_many_vertices": _l("图形有%(count)s个以上的顶点，最多接受%(limit)s个。"),
    "too_many_rings": _l("图形有%(count)s个环，最多接受%(limit)s个。"),
    "not_json": _l("不是有效的JSON：%(reason)s"),
    "not_geojson": _l("不是GeoJSON几何或要素：%(reason)s"),
    "type_not_allowed": _l("此处不接受%(type)s类型的图形，应为%(expected)s。"),
    "crs_member": _l("只接受WGS 84经纬度；文件写明的是%(crs)s。"),
    "not_finite": _l("%(place)s处的数值缺失或不是有限数。"),
    "has_height": _l("坐标应只有经度和纬度两个数，现有%(count)s个。"),
    "out_of_range": _l("经度%(lon)s、纬度%(lat)s不在地球上。"),
    "swapped": _l("经度%(lon)s、纬度%(lat)s：是否把经度和纬度填反了？"),
    "antimeridian": _l("图形在纬度%(lat)s附近跨过180度经线。"),
    "outside_area": _l("位置%(lon)s, %(lat)s在工作范围以外。"),
    "empty": _l("图形是空的。"),
    "too_short": _l("至少需要%(needed)s个不同的位置。"),
    "ring_open": _l("多边形在%(lon)s, %(lat)s处没有闭合。"),
    "invalid": _l("图形在%(lon)s, %(lat)s处无效：%(reason)s"),
    "bad_accuracy": _l("精度%(accuracy_m)s应为0至%(limit)s米。"),
    "line_too_long": _l("线有%(count)s个顶点，此处最多%(limit)s个。"),
    "boundary_file": _l("界线文件无法读取：%(reason)s"),
    "boundary_effort": _l("读取界线文件所需超过%(seconds)s秒或%(megabytes)s MB，已停止。"),
    "unknown_adcode": _l("没有代码为%(adcode)s的行政区划。"),
    "duplicate_adcode": _l("行政区划代码%(adcode)s重复出现。"),
    "bad_adcode": _l("%(adcode)s不是六位行政区划代码（GB/T 2260）。"),
    "no_shared_line": _l("%(a)s与%(b)s没有共同的分界线。"),
    "crs_missing": _l("界线文件没有写明坐标系，请用 --crs 写明，例如 EPSG:4490。"),
    "bad_crs": _l(
        "无法识别坐标系%(crs)s。应为EPSG代码，例如 EPSG:4490；GCJ-02 不是测量坐标系，请用 --gcj02。"
    ),
    "field_missing": _l("界线文件没有可用的%(what)s字段；现有字段：%(fields)s"),
    "driver_refused": _l("不接受%(driver)s格式的界线文件。"),
    "check_failed": _l("界线数据有%(count)s处拓扑问题，第一处：%(first)s"),
    "package_missing": _l("数据包%(package)s没有安装。"),
    "bad_width": _l("宽度%(width_m)s应大于0，且不超过%(limit)s米。"),
    "bad_stretch": _l("从%(from_m)s到%(to_m)s米不在长%(length_m)s米的线上。"),
    "zero_length": _l("线没有长度。"),
    "not_simple": _l("线在%(lon)s, %(lat)s附近与自身相交。"),
    "line_not_shared": _l("线偏离%(side)s侧的边界达%(distance_m)s米。"),
    "sides_overlap": _l("沿线两侧重叠%(area_m2)s平方米。"),
    "bad_distance": _l("%(name)s应为%(least)s至%(limit)s米，现为%(value)s。"),
    "track_format": _l("只接受GPX、KML和GeoJSON轨迹；该文件以“%(start)s”开头。"),
    "track_xml": _l("文件第%(line)s行有误：%(reason)s"),
    "track_json": _l("文件第%(line)s行有误：%(reason)s"),
    "track_value": _l("%(at)s：%(value)s不是有效的%(what)s。"),
    "track_no_time": _l("%(at)s没有时间；没有时间的轨迹不能作为证据。"),
    "track_counts": _l("%(at)s有%(times)s个时间，却有%(places)s个位置。"),
    "track_empty": _l("文件里没有轨迹。"),
    "too_many_fixes": _l("文件里的定位点超过%(limit)s个。"),
    "unknown_asset": _l("地图页面引用了%(url)s，本系统没有此文件。"),
    "unsafe_markup": _l("地图页面含有不允许的内容：%(what)s"),
    "bad_feature_id": _l("%(id)s不能作为地图要素的编号。"),
    "bad_style": _l("地图不接受样式%(key)s=%(value)s。"),
}


def geo_text(error: GeoError) -> str:
    """A sentence that says what is wrong with a geometry and what would be right."""
    return str(TEXTS[error.code]) % {key: worded(key, value) for key, value in error.params.items()}
