"""What people write instead of drawing: the word itself, whole or begun, names, other words, letters, numbers."""

from __future__ import annotations

import numpy as np

_WORDS = (
    "hi hello lol no what yes help idk cat bob omg why fun sorry nope anna max stop bla go tim xoxo draw zzz kevin "
    "hola pizza i quit hey ok okay bye wtf wth rip yolo lmao haha hehe hahaha dude bro mom dad love i love you "
    "i dont know cant draw i cant draw dont know no idea not sure whats that what is that what? who? huh? how? eh "
    "help me skip next pass hard too hard easy boring bored done wait please thanks thank you sup yo yay wow cool "
    "nice good bad ugly fail win winner loser noob test testing google ai robot hi google hello ai "
    "emo bae lit meme pepe doge dab swag trump obama usa uk cnn nba nike pepsi coke lego xbox "
    "real fake true false error 404 the end end start up down left right here there this me you us we he she it "
    "dog pig cow fish bird car bus sun moon star tree house king queen girl boy man baby hot cold red blue green "
    "yum tasty food milk egg tea ham bread cake hallo ja nein was danke nix keine ahnung mist salut oui "
    "non merci bonjour je sais pas ciao si grazie no lo so perro gato casa no se que amigo ola "
    "sim nao obrigado hej tack nej ahoj ano ne dobry privet da net spasibo merhaba evet hayir terveppa moi joo "
    "kiitos szia igen nem cze tak nie selam halo ya tidak apa sawa jambo konnichiwa arigato nihao xie"
)
_RUDE = (
    "poop pee fart butt ass shit fuck bitch crap damn hell suck sucks dick cock penis sex boobs tits pussy kill die "
    "dead merde scheisse puta mierda kurwa stupid dumb idiot loser nazi hate"
)
_NAMES = (
    "Emma Liam Noah Mia Leo Ava Zoe Ben Sam Tom Jim Joe Amy Eva Lea Lena Luca Lucas Hugo Paul Marie Sara Sarah Anna "
    "Maria Jose Juan Pedro Luis Carlos Ana Sofia Ivan Olga Igor Katya Yuki Ken Hana Wei Li Ali Omar Fatma Ahmed "
    "Ravi Priya Jack Jake Josh Ryan Kyle Nick Mike Dave Steve Alex Chris Kate Lucy Lily Ella Chloe Finn Max Felix "
    "Jan Piotr Ola Erik Lars Nils Bjorn Sven Tim Tina Nina Lisa Mona Rosa Gina Tony Marco Matteo Giulia Kim Lee"
)
_PHRASES = (
    "i love you", "i quit", "i cant draw", "i dont know", "no idea", "the end", "help me",
    "hi google", "hello world", "what is this", "what the", "not a clue", "je sais pas", "no lo se", "noot noot",
    "is that it", "too hard", "game over", "happy birthday", "merry xmas", "good job", "my name is",
    "for sale", "keep out", "no way", "oh no", "ha ha ha", "la la la", "yum yum", "go away", "why me", "for you",
)  # fmt: skip
_SIGNS = (
    "?",
    "??",
    "???",
    "?!",
    "!",
    "!!!",
    "#",
    "$",
    "&",
    "@",
    "100%",
    "%",
    "+",
    "=",
    "1+1=2",
    "2+2=4",
    "E=mc2",
    ":)",
)

_RUDE_PHRASES = ("fuck you", "suck it", "bite me", "you suck", "go to hell", "eat shit")

_ONES = tuple(dict.fromkeys(_WORDS.split())) + tuple(_NAMES.split())
_RUDE_ONES = tuple(_RUDE.split())


def text_for(word: str | None, rng: np.random.Generator, polite: bool = False) -> list[str]:
    """Return one to three lines of text. Every second text is `word`, where there is one: whole, begun or misspelt.

    polite: use no rude words, for drawings that are shown to anybody.
    """
    if word and rng.random() < 0.55:
        text = _as_written(word, rng)
    else:
        text = _other(rng, polite)
    return _in_lines(_in_case(text, rng), rng)


def _as_written(word: str, rng: np.random.Generator) -> str:
    """Return the word; the first letters of it, where time ran out; or with a letter wrong."""
    way = rng.random()
    if way < 0.2 and len(word) > 2:
        return word[: rng.integers(1 if rng.random() < 0.3 else 2, len(word))].strip()
    if way < 0.35 and len(word) > 3:
        at = int(rng.integers(1, len(word)))
        instead = rng.choice(["", chr(97 + rng.integers(26)), word[at] * 2])
        return word[:at] + str(instead) + word[at + 1 :]
    if way < 0.4:
        return word + str(rng.choice(["?", "!", "!!", "s", "???"]))
    if way < 0.45:
        return word.split()[0]
    return word


def _other(rng: np.random.Generator, polite: bool) -> str:
    way = rng.random()
    rude = not polite and rng.random() < 0.12
    if way < 0.55:
        return str(rng.choice(_RUDE_ONES if rude else _ONES)) + str(rng.choice(["", "", "", "?", "!"]))
    if way < 0.65:
        return str(rng.choice(_RUDE_PHRASES if rude else _PHRASES))
    if way < 0.72:
        return str(rng.choice(_SIGNS))
    if way < 0.8:
        return "".join(rng.choice(list("0123456789"), rng.integers(1, 6)))
    if way < 0.88:
        return "".join(rng.choice(list("abcdefghijklmnopqrstuvwxyz"), rng.integers(1, 3)))
    return "".join(rng.choice(list("abcdefghijklmnopqrstuvwxyz"), rng.integers(3, 9)))


def _in_case(text: str, rng: np.random.Generator) -> str:
    way = rng.random()
    if way < 0.42:
        return text.lower()
    if way < 0.75:
        return text.upper()
    if way < 0.93:
        return text.capitalize()
    return "".join(letter.upper() if rng.random() < 0.5 else letter.lower() for letter in text)


def _in_lines(text: str, rng: np.random.Generator) -> list[str]:
    """Break the text between words, at times within one; or write it twice."""
    words = text.split() or [text]
    if len(words) > 1 and rng.random() < 0.6:
        lines = [" ".join(words[: -1 - (len(words) > 2)]), *words[-1 - (len(words) > 2) :]]
        return [line for line in lines if line][:3]
    if len(text) > 3 and rng.random() < 0.08:
        at = int(rng.integers(2, len(text) - 1))
        return [text[:at], text[at:]]
    if rng.random() < 0.06:
        return [text, text if rng.random() < 0.5 else str(rng.choice(_ONES))]
    return [text]
