"""Candidate sites from map tags: every place once, named, with its normal use and its area."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from instances.layers.osm import Extract, Features
from instances.people.residents import ResidentRule, buildings_of, storeys_of

Floats = NDArray[np.float64]

# Which tags make which normal use, most telling first: a church with a hall is a church.
TAGS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("hospital", "amenity", ("hospital", "clinic")),
    ("school", "amenity", ("school", "kindergarten")),
    ("university", "amenity", ("university", "college")),
    ("library", "amenity", ("library",)),
    ("theatre", "amenity", ("theatre", "cinema")),
    ("church", "amenity", ("place_of_worship",)),
    ("church", "building", ("church", "chapel", "cathedral", "mosque", "synagogue", "temple")),
    ("hotel", "tourism", ("hotel", "hostel")),
    ("community", "amenity", ("community_centre", "events_venue", "conference_centre", "arts_centre", "townhall")),
    ("sports", "leisure", ("pitch", "sports_centre", "sports_hall", "stadium", "track")),
    ("school", "building", ("school", "kindergarten")),
    ("university", "building", ("university", "college")),
    ("car_park", "amenity", ("parking",)),
    ("warehouse", "building", ("warehouse",)),
    ("park", "leisure", ("park",)),
)
OPEN_AIR = ("park", "sports", "car_park")
HALLS = ("church", "theatre", "sports")  # high rooms: one usable storey, whatever the height of the building
UNDER_ROOF = {"sports": "sports_hall", "car_park": "garage"}  # the same use in a building or below ground
LEAST_AREA = {  # m2; smaller places are not worth preparing
    "park": 1500.0,
    "sports": 900.0,
    "sports_hall": 900.0,
    "car_park": 350.0,
    "garage": 350.0,
    "church": 150.0,
    "hotel": 1000.0,
    "hospital": 200.0,
}
LEAST_OTHER = 1000.0
POINT_LIMIT = 2500.0  # m2: a place that is a mere point in a building has one storey of it, and no more than this
CAMPUS = 20_000.0  # m2: larger grounds are offered building by building
STALL = 25.0  # m2 per parking place


@dataclass(frozen=True, eq=False)
class Places:
    """Candidate sites before they are joined to roads."""

    x: Floats
    y: Floats
    area: Floats
    use: NDArray[np.str_]
    title: NDArray[np.str_]  # empty where the map has no name
    underground: NDArray[np.bool_]
    open_air: NDArray[np.bool_]
    outline: NDArray[np.object_]  # the ground it stands on
    key: NDArray[np.str_]  # id on the map

    def __len__(self) -> int:
        return len(self.x)


@dataclass
class Tally:
    """What became of the tagged objects that are no site of their own, by their ids on the map.

    A campus that is taken apart comes in once, and each building on it once more.
    """

    read: int = 0
    apart: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    small: list[str] = field(default_factory=list)


IN_WORDS = (
    "Site area: in the open, the outline less water, gardens and what other sites and buildings take; indoors, "
    "footprint x storeys (churches, theatres and sports halls one storey).",
    f"A place mapped as a point in a building has one storey of it, at most {POINT_LIMIT:g} m2; a car park mapped as a "
    f"point {STALL:g} m2 per parking place.",
)


def use_of(tags: dict[str, str]) -> str:
    """Normal use by the first matching tag, or an empty string."""
    return next((use for use, key, values in TAGS if tags.get(key) in values), "")


def closed_ground(areas: Features) -> Features:
    """Ground in a park on which nobody can stay: water, wetland, gardens with beds and fences."""
    tags = (("natural", ("water", "wetland")), ("leisure", ("garden",)))
    return areas.where(np.array([any(t.get(k) in v for k, v in tags) for t in areas.tags], bool))


def tallied(extract: Extract, rule: ResidentRule) -> tuple[Places, tuple[str, ...], Tally]:
    """Sites of an extract, notes on what was merged or left out, and what became of every tagged object.

    A building with several tags is one site. A point inside a site is part of it; a point inside any other building
    takes one storey of that building, once. Parks lose the ground of the pitches, car parks and buildings in them.
    """
    import shapely

    grounds = extract.areas.where(np.array([use_of(t) != "" for t in extract.areas.tags], bool))
    points = extract.points.where(np.array([use_of(t) != "" for t in extract.points.tags], bool))
    found = _Found(buildings_of(extract.areas), rule)
    parcels = found.parcels(grounds)
    for shape, tags in parcels:
        found.add_area(shape, tags)
    merged_areas = found.merge_overlaps()
    merged_points, outside = found.add_points(points)
    found.free_open_air(closed_ground(extract.areas))
    enough = [p.area >= LEAST_AREA.get(p.use, LEAST_OTHER) for p in found.places]
    places = [p for p, large in zip(found.places, enough, strict=True) if large]
    tally = found.tally
    tally.read = len(parcels) + len(tally.apart) + len(points)
    tally.small = [p.key for p, large in zip(found.places, enough, strict=True) if not large]
    middle = shapely.get_coordinates(shapely.point_on_surface(np.array([p.shape for p in places], object)))
    notes = (
        f"sites: {len(places)} of {len(grounds) + len(points)} tagged places kept; {merged_areas} outlines and "
        f"{merged_points} points merged into another site, {outside} points outside any building left out, "
        f"{len(found.places) - len(places)} below the least area",
    )
    columns = Places(
        x=middle[:, 0],
        y=middle[:, 1],
        area=np.array([p.area for p in places], np.float64),
        use=np.array([p.use for p in places], np.str_),
        title=np.array([p.title for p in places], np.str_),
        underground=np.array([p.underground for p in places], bool),
        open_air=np.array([p.open_air for p in places], bool),
        outline=np.array([*(p.shape for p in places), None], object)[:-1],
        key=np.array([p.key for p in places], np.str_),
    )
    return columns, notes, tally


def _key(tags: dict[str, str]) -> str:
    """Id of a map object: ways and relations are numbered apart."""
    return f"way {tags['osm_way_id']}" if tags.get("osm_way_id") else tags.get("osm_id", "") or tags.get("name", "")


@dataclass
class _Place:
    """One site in the making."""

    shape: Any
    area: float
    use: str
    title: str
    underground: bool = False
    open_air: bool = False
    key: str = ""


class _Found:
    """Sites collected so far, over the buildings of the town."""

    def __init__(self, buildings: Features, rule: ResidentRule) -> None:
        import shapely

        self.places: list[_Place] = []
        self.tally = Tally()
        self.buildings, self.rule = buildings, rule
        self.footprint = np.asarray(shapely.area(buildings.shape), np.float64)
        self.tree = shapely.STRtree(buildings.shape)
        self.middle = shapely.STRtree(shapely.point_on_surface(buildings.shape))

    def parcels(self, grounds: Features) -> list[tuple[Any, dict[str, str]]]:
        """Outlines to offer; a campus is taken apart into the buildings on it, which keep a use of their own."""
        import shapely

        parcels: list[tuple[Any, dict[str, str]]] = []
        for shape, tags in zip(grounds.shape, grounds.tags, strict=True):
            indoor = use_of(tags) not in OPEN_AIR and tags.get("building", "no") == "no"
            if not (indoor and shapely.area(shape) > CAMPUS):
                parcels.append((shape, tags))
                continue
            self.tally.apart.append(_key(tags))
            for k in np.sort(self.middle.query(shape, predicate="contains")):
                own = self.buildings.tags[k]
                inherited = {key: tags[key] for key in ("amenity",) if key in tags and not use_of(own)}
                parcels.append((self.buildings.shape[k], {**own, **inherited}))
        return parcels

    def add_area(self, shape: Any, tags: dict[str, str]) -> None:
        """An outlined place: floor area of itself if it is a building, else of the buildings on it, or open ground."""
        import shapely

        use, ground = use_of(tags), float(shapely.area(shape))
        housed = tags.get("building", "no") != "no"
        below = tags.get("parking") == "underground"
        if housed:
            floor = ground * (1.0 if use in HALLS else storeys_of(tags, ground, self.rule))
        elif use in OPEN_AIR:
            floor = ground
        else:
            inside = self.middle.query(shape, predicate="contains")
            floor = sum(
                self.footprint[k] * storeys_of(self.buildings.tags[k], self.footprint[k], self.rule) for k in inside
            )
        open_air = use in OPEN_AIR and not housed and not below
        if use in UNDER_ROOF and not open_air:
            use = UNDER_ROOF[use]
        self.places.append(_Place(shape, float(floor), use, tags.get("name", ""), below, open_air, _key(tags)))

    def merge_overlaps(self) -> int:
        """Outlines that lie mostly in a larger one of an indoor use are that site; returns how many."""
        import shapely

        shapes = np.array([p.shape for p in self.places], object)
        size = np.asarray(shapely.area(shapes), np.float64)
        tree = shapely.STRtree(shapes)
        gone: set[int] = set()
        for big in np.lexsort((np.arange(len(size)), -size)).tolist():
            if big in gone or self.places[big].use in OPEN_AIR:
                continue
            for small in np.sort(tree.query(shapes[big], predicate="intersects")).tolist():
                if small in gone or small == big or (size[small], -small) > (size[big], -big):
                    continue
                if shapely.area(shapely.intersection(shapes[big], shapes[small])) > 0.5 * size[small]:
                    gone.add(small)
                    self.tally.merged.append(self.places[small].key)
                    self.places[big].title = self.places[big].title or self.places[small].title
        self.places = [p for k, p in enumerate(self.places) if k not in gone]
        return len(gone)

    def add_points(self, points: Features) -> tuple[int, int]:
        """Points: part of the site they lie in, or one storey of a building.

        Returns how many are part of another site, and how many lie in no building.
        """
        import shapely

        merged, outside = 0, 0
        taken: set[int] = set()
        homes = [p for p in self.places if p.use != "park"]
        tree = shapely.STRtree([p.shape for p in homes])
        for shape, tags in zip(points.shape, points.tags, strict=True):
            use, title = use_of(tags), tags.get("name", "")
            if use == "car_park":
                if not self._garage(shape, tags):
                    outside += 1
                    self.tally.outside.append(_key(tags))
                continue
            home = np.sort(tree.query(shape, predicate="within"))
            house = np.sort(self.tree.query(shape, predicate="within"))
            if len(home):
                merged += 1
                self.tally.merged.append(_key(tags))
                homes[home[0]].title = homes[home[0]].title or title
            elif not len(house):
                outside += 1
                self.tally.outside.append(_key(tags))
            elif int(house[0]) in taken:  # two hotels in one building: one site, or its floor would count twice
                merged += 1
                self.tally.merged.append(_key(tags))
            else:
                taken.add(int(house[0]))
                floor = min(float(self.footprint[house[0]]), POINT_LIMIT)
                self.places.append(_Place(self.buildings.shape[house[0]], floor, use, title, key=_key(tags)))
        return merged, outside

    def _garage(self, shape: Any, tags: dict[str, str]) -> bool:
        """A car park mapped as a point counts only if the map says how many cars it holds."""
        try:
            stalls = float(tags.get("capacity", ""))
        except ValueError:
            return False
        below = tags.get("parking") == "underground"
        use = UNDER_ROOF["car_park"] if below else "car_park"
        self.places.append(_Place(shape, STALL * stalls, use, tags.get("name", ""), below, key=_key(tags)))
        return True

    def free_open_air(self, closed: Features) -> None:
        """Open ground that is really free: without the sites, buildings, water and gardens on it.

        Where two sites in the open overlap, the smaller one keeps its ground.
        """
        import shapely

        shapes = np.array([p.shape for p in self.places], object)
        size = np.asarray(shapely.area(shapes), np.float64)
        solid = np.concatenate([self.buildings.shape, closed.shape])
        sites, ground = shapely.STRtree(shapes), shapely.STRtree(solid)
        for k, place in enumerate(self.places):
            if not place.open_air:
                continue
            smaller = [
                shapes[j] for j in np.sort(sites.query(shapes[k], predicate="intersects")) if 0 < size[j] < size[k]
            ]
            taken = [*smaller, *solid[np.sort(ground.query(shapes[k], predicate="intersects"))]]
            free = shapely.difference(shapes[k], shapely.union_all(taken))
            place.area = float(shapely.area(free))
            place.shape = free if place.area > 0 else place.shape
