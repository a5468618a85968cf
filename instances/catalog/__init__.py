"""Cases that are ready to build: real places, a published case, and generated cities."""

from __future__ import annotations

import difflib
import importlib
import math
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from types import ModuleType, NoneType
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from instances.schema import InstanceError

if TYPE_CHECKING:
    from instances.instance import Instance
    from instances.recipe.opening import Opened


@dataclass(frozen=True)
class Choice:
    """One option of a case: its name, type in words, default (None with ``required``), meaning and limits."""

    name: str
    kind: str
    default: Any
    required: bool
    doc: str
    lower: float | None
    upper: float | None
    among: tuple[str, ...]

    def __str__(self) -> str:
        given = "required" if self.required else f"default {self.default!r}"
        return f"{self.name}: {self.limits()} ({given}){f', {self.doc}' if self.doc else ''}"

    def limits(self) -> str:
        """Type and range in words."""
        if self.among:
            return f"{self.kind}, one of {', '.join(self.among)}"
        if self.lower is not None and self.upper is not None:
            return f"{self.kind} from {self.lower:g} to {self.upper:g}"
        if self.lower is not None:
            return f"{self.kind} from {self.lower:g} up"
        return self.kind if self.upper is None else f"{self.kind} up to {self.upper:g}"


@dataclass(frozen=True)
class Case:
    """A case of the catalog. The module that builds it is imported only when it is needed.

    ``title`` and ``about`` are texts by language (en, zh).
    """

    name: str
    title: dict[str, str]
    about: dict[str, str]
    module: str

    def load(self) -> ModuleType:
        """The module with ``Options``, ``build``, ``TITLE`` and ``ABOUT``."""
        return importlib.import_module(self.module)

    def choices(self) -> tuple[Choice, ...]:
        """What may be chosen when the case is built."""
        options = self.load().Options
        kinds = get_type_hints(options)
        return tuple(_choice(f, kinds[f.name]) for f in fields(options))


def option(
    default: Any,
    doc: str,
    *,
    lower: float | None = None,
    upper: float | None = None,
    among: tuple[str, ...] = (),
) -> Any:
    """Field of a case's ``Options`` with its meaning and limits; :func:`build` checks them."""
    return field(default=default, metadata={"doc": doc, "lower": lower, "upper": upper, "among": among})


def cases() -> list[Case]:
    """Every case of the catalog, in the order in which people should meet them."""
    return list(CASES)


def case(name: str) -> Case:
    """One case by its name.

    Raises
    ------
    InstanceError
        If there is no such case; the nearest names are suggested.
    """
    known = {c.name: c for c in CASES}
    if name in known:
        return known[name]
    close = difflib.get_close_matches(str(name), known, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(close)}? " if close else ""
    raise InstanceError(f"There is no case {name!r}", [f"{hint}the cases are {', '.join(known)}"])


def build(name: str, **options: Any) -> Instance:
    """Build a case: ``build("city", demand=200, seed=7)``.

    Raises
    ------
    InstanceError
        If the case is unknown, or options are unknown, of the wrong type, out of range or missing; all faults at once.
    """
    opened = recipe(name, options)
    if opened is not None:
        from instances.recipe.build import build as follow

        return follow(opened).instance
    chosen = case(name)
    instance: Instance = chosen.load().build(chosen.load().Options(**checked(chosen, options)))
    return instance


def recipe(name: str, options: Mapping[str, Any]) -> Opened | None:
    """The recipe of a case, with its options and with places of the recipe (names with a dot) set; None without one.

    Raises
    ------
    InstanceError
        As :func:`build`.
    """
    chosen = case(name)
    module = chosen.load()
    if not hasattr(module, "recipe"):
        return None
    places = {k: v for k, v in options.items() if "." in k}
    given = checked(chosen, {k: v for k, v in options.items() if k not in places})
    opened: Opened = module.recipe(module.Options(**given), places)
    return opened


def checked(chosen: Case, options: Mapping[str, Any]) -> dict[str, Any]:
    """Options of a case with their types and limits checked; whole numbers become decimals where those are asked for.

    Raises
    ------
    InstanceError
        Listing every fault, and what may be chosen.
    """
    choices = {c.name: c for c in chosen.choices()}
    faults = []
    for name in options:
        if name not in choices:
            close = difflib.get_close_matches(name, choices, n=1)
            faults.append(f"{name} is no option" + (f"; did you mean {close[0]}?" if close else ""))
    values: dict[str, Any] = {}
    for name, choice in choices.items():
        if name in options:
            values[name], fault = _value(choice, options[name])
            faults += [f"{name}: {fault}"] if fault else []
        elif choice.required:
            faults.append(f"{name} must be given: {choice.limits()}{f', {choice.doc}' if choice.doc else ''}")
    if faults:
        allowed = "; ".join(str(c) for c in choices.values()) or "none"
        raise InstanceError(
            f"The options do not fit case {chosen.name!r}", [*faults, f"options of this case: {allowed}"]
        )
    return values


def limit_faults(options: Any) -> list[str]:
    """Numbers outside the limits that the fields of ``options`` declare, one sentence each."""
    faults = []
    for about in fields(options):
        value, low, high = getattr(options, about.name), about.metadata.get("lower"), about.metadata.get("upper")
        low, high = -math.inf if low is None else low, math.inf if high is None else high
        if isinstance(value, int | float) and not low <= value <= high:
            faults.append(f"{about.name} is {value:g}; it must lie between {low:g} and {high:g}")
    return faults


KINDS: dict[type, str] = {bool: "true or false", int: "whole number", float: "number", str: "text"}


