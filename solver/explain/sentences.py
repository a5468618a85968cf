"""An explanation in sentences that a mayor understands, in English and Chinese."""

from __future__ import annotations

import math
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
        singles = [group[0] for group in why["more"] if len(group) == 1]
        if len(singles) > 1:
            told += [self.say("why.more singles"), *(f"  - {self._rule(rule)}" for rule in singles)]
        for group in why["more"]:
            if len(group) > 1 or len(singles) == 1:
                told += self._group("why.more", group)
        return told

    def _group(self, key: str, rules: list[dict[str, Any]]) -> list[str]:
        head = self.say(f"{key} one" if len(rules) == 1 else key, count=len(rules))
        told = [head, *(f"  - {self._rule(rule)}" for rule in rules[:MOST_CHANGES])]
        return [*told, *self._left(len(rules) - MOST_CHANGES, "rule.more")]

    def _left(self, count: int, key: str = "change.more") -> list[str]:
        return [f"  - {self.say(key, count=number(count))}"] if count > 0 else []

    def _rule(self, rule: Mapping[str, Any]) -> str:
        kind, values = self._kind(rule["rule"]), self._values(rule)
        if kind == "promise" and rule["total"] is not None:
            return self.say("rule.promise all" if rule["limit"] == 0 else "rule.promise", **values)
        special = f"rule.{kind} {'none' if rule['limit'] == 0 else 'one'}"
        if (kind == "count" and rule["limit"] in (0, 1)) or (kind == "tied_in" and rule["limit"] == 1):
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
        """One line for each promise that changes as a whole, each shock of a promise, and every other rule."""
        lines: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
        for change in repair["changes"]:
            name = change["rule"]
            line: tuple[str, ...] = (name, change["where"], change["sense"])
            if name in repair["shares"]:
                line = (name, "")
            elif self._is_promise(change):
                line = (name, change["of"].get("scenario", ""), change["of"].get("zone", ""))
            lines.setdefault(line, []).append(change)
        # Those who lose most come first; other rules stay where they are.
        order = sorted(lines.values(), key=lambda group: -sum(c["by"] for c in group if self._is_promise(c)))
        told = [self._line(group, repair["shares"]) for group in order]
        return [*told[:MOST_CHANGES], *(text.removeprefix("  - ") for text in self._left(len(told) - MOST_CHANGES))]

    def _is_promise(self, change: Mapping[str, Any]) -> bool:
        return self._kind(change["rule"]) == "promise" and change["total"] is not None

    def _line(self, group: list[Mapping[str, Any]], shares: Mapping[str, float]) -> str:
        first = group[0]
        kind, values = self._kind(first["rule"]), self._values(first)
        values |= {"to": _amount(first["to"]), "by": _amount(abs(first["by"]))}
        if first["rule"] in shares:
            values["to"] = _share(shares[first["rule"]])
            return self.say("change.given up" if shares[first["rule"]] >= 1 else "change.share", **values)
        if self._is_promise(first):
            values["case"] = self._case({k: v for k, v in first["of"].items() if k != "phase"})
            parts = listed([self._part(change) for change in group], self.lang)
            return self.say("change.promise", **values, parts=parts, zones=self._zones(group))
        if kind == "standing" and first["to"] == 0:
            return self.say("change.standing none", **values)
        if kind in KNOWN or kind in ("goods", "limit"):
            return self.say(f"change.{kind}", **values)
        return self.say("change.other", **values)

    def _part(self, change: Mapping[str, Any]) -> str:
        values = {**self._values(change), "to": _amount(change["to"])}
        return self.say("change.part phase" if "phase" in change["of"] else "change.part", **values)

    def _zones(self, group: list[Mapping[str, Any]]) -> str:
        """Where those without a place live, if most of them live in one or two zones."""
        who = [pair for change in group for pair in change["who"].items()]
        if "zone" in group[0]["of"] or not who or self.instance is None:
            return ""
        if self.instance.demand is None or self.instance.demand.zone is None:
            return ""
        demand, zone = self.instance.demand, self.instance.demand.zone
        people: dict[str, float] = {}
        for label, count in who:
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
        unit = rule["unit"]
        if unit == "unit" and "commodity" in of:
            unit = self._unit(of["commodity"])
        unit = term("unit", unit, self.lang)
        return {
            "commodity": "", "mode": "", "site": "", "place": values.pop("key", ""),
            **values,
            **self._named(rule["rule"]),
            "where": rule["where"], "meaning": rule["meaning"], "unit": unit, "case": self._case(of),
            "limit": _amount(float(math.floor(rule["limit"] + 1e-9)) if self._is_promise(rule) else rule["limit"]),
            "total": _amount(rule["total"]),
            "share": _share(rule["share"]),
        }  # fmt: skip

    def _case(self, of: Mapping[str, str]) -> str:
        """The shock, phase and zone that a promise is about."""
        if "scenario" not in of:
            return ""
        titles = {index: self._title(index, label) for index, label in of.items()}
        phase = self.say("case.phase", phase=titles["phase"]) if "phase" in of else ""
        zone = self.say("case.zone", zone=titles["zone"]) if "zone" in of else ""
        return self.say("case", scenario=titles["scenario"], phase=phase, zone=zone)

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
