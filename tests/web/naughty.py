"""Strings that break programs, for every text field and address."""

# Any of these may be typed: nothing breaks, and what is kept is shown as text.
STRINGS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "{{7*7}}{% raw %}",
    "${jndi:ldap://x}",
    "'; DROP TABLE app_user; --",
    '" onfocus=alert(1) autofocus="',
    '=HYPERLINK("http://x")',
    "%s%n%x",
    "../../etc/passwd",
    "C:\\con\\aux",
    "True",
    "None",
    "NaN",
    "1e999",
    "99999999999999999999999999",
    "１２３",
    "²",
    "𠂇𠮷野家",
    "李\u200b四",
    "\u202egpj.exe",
    "\ufeff",
    "\u0301\u0301\u0301",
    "﷽ﷺ",
    "👩‍👩‍👧‍👦",
    "\t\t",
    "\r\nSet-Cookie: x=1",
    "\x0b\x1b[31m",
    "\u2028\u2029",
    "a" * 5000,
    "　",
)
# These cannot be kept by PostgreSQL or by any encoding: refused at the edge.
UNREADABLE = ("\x00", "张\x00三", "\x00" * 50)
# Page numbers and identifiers that are none.
NUMBERS = ("0", "-1", "1.5", "１２", "²", "9" * 5000, "1e3", "NaN", " 1", "0x10", "", "1 OR 1=1")
