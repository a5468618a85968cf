"""What a recipe may say about candidate sites: where they come from, what excludes them, and how they are ranked."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Tag, model_validator

from instances.rule import Grounded, Name, NotNegative, Positive, Share, Strict, Words, told_apart

Status = Literal["candidate", "existing", "required", "forbidden"]
How = Literal["point", "max", "mean", "min"]
Figure = Annotated[float, Field(allow_inf_nan=False)]
Column = Annotated[str, Field(min_length=1)]
Where = Annotated[dict[str, Annotated[list[str | bool | int | float], Field(min_length=1)]], Field(min_length=1)]
Count = Annotated[int, Field(ge=1)]


class OsmSource(Strict):
    """Places of an OpenStreetMap extract, by their tags."""

    osm: str = Field(description="name of an OpenStreetMap layer")
    uses: list[Name] | None = Field(default=None, min_length=1, description="keep only these uses; without it, all")
    storeys: Positive = Field(default=5.0, description="storeys of large buildings where the map gives none")


class LayerSource(Strict):
    """Features of a vector layer or a table: one site each."""

    layer: str = Field(description="name of a layer with points or outlines")
    where: Where | None = Field(default=None, description="only features whose column has one of these values")
    use: Name | None = Field(default=None, description="normal use of every feature")
    use_column: Column | None = Field(default=None, description="column with the use or class of a feature")
    classes: dict[str, Name] | None = Field(
        default=None, min_length=1, description="use by value of use_column; features of other values are left out"
    )
    title: Column | None = Field(default=None, description="column with names for people")
    area: Column | None = Field(default=None, description="column with the area; without it, the area of the outline")
    area_scale: Positive = Field(default=1.0, description="m2 per unit of the area column, such as 10000 for hectares")
    floors: Column | Positive | None = Field(default=None, description="storeys: a number, or the column with them")
    share: Share | dict[Name, Share] = Field(default=1.0, description="usable share of the area, of all or by use")
    status: Status = Field(default="candidate", description="status of every feature")
    status_column: Column | None = Field(default=None, description="column with the status of a feature")
    statuses: dict[str, Status] | None = Field(
        default=None, min_length=1, description="status by value of status_column; other values have `status`"
    )
    capacity: Column | None = Field(default=None, description="column with the most people; may have gaps")
    cost: Column | None = Field(default=None, description="column with the cost of preparing it; may have gaps")
    cost_factor: Column | Positive | None = Field(
        default=None, description="times the cost by the rule pack: a number, or the column with it"
    )
    open_air: bool | None = Field(default=None, description="in the open; without it, what the rule pack says of a use")
    underground: bool = Field(default=False, description="below ground")
    dissolve: bool = Field(default=False, description="outlines of the same use that touch are one site")

    @model_validator(mode="after")
    def _one_use(self) -> LayerSource:
        if (self.use is None) == (self.use_column is None):
            raise ValueError("give either use or use_column")
        if self.classes is not None and self.use_column is None:
            raise ValueError("classes belong to use_column")
        if self.statuses is not None and self.status_column is None:
            raise ValueError("statuses belong to status_column")
        if self.dissolve and (self.area or self.capacity or self.cost or self.status_column or self.title):
            raise ValueError("dissolve joins outlines only: leave out area, capacity, cost, status_column and title")
        return self


class BlockSource(Grounded):
    """Blocks between streets, for towns of which only the roads are known."""

    blocks: Literal["network"] = Field(description="the road graph whose links enclose the blocks")
    use: Name | Annotated[dict[Name, Positive], Field(min_length=1)] = Field(
        description="use of every block, or uses with weights by which one is drawn"
    )
    kinds: list[str] | None = Field(default=None, min_length=1, description="road classes that bound blocks")
    least: Positive = Field(default=2_000.0, description="m2; smaller blocks are left out")
    most: Positive = Field(default=1_000_000.0, description="m2; larger blocks are left out")
    inset: NotNegative = Field(
        default=0.0, description="m from the middle of a street to the block; strips between two carriageways vanish"
    )
    share: Share = Field(default=0.3, description="usable share of a block, inside its inset")
    draw: Share = Field(default=1.0, description="share of the blocks that is drawn by the seed")

    @model_validator(mode="after")
    def _least_below_most(self) -> BlockSource:
        if self.least > self.most:
            raise ValueError(f"least {self.least:g} m2 is above most {self.most:g} m2")
        return self


Source = Annotated[
    Annotated[OsmSource, Tag("=osm")] | Annotated[BlockSource, Tag("=blocks")] | Annotated[LayerSource, Tag("=layer")],
    told_apart("layer", "osm", "blocks"),
]


class MostRule(Strict):
    """At most so many candidates, the largest ones."""

    sites: Count = Field(description="how many candidates to keep, in all or in each group")
    per: Literal["all", "use", "zone"] = Field(default="use", description="count in all, or for each use or zone")
    zones: str | None = Field(default=None, description="layer of outlines, for per: zone")

    @model_validator(mode="after")
    def _zones_where_needed(self) -> MostRule:
        if (self.per == "zone") != (self.zones is not None):
            raise ValueError("per: zone and a layer of zones belong together")
        return self


LIMITS = ("within", "beyond", "covered", "above", "below")


class ExcludeRule(Grounded):
    """A reason why a site may not be used; exactly one of within, beyond, covered, above and below."""

    name: Name
    title: Words = Field(description="the rule in words")
    kind: Literal["avoid", "defend", "evade"] | None = Field(
        default=None, description="避 keep away from it, 防 it could be defended, 让 give way to it"
    )
    layer: str = Field(description="layer that says so")
    where: Where | None = Field(default=None, description="only features whose column (tag) has one of these values")
    within: NotNegative | None = Field(default=None, description="m from a feature or nearer")
    beyond: NotNegative | None = Field(default=None, description="farther than this from every feature, m")
    of: Literal["outline", "middle"] = Field(
        default="outline", description="within and beyond: metres from the outline of the site, or from its middle"
    )
    covered: Share | None = Field(default=None, description="a larger share of the outline lies in features")
    above: Figure | None = Field(default=None, description="the raster is above this")
    below: Figure | None = Field(default=None, description="the raster is below this")
    how: How = Field(default="max", description="raster value of a site: at its point, or over its outline")
    slope: bool = Field(default=False, description="degrees of slope of a height raster instead of its values")
    uses: list[Name] | None = Field(default=None, min_length=1, description="only for these uses")
    grades: list[Name] | None = Field(
        default=None, min_length=1, description="only for these modes of the rule pack; the site stays for the others"
    )
    action: Literal["forbid", "drop"] = Field(default="forbid", description="show it as forbidden, or leave it out")
    existing: Literal["warn", "too"] = Field(
        default="warn", description="existing and required sites stay with a warning, or are excluded too"
    )
    unknown: Literal["clear", "exclude", "fault"] = Field(
        default="clear", description="sites where the raster has no value: not excluded and counted, or excluded"
    )

    @model_validator(mode="after")
    def _one_limit(self) -> ExcludeRule:
        given = [name for name in LIMITS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"give exactly one of {', '.join(LIMITS)}, got {', '.join(given) or 'none'}")
        raster = given[0] in ("above", "below")
        if self.slope and not raster:
            raise ValueError("slope goes with above or below")
        if self.of == "middle" and given[0] not in ("within", "beyond"):
            raise ValueError("of goes with within or beyond")
        if self.where is not None and raster:
            raise ValueError("where selects features, but above and below ask a raster")
        if self.grades is not None and self.action == "drop":
            raise ValueError("a rule for some grades only cannot drop the site: leave out action: drop")
        return self


NEEDS: dict[str, tuple[str, ...]] = {
    "area": (),
    "distance": ("layer",),
    "road": ("classes",),
    "use": ("use",),
    "people": ("radius",),
    "raster": ("layer",),
    "share": ("layer", "radius"),
    "ways": (),
}
ALLOWED = {"distance": ("where",), "share": ("where",), "raster": ("how", "slope")}


class Criterion(Strict):
    """Something that makes one site better than another."""

    name: Name
    title: Words | None = None
    measure: Literal["area", "distance", "road", "use", "people", "raster", "share", "ways"] = Field(
        description="m2; m to features of layer; m to roads of classes; m to other sites of use; people within radius; "
        "value of raster; share of the ground within radius that features of layer cover; links at its junction"
    )
    better: Literal["more", "less"]
    weight: Positive | None = Field(default=None, description="any scale; weights are made to sum to 1")
    rank: Count | None = Field(default=None, description="importance in place of a weight; 1 is the most important")
    layer: str | None = None
    where: Where | None = None
    classes: list[str] | None = Field(default=None, min_length=1, description="road classes")
    use: Name | None = None
    radius: Positive | None = Field(default=None, description="m")
    how: How = "mean"
    slope: bool = False
    unit: str = Field(default="", description="of the values, where the measure does not say")
    missing: Figure | None = Field(default=None, description="value of a site that has none")
    worst: Figure | None = Field(default=None, description="weighted sum: value that counts 0; without it, the worst")
    best: Figure | None = Field(default=None, description="weighted sum: value that counts 1; without it, the best")
    preference: Literal["usual", "ushape", "vshape", "level", "linear"] = Field(
        default="usual", description="PROMETHEE: preference by the difference of two sites"
    )
    indifference: NotNegative | None = Field(default=None, description="PROMETHEE: difference that counts nothing")
    strict: Positive | None = Field(default=None, description="PROMETHEE: difference that counts fully")

    @model_validator(mode="after")
    def _fits_measure(self) -> Criterion:
        faults = []
        asked = {*NEEDS[self.measure], *ALLOWED.get(self.measure, ())}
        for name in ("layer", "where", "classes", "use", "radius", "how", "slope"):
            if name in NEEDS[self.measure] and getattr(self, name) is None:
                faults.append(f"measure {self.measure} needs {name}")
            if name not in asked and name in self.model_fields_set:
                faults.append(f"measure {self.measure} takes no {name}")
        if (self.weight is None) == (self.rank is None):
            faults.append("give either weight or rank")
        if (self.worst is None) != (self.best is None):
            faults.append("worst and best belong together")
        elif self.worst is not None and self.best is not None and (self.best > self.worst) != (self.better == "more"):
            faults.append(f"best {self.best:g} must be {self.better} than worst {self.worst:g}")
        faults += self._preference_faults()
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _preference_faults(self) -> list[str]:
        asked = {
            "usual": (),
            "ushape": ("indifference",),
            "vshape": ("strict",),
            "level": ("indifference", "strict"),
            "linear": ("indifference", "strict"),
        }[self.preference]
        faults = []
        for name in ("indifference", "strict"):
            if (getattr(self, name) is not None) != (name in asked):
                faults.append(f"preference {self.preference} {'needs' if name in asked else 'takes no'} {name}")
        if not faults and len(asked) == 2 and not self.indifference < self.strict:  # type: ignore[operator]
            faults.append("indifference must be below strict")
        return faults


class Sensitivity(Strict):
    """How firm the ranks are when the weights change."""

    draws: Annotated[int, Field(ge=0, le=100_000)] = Field(default=1000, description="sets of weights drawn")
    concentration: Positive = Field(
        default=50.0, description="Dirichlet parameters are this times the weights; more draws nearer to them"
    )
    top: Count = Field(default=10, description="counts how often a site is among so many best ones")


class SuitabilityRule(Grounded):
    """Ranking by several criteria; source or assumption stand for the weights."""

    method: Literal["weighted_sum", "promethee", "topsis"] = "weighted_sum"
    criteria: Annotated[list[Criterion], Field(min_length=1)]
    sensitivity: Sensitivity = Sensitivity()
    keep: Count | None = Field(default=None, description="keep only so many of the best candidates")

    @model_validator(mode="after")
    def _consistent(self) -> SuitabilityRule:
        names = [c.name for c in self.criteria]
        twice = sorted({n for n in names if names.count(n) > 1})
        if twice:
            raise ValueError(f"criteria named twice: {', '.join(twice)}")
        if len({c.weight is None for c in self.criteria}) > 1:
            raise ValueError("give all criteria a weight, or all a rank")
        for c in self.criteria:
            if self.method != "weighted_sum" and c.worst is not None:
                raise ValueError(f"{c.name}: worst and best belong to weighted_sum")
            if self.method != "promethee" and c.preference != "usual":
                raise ValueError(f"{c.name}: preference belongs to promethee")
        return self


class SitesRule(Strict):
    """Candidate sites of a recipe."""

    sources: Annotated[list[Source], Field(min_length=1)] = Field(alias="from", description="where sites come from")
    least_area: dict[Name, NotNegative] = Field(default_factory=dict, description="m2 usable, by use; less is left out")
    overlap: Share = Field(
        default=0.5,
        description="sites of two sources are one if they share more than this of the smaller outline, and both lie in "
        "the open or neither does",
    )
    most: MostRule | None = None
    exclude: list[ExcludeRule] = Field(default_factory=list)
    suitability: SuitabilityRule | None = None

    @model_validator(mode="after")
    def _names_once(self) -> SitesRule:
        names = [r.name for r in self.exclude]
        twice = sorted({n for n in names if names.count(n) > 1})
        if twice:
            raise ValueError(f"rules of exclude named twice: {', '.join(twice)}")
        return self
