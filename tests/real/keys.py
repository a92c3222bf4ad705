"""The keys: 10,000 distinct ones, of every sort that requests carry."""

import random
import urllib.parse

COUNT = 10_000

WORDS = [
    "Zürich",
    "café",
    "Москва",
    "東京",
    "서울",
    "القاهرة",
    "Ωμέγα",
    "🚢⚓",
    "naïve",
    "plain",
    "x",
]

SORTS = [
    lambda draw, n: str(n),
    lambda draw, n: f"user:{n}",
    lambda draw, n: f"{draw.getrandbits(128):032x}",
    lambda draw, n: f"/shop/{n}/item.html?page={n % 7}&sort=up#{n}",
    lambda draw, n: urllib.parse.quote(f"{draw.choice(WORDS)}/{n}"),
    lambda draw, n: f"{draw.choice(WORDS)}-{n}-{draw.choice(WORDS)}",
    lambda draw, n: f"a, b ,{n},, c d",
    lambda draw, n: f"\"quoted, {n}\" \\ 'and' <more>",
    lambda draw, n: f"{{tag{n % 99}}}{n}",
    lambda draw, n: f"pre{{}}{{{n}}}post}}",
    lambda draw, n: f"session={n}; path=/",
    lambda draw, n: f"{n}:" + "long" * draw.randrange(10, 200),
    lambda draw, n: f"-{n}.{draw.randrange(1000)}e+{n % 300}",
]


def keys(count=COUNT, seed=1):
    """Keys for a header: inner spaces and commas, none at the ends."""
    draw = random.Random(seed)
    short = [chr(code) for code in range(ord("!"), ord("~") + 1)]
    drawn = short + [SORTS[n % len(SORTS)](draw, n) for n in range(count)]
    return draw.sample(list(dict.fromkeys(drawn))[:count], count)


def memcached_keys(count=COUNT, seed=1):
    """The same as memcached takes them: no spaces, 250 bytes at most."""
    fit = (
        key.replace(" ", "_").encode()[:250].decode(errors="ignore")
        for key in keys(2 * count, seed)
    )
    return list(dict.fromkeys(fit))[:count]


def addresses(count=COUNT, seed=1):
    """Clients of many networks, all of them this machine."""
    drawn = random.Random(seed).sample(range(1 << 16, (1 << 24) - 1), count)
    return [f"127.{n >> 16}.{n >> 8 & 255}.{n & 255}" for n in drawn]
