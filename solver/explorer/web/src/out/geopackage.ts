// A GeoPackage 1.2 of what goes out, made here: layers with styles for QGIS, and the alternatives as a table.
// https://www.geopackage.org/spec121/ ; statements are those of the standard, so that others may add to the file.

import type { Model } from "../model.ts";
import { model, notes, selected, selection, shortlist, slots } from "../state.ts";
import { told } from "../words.ts";
import { outgoing } from "./chosen.ts";
import { geometries } from "./geometry.ts";
import { differenceTable, distinct, layerTable, type LayerTable, quoted } from "./layertables.ts";
import { database, type Table, type Value } from "./sqlite.ts";

const APPLICATION = 0x47504b47; // GPKG
const VERSION = 10200;

const SYSTEMS = `CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT,
  definition_12_063 TEXT NOT NULL
)`;
// systems written in the newer form of well-known text need a column of their own
const EXTENSIONS = `CREATE TABLE gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name)
)`;
const WRITTEN: Value[] = [
  "gpkg_spatial_ref_sys",
  "definition_12_063",
  "gpkg_crs_wkt",
  "http://www.geopackage.org/spec121/#extension_crs_wkt",
  "read-write",
];
const CONTENTS = `CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id)
)`;
const COLUMNS = `CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL, m TINYINT NOT NULL, CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id)
)`;
const STYLES = `CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
  f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME
)`;
const WGS84 =
  'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],' +
  'AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,' +
  'AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]';

/** Of a system that is no EPSG number. */
const OWN = 100_000;

/** The file, and how many alternatives it has columns for. */
export async function geopackage(breath: () => Promise<void>): Promise<Blob> {
  const m = model.value;
  const system = systemOf(m);
  const [a, b] = slots.value;
  const tables: LayerTable[] = [];
  for (const layer of m.layers) {
    tables.push(layerTable(m, layer, outgoing(), selection.value));
    await breath();
    if (a !== null && b !== null && a !== undefined && b !== undefined && a !== b) {
      const found = differenceTable(m, layer, a, b);
      if (found.features.length) tables.push(found);
      await breath();
    }
  }
  const name = distinct();
  for (const reserved of ["layer_styles", "alternatives", "objectives"]) name(reserved);
  const now = new Date().toISOString();
  const description = `${told(m.about.title) || m.about.name}, ${m.about.digest}${m.about.created ? `, ${m.about.created}` : ""}`;
  const identifier = distinct();
  const contents: Value[][] = [];
  const columns: Value[][] = [];
  const styles: Value[][] = [];
  const made: Table[] = [];
  for (const table of tables) {
    // names of our own tables and of the standard's are taken
    const called = name(/^(gpkg_|sqlite_|rtree_)/i.test(table.name) ? `layer_${table.name}` : table.name);
    const shaped = geometries(table.layer.shapes, table.layer.ids.length, system.id, m.frame);
    const [minX, maxX, minY, maxY] = Number.isFinite(shaped.extent[0]) ? shaped.extent : [null, null, null, null];
    contents.push([called, "features", identifier(table.title), description, now, minX, minY, maxX, maxY, system.id]);
    columns.push([called, "geom", shaped.type, system.id, 0, 0]);
    table.styles.forEach(({ name: style, qml }, k) =>
      styles.push([styles.length + 1, "", "", called, "geom", style, qml, "", k ? 0 : 1, table.title, "", null, now]),
    );
    const fields = table.columns.map((c) => `${quoted(c.name)} ${c.type}`);
    made.push({
      name: called,
      sql: `CREATE TABLE ${quoted(called)} (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom ${[shaped.type, ...fields].join(", ")})`,
      rows: mapped(table.features, (feature, k) => [k + 1, shaped.of(feature), ...table.columns.map((c) => c.of(feature))]),
      key: 0,
      counted: true,
    });
  }
  for (const table of [alternativesTable(m), objectivesTable(m)]) {
    made.push(table);
    contents.push([table.name, "attributes", identifier(table.name), description, now, null, null, null, null, 0]);
  }
  contents.push(["layer_styles", "attributes", identifier("layer_styles"), "", now, null, null, null, null, 0]);
  const systems: Value[][] = [
    ["Undefined Cartesian SRS", -1, "NONE", -1, "undefined", "undefined Cartesian coordinate reference system", "undefined"],
    ["Undefined geographic SRS", 0, "NONE", 0, "undefined", "undefined geographic coordinate reference system", "undefined"],
    ["WGS 84 geodetic", 4326, "EPSG", 4326, WGS84, "longitude/latitude coordinates in decimal degrees", "undefined"],
  ];
  if (![-1, 0, 4326].includes(system.id)) systems.push(system.row);
  // the number is the rowid: rows stand in its order
  systems.sort((p, q) => Number(p[1]) - Number(q[1]));
  return database(
    [
      { name: "gpkg_spatial_ref_sys", sql: SYSTEMS, rows: systems, key: 1 },
      { name: "gpkg_contents", sql: CONTENTS, rows: contents, key: -1, unique: [[0], [2]] },
      { name: "gpkg_geometry_columns", sql: COLUMNS, rows: columns, key: -1, unique: [[0, 1], [0]] },
      { name: "gpkg_extensions", sql: EXTENSIONS, rows: [WRITTEN], key: -1, unique: [[0, 1, 2]] },
      ...made,
      { name: "layer_styles", sql: STYLES, rows: styles, key: 0, counted: true },
    ],
    { applicationId: APPLICATION, userVersion: VERSION },
    breath,
  );
}

