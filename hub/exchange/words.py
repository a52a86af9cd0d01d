"""Why a package, a signature or a document is refused, in words for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from hub.errors import Text
from sharing.errors import SharingError

# What is done with a package, while somebody waits.
STEPS: dict[str, Text] = {
    "write": _l("写入并签名"),
    "verify": _l("核验每个字节和签名"),
    "compare": _l("比对记录"),
    "files": _l("保存文件"),
    "import": _l("导入记录"),
}
REASONS: dict[str, Text] = {
    # the zip
    "no_zip": _l("不是完整的数据包文件：可能传输不全、被截断，或前后多出内容"),
    "too_many_files": _l("文件数超过上限（%(limit)s个）"),
    "too_large": _l("解开后超过上限（%(limit_mb)s MB）"),
    "ratio": _l("“%(path)s”的压缩比异常（超过%(limit)s倍），疑为压缩炸弹"),
    "link": _l("“%(path)s”是链接或特殊文件，不是普通文件"),
    "encrypted": _l("“%(path)s”被加密，无法核验"),
    "compression": _l("“%(path)s”使用了不支持的压缩方式"),
    "name_not_utf8": _l("文件名“%(path)s”不是UTF-8编码"),
    "not_one_folder": _l("内容不在同一个文件夹内"),
    # paths
    "path_absolute": _l("“%(path)s”是绝对路径"),
    "path_escapes": _l("“%(path)s”指向数据包之外"),
    "path_unsafe": _l("“%(path)s”含有不允许的字符或写法"),
    "path_outside": _l("清单列出的“%(path)s”不在应有的位置"),
    "duplicate_file": _l("“%(path)s”出现了不止一次"),
    # the bag
    "no_bag": _l("不是BagIt 1.0（UTF-8）格式的数据包"),
    "encoding": _l("“%(path)s”的文字编码无法识别"),
    "no_manifest": _l("缺少校验清单"),
    "algorithm": _l("不支持的校验算法“%(algorithm)s”"),
    "manifest_line": _l("校验清单中有无法识别的行"),
    "listed_twice": _l("校验清单重复列出“%(path)s”"),
    "file_missing": _l("缺少文件“%(path)s”"),
    "file_extra": _l("多出不该有的文件“%(path)s”"),
    "file_unreadable": _l("“%(path)s”已损坏，读不完整"),
    "digest_differs": _l("“%(path)s”与清单的校验值不符，内容已被改动"),
    "bag_untidy": _l("校验清单的写法与发出时不同，可能被人手工改过"),
    "tag_not_listed": _l("说明文件没有全部列入校验清单"),
    # the manifest and the records
    "future_version": _l("由更新的版本（第%(version)s版格式）生成，请先升级本系统"),
    "unknown_format": _l("文件格式或版本不受支持"),
    "manifest_differs": _l("清单与实际文件不一致"),
    "sender_differs": _l("清单自称的发出单位与签名单位不一致"),
    "owner_differs": _l("记录“%(id)s”不属于签名单位，不能由其发出"),
    "record_twice": _l("记录“%(id)s”重复出现"),
    "record_not_canonical": _l("记录“%(id)s”的写法不规范"),
    "record_line_end": _l("记录文件有过长或不完整的行"),
    "record_too_long": _l("记录“%(id)s”超过长度上限"),
    "root_differs": _l("记录与清单中的默克尔根不符"),
    "wrong_recipient": _l("收件单位不是贵单位（%(recipient)s）"),
    "expired": _l("已过有效期（%(at)s）"),
    "from_the_future": _l("生成时间晚于现在（%(at)s），请核对两边的时钟"),
    # carried tracks
    "xml_doctype": _l("“%(path)s”含有文档类型或实体声明，可能是攻击"),
    "xml_deep": _l("“%(path)s”嵌套超过%(limit)s层"),
    "xml_broken": _l("“%(path)s”不是完整的XML"),
    # JSON
    "malformed": _l("文件内容不完整"),
    "json_too_long": _l("文件超过长度上限"),
    "json_unreadable": _l("文件不是可读的JSON"),
    "json_no_object": _l("文件不是可读的JSON"),
    "json_duplicate_key": _l("文件中有重复的字段"),
    "json_not_a_number": _l("文件中有无效的数字"),
    "json_number": _l("文件中有过大的数字（超过%(limit)s）"),
    "json_deep": _l("文件内容嵌套超过%(limit)s层"),
    "json_control": _l("文件文字中含有不可见的控制字符"),
    "not_canonical": _l("文件的写法不规范，不能核对签名"),
    "field_wrong": _l("字段“%(field)s”缺失或不正确"),
    "field_unknown": _l("含有不认识的字段“%(field)s”"),
    "algorithm_unknown": _l("不支持的签名算法“%(algorithm)s”"),
    "purpose_unknown": _l("未知的密钥用途“%(purpose)s”"),
    "fingerprint_differs": _l("公钥与其指纹不符"),
    # signatures
    "signer_unknown": _l("签名所用的密钥不在信任之列（指纹%(fingerprint)s）"),
    "purpose_differs": _l("签名所用的密钥不是用于此类文件的"),
    "signer_differs": _l("签名自称的单位与密钥登记的单位不一致"),
    "key_revoked": _l("签名所用的密钥已被吊销"),
    "key_out_of_time": _l("签名时间不在密钥有效期内"),
    "signed_in_future": _l("签名时间晚于现在（%(at)s），请核对两边的时钟"),
    "content_differs": _l("内容与签名不符，签名之后被改动"),
    "signature_wrong": _l("签名无效"),
    # proofs
    "proof_wrong": _l("证明不成立：记录不在此数据包中，或证明被改动"),
}


class _Missing(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


def reason(error: SharingError) -> str:
    """What is wrong, in the reader's language; an unknown code as it stands."""
    text = REASONS.get(error.code)
    return error.code if text is None else fill(str(text), error.params)


def fill(text: str, params: Mapping[str, Any]) -> str:
    """Put values in a text; a hostile name is cut short and shown without its controls."""
    shown = {name: printable(value) for name, value in params.items()}
    return text % _Missing(shown)


def printable(value: object) -> str:
    """A value that a stranger wrote, without its controls and cut short."""
    return "".join(char if char.isprintable() else "�" for char in str(value))[:120]
