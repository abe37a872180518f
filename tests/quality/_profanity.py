"""Make the managed word list PROFANITY again: `python -m tests.quality._profanity FOLDER`.

The folder has two packages of npm, as `npm pack` fetches them: cuss-2.2.0.tgz (MIT) and
profane-words-2.1.0.tgz (WTFPL). Both have many words that are ordinary: a word is chosen if it has
one of the stems, or is one of `others` in _profanity.toml, and is not one of `ordinary` there. A
spelling with figures or signs is left out, since the guard reads "sh1t" as it is meant.
"""

import json
import re
import sys
import tarfile
import tomllib
from pathlib import Path

import app.local.engine.guard as guard

LIST = Path(guard.__file__).parent / "profanity.txt"

_STEMS = re.compile(
    r"fuc?k|fck\b|shit|shyt|cunt|kunt|bitch|biatch|\bcocks?\b"
    r"|cock.?(?:block|brain|face|fuck|head|jock"
    r"|knob|lick|munch|nose|ride|smok|suc|suk|teas)|dick.?(?:bag|brain|face|for|fuck|head|hole|juice"
    r"|lick|milk|monger|nose|slap|suck|wad|weasel|weed|wod)|dicks\b|puss(?:y|ies)|whore|slut|bastard"
    r"|nigg(?:a|e|u|o)|fag(?:g|s|o|bag|tard|\b)|faggot|twat|wank|ass.?hole|\bass(?:es|hat|wipe|wad"
    r"|clown|face|fuck|lick|munch|monkey|\b)"
    r"|jackass|dumbass|arse|\btits|titt(?:y|ie)|boob(?:s|ies)?\b"
    r"|jizz|\bcum(?:shot|slut|dump|guzz|ming|\b)|dildo|porno?s?\b|blow ?job|hand ?job|bollock"
    r"|bugger|douche|kike|gook|trann|piss|\bcrap|turd|horse.?shit|butt.?(?:fuck|hole|munch|plug|pirate)"
    r"|muff ?div|god ?da?m|dam(?:n|mit|nit)\b|son.?of.?a.?(?:bitch|whore)|skank|schlong|poontang"
    r"|queef"
)
CHOICES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def chosen(cuss: dict[str, int], profane: list[str]) -> list[str]:
    """The words of both lists that are profane in most texts.

    Args:
        cuss: how surely each word is profane, 0 to 2.
        profane: words without such a measure.
    """
    both = {word.lower() for word, surely in cuss.items() if surely > 0} | set(profane)
    return sorted(
        word
        for word in both
        if re.fullmatch(r"[a-z]+(?:[ -][a-z]+)*", word)
        and word not in CHOICES["ordinary"]
        and (_STEMS.search(word) or word in CHOICES["others"])
        and min(map(len, re.split("[ -]", word))) > 1
    )


def main(folder: Path) -> None:
    with tarfile.open(folder / "cuss-2.2.0.tgz") as package:
        code = package.extractfile("package/index.js")
        assert code
        rows = re.findall(r"^\s*(?:'([^']+)'|(\w+)): (\d)", code.read().decode(), re.MULTILINE)
    cuss = {quoted or bare: int(surely) for quoted, bare, surely in rows}
    with tarfile.open(folder / "profane-words-2.1.0.tgz") as package:
        words = package.extractfile("package/words.json")
        assert words
        profane = json.loads(words.read())
    LIST.write_text("\n".join(chosen(cuss, profane)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
