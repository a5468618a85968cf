"""The section ``roads`` of a recipe: where streets come from, what their classes allow, and what is kept."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Tag, model_validator

from instances.rule import Grounded, NotNegative, Positive, Strict, told_apart


class ClassRule(Grounded):
    """What a class of road allows."""

    walk: Positive = Field(default=4.0, description="Walking, km/h.")
    drive: NotNegative = Field(description="Driving, km/h; 0 where no vehicle may go.")
    harden: NotNegative = Field(description="Strengthening so that the street is not cut, money a metre.")


class MapSource(Strict):
    """Ways of an OpenStreetMap extract."""

    osm: str = Field(description="OpenStreetMap layer.")
    maxspeed: bool = Field(default=False, description="Drive as fast as the tag maxspeed says, where it says a speed.")


class LineSource(Strict):
    """A layer of lines that meet where they share a point."""

    lines: str = Field(description="Layer of street lines.")
    kind: str | None = Field(default=None, alias="class", description="Column with the class of road.")
    name: str | None = Field(default=None, description="Column with the street's name.")
    oneway: str | None = Field(
        default=None,
        description="Column that says whether vehicles go along the line only: yes, no, -1 for against it.",
    )
    bridge: str | None = Field(default=None, description="Column that says whether it is a bridge (yes or no).")
    tunnel: str | None = Field(default=None, description="Column that says whether it is a tunnel (yes or no).")
    speed: str | None = Field(default=None, description="Column with the driving speed, km/h or as in maxspeed.")


class TableSource(Strict):
    """Junctions and links with ids, as in a routing table or GraphML."""

    graph: str | None = Field(default=None, description="GraphML layer; in place of nodes and edges.")
    nodes: str | None = Field(default=None, description="Layer of junctions (points).")
    edges: str | None = Field(default=None, description="Table of links between junctions.")
    id: str | None = Field(
        default=None, description="Column of the junctions' ids; by default the id of the feature, of GraphML node."
    )
    tail: str | None = Field(
        default=None,
        alias="from",
        description="Column with the junction a link starts at; by default from, of GraphML u.",
    )
    head: str | None = Field(
        default=None, alias="to", description="Column with the junction a link ends at; by default to, of GraphML v."
    )
    length: str | None = Field(default=None, description="Column with metres; by default the length of the line.")
    kind: str | None = Field(default=None, alias="class", description="Column with the class of road.")
    name: str | None = Field(default=None, description="Column with the street's name.")
    bridge: str | None = Field(default=None, description="Column that says whether it is a bridge (yes or no).")
    tunnel: str | None = Field(default=None, description="Column that says whether it is a tunnel (yes or no).")
    speed: str | None = Field(default=None, description="Column with the driving speed, km/h or as in maxspeed.")
    oneway: str | None = Field(
        default=None, description="Column that says whether vehicles go along it only; not for a directed table."
    )
    directed: bool = Field(
        default=True,
        description="A row is one direction, and a street of two directions has two rows; false: a row is a street. "
        "GraphML says so itself.",
    )

    @model_validator(mode="after")
    def _either(self) -> TableSource:
        if (self.graph is None) == (self.nodes is None) or (self.nodes is None) != (self.edges is None):
            raise ValueError("give either graph, or nodes and edges")
        if self.directed and self.oneway is not None:
            raise ValueError("a row of a directed table is one direction: leave out oneway, or say directed: false")
        return self


Source = Annotated[
    Annotated[MapSource, Tag("=osm")] | Annotated[LineSource, Tag("=lines")] | Annotated[TableSource, Tag("=table")],
    told_apart("table", "osm", "lines"),
]


class RoadsRule(Strict):
    """The street graph.

    Classes of OpenStreetMap are known (motorway, primary, residential, footway, ...); a class ``X_link`` counts as X.
    """

    source: Source = Field(description="Where streets come from: osm, lines, or nodes and edges.")
    classes: dict[str, ClassRule] = Field(default_factory=dict, description="Classes to add or to replace, by name.")
    rename: dict[str, str] = Field(default_factory=dict, description="Classes as written in the source, and as known.")
    otherwise: str | None = Field(
        default=None, description="Class of streets whose class is unknown or missing; by default they are left out."
    )
    oneway: Literal["binds", "ignored"] = Field(
        default="ignored", description="Whether vehicles keep to one-way streets in an emergency."
    )
    on_foot: Literal["everywhere", "signed"] = Field(
        default="everywhere", description="Whether people may walk on roads closed to walkers, such as motorways."
    )
    keep: Literal["largest", "all"] = Field(
        default="largest", description="Of parts that are not joined: the one with the most metres, or all."
    )
    merge: bool = Field(default=True, description="Make one link of links that meet where nothing else joins.")
    bridge_factor: Positive = Field(
        default=8.0, description="Strengthening a bridge or tunnel costs this many times the street of its class."
    )

    def layers(self) -> list[str]:
        """Names of the layers that the roads are made of."""
        source = self.source
        if isinstance(source, MapSource):
            return [source.osm]
        if isinstance(source, LineSource):
            return [source.lines]
        if source.graph is not None:
            return [f"{source.graph}.nodes", f"{source.graph}.edges"]
        return [str(source.nodes), str(source.edges)]
