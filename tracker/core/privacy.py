"""What the program writes is for its own account alone, whoever started it and by whatever command."""

import os
from pathlib import Path

OTHERS = 0o077


def keep_private(data: Path, keys: Path, *files: Path) -> None:
    """Let everything made from now on be readable by its owner only, and close what was made more open before.

    `data` is the folder of attachments with what stands directly in it, `keys` that of the keys; `files` are others,
    as a database elsewhere, with what SQLite keeps beside it. What belongs to another account is left as it is.
    """
    os.umask(OTHERS)
    beside = (other for file in files for other in file.parent.glob(f"{file.name}*"))
    for path in {data, *data.glob("*"), keys, *keys.glob("*"), *beside}:
        _close(path)


def _close(path: Path) -> None:
    try:
        found = path.lstat()
        if found.st_uid == os.geteuid() and found.st_mode & OTHERS and not path.is_symlink():
            path.chmod(found.st_mode & 0o700)
    except FileNotFoundError:
        pass
