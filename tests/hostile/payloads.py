"""Texts that want to run: each calls `boo`, makes a `<boo-1>`, or has a sum that must not be done.

They are of our own making, one for each way by which text became script, markup, style, an address
or a template somewhere. What a page does with them is judged by what stands in its document and by
`boo`, so that a policy that stops a script does not hide the place through which it came.
"""

from __future__ import annotations

# The product of the sum that stands in templates; it must stand nowhere.
SUM, PRODUCT = "1234321*3", "3702963"
MARKUP = (
    "<script>boo()</script>",
    "</script><script>boo()</script>",
    "</title></textarea></style><script>boo()</script>",
    "<boo-1>粗体</boo-1>",
    "<img src=x onerror=boo()>",
    "<img/src/onerror=boo()>",
    '<img src="data:image/gif;base64,AAAA" onerror="boo()">',
    "<svg/onload=boo()>",
    "<svg><script href=data:,boo()></script></svg>",
    "<svg><animate onbegin=boo() attributeName=x dur=1s>",
    '<svg><a xlink:href="javascript:boo()"><text y=9>船</text></a></svg>',
    "<details open ontoggle=boo()>",
    "<input autofocus onfocus=boo()>",
    "<video><source onerror=boo()></video>",
    "<body onpageshow=boo()>",
    '<iframe srcdoc="<script>parent.boo()</script>"></iframe>',
    "<object data=javascript:boo()></object>",
    "<base href=https://boo.invalid/>",
    "<link rel=stylesheet href=https://boo.invalid/a.css>",
    '<meta http-equiv=refresh content="0;url=javascript:boo()">',
    "<form action=javascript:boo()><button>好</button></form>",
    "<a href=javascript:boo() id=boo-1>看</a>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=boo()>",
    "<noscript><p title='</noscript><img src=x onerror=boo()>'>",
    "<table><td background=javascript:boo()><boo-1>",
    "<!--><img src=x onerror=boo()>-->",
    "<template><boo-1></template>",
    "<style>*{background:url(https://boo.invalid/b)}</style>",
)
ATTRIBUTES = (
    '" onmouseover="boo()" autofocus onfocus="boo()',
    "' onmouseover='boo()' autofocus onfocus='boo()",
    '"><boo-1 class="',
    "'><boo-1 class='",
    "` onmouseover=boo() `",
    "x\" style=\"background:url('https://boo.invalid/c')",
    "&quot; onfocus=boo() &lt;boo-1&gt; &#60;boo-1&#62;",
    "%22%3E%3Cboo-1%3E \\u003cboo-1\\u003e \\x3cboo-1\\x3e",
)
SCRIPT = (
    "';boo();//",
    '";boo();//',
    "\\';boo();//",
    "`;boo();`",
    "${boo()}",
    "`+boo()+`",
    "\u2028boo()\u2029",
    "-->]]>boo()//",
    '{"__proto__":{"boo":1}}',
)
ADDRESSES = (
    "javascript:boo()",
    "JaVaScRiPt&#58;boo()",
    "java\tscript:boo()",
    "data:text/html,<script>boo()</script>",
    "vbscript:boo()",
    "//boo.invalid/d",
    "https://boo.invalid/e",
)
TEMPLATES = (
    "{{" + SUM + "}}",
    "{% for x in [1] %}{{" + SUM + "}}{% endfor %}",
    "{{config.__class__.__init__.__globals__}}",
    "${" + SUM + "}",
    "#{" + SUM + "}",
    "<%= " + SUM + " %>",
    "[[" + SUM + "]]",
    "%(boo)s %s {0} {boo}",
)
LOOKS = (
    "厂\u202e)oob(\u202c名",
    "\u2066\u2067厂名\u2069",
    "\ufeff厂\u200b名\u200d",
    "＜boo-1＞＜script＞boo()",
    "=cmd|' /C boo'!A1",
    "@SUM(" + SUM + ")",
    "第一行\r\nX-Boo: 1\r\n\r\n第二行",
    "<![CDATA[<boo-1>]]>",
    "BEGIN:VALARM;ACTION:boo\nEND:VALARM",
)
PAYLOADS = MARKUP + ATTRIBUTES + SCRIPT + ADDRESSES + TEMPLATES + LOOKS
# What may not come to be in any document, whatever its policy stops.
ELEMENTS = "boo-1, [id='boo-1']"
OUTSIDE = "boo.invalid"
