"""An explanation in sentences that a mayor understands, in English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from solver.words import LANGUAGES, listed, number, percent, say, term

if TYPE_CHECKING:
    from instances.instance import Instance

MOST_CHANGES, MOST_ZONES = 12, 2
PROMISE = re.compile(r"promise_(?P<number>\d+)_(?P<level>[a-z]+)(?P<goods>_goods)?")
KNOWN = ("budget", "count", "required", "required_option", "tied_in", "standing")


def sentences(why: Mapping[str, Any], lang: str = "en", instance: Instance | None = None) -> list[str]:
    """An explanation, as ``Explanation.to_dict`` gives it, line by line; items of a list begin with ``"  - "``.

    Raises
    ------
    ValueError
        If ``lang`` is neither ``en`` nor ``zh``.
    """
    if lang not in LANGUAGES:
        raise ValueError(f"lang: {lang!r} is unknown; use {' or '.join(LANGUAGES)}.")
    teller = _Teller(lang, instance)
    return teller.structure(why) if why["structural"] else [*teller.conflicts(why), *teller.repairs(why)]


@dataclass(frozen=True)
class _Teller:
    lang: str
    instance: Instance | None

    def say(self, key: str, **values: object) -> str:
        return say(key, self.lang, **values)

    # -- what is in conflict -------------------------------------------------------------------------------------

    def structure(self, why: Mapping[str, Any]) -> list[str]:
        told = [self.say("why.structural")]
        if not why["clash"]:
            return [*told, self.say("why.clash bounds")]
        told.append(self.say("why.clash"))
        told += [f"  - {self.say('why.part', name=c['rows'], meaning=c['meaning'])}" for c in why["clash"]]
        return told if why["clash_irreducible"] else [*told, self.say("why.clash unknown")]

    def conflicts(self, why: Mapping[str, Any]) -> list[str]:
        told = self._group("why.conflict", why["conflict"])
        if len(why["conflict"]) > 1 or why["proof"] == "conflict":
            told.append(self.say("why.stopped conflict" if why["proof"] == "conflict" else f"why.{why['proof']}"))
        if not why["divisible"] and why["proof"] != "conflict":
            told.append(self.say("why.whole"))
        for group in why["more"]:
            told += self._group("why.more", group)
        return told

    def _group(self, key: str, rules: list[dict[str, Any]]) -> list[str]:
        head = self.say(f"{key} one" if len(rules) == 1 else key, count=len(rules))
        told = [head, *(f"  - {self._rule(rule)}" for rule in rules[:MOST_CHANGES])]
        return [*told, *self._left(len(rules) - MOST_CHANGES)]

    def _left(self, count: int) -> list[str]:
        return [f"  - {self.say('change.more', count=number(count))}"] if count > 0 else []

    def _rule(self, rule: Mapping[str, Any]) -> str:
        kind, values = self._kind(rule["rule"]), self._values(rule)
        if kind == "promise" and rule["total"] is not None:
            return self.say("rule.promise all" if rule["limit"] == 0 else "rule.promise", **values)
        special = f"rule.{kind} {'none' if rule['limit'] == 0 else 'one'}"
        if kind == "count" and rule["limit"] in (0, 1) or kind == "tied_in" and rule["limit"] == 1:
            return self.say(special, **values)
        if kind in KNOWN or kind in ("goods", "limit"):
            return self.say(f"rule.{kind}", **values)
        return self.say(f"rule.{rule['sense']}", **values).strip()

    # -- what would help -----------------------------------------------------------------------------------------

    def repairs(self, why: Mapping[str, Any]) -> list[str]:
        told: list[str] = []
        for k, repair in enumerate(why["repairs"]):
            told.append(self._head(k, repair))
            told += [f"  - {change}" for change in self._changes(repair)]
        if why["repairs"]:
            told.append(self.say("repair.checked"))
        elif not why["stopped"]:
            told.append(self.say("repair.none"))
        told += [self.say("repair.not alone", kind=self._called(kind)) for kind in why["not_alone"]]
        return [*told, self.say(f"repair.{why['stopped']}")] if why["stopped"] else told

    def _head(self, k: int, repair: Mapping[str, Any]) -> str:
        if k == 0:
            return self.say("repair.best" if repair["proven"] else "repair.found")
        if len(repair["kinds"]) == 1:
            return self.say("repair.alone", kind=self._called(repair["kinds"][0]))
        return self.say("repair.whole")

    def _changes(self, repair: Mapping[str, Any]) -> list[str]:
        told, seen = [], set()
        for change in repair["changes"]:
            name = change["rule"]
            if name not in repair["shares"]:
                told.append(self._change(change))
            elif name not in seen:
                seen.add(name)
                values = {**self._values(change), "to": _share(repair["shares"][name])}
                told.append(self.say("change.share", **values))
        left = len(told) - MOST_CHANGES
        more = self.say("change.more", count=number(left)) if left > 0 else ""
        return [*told[:MOST_CHANGES], *([more] if more else [])]

    def _change(self, change: Mapping[str, Any]) -> str:
        kind, values = self._kind(change["rule"]), self._values(change)
        values |= {"to": _amount(change["to"]), "by": _amount(abs(change["by"]))}
        if kind == "promise" and change["total"] is not None:
            return self.say("change.promise", **values, zones=self._zones(change["who"]))
        if kind in KNOWN or kind in ("goods", "limit"):
            return self.say(f"change.{kind}", **values)
        return self.say("change.other", **values)

    def _zones(self, who: Mapping[str, float]) -> str:
        """Where those without a place live, if most of them live in one or two zones."""
        if self.instance is None or self.instance.demand is None or self.instance.demand.zone is None or not who:
            return ""
        demand, zone = self.instance.demand, self.instance.demand.zone
        people: dict[str, float] = {}
        for label, count in who.items():
            at = zone.target.label(int(zone.position[demand.demand.position(label)]))
            people[at] = people.get(at, 0.0) + count
        order = sorted(people, key=lambda z: -people[z])[:MOST_ZONES]
        most, needed = 0.0, 0
        while needed < len(order) and most <= 0.5 * sum(people.values()):
            most, needed = most + people[order[needed]], needed + 1
        if most <= 0.5 * sum(people.values()) or zone.target.size < 2:
            return ""
        return self.say("change.zones", zones=listed([self._title("zone", z) for z in order[:needed]], self.lang))

    # -- names ---------------------------------------------------------------------------------------------------

    def _kind(self, name: str) -> str:
        promise = PROMISE.fullmatch(name)
        if promise is not None:
            return "goods" if promise["goods"] else "promise"
        return "limit" if name.startswith("limit_") else name

    def _called(self, name: str) -> str:
        kind = self._kind(name)
        return self.say(f"kind.{kind}", **self._named(name)) if kind in (*KNOWN, "promise", "goods", "limit") else name

    def _named(self, name: str) -> dict[str, str]:
        promise = PROMISE.fullmatch(name)
        if promise is not None:
            return {"number": promise["number"], "level": term("level", promise["level"], self.lang)}
        return {"objective": term("objective", name.removeprefix("limit_"), self.lang)}

    def _values(self, rule: Mapping[str, Any]) -> dict[str, str]:
        of: Mapping[str, str] = rule["of"]
        values = {index: self._title(index, label) for index, label in of.items()}
        phase = self.say("case.phase", phase=values["phase"]) if "phase" in of else ""
        zone = self.say("case.zone", zone=values["zone"]) if "zone" in of else ""
        case = self.say("case", scenario=values["scenario"], phase=phase, zone=zone) if "scenario" in of else ""
        unit = rule["unit"]
        if unit == "unit" and "commodity" in of:
            unit = self._unit(of["commodity"])
        return {
            "commodity": "", "mode": "", "site": "", "key": "",
            **values,
            **self._named(rule["rule"]),
            "where": rule["where"], "meaning": rule["meaning"], "unit": unit, "case": case,
            "limit": _amount(rule["limit"]),
            "total": _amount(rule["total"]),
            "share": _share(rule["share"]),
        }  # fmt: skip

    def _title(self, index: str, label: str) -> str:
        """What people call it: the title in the instance, or a word of ours, or the label."""
        parts = {"scenario": "scenarios", "zone": "zones", "site": "sites", "mode": "modes", "commodity": "commodities"}
        part = getattr(self.instance, parts.get(index, "corridors"), None) if self.instance is not None else None
        if part is not None and index in (*parts, "key"):
            title = str(part.title[getattr(part, index).position(label)])
            if title:
                return title
        return term(index, label, self.lang)

    def _unit(self, commodity: str) -> str:
        goods = None if self.instance is None else self.instance.commodities
        return "unit" if goods is None else str(goods.unit[goods.commodity.position(commodity)])


def _amount(value: float | None) -> str:
    """As many digits as the number needs, at most three behind the point."""
    return number(value, 3 if value is not None and abs(value) < 100 else 2)


def _share(value: float | None) -> str:
    return percent(value, 4 if value is not None and value < 0.01 else 2)