def _choice(given: Field[Any], kind: Any) -> Choice:
    types = get_args(kind) or (kind,)
    words = " or ".join(KINDS[t] for t in types if t is not NoneType) + (" or null" if NoneType in types else "")
    about = given.metadata
    return Choice(
        name=given.name,
        kind=words,
        default=None if given.default is MISSING else given.default,
        required=given.default is MISSING and given.default_factory is MISSING,
        doc=about.get("doc", ""),
        lower=about.get("lower"),
        upper=about.get("upper"),
        among=tuple(about.get("among", ())),
    )


def _value(choice: Choice, value: Any) -> tuple[Any, str | None]:
    """The value as its type asks, and what is wrong with it. True is no number, and text is never read as one."""
    wrong = f"must be {choice.limits()}, got {value!r}"
    if value is None:
        return None, None if choice.kind.endswith("or null") else wrong
    kind = choice.kind.removesuffix(" or null")
    fits = {
        "true or false": isinstance(value, bool),
        "whole number": isinstance(value, int) and not isinstance(value, bool),
        "number": isinstance(value, int | float) and not isinstance(value, bool),
        "text": isinstance(value, str),
    }
    if not fits[kind] or (choice.among and value not in choice.among):
        return value, wrong
    if kind in ("whole number", "number"):
        low = -float("inf") if choice.lower is None else choice.lower
        high = float("inf") if choice.upper is None else choice.upper
        if not (low <= value <= high and abs(value) < float("inf")):
            return value, wrong
    return (float(value) if kind == "number" else value), None


# The texts are written here too so that a list of cases costs no import; a test holds them equal to the modules'.
CASES = (
    Case(
        "helsinki",
        {"en": "Helsinki, city centre", "zh": "赫尔辛基市中心"},
        {
            "en": "The real centre of Helsinki, about 1 x 1.7 km, under assumed floods, explosions, winter outages and "
            "toxic releases.",
            "zh": "真实的赫尔辛基市中心（约 1 × 1.7 公里），假设遭遇洪水、爆炸、冬季停电与有毒气体泄漏。",
        },
        "instances.catalog.helsinki",
    ),
    Case(
        "osm",
        {"en": "A town from OpenStreetMap", "zh": "任意城镇（OpenStreetMap）"},
        {
            "en": "Streets, sites and residents from an extract you name, your own layers of people and sites if you "
            "have them, and assumed events.",
            "zh": "由您给定的 OpenStreetMap 数据生成道路、场所与人口，可加入自有图层；灾害情景为假设。",
        },
        "instances.catalog.osm",
    ),
    Case(
        "andorra",
        {"en": "Andorra", "zh": "安道尔"},
        {
            "en": "The whole country from an OpenStreetMap extract: mountain roads and few ways in; people by "
            "floor area, events and numbers assumed.",
            "zh": "整个国家（OpenStreetMap 数据）：山区道路、对外通道少；人口按建筑面积推算，灾害与数量为假设。",
        },
        "instances.catalog.andorra",
    ),
    Case(
        "beijing",
        {"en": "Central Beijing", "zh": "北京中心城区"},
        {
            "en": "2020 census counts by district, real streets of about 2013, nested zones, day and night; sites, "
            "earthquakes with fires and winter outages assumed.",
            "zh": "2020 年分区人口普查、约 2013 年真实道路、嵌套分区、昼夜人口；场所、地震与次生火灾、冬季停电为假设。",
        },
        "instances.catalog.beijing",
    ),
    Case(
        "kampen",
        {"en": "Kampen, flood from the IJssel", "zh": "坎彭：艾瑟尔河洪水"},
        {
            "en": "A Dutch river town from a 5 m flood depth raster and OpenStreetMap land use, without roads; "
            "people, sites and the likelihood of floods assumed.",
            "zh": "荷兰河畔小镇，数据为 5 米洪水深度栅格与 OpenStreetMap 土地利用，无道路；人口与洪水概率为假设。",
        },
        "instances.catalog.kampen",
    ),
    Case(
        "hurricanes",
        {"en": "Hurricanes on the Gulf and Atlantic coast", "zh": "墨西哥湾与大西洋沿岸飓风"},
        {
            "en": "Where to hold relief goods before the season: the published case of Rawls and Turnquist (2010) with "
            "30 nodes, 51 scenarios, 3 commodities and 3 facility sizes.",
            "zh": "飓风季前救援物资预置：Rawls 与 Turnquist（2010）发表的算例，"
            "30 个节点、51 个情景、3 种物资、3 种库容。",
        },
        "instances.catalog.hurricanes",
    ),
    Case(
        "city",
        {"en": "Generated city, not a real place", "zh": "生成的城市（非真实地点）"},
        {
            "en": "A made-up city of any size from a seed: rings and radials, a river, fault lines, and floods, "
            "earthquakes and outages that are correlated in space. For tests and for scaling.",
            "zh": "由随机种子生成的任意规模虚构城市：环路与放射路、河流、断层，"
            "以及空间相关的洪水、地震与停电，用于测试与扩展。",
        },
        "instances.catalog.city",
    ),
    Case(
        "land",
        {"en": "Land of a generated town, not a real place", "zh": "生成城镇的土地（非真实地点）"},
        {
            "en": "Parcels of a made-up town with their uses: a river with a flood zone, a hazardous plant, a "
            "protected wood, and shocks for which open land must be held. For zoning alternatives, tests and scaling.",
            "zh": "虚构城镇的地块及其用途：河流与洪泛区、危险源工厂、受保护林地，以及需要预留开敞用地的灾害情景，"
            "用于用地布局方案、测试与扩展。",
        },
        "instances.catalog.land",
    ),
)
