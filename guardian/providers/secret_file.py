"""Files that hold a secret: small, text, and readable by their owner alone."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from guardian.errors import SettingsError

OTHERS = stat.S_IRWXG | stat.S_IRWXO
LARGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class SecretFile:
    """What a setting's file should be, in the words of its errors. `encoding` is that of its text; `oversized`,
    `unreadable` and `undecodable` end the sentence about what is wrong with it."""

    setting: str
    encoding: str
    oversized: str
    unreadable: str
    undecodable: str

    def text(self, path: Path) -> str:
        """Raises SettingsError with the mend; the secret itself is never quoted."""
        try:
            status = path.stat()
            if os.name == "posix" and status.st_mode & OTHERS:
                raise SettingsError(
                    f"{self.setting}: other users of this machine may read {path}; mend it with: chmod 600 {path}"
                )
            if status.st_size > LARGEST:
                raise SettingsError(f"{self.setting}: {path} is too large for {self.oversized}")
            return path.read_text(encoding=self.encoding)
        except OSError as error:
            raise SettingsError(f"{self.setting}: cannot read {path}: {error.strerror}; {self.unreadable}") from error
        except UnicodeDecodeError as error:
            raise SettingsError(f"{self.setting}: {path} is not {self.undecodable}") from error
