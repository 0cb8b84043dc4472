"""An independent check of a checkpoint (存证) and of what is proven under it. One file, only the standard library.

    python -I verifier.py KEY NOTE [PROOF [RECEIPT]]

KEY is the public key as `flask checkpoint --public-key` prints it, NOTE a checkpoint that was held, PROOF what
`flask audit-proof` printed, RECEIPT a text of three lines that are copied from a petitioner's slip: number, hash,
signature; blanks in them do not count. Exit 0: everything agrees. Exit 1: a sentence says what does not.
Ed25519 by RFC 8032 §5.1, the tree by RFC 9162 §2.1, the form of notes by C2SP tlog-checkpoint.
"""

import hashlib
import json
import sys
from base64 import b64decode
from pathlib import Path

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]


def add(a: Point, b: Point) -> Point:
    """Add two points of the curve in extended coordinates."""
    s, t = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = t - s, d - c, d + c, t + s
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiplied(point: Point, by: int) -> Point:
    """Add a point to itself so many times."""
    found = (0, 1, 1, 0)
    while by:
        if by & 1:
            found = add(found, point)
        point, by = add(point, point), by >> 1
    return found


def point(encoded: bytes) -> Point:
    """Read a point; raises ValueError for what is none."""
    number = int.from_bytes(encoded, "little")
    sign, y = number >> 255, number & ((1 << 255) - 1)
    if len(encoded) != 32 or y >= P:
        raise ValueError("not a point")
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        raise ValueError("not a point")
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def is_signed(key: bytes, said: bytes, signature: bytes) -> bool:
    """Return whether a key signed a text (Ed25519)."""
    if len(signature) != 64:
        return False
    try:
        owner, start = point(key), point(signature[:32])
    except ValueError:
        return False
    scalar = int.from_bytes(signature[32:], "little")
    if scalar >= ORDER:
        return False
    asked = int.from_bytes(hashlib.sha512(signature[:32] + key + said).digest(), "little") % ORDER
    left, right = multiplied(BASE, scalar), add(start, multiplied(owner, asked))
    return all((left[i] * right[2] - right[i] * left[2]) % P == 0 for i in (0, 1))


def leaf(entry: bytes) -> bytes:
    """Return the hash of an entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node(left: bytes, right: bytes) -> bytes:
    """Return the hash of two hashes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def included(index: int, size: int, found: bytes, path: list[bytes]) -> bytes:
    """Return the root to which a path leads from a leaf (RFC 9162 §2.1.3.2). Raises Disagrees."""
    f, s = index, size - 1
    for each in path:
        if s == 0:
            raise Disagrees("证明过长")
        if f & 1 or f == s:
            found = node(each, found)
            while f and not f & 1:
                f, s = f >> 1, s >> 1
        else:
            found = node(found, each)
        f, s = f >> 1, s >> 1
    if s:
        raise Disagrees("证明过短")
    return found


def consistent(first: int, size: int, old: bytes, path: list[bytes]) -> tuple[bytes, bytes]:
    """Return the two roots to which a path leads: of the first leaves, and of all (RFC 9162 §2.1.4.2).

    Raises Disagrees.
    """
    if first == size:
        return old, old
    path = [old, *path] if first & (first - 1) == 0 else path
    if not path:
        raise Disagrees("证明过短")
    f, s = first - 1, size - 1
    while f & 1:
        f, s = f >> 1, s >> 1
    before = after = path[0]
    for each in path[1:]:
        if s == 0:
            raise Disagrees("证明过长")
        if f & 1 or f == s:
            before, after = node(each, before), node(each, after)
            while f and not f & 1:
                f, s = f >> 1, s >> 1
        else:
            after = node(after, each)
        f, s = f >> 1, s >> 1
    if s:
        raise Disagrees("证明过短")
    return before, after


class Disagrees(Exception):
    """What does not agree, in words."""


