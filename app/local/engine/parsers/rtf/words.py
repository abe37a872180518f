"""The words of RTF that begin groups, by whether and where their text is shown."""

# Groups whose text is not shown. So is that of any other that begins with \* and is not known.
LEFT_OUT = frozenset((
    "info", "pict", "themedata", "listtable", "listoverridetable", "rsidtbl", "filetbl",
    "xmlnstbl", "sp", "shprslt", "objdata", "pntxta", "pntxtb", "nonshppict", "xe", "tc",
    "nonesttables", "upr",
))  # fmt: skip
STORIES = frozenset((
    "header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf",
    "footnote", "annotation",
))  # fmt: skip
OTHERS = frozenset((
    "fonttbl", "stylesheet", "listtext", "pntext", "fldinst", "atnauthor", "formfield", "shpinst",
    "colortbl", "ffl",
))  # fmt: skip
SHOWN = ("moMath", "moMathPara", "ud")  # groups that are shown though they begin with \\*
FORMULA_SIGNS = {"mden": "/", "msup": "^", "msub": "_"}  # before a part of a formula