function* mapped<T>(items: readonly T[], of: (item: T, k: number) => Value[]): Iterable<Value[]> {
  for (let k = 0; k < items.length; k++) yield of(items[k]!, k);
}

function systemOf({ about }: Model): { id: number; row: Value[] } {
  const code = /^EPSG:+(\d+)$/i.exec(about.crs.trim())?.[1];
  // the older form writes PROJCS where the newer writes PROJCRS
  const newer = /^\s*[A-Z]+CRS\b/.test(about.wkt);
  const [old, wkt2] = [newer ? "undefined" : about.wkt || "undefined", newer ? about.wkt : "undefined"];
  if (code) return { id: Number(code), row: [about.crs, Number(code), "EPSG", Number(code), old, "", wkt2] };
  if (about.wkt) return { id: OWN, row: [about.crs || "CRS", OWN, "NONE", OWN, old, "", wkt2] };
  return { id: -1, row: [] };
}

function alternativesTable(m: Model): Table {
  const name = distinct();
  const fixed = ["id", "proof", "distance", "verified", "origin", "selected", "shortlisted", "note"].map(name);
  const objectives = m.objectives.map((o) => name(o.name));
  const types = ["TEXT", "TEXT", "REAL", "REAL", "TEXT", "BOOLEAN", "BOOLEAN", "TEXT", ...objectives.map(() => "REAL")];
  const fields = [...fixed, ...objectives].map((c, k) => `${quoted(c)} ${types[k]!}`);
  const listed = new Set(shortlist.value);
  return {
    name: "alternatives",
    sql: `CREATE TABLE alternatives (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, ${fields.join(", ")})`,
    rows: mapped(m.ids, (id, k) => [
      k + 1,
      id,
      m.labels[m.label[k]!] ?? null,
      m.distance[k]!,
      m.verified[k]!,
      m.origin[k]!,
      selected.value[k]!,
      listed.has(k) ? 1 : 0,
      notes.value[id] ?? null,
      ...m.values.map((v) => v[k]!),
    ]),
    key: 0,
    counted: true,
  };
}

/** What the columns of the alternatives mean. */
function objectivesTable(m: Model): Table {
  return {
    name: "objectives",
    sql:
      "CREATE TABLE objectives (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, name TEXT, label TEXT, unit TEXT, " +
      "ideal REAL, nadir REAL, bound REAL, weighed BOOLEAN)",
    rows: mapped(m.objectives, (o, k) => [
      k + 1,
      o.name,
      told(o.label),
      told(o.unit),
      o.ideal,
      o.nadir,
      o.bound,
      o.measured ? 0 : 1,
    ]),
    key: 0,
    counted: true,
  };
}