def roots(note: str, key: str) -> dict[str, tuple[int, bytes]]:
    """Return size and root of each log in a note that the key signed. Raises Disagrees."""
    name, _, encoded = key.strip().split("+", 2)
    raw = b64decode(encoded)
    said, _, signatures = note.replace("\r\n", "\n").partition("\n\n")
    said += "\n"
    key_id = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    lines = [line.split(" ") for line in signatures.splitlines() if line.startswith("— ")]
    tried = [b64decode(line[2]) for line in lines if line[1] == name]
    if raw[:1] != b"\x01" or not any(t[:4] == key_id and is_signed(raw[1:], said.encode(), t[4:]) for t in tried):
        raise Disagrees("存证的签名不符")
    origin, acts, root, readings, _, algorithm, _ = said.split("\n")
    if origin != name or algorithm != "hash sha256":
        raise Disagrees("存证的格式不认识")
    _, size, other = readings.split(" ")
    return {"acts": (int(acts), b64decode(root)), "readings": (int(size), b64decode(other))}


def check_inclusion(proof: dict[str, str], note: dict[str, tuple[int, bytes]]) -> None:
    """Check that a line is in the log of acts of a note. Raises Disagrees."""
    size, root = note["acts"]
    if int(proof["size"]) != size:
        raise Disagrees("这份证明不是按这份存证出的")
    path = [bytes.fromhex(each) for each in proof["path"]]
    if included(int(proof["line"]) - 1, size, leaf(proof["entry"].encode()), path) != root:
        raise Disagrees("这一行不在存证的日志里，或被改动过")


def check_receipt(receipt: str, entry: str, key: str) -> str:
    """Check that the office signed the number and the very line of a slip; return the number. Raises Disagrees."""
    number, digest, signature = ("".join(line.split()) for line in receipt.splitlines() if line.strip())
    name, _, encoded = key.strip().split("+", 2)
    said = f"{name} receipt\n{number}\n{digest.lower()}\n".encode()
    if not is_signed(b64decode(encoded)[1:], said, bytes.fromhex(signature)):
        raise Disagrees("回执上的签名不符：抄错了，或者不是用这把密钥签的")
    if leaf(entry.encode()).hex() != digest.lower():
        raise Disagrees("存证里的登记不是回执上的那一行：登记在发出回执以后被换掉")
    return number


def check_consistency(proof: dict[str, dict[str, str]], note: dict[str, tuple[int, bytes]], key: str) -> None:
    """Check that both logs of a note are continued, unchanged, by those of a later one. Raises Disagrees."""
    later = roots(str(proof["note"]), key)
    for name, (size, root) in note.items():
        path = [bytes.fromhex(each) for each in proof["logs"][name]]
        if later[name][0] < size:
            raise Disagrees("后来的日志比存证的短：末尾被删")
        if size and consistent(size, later[name][0], root, path) != (root, later[name][1]):
            raise Disagrees("后来的日志不是从存证的日志接着写的：以前的内容被改动过")


def main(key: str, note_file: str, proof_file: str = "", receipt_file: str = "") -> str:
    """Check what is given; return what agrees."""
    note = roots(Path(note_file).read_text(encoding="utf-8"), key)
    said = f"存证的签名相符：办理日志 {note['acts'][0]} 行，查阅日志 {note['readings'][0]} 行。"
    if not proof_file:
        return said
    proof = json.loads(Path(proof_file).read_text(encoding="utf-8"))
    if "entry" in proof:
        check_inclusion(proof, note)
        entry = json.loads(proof["entry"])
        said = f"{said}\n第 {proof['line']} 行在其中，没有改动：{entry[2]} {bytes.fromhex(entry[10]).decode()}"
        if receipt_file:
            number = check_receipt(Path(receipt_file).read_text(encoding="utf-8"), proof["entry"], key)
            registered = json.loads(bytes.fromhex(entry[10])).get("register_no")
            renamed = f"，登记时编号 {registered}" if registered != number else ""
            said += f"\n回执 {number} 上签的就是这一行{renamed}。"
        return said
    check_consistency(proof, note, key)
    return f"{said}\n以后的日志接着它写，以前的没有改动。"


if __name__ == "__main__":
    try:
        sys.stdout.write(f"{main(*sys.argv[1:])}\n")
    except Disagrees as error:
        sys.exit(f"不符：{error}。")
    except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
        sys.exit(f"读不懂：{type(error).__name__}。")
